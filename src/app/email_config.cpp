#include "app/email_config.hpp"

#include <unistd.h>

#include <array>
#include <tuple>

#include <fmt/format.h>

#include "app/config_checks.hpp"
#include "email/message.hpp"

namespace roger::app {
namespace {

constexpr std::array<std::pair<std::string_view, email::Tls>, 3> tls_words = {
    {{"starttls", email::Tls::starttls}, {"tls", email::Tls::tls}, {"off", email::Tls::off}}};

Result<std::string> check_mail_address(const std::string& text) {
    if (email::is_address(text)) return text;
    return fail(Errc::invalid_argument, "an address, as \"roger@example.com\"");
}

}  // namespace

EmailConfig read_email(ReadFile& file, const toml::table& root) {
    EmailConfig config;
    TableReader table(file, root, "email");
    table.checked_text("server", config.server, check_endpoint);
    table.word<email::Tls>("tls", config.tls, tls_words);
    table.text("user", config.user);
    table.secret("password", config.password);
    table.checked_text("from", config.from, check_mail_address);
    table.text("from_name", config.from_name);
    table.checked_text("bounces", config.bounces, check_mail_address);
    table.text("ca_file", config.ca_file);
    if (config.server.empty() != config.from.empty()) table.complain("server", "goes with email.from: mail needs both");
    if (config.user.empty() == config.password.given())
        table.complain("user", "goes with a password: email.password_file");
    table.end();
    return config;
}

bool EmailConfig::same_as(const EmailConfig& other) const {
    const auto as_tuple = [](const EmailConfig& config) {
        return std::tie(config.server, config.tls, config.user, config.from, config.from_name, config.bounces,
                        config.ca_file, config.password.file, config.password.environment);
    };
    return as_tuple(*this) == as_tuple(other) && password.literal.matches(other.password.literal.reveal());
}

Result<email::MailerOptions> EmailConfig::mailer_options() const {
    email::MailerOptions options{.server = server, .tls = tls, .user = user, .password = {}, .ca_file = ca_file};
    if (password.given()) {
        auto read = password.read();
        if (!read) return fail(Errc::invalid_argument, "email: " + read.error().detail);
        options.password = std::move(*read);
    }
    if (!ca_file.empty() && ::access(ca_file.c_str(), R_OK) != 0) {
        return fail(Errc::invalid_argument, fmt::format("email: its ca_file {} cannot be read", ca_file));
    }
    return options;
}

}  // namespace roger::app
