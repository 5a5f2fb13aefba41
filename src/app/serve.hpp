// `roger serve`: opens the house and its doors, and closes them in order.
#pragma once
#include <string>

#include "app/config.hpp"

namespace roger::app {

/// @return the process's exit code
[[nodiscard]] int serve(const Config& config, const std::string& keys_file);

}  // namespace roger::app
