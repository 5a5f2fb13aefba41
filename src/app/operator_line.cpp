#include "app/operator_line.hpp"

#include <cstdlib>

namespace roger::app {
namespace {

void settle(AdminOptions& options) {
    if (options.data_flag.empty()) {
        const char* data = std::getenv("ROGER_DATA");
        options.data_flag = data == nullptr || *data == '\0' ? "./roger-data" : data;
    }
    options.config.data = options.data_flag;
}

}  // namespace

void add_operator_commands(CLI::App& app, AdminOptions& options, std::function<int()>& chosen) {
    const auto add = [&](CLI::App& under, const char* name, const char* help, int (*run)(const AdminOptions&)) {
        CLI::App* command = under.add_subcommand(name, help);
        command->add_option("--data", options.data_flag, "Data directory (./roger-data; ROGER_DATA)");
        command->add_flag("--json", options.json, "Print JSON");
        command->callback([&options, &chosen, run] {
            chosen = [&options, run] {
                settle(options);
                return run(options);
            };
        });
        return command;
    };
    const auto add_named = [&](CLI::App& under, const char* name, const char* help, int (*run)(const AdminOptions&)) {
        CLI::App* command = add(under, name, help, run);
        command->add_option("name", options.name, "Its name")->required();
        return command;
    };
    const auto add_rights = [&options](CLI::App& command) {
        command.add_option("--scope", options.scope, "read: look; support: also unblock, cancel, test; admin: all")
            ->required()
            ->check(CLI::IsMember({"read", "support", "admin"}));
        command.add_flag("--numbers", options.numbers, "With support: may see whole numbers, which is audited");
    };
    CLI::App* admin = app.add_subcommand("admin", "Who may use the admin port: tokens and users");
    admin->require_subcommand(1);
    admin->footer(
        "Works while a server runs on the data directory, and without one; ROGER_ADMIN_URL and ROGER_ADMIN_TOKEN\n"
        "reach the admin port of a server elsewhere.");
    CLI::App* token = admin->add_subcommand("token", "Tokens of programs");
    token->require_subcommand(1);
    CLI::App* create = add(*token, "create", "Make a token and print it, once", token_create);
    create->add_option("--name", options.name, "Its name")->required();
    add_rights(*create);
    create->add_option("--expires", options.expires_days, "Days that it is good, as 90d (for ever)")
        ->transform([](std::string text) {
            if (text.ends_with('d')) text.pop_back();
            return text;
        })
        ->check(CLI::Range(1, 3650));
    add(*token, "list", "List the tokens", token_list);
    add_named(*token, "revoke", "Make a token void", token_revoke);
    CLI::App* user = admin->add_subcommand("user", "Users of the console");
    user->require_subcommand(1);
    user->footer("Passwords are read from stdin, or asked for.");
    add_rights(*add_named(*user, "create", "Make a user", user_create));
    add(*user, "list", "List the users", user_list);
    add_named(*user, "password", "Set a new password", user_password);
    add_named(*user, "remove", "Remove a user", user_remove);
    add(*admin, "link", "Print the one-time link that makes the first user", admin_link);

    CLI::App* audit = app.add_subcommand("audit", "Who did what");
    audit->require_subcommand(1);
    CLI::App* list = add(*audit, "list", "List entries, newest first", audit_list);
    for (const auto* filter : {"who", "action"}) {
        list->add_option_function<std::string>(
            std::string("--") + filter,
            [&options, filter](const std::string& value) { options.filters.emplace_back(filter, value); },
            std::string("Only those with this ") + filter);
    }
    list->add_option("--limit", options.limit, "How many at most (50)")->check(CLI::Range(1, 100'000));
    add(*audit, "verify", "Look for edited, removed and cut off entries", audit_verify);

    CLI::App* number = app.add_subcommand("number", "Subscribers' numbers");
    number->require_subcommand(1);
    CLI::App* erase = number->add_subcommand("erase", "Take a number out of everything but backups");
    erase->add_option("number", options.number, "NUMBER in international form; - reads it from stdin")->required();
    erase->add_option("--data", options.data_flag, "Data directory (./roger-data; ROGER_DATA)");
    erase->add_flag("--json", options.json, "Print JSON");
    erase->callback([&options, &chosen] {
        chosen = [&options] {
            settle(options);
            options.number = argument(options.number);
            return number_erase(options);
        };
    });
}

}  // namespace roger::app
