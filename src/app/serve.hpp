// `roger serve`: opens the house and its doors, and closes them in order.
#pragma once
#include <functional>
#include <string>

#include "app/config.hpp"

namespace roger::app {

/// @param reread  the configuration once more, as it stands when SIGHUP comes
/// @return the process's exit code
[[nodiscard]] int serve(const Config& config,
                        const std::string& keys_file,
                        const std::function<Result<Config>()>& reread);

}  // namespace roger::app
