#include "app/account_flags.hpp"

namespace roger::app {
namespace {

using nlohmann::json;

/// One cap of the list that the call takes; a null amount takes it away.
void add_cap(json& body, const std::string& period, const std::string& scope, const json& amount) {
    body["caps"].push_back({{"period", period}, {"scope", scope}, {"amount", amount}});
}

/// "GB=100.00", or "GB" to take the cap away.
void add_scoped_cap(json& body, const std::string& period, const std::string& kind, const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string scope = kind + ":" + text.substr(0, equals);
    add_cap(body, period, scope, equals == std::string::npos ? json(nullptr) : json(text.substr(equals + 1)));
}

void add_cap_flags(CLI::App& command, json& body) {
    for (const std::string period : {"day", "month"}) {
        const std::string option = "cap-" + period;
        command.add_option_function<std::string>(
            "--" + option, [&body, period](const std::string& amount) { add_cap(body, period, "", amount); },
            "The most that is spent in a " + period + ", as 100.00; --no-" + option + ": no cap");
        command.add_flag_callback("--no-" + option, [&body, period] { add_cap(body, period, "", nullptr); });
        for (const std::string kind : {"country", "network"}) {
            const std::string scoped = option + "-" + kind;
            const std::string example = kind == "country" ? "GB" : "23415";
            const auto add = [&body, period, kind](const std::vector<std::string>& all) {
                for (const std::string& one : all) add_scoped_cap(body, period, kind, one);
            };
            command.add_option_function<std::vector<std::string>>(
                "--" + scoped, add,
                "The same on the numbers of a " + kind + ", as " + example + "=10.00; may be given again");
            command.add_option_function<std::vector<std::string>>("--no-" + scoped, add,
                                                                  "Takes that cap away, as " + example);
        }
    }
}

}  // namespace

void add_limit_flags(CLI::App& command, json& body) {
    const auto text = [&](const std::string& option, const char* member, const std::string& help, const json& none) {
        command.add_option_function<std::string>(
            "--" + option, [&body, member](const std::string& value) { body[member] = value; }, help);
        if (none.is_discarded()) return;
        command.add_flag_callback("--no-" + option, [&body, member, none] { body[member] = none; });
    };
    const auto list = [&](const std::string& option, const char* member, const std::string& help) {
        command
            .add_option_function<std::vector<std::string>>(
                "--" + option, [&body, member](const std::vector<std::string>& all) { body[member] = all; },
                help + "; takes the place of what was there; --no-" + option + ": none")
            ->delimiter(',');
        command.add_flag_callback("--no-" + option, [&body, member] { body[member] = json::array(); });
    };
    text("policy", "policy", "standard, psd2 (five wrong codes in a row, then a block) or strict (six digits, no VoIP)",
         "standard");
    text("balance", "balance", "What it may spend in all from now on, as 100.00; --no-balance: it is not limited",
         nullptr);
    text("top-up", "top_up", "Added to its balance, as 100.00; -5 takes away", json(json::value_t::discarded));
    add_cap_flags(command, body);
    text("one-success-per-number", "one_success_per_number",
         "A number that was verified is not verified again for so long, as 90d", "0");
    command
        .add_option_function<std::uint32_t>(
            "--retention-days", [&body](std::uint32_t days) { body["retention_days"] = days; },
            "Numbers, brands and codes of ended requests are blanked after so many days (default 30)")
        ->check(CLI::Range(1, 395));
    list("deny-number", "deny_numbers", "Numbers and prefixes that it may not verify, as +4477");
    list("allow-number", "allow_numbers", "Numbers and prefixes that it may verify whatever the lists say");
    list("countries", "countries", "Only numbers of these countries, as GB,DE");
    list("types", "types", "Only these kinds of numbers, as mobile,fixed_line_or_mobile");
    list("allow-ip", "allow_ip", "It may be used from these addresses and networks alone, as 10.0.0.0/8");
    text("sender", "sender", "Sender of messages whose start names none", "");
    text("locale", "locale", "Language of messages whose start names none, as de-de", "");
}

}  // namespace roger::app
