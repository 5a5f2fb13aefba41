// [alert]: who is told what is wrong, and when.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alert/alerts.hpp"
#include "app/email_config.hpp"

namespace roger::app {

struct AlertConfig {
    std::vector<std::string> command;  ///< a program and its arguments, JSON on standard input; empty: none
    std::string url;                   ///< JSON is posted there; "": nowhere
    PasswordSource secret_source;      ///< signs what is posted
    Secret secret;                     ///< as it was when the configuration was loaded
    bool allow_private = false;        ///< the URL may be in our own network
    std::string email;                 ///< an address; "": nobody
    std::int64_t route_down_seconds = 60;
    std::int64_t silent_minutes = 15;

    [[nodiscard]] bool any() const { return !command.empty() || !url.empty() || !email.empty(); }
    [[nodiscard]] alert::Options options() const { return {.route_down_hold = seconds(route_down_seconds)}; }
    /// Whether the same ones are told in the same way.
    [[nodiscard]] bool same_ways(const AlertConfig& other) const;
};

/// The table [alert] of a file; the first mistake goes to `file`.
/// @param mail  as the same file has it: alerts by mail go over it
[[nodiscard]] AlertConfig read_alert(ReadFile& file, const toml::table& root, const EmailConfig& mail);

/// Reads the secret. @return invalid_argument with a sentence
[[nodiscard]] Result<void> load_secret(AlertConfig& config);

}  // namespace roger::app
