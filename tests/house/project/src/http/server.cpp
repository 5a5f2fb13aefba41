#include "http/server.hpp"

#include <ctime>

#include "base/value.hpp"

int serve() { return value() + (std::time(nullptr) == 0 ? 1 : 0); }
