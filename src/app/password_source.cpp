#include "app/password_source.hpp"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "base/crypto.hpp"

namespace roger::app {

Result<Secret> PasswordSource::read() const {
    if (!environment.empty()) {
        const char* value = std::getenv(environment.c_str());
        if (value == nullptr)
            return fail(Errc::invalid_argument, fmt::format("the environment has no {}", environment));
        return Secret(value);
    }
    if (file.empty()) return literal;
    std::ifstream stream(file);
    std::string line;
    if (!std::getline(stream, line))
        return fail(Errc::invalid_argument, fmt::format("the password file {} cannot be read", file));
    if (line.ends_with('\r')) line.pop_back();
    Secret secret(line);
    wipe(line);
    return secret;
}

}  // namespace roger::app
