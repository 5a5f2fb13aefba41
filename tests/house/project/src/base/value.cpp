#include "base/value.hpp"

int value() { return 1; }
