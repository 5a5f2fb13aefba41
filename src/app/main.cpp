// The roger command: reads the command line and hands over to the subcommands.
#include <charconv>
#include <cstdlib>
#include <iostream>

#include <sodium.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/operator_line.hpp"
#include "app/serve.hpp"
#include "app/version.hpp"

namespace roger::app {
namespace {

using nlohmann::json;

std::string environment(const char* name, std::string otherwise = "") {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? std::move(otherwise) : std::string(value);
}

/// What flags and environment say; the file fills in the rest.
struct Given {
    std::string listen, admin_listen, data, config, keys, tls_cert, tls_key;
};

Result<Config> settle(const Given& given) {
    Config config;
    if (const std::string path = given.config.empty() ? environment("ROGER_CONFIG") : given.config; !path.empty()) {
        auto read = read_config(path);
        if (!read) return read;
        config = std::move(*read);
    }
    const auto choose = [](const std::string& flag, const char* name, std::string& out) {
        if (std::string value = flag.empty() ? environment(name) : flag; !value.empty()) out = std::move(value);
    };
    choose(given.listen, "ROGER_LISTEN", config.listen);
    choose(given.admin_listen, "ROGER_ADMIN_LISTEN", config.admin_listen);
    choose(given.data, "ROGER_DATA", config.data);
    choose(given.tls_cert, "ROGER_TLS_CERT", config.tls_cert);
    choose(given.tls_key, "ROGER_TLS_KEY", config.tls_key);
    return config;
}

std::string data_of(const std::string& flag) { return flag.empty() ? environment("ROGER_DATA", "./roger-data") : flag; }

class CommandLine {
public:
    CommandLine();
    int run(int argc, char** argv);

private:
    void add_serve();
    void add_clients();
    void add_accounts();
    void add_account_flags(CLI::App& command);
    void add_requests();
    void add_routes();
    void add_messages();
    void add_data();
    void client(
        const char* name, const char* path, const char* help, std::vector<const char*> positionals, Fields fixed);
    json account_body();

    CLI::App app_{
        "Roger verifies phone numbers: it sends a PIN by SMS or call, and tells whether the PIN that comes back "
        "is right.\nStart with: roger serve"};
    std::function<int()> chosen_;
    Given given_;
    ClientOptions client_;
    Fields client_fields_;
    std::map<std::string, std::string> texts_;  ///< values of client flags and positionals, by field name
    AccountOptions account_;
    json account_flags_ = json::object();
    RequestOptions request_;
    RouteOptions route_;
    TemplateOptions template_;
    PreviewOptions preview_;
    KeysOptions keys_;
    BackupOptions backup_;
    AdminOptions admin_;
    std::string sandbox_word_, config_file_, email_address_;
};

CommandLine::CommandLine() {
    app_.require_subcommand(1);
    app_.set_help_all_flag("--help-all", "Help of every command");
    app_.footer(
        "Exit codes: 0 done or right code, 1 refused, 2 usage, 3 server not reached, 4 outcome unknown.\n"
        "Every command explains itself with --help.");
    add_serve();
    add_clients();
    add_accounts();
    add_requests();
    add_routes();
    add_messages();
    add_data();
    add_operator_commands(app_, admin_, chosen_);
    app_.set_version_flag("--version", "roger " + std::string(version));
    app_.add_subcommand("version", "Print the version")->callback([this] {
        chosen_ = [] {
            std::cout << "roger " << version << '\n';
            return int{done};
        };
    });
}

void CommandLine::add_serve() {
    CLI::App* serve_command = app_.add_subcommand("serve", "Run the server");
    serve_command->add_option("--listen", given_.listen, "Address of the API (127.0.0.1:8080; ROGER_LISTEN)");
    serve_command->add_option("--admin-listen", given_.admin_listen,
                              "Address of health and metrics (127.0.0.1:8081; ROGER_ADMIN_LISTEN)");
    serve_command->add_option("--data", given_.data, "Data directory, made when missing (./roger-data; ROGER_DATA)");
    serve_command->add_option("--config", given_.config, "Configuration file (none needed; ROGER_CONFIG)");
    serve_command->add_option("--keys", given_.keys, "File of the master keys (DATA/keys)");
    serve_command->add_option("--tls-cert", given_.tls_cert, "PEM certificate: the API speaks HTTPS (ROGER_TLS_CERT)");
    serve_command->add_option("--tls-key", given_.tls_key, "PEM private key of the certificate (ROGER_TLS_KEY)");
    serve_command->footer(
        "A data directory made now, without a route, is a sandbox: messages show at /handset and go nowhere.\n"
        "The first start makes an account and prints its key and secret, or writes them to "
        "DATA/first-account when not on a terminal.\nROGER_BOOTSTRAP_KEY and ROGER_BOOTSTRAP_SECRET "
        "make or update an account at each start\n(also ROGER_BOOTSTRAP_RATE, _SIGNATURE_SECRET, "
        "_SIGNATURE_METHOD).");
    serve_command->callback([this] {
        chosen_ = [this] {
            const auto config = settle(given_);
            return config ? serve(*config, given_.keys, [this] { return settle(given_); })
                          : complain(config.error().detail, wrong_setup);
        };
    });
}

/// One command that is one call of the API.
void CommandLine::client(
    const char* name, const char* path, const char* help, std::vector<const char*> positionals, Fields fixed) {
    CLI::App* command = app_.add_subcommand(name, help);
    command->add_option("--url", client_.url, "Server (http://127.0.0.1:8080; ROGER_URL)");
    command->add_flag("--json", client_.json, "Print the answer as it came");
    for (const char* positional : positionals) {
        std::string shown = positional;
        std::ranges::transform(shown, shown.begin(),
                               [](char c) { return c == '_' ? '-' : static_cast<char>(std::toupper(c)); });
        command->add_option(positional, texts_[positional], shown + "; - reads it from stdin")->required();
    }
    if (std::string_view(name) == "verify") {
        const auto flag = [&](const char* option, const char* field, const char* text) {
            command->add_option(option, texts_[field], text);
        };
        flag("--brand", "brand", "Who asks, as the message says it (1 to 18 characters)");
        flag("--country", "country", "Country of a national number, as GB");
        flag("--workflow-id", "workflow_id", "1 to 7; 1 is SMS, call, call");
        flag("--lg", "lg", "Language of the message, as de-de");
        flag("--code-length", "code_length", "4 or 6");
        flag("--pin-expiry", "pin_expiry", "Seconds the PIN lives, 60 to 3600");
        flag("--next-event-wait", "next_event_wait", "Seconds between events, 60 to 900");
        flag("--sender-id", "sender_id", "What the phone shows as sender");
        flag("--app-hash", "app_hash", "Android app that reads the SMS (11 characters)");
        flag("--domain", "domain", "Host name of the web page that reads the SMS");
        flag("--pin-code", "pin_code", "A PIN of your own, if the account may; - reads it from stdin");
        command->get_option("--brand")->required();
    }
    command->footer("Key and secret come from ROGER_KEY and ROGER_SECRET.");
    command->callback([this, path, positionals, fixed] {
        chosen_ = [this, path, fixed] {
            if (client_.url.empty()) client_.url = environment("ROGER_URL", "http://127.0.0.1:8080");
            client_.key = environment("ROGER_KEY");
            client_.secret = environment("ROGER_SECRET");
            Fields fields = fixed;
            for (auto& [field, text] : texts_) {
                if (!text.empty()) fields.emplace_back(field, argument(text));
            }
            return client_command(client_, path, fields);
        };
    });
}

void CommandLine::add_clients() {
    client("verify", "/verify/json", "Start a verification of NUMBER", {"number"}, {});
    client("check", "/verify/check/json", "Check the CODE that the subscriber gave", {"request_id", "code"}, {});
    client("cancel", "/verify/control/json", "Cancel a verification (30 s after its start, before its second event)",
           {"request_id"}, {{"cmd", "cancel"}});
    client("next", "/verify/control/json", "Run the next event now", {"request_id"}, {{"cmd", "trigger_next_event"}});

    CLI::App* search = app_.add_subcommand("search", "Show verifications");
    static std::vector<std::string> ids;
    search->add_option("request_id", ids, "1 to 10 request ids")->required();
    search->add_option("--url", client_.url, "Server (http://127.0.0.1:8080; ROGER_URL)");
    search->add_flag("--json", client_.json, "Print the answer as it came");
    search->callback([this] {
        chosen_ = [this] {
            if (client_.url.empty()) client_.url = environment("ROGER_URL", "http://127.0.0.1:8080");
            client_.key = environment("ROGER_KEY");
            client_.secret = environment("ROGER_SECRET");
            Fields fields;
            for (const std::string& id : ids)
                fields.emplace_back(ids.size() == 1 ? "request_id" : "request_ids", argument(id));
            return client_command(client_, "/verify/search/json", fields);
        };
    });
}

void CommandLine::add_account_flags(CLI::App& command) {
    const auto boolean = [&](const std::string& option, const char* member, const char* help) {
        command.add_flag_callback("--" + option, [this, member] { account_flags_[member] = true; }, help);
        command.add_flag_callback("--no-" + option, [this, member] { account_flags_[member] = false; });
    };
    boolean("six-digits", "six_digits", "PINs have six digits");
    boolean("demo", "demo", "Only approved numbers");
    boolean("template-review", "template_review", "New templates wait for: roger template approve");
    command
        .add_option_function<std::vector<std::string>>(
            "--allow",
            [this](const std::vector<std::string>& rights) {
                for (const auto& right : rights) account_flags_[right] = true;
            },
            "Rights: pin_code, lenient_cancel")
        ->delimiter(',')
        ->check(CLI::IsMember({"pin_code", "lenient_cancel"}));
    command
        .add_option_function<std::vector<std::string>>(
            "--no-allow",
            [this](const std::vector<std::string>& rights) {
                for (const auto& right : rights) account_flags_[right] = false;
            },
            "Rights to take away")
        ->delimiter(',')
        ->check(CLI::IsMember({"pin_code", "lenient_cancel"}));
    const auto number = [&](const std::string& option, const char* help) {
        command.add_option_function<double>(
            "--" + option, [this, option](double value) { account_flags_[option] = value; }, help);
        command.add_flag_callback("--no-" + option, [this, option] { account_flags_[option] = nullptr; });
    };
    number("rate", "Requests a second per endpoint; 0 = no limit; --no-rate = the server's");
    number("burst", "Requests at once");
    const auto text = [&](const std::string& option, const char* member, const char* help) {
        command.add_option_function<std::string>(
            "--" + option, [this, member](const std::string& value) { account_flags_[member] = value; }, help);
    };
    text("signature-method", "signature_method", "md5hash, md5, sha1, sha256 or sha512");
    text("price", "price", "Price of a success, as 0.05");
    command.add_flag_callback("--no-price", [this] { account_flags_["price"] = "0"; });
    text("currency", "currency", "ISO 4217, as EUR");
    text("app-hash", "app_hash", "SMS end so that this Android app reads them (11 characters)");
    text("domain", "domain", "SMS end so that a web page of this host name reads them");
    for (const auto* member : {"app_hash", "domain"}) {
        command.add_flag_callback(member == std::string_view("domain") ? "--no-domain" : "--no-app-hash",
                                  [this, member] { account_flags_[member] = ""; });
    }
}

void CommandLine::add_accounts() {
    CLI::App* accounts = app_.add_subcommand("account", "Accounts of the API's clients");
    accounts->require_subcommand(1);
    accounts->footer("Works while a server runs on the data directory, and without one.");
    const auto add = [&](const char* name, const char* help, int (*run)(const AccountOptions&), bool needs_key) {
        CLI::App* command = accounts->add_subcommand(name, help);
        command->add_option("--data", account_.data, "Data directory (./roger-data; ROGER_DATA)");
        command->add_flag("--json", account_.json, "Print JSON");
        if (needs_key) command->add_option("key", account_.key, "The account's key")->required();
        command->callback([this, run] {
            chosen_ = [this, run] {
                account_.data = data_of(account_.data);
                account_.body = account_flags_.dump();
                return run(account_);
            };
        });
        return command;
    };
    CLI::App* create = add("create", "Make an account and print its secrets, once", account_create, false);
    create->add_option_function<std::string>(
        "--key", [this](const std::string& key) { account_flags_["key"] = key; }, "Its key (made up when not given)");
    add_account_flags(*create);
    add("list", "List the accounts", account_list, false);
    CLI::App* update = add("update", "Change an account", account_update, true);
    add_account_flags(*update);
    update->add_flag_callback("--barred", [this] { account_flags_["barred"] = true; }, "Starts answer 8");
    update->add_flag_callback("--no-barred", [this] { account_flags_["barred"] = false; });
    update->add_flag_callback(
        "--no-disabled", [this] { account_flags_["disabled"] = false; }, "Undo: roger account disable");
    for (const auto* member : {"approve", "unapprove"}) {
        update->add_option_function<std::vector<std::string>>(
            std::string("--") + member,
            [this, member](const std::vector<std::string>& numbers) {
                for (const auto& one : numbers) account_flags_[member].push_back(argument(one));
            },
            "A number for demo accounts; - reads it from stdin");
    }
    add(
        "disable", "Make the key unknown (answers 4)",
        [](const AccountOptions& options) {
            AccountOptions changed = options;
            changed.body = R"({"disabled":true})";
            return account_update(changed);
        },
        true);
    add("rotate-secret", "Add a secret; the one before stays good until the next rotation", account_rotate_secret,
        true);
}

void CommandLine::add_requests() {
    CLI::App* requests = app_.add_subcommand("request", "What became of requests, for the operator");
    requests->require_subcommand(1);
    requests->footer("Works while a server runs on the data directory, and without one.");
    const auto add = [&](const char* name, const char* help, int (*run)(const RequestOptions&)) {
        CLI::App* command = requests->add_subcommand(name, help);
        command->add_option("--data", given_.data, "Data directory (./roger-data; ROGER_DATA)");
        command->add_option("--config", given_.config, "Configuration file, when no server runs (ROGER_CONFIG)");
        command->add_flag("--reveal", request_.reveal, "Show numbers whole; the server's log tells that it was done");
        command->add_flag("--json", request_.json, "Print JSON");
        command->callback([this, run] {
            chosen_ = [this, run] {
                const auto config = settle(given_);
                if (!config) return complain(config.error().detail, wrong_setup);
                request_.config = *config;
                return run(request_);
            };
        });
        return command;
    };
    add("show", "Tell the whole story of one request", request_show)
        ->add_option("request_id", request_.id, "Its id")
        ->required();
    CLI::App* list = add("list", "List requests, newest first", request_list);
    for (const auto* filter : {"number", "account", "status"}) {
        list->add_option_function<std::string>(
            std::string("--") + filter,
            [this, filter](const std::string& value) { request_.filters.emplace_back(filter, argument(value)); },
            std::string("Only those with this ") + filter + "; - reads it from stdin");
    }
    list->add_option("--limit", request_.limit, "How many at most (50)")->check(CLI::Range(1, 100'000));
}

void CommandLine::add_routes() {
    CLI::App* routes = app_.add_subcommand("route", "Routes: the ways that messages take");
    routes->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, int (*run)(const RouteOptions&), bool needs_name) {
        CLI::App* command = routes->add_subcommand(name, help);
        command->add_option("--data", given_.data, "Data directory (./roger-data; ROGER_DATA)");
        command->add_option("--config", given_.config, "Configuration file, when no server runs (ROGER_CONFIG)");
        command->add_flag("--json", route_.json, "Print JSON");
        if (needs_name) command->add_option("name", route_.name, "The route's name")->required();
        command->callback([this, run] {
            chosen_ = [this, run] {
                const auto config = settle(given_);
                if (!config) return complain(config.error().detail, wrong_setup);
                route_.config = *config;
                return run(route_);
            };
        });
        return command;
    };
    add("list", "Show the routes and how they stand", route_list, false);
    add("enable", "Use a route, whatever the configuration says", route_enable, true);
    add("disable", "Do not use a route, whatever the configuration says", route_disable, true);
    CLI::App* test = add("test", "Send a real, billed test message over one route and follow it", route_test, true);
    test->add_option("number", route_.number, "NUMBER in international form; - reads it from stdin")->required();
    test->add_option("--wait", route_.wait, "Seconds to wait for its receipt (60)")->check(CLI::Range(1, 600));
    test->footer("Exit codes: 0 delivered, 1 refused, not sent or failed, 3 no server runs, 4 no receipt in time.");
}

void CommandLine::add_messages() {
    CLI::App* messages = app_.add_subcommand("message", "What messages say");
    messages->require_subcommand(1);
    CLI::App* preview = messages->add_subcommand("preview", "Print texts as phones get them, and what they cost");
    preview->add_option("--lg", preview_.locale, "Language, as de-de (en-gb)");
    preview->add_flag("--all", preview_.all, "Every language");
    preview->add_option("--channel", preview_.channel, "sms or tts (both)")->check(CLI::IsMember({"sms", "tts"}));
    preview->add_flag("--psd2", preview_.psd2, "Of a payment of 48.50 euros to BRAND");
    preview->add_option("--brand", preview_.brand, "Who asks, 1 to 18 characters (Acme)");
    preview->add_flag("--json", preview_.json, "Print JSON");
    preview->callback([this] { chosen_ = [this] { return message_preview(preview_); }; });

    CLI::App* templates = app_.add_subcommand("template", "Texts that accounts wrote themselves");
    templates->require_subcommand(1);
    templates->footer(
        "Clients create and delete them at /verify/templates; those of an account with --template-review wait for "
        "approval.\nWorks while a server runs on the data directory, and without one.");
    const auto add = [&](const char* name, const char* help, int (*run)(const TemplateOptions&)) {
        CLI::App* command = templates->add_subcommand(name, help);
        command->add_option("--data", template_.data, "Data directory (./roger-data; ROGER_DATA)");
        command->add_flag("--json", template_.json, "Print JSON");
        command->add_option("key", template_.key, "The account's key")->required();
        command->callback([this, run] {
            chosen_ = [this, run] {
                template_.data = data_of(template_.data);
                return run(template_);
            };
        });
        return command;
    };
    add("list", "Show an account's templates and which are in use", template_list);
    CLI::App* approve = add("approve", "Put a template that waits into use", template_approve);
    approve->add_option("lg", template_.locale, "Its language, as en-gb")->required();
    approve->add_option("action", template_.action, "sms or voice")->required()->check(CLI::IsMember({"sms", "voice"}));
    approve->add_option("--version", template_.version, "Only if this is the version that waits");
}

void CommandLine::add_data() {
    CLI::App* keys = app_.add_subcommand("keys", "Master keys of a data directory (stop its server first)");
    keys->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, int (*run)(const KeysOptions&), bool needs_kid) {
        CLI::App* command = keys->add_subcommand(name, help);
        command->add_option("--data", keys_.data, "Data directory (./roger-data; ROGER_DATA)");
        command->add_option("--keys", keys_.keys_file, "File of the master keys (DATA/keys)");
        if (needs_kid)
            command->add_option("kid", keys_.kid, "The key's number")->required()->check(CLI::Range(1, 65'535));
        command->callback([this, run] {
            chosen_ = [this, run] {
                keys_.data = data_of(keys_.data);
                return run(keys_);
            };
        });
    };
    add("list", "Show kids and fingerprints", keys_list, false);
    add("add", "Add a key, not active yet", keys_add, false);
    add("activate", "Use this key for new requests", keys_activate, true);
    add("retire", "Remove a key that nothing live uses", keys_retire, true);

    CLI::App* sandbox = app_.add_subcommand("sandbox", "Make a data directory a sandbox (on) or live (off)");
    sandbox->add_option("state", sandbox_word_, "on or off")->required()->check(CLI::IsMember({"on", "off"}));
    sandbox->add_option("--data", given_.data, "Data directory, made when missing (./roger-data; ROGER_DATA)");
    sandbox->callback(
        [this] { chosen_ = [this] { return set_sandbox(data_of(given_.data), sandbox_word_ == "on"); }; });

    const auto add_copy = [this](const char* name, const char* option, const char* help,
                                 int (*run)(const BackupOptions&)) {
        CLI::App* command = app_.add_subcommand(name, help);
        command->add_option(option, backup_.directory, "Directory of the backup")->required();
        command->add_option("--data", given_.data, "Data directory (./roger-data; ROGER_DATA)");
        command->add_option("--keys", backup_.keys_file, "File of the master keys (DATA/keys)");
        command->callback([this, run] {
            chosen_ = [this, run] {
                backup_.data = data_of(given_.data);
                return run(backup_);
            };
        });
        return command;
    };
    add_copy("backup", "--to", "Copy database and keys to a new directory, also while the server runs", backup)
        ->add_flag("--without-keys", backup_.without_keys, "The keys are kept elsewhere");
    add_copy("restore", "--from", "Put a backup into a data directory that has no database; what was live ends expired",
             restore);

    CLI::App* email = app_.add_subcommand("email", "Mail to operators");
    email->require_subcommand(1);
    CLI::App* email_test_command = email->add_subcommand("test", "Send one mail as [email] says");
    email_test_command->add_option("address", email_address_, "To whom")->required();
    email_test_command->add_option("--config", given_.config, "Configuration file (ROGER_CONFIG)");
    email_test_command->callback([this] {
        chosen_ = [this] {
            const auto config_read = settle(given_);
            return config_read ? email_test(*config_read, email_address_)
                               : complain(config_read.error().detail, wrong_setup);
        };
    });

    CLI::App* config = app_.add_subcommand("config", "Configuration files");
    config->require_subcommand(1);
    CLI::App* check = config->add_subcommand("check", "Read a file as serve would, and say what is wrong");
    check->add_option("file", config_file_, "The file")->required();
    check->callback([this] { chosen_ = [this] { return config_check(config_file_); }; });

    CLI::App* doctor_command = app_.add_subcommand("doctor", "Look for problems of this installation");
    doctor_command->add_option("--data", given_.data, "Data directory (./roger-data; ROGER_DATA)");
    doctor_command->add_option("--config", given_.config, "Configuration file (ROGER_CONFIG)");
    doctor_command->callback([this] {
        chosen_ = [this] {
            const auto config_read = settle(given_);
            return config_read ? doctor(*config_read) : complain(config_read.error().detail, wrong_setup);
        };
    });
}

int CommandLine::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app_.exit(error);  // prints help or the mistake
        return code == 0 ? done : usage;
    }
    return chosen_();
}

}  // namespace
}  // namespace roger::app

int main(int argc, char** argv) {
    if (sodium_init() < 0)
        return roger::app::complain("libsodium cannot be set up on this machine", roger::app::refused);
    return roger::app::CommandLine().run(argc, argv);
}
