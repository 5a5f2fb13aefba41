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

class OperatorLine {
public:
    OperatorLine(AdminOptions& options, std::function<int()>& chosen) : options_(options), chosen_(chosen) {}

    void add_admin(CLI::App& app);
    void add_audit(CLI::App& app);
    void add_number(CLI::App& app);
    void add_guard(CLI::App& app);

private:
    using Run = int (*)(const AdminOptions&);

    CLI::App* add(CLI::App& under, const char* name, const char* help, Run run) {
        CLI::App* command = under.add_subcommand(name, help);
        command->add_option("--data", options_.data_flag, "Data directory (./roger-data; ROGER_DATA)");
        command->add_flag("--json", options_.json, "Print JSON");
        command->callback([&options = options_, &chosen = chosen_, run] {
            chosen = [&options, run] {
                settle(options);
                return run(options);
            };
        });
        return command;
    }
    CLI::App* add_named(CLI::App& under, const char* name, const char* help, Run run) {
        CLI::App* command = add(under, name, help, run);
        command->add_option("name", options_.name, "Its name")->required();
        return command;
    }
    void add_rights(CLI::App& command) {
        command.add_option("--scope", options_.scope, "read: look; support: also unblock, cancel, test; admin: all")
            ->required()
            ->check(CLI::IsMember({"read", "support", "admin"}));
        command.add_flag("--numbers", options_.numbers, "With support: may see whole numbers, which is audited");
    }

    AdminOptions& options_;
    std::function<int()>& chosen_;
};

void OperatorLine::add_admin(CLI::App& app) {
    CLI::App* admin = app.add_subcommand("admin", "Who may use the admin port: tokens and users");
    admin->require_subcommand(1);
    admin->footer(
        "Works while a server runs on the data directory, and without one; ROGER_ADMIN_URL and ROGER_ADMIN_TOKEN\n"
        "reach the admin port of a server elsewhere.");
    CLI::App* token = admin->add_subcommand("token", "Tokens of programs");
    token->require_subcommand(1);
    CLI::App* create = add(*token, "create", "Make a token and print it, once", token_create);
    create->add_option("--name", options_.name, "Its name")->required();
    add_rights(*create);
    create->add_option("--expires", options_.expires_days, "Days that it is good, as 90d (for ever)")
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
}

void OperatorLine::add_audit(CLI::App& app) {
    CLI::App* audit = app.add_subcommand("audit", "Who did what");
    audit->require_subcommand(1);
    CLI::App* list = add(*audit, "list", "List entries, newest first", audit_list);
    for (const auto* filter : {"who", "action"}) {
        list->add_option_function<std::string>(
            std::string("--") + filter,
            [&options = options_, filter](const std::string& value) { options.filters.emplace_back(filter, value); },
            std::string("Only those with this ") + filter);
    }
    list->add_option("--limit", options_.limit, "How many at most (50)")->check(CLI::Range(1, 100'000));
    add(*audit, "verify", "Look for edited, removed and cut off entries", audit_verify);
}

void OperatorLine::add_number(CLI::App& app) {
    CLI::App* number = app.add_subcommand("number", "Subscribers' numbers");
    number->require_subcommand(1);
    add(*number, "erase", "Take a number out of everything but backups", number_erase)
        ->add_option("number", options_.number, "NUMBER in international form; - reads it from stdin")
        ->required();
}

void OperatorLine::add_guard(CLI::App& app) {
    CLI::App* guard = app.add_subcommand("guard", "What is refused: rules, lists, blocks; and what was spent");
    guard->require_subcommand(1);
    add(*guard, "rules", "Show the rules, and which are in force", guard_rules);
    CLI::App* set = add(*guard, "set", "Change a rule at once, also after a restart", guard_set);
    set->add_option("rule", options_.name, "Its name, as number_window")->required();
    set->add_option("mode", options_.mode,
                    "off, observe (say what it would refuse), enforce, configured (as the file has it)")
        ->required()
        ->check(CLI::IsMember({"off", "observe", "enforce", "configured"}));
    CLI::App* list = add(*guard, "list", "Show or change a list of numbers and prefixes", guard_list);
    list->add_option("list", options_.name, "deny (never reached) or allow (wins over lists, countries and kinds)")
        ->required()
        ->check(CLI::IsMember({"deny", "allow"}));
    list->add_option("--add", options_.added, "A number or prefix in international form; - reads it from stdin");
    list->add_option("--remove", options_.removed, "One that the list has");
    add(*guard, "blocks", "List the numbers that a budget blocks now", guard_blocks)
        ->add_flag("--reveal", options_.numbers, "Whole numbers, which is audited");
    CLI::App* unblock = add(*guard, "unblock", "Lift what blocks a number", guard_unblock);
    unblock->add_option("number", options_.number, "NUMBER in international form; - reads it from stdin")->required();
    unblock->add_option("--account", options_.account, "Only the wrong codes in this account");
    add(*guard, "spend", "Balances, and what was spent today and this month, beside the caps", guard_spend);
}

}  // namespace

void add_operator_commands(CLI::App& app, AdminOptions& options, std::function<int()>& chosen) {
    OperatorLine line(options, chosen);
    line.add_admin(app);
    line.add_audit(app);
    line.add_number(app);
    line.add_guard(app);
}

}  // namespace roger::app
