// The subcommands of roger, each as one function. They print to stdout what was asked for, and to stderr what went
// wrong.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/config.hpp"
#include "store/audit.hpp"

namespace roger::app {

/// Clients of a server.
struct ClientOptions {
    std::string url;
    std::string key;
    std::string secret;
    bool json = false;
};
using Fields = std::vector<std::pair<std::string, std::string>>;

/// @param path     "/verify/json", "/verify/check/json", …
/// @return the exit code: done, refused, not_reached or unknown
[[nodiscard]] int client_command(const ClientOptions& options, const std::string& path, const Fields& fields);

/// Commands of the operator: to the server that holds the data directory, or on the directory itself when none runs.
struct AccountOptions {
    std::string data;
    std::string key;
    std::string body;  ///< JSON for POST and PATCH
    bool json = false;
};
[[nodiscard]] int account_create(const AccountOptions& options);
[[nodiscard]] int account_list(const AccountOptions& options);
[[nodiscard]] int account_update(const AccountOptions& options);
[[nodiscard]] int account_rotate_secret(const AccountOptions& options);

/// Accounts' own texts, as operators see them.
struct TemplateOptions {
    std::string data;
    std::string key;
    std::string locale;
    std::string action;    ///< sms or voice
    unsigned version = 0;  ///< 0: whichever waits for approval
    bool json = false;
};
[[nodiscard]] int template_list(const TemplateOptions& options);
[[nodiscard]] int template_approve(const TemplateOptions& options);

/// What a message says, without sending one: needs neither server nor data directory.
struct PreviewOptions {
    std::string locale = "en-gb";
    bool all = false;     ///< every locale; with psd2 every one of that list
    std::string channel;  ///< sms, tts or "" for both
    bool psd2 = false;
    std::string brand = "Acme";
    std::string pin = "123456";
    unsigned minutes = 5;
    bool json = false;
};
[[nodiscard]] int message_preview(const PreviewOptions& options);

struct RouteOptions {
    Config config;
    std::string name;
    std::string number;  ///< of the test message
    unsigned wait = 60;  ///< seconds that its receipt is waited for
    bool json = false;
};
[[nodiscard]] int route_list(const RouteOptions& options);
[[nodiscard]] int route_enable(const RouteOptions& options);
[[nodiscard]] int route_disable(const RouteOptions& options);
/// Sends a real message. @return done when it was delivered; unknown when no receipt came in time
[[nodiscard]] int route_test(const RouteOptions& options);

struct RequestOptions {
    Config config;
    std::string id;  ///< of the one to show
    Fields filters;  ///< of the list: number, account, status
    unsigned limit = 50;
    bool reveal = false;  ///< numbers whole
    bool json = false;
};
/// The whole story of one request.
[[nodiscard]] int request_show(const RequestOptions& options);
/// Requests newest first, until `limit` are found or there are no older ones.
[[nodiscard]] int request_list(const RequestOptions& options);

/// Commands on a data directory that no server holds.
struct KeysOptions {
    std::string data;
    std::string keys_file;
    unsigned kid = 0;
};
[[nodiscard]] int keys_list(const KeysOptions& options);
[[nodiscard]] int keys_add(const KeysOptions& options);
[[nodiscard]] int keys_activate(const KeysOptions& options);
[[nodiscard]] int keys_retire(const KeysOptions& options);

/// The operator's own door: tokens, users, the audit log, erasing.
struct AdminOptions {
    Config config;
    std::string data_flag;
    std::string name;
    std::string scope;
    bool numbers = false;
    std::optional<unsigned> expires_days;
    std::string number;  ///< of erase and unblock
    std::string account;
    std::string mode;                  ///< of a rule
    std::vector<std::string> added;    ///< to a list
    std::vector<std::string> removed;  ///< from it
    Fields filters;                    ///< of the audit log
    unsigned limit = 50;
    bool json = false;
};
[[nodiscard]] int token_create(const AdminOptions& options);
[[nodiscard]] int token_list(const AdminOptions& options);
[[nodiscard]] int token_revoke(const AdminOptions& options);
[[nodiscard]] int user_create(const AdminOptions& options);
[[nodiscard]] int user_list(const AdminOptions& options);
[[nodiscard]] int user_password(const AdminOptions& options);
[[nodiscard]] int user_remove(const AdminOptions& options);
/// Prints the link that makes the first user.
[[nodiscard]] int admin_link(const AdminOptions& options);
[[nodiscard]] int audit_list(const AdminOptions& options);
/// @return refused when the log is not whole
[[nodiscard]] int audit_verify(const AdminOptions& options);
[[nodiscard]] int number_erase(const AdminOptions& options);
[[nodiscard]] int guard_rules(const AdminOptions& options);
[[nodiscard]] int guard_set(const AdminOptions& options);
/// Shows a list of numbers and prefixes, changed first when something is to be added or removed.
[[nodiscard]] int guard_list(const AdminOptions& options);
[[nodiscard]] int guard_blocks(const AdminOptions& options);
[[nodiscard]] int guard_unblock(const AdminOptions& options);
[[nodiscard]] int guard_spend(const AdminOptions& options);

struct BackupOptions {
    std::string data;
    std::string keys_file;  ///< "": DATA/keys
    std::string directory;  ///< of the backup
    bool without_keys = false;
};
/// Copies database and keys, whether a server runs on the directory or not.
[[nodiscard]] int backup(const BackupOptions& options);
/// Into a data directory that has no database yet. Requests that were live end as expired.
[[nodiscard]] int restore(const BackupOptions& options);

[[nodiscard]] int set_sandbox(const std::string& data, bool on);

/// Hands one mail to the configured server. @return unknown when it may be on its way
[[nodiscard]] int email_test(const Config& config, const std::string& address);
/// Sends a test alert in each configured way, and says who took it.
[[nodiscard]] int alert_test(const Config& config);

[[nodiscard]] int config_check(const std::string& path);
[[nodiscard]] int doctor(const Config& config);

/// For the audit log: done on this machine by a command beside the server.
[[nodiscard]] store::AuditNote done_here(std::string action, std::string target);
/// Prints "roger: SENTENCE" to stderr.
int complain(const std::string& sentence, int exit_code);
/// `-` stands for one line of stdin, so that no PIN or number stands in `ps`.
[[nodiscard]] std::string argument(std::string text);

}  // namespace roger::app
