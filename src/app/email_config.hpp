// [email]: the server that takes our mails.
#pragma once
#include <string>

#include "app/password_source.hpp"
#include "app/table_reader.hpp"
#include "email/mailer.hpp"

namespace roger::app {

struct EmailConfig {
    std::string server;  ///< "HOST:PORT"; "": no mail is sent
    email::Tls tls = email::Tls::starttls;
    std::string user;
    PasswordSource password;
    std::string from;
    std::string from_name = "Roger";
    std::string bounces;  ///< the envelope's sender; "": `from`
    std::string ca_file;

    /// Whether the same server takes the same mails.
    [[nodiscard]] bool same_as(const EmailConfig& other) const;
    /// Reads the password. @return invalid_argument with a sentence
    [[nodiscard]] Result<email::MailerOptions> mailer_options() const;
};

/// The first mistake goes to `file`.
[[nodiscard]] EmailConfig read_email(ReadFile& file, const toml::table& root);

}  // namespace roger::app
