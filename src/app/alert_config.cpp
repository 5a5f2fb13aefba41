#include "app/alert_config.hpp"

#include <tuple>

#include "app/config_checks.hpp"
#include "email/message.hpp"

namespace roger::app {
namespace {

Result<std::string> check_recipient(const std::string& text) {
    if (email::is_address(text)) return text;
    return fail(Errc::invalid_argument, "an address, as \"ops@example.com\"");
}

}  // namespace

bool AlertConfig::same_ways(const AlertConfig& other) const {
    const auto as_tuple = [](const AlertConfig& config) {
        return std::tie(config.command, config.url, config.allow_private, config.email);
    };
    return as_tuple(*this) == as_tuple(other) && secret.matches(other.secret.reveal());
}

AlertConfig read_alert(ReadFile& file, const toml::table& root, const EmailConfig& mail) {
    AlertConfig config;
    TableReader table(file, root, "alert");
    table.list("command", config.command, check_program_word);
    table.checked_text("url", config.url, check_http_url);
    table.secret("secret", config.secret_source);
    table.boolean("allow_private", config.allow_private);
    table.checked_text("email", config.email, check_recipient);
    table.whole("route_down_seconds", config.route_down_seconds, 0, 86'400);
    table.whole("silent_minutes", config.silent_minutes, 1, 1'440);
    if (!config.command.empty() && !is_program(config.command)) {
        table.complain("command", "is the absolute path of a program, and at most 31 arguments");
    }
    if (config.secret_source.given() && config.url.empty()) {
        table.complain("url", "is missing: the secret signs what is posted there");
    }
    if (!config.email.empty() && mail.server.empty()) {
        table.complain("email", "needs [email], which says over which server mails go");
    }
    table.end();
    return config;
}

Result<void> load_secret(AlertConfig& config) {
    if (!config.secret_source.given()) return {};
    auto read = config.secret_source.read();
    if (!read) return fail(Errc::invalid_argument, "alert: " + read.error().detail);
    config.secret = std::move(*read);
    return {};
}

}  // namespace roger::app
