// Where a password or another secret stands: in one of a file, an environment variable, or the configuration itself.
#pragma once
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace roger::app {

struct PasswordSource {
    std::string file;
    std::string environment;
    Secret literal;

    [[nodiscard]] bool given() const { return !file.empty() || !environment.empty() || !literal.empty(); }
    /// Reads it. @return invalid_argument with a sentence that does not hold it
    [[nodiscard]] Result<Secret> read() const;
};

}  // namespace roger::app
