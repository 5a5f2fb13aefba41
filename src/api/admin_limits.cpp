#include "api/admin_limits.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/number_blocks.hpp"
#include "api/problem.hpp"
#include "guard/money.hpp"
#include "http/parameters.hpp"
#include "observe/log.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t list_max = 10'000;
constexpr const char* rules_setting = "rules";
constexpr const char* deny_setting = "list/deny";
constexpr const char* allow_setting = "list/allow";

json body_of(const http::Request& request) { return json::parse(request.body, nullptr, false); }

/// "+44 7700" to "447700". @return nullopt for what is no number and no prefix
std::optional<std::string> read_prefix(const json& text) {
    if (!text.is_string()) return std::nullopt;
    std::string digits;
    for (const char c : text.get_ref<const std::string&>()) {
        if (c >= '0' && c <= '9') {
            digits += c;
        } else if (c != ' ' && c != '-' && !(c == '+' && digits.empty())) {
            return std::nullopt;
        }
    }
    if (digits.empty() || digits.size() > 15 || digits.front() == '0') return std::nullopt;
    return digits;
}

std::optional<std::vector<std::string>> read_list(const json& list) {
    if (!list.is_array() || list.size() > list_max) return std::nullopt;
    std::vector<std::string> numbers;
    for (const json& one : list) {
        auto prefix = read_prefix(one);
        if (!prefix) return std::nullopt;
        numbers.push_back(std::move(*prefix));
    }
    std::ranges::sort(numbers);
    const auto repeated = std::ranges::unique(numbers);
    numbers.erase(repeated.begin(), repeated.end());
    return numbers;
}

/// @param whole  else whole numbers are masked; a list with such cannot be put back
json shown(const std::vector<std::string>& list, bool whole) {
    json numbers = json::array();
    for (const std::string& digits : list) {
        const auto number = numbering::Msisdn::from_digits(digits);
        numbers.push_back(whole || !number ? "+" + digits : number->masked());
    }
    return {{"numbers", numbers}};
}

json to_json(const std::map<guard::RuleId, guard::Mode>& words) {
    json out = json::object();
    for (const auto& [rule, mode] : words) out[std::string(guard::name_of(rule))] = std::string(guard::to_string(mode));
    return out;
}

/// @param out  gets the changes; an error leaves it half changed
std::optional<std::string> read_words(const json& body, std::map<guard::RuleId, guard::Mode>& out) {
    if (!body.is_object()) return "The body is a JSON object.";
    for (const auto& [name, value] : body.items()) {
        const auto rule = guard::find_rule(name);
        if (!rule) return "There is no such rule; GET /admin/v1/rules lists them.";
        const auto mode = value.is_string() ? guard::parse_mode(value.get<std::string>()) : std::nullopt;
        if (!mode && !value.is_null()) return "A rule is off, observe or enforce, or null: as the configuration says.";
        if (mode) {
            out[*rule] = *mode;
        } else {
            out.erase(*rule);
        }
    }
    return std::nullopt;
}

json spend_of(const guard::Fund& fund, account::Period period, TimePoint now) {
    json out{{"settled", to_price({})}, {"reserved", to_price({})}};
    for (const auto& [key, spend] : fund.spends) {
        if (key.period != period || key.number != guard::period_at(period, now)) continue;
        const json amounts{{"settled", to_price(spend.settled)}, {"reserved", to_price(spend.reserved)}};
        const std::size_t colon = key.scope.find(':');
        if (colon == std::string::npos) {
            out.update(amounts);
        } else {
            out[key.scope.substr(0, colon) == "country" ? "countries" : "networks"][key.scope.substr(colon + 1)] =
                amounts;
        }
    }
    return out;
}

json to_json(const account::Account& account, const guard::Fund& fund, TimePoint now) {
    json caps = json::array();
    for (const account::SpendCap& cap : account.caps) {
        caps.push_back(
            {{"period", account::to_string(cap.period)}, {"scope", cap.scope}, {"amount", to_price(cap.amount)}});
    }
    return {{"account", account.key},
            {"currency", account.currency},
            {"balance", account.prepaid ? json(to_price(fund.balance)) : json(nullptr)},
            {"reserved", to_price(fund.reserved)},
            {"day", spend_of(fund, account::Period::day, now)},
            {"month", spend_of(fund, account::Period::month, now)},
            {"caps", caps}};
}

}  // namespace

bool AdminLimits::takes(std::string_view path) {
    return path == "/rules" || path == "/blocks" || path == "/spend" || path == "/lists/deny" || path == "/lists/allow";
}

asio::awaitable<http::Response> AdminLimits::handle(const http::Request& request,
                                                    std::string_view path,
                                                    const Actor& actor) {
    const bool get = request.method == http::Method::get;
    const bool put = request.method == http::Method::put;
    if (path == "/spend") {
        if (!get) co_return method_not_allowed("GET");
        co_return co_await show_spend();
    }
    if (path == "/blocks") {
        if (get) {
            const bool reveal = request.query.find("reveal=number") != std::string::npos;
            if (reveal && !actor.numbers) co_return problem(403, "Forbidden", "Whole numbers are not yours to see.");
            co_return co_await show_blocks(reveal ? &actor : nullptr);
        }
        if (request.method != http::Method::del) co_return method_not_allowed("GET, DELETE");
        co_return co_await lift(request, actor);
    }
    if (!get && !put) co_return method_not_allowed("GET, PUT");
    if (path == "/rules") {
        if (get) co_return show_rules();
        co_return co_await set_rules(request, actor);
    }
    if (path != "/lists/deny" && path != "/lists/allow") co_return no_such_admin_call();
    const bool deny = path == "/lists/deny";
    const guard::NumberLists& lists = context_.settings.lists;
    if (get) co_return json_answer(200, shown(deny ? lists.deny : lists.allow, actor.numbers).dump());
    co_return co_await set_list(request, deny, actor);
}

http::Response AdminLimits::show_rules() const {
    const Settings& settings = context_.settings;
    json rules = json::object();
    const guard::Modes in_force = context_.engine.modes();
    for (const guard::RuleId rule : guard::all_rules()) {
        const auto word = settings.rule_words.find(rule);
        const bool said = word != settings.rule_words.end();
        rules[std::string(guard::name_of(rule))] = {
            {"configured", guard::to_string(settings.rules.of(rule))},
            {"set", said ? json(guard::to_string(word->second)) : json(nullptr)},
            {"in_force", guard::to_string(in_force.of(rule))}};
    }
    return json_answer(200, json{{"rules", rules}, {"sandbox", settings.sandbox}}.dump());
}

asio::awaitable<http::Response> AdminLimits::set_rules(const http::Request& request, const Actor& actor) {
    auto words = context_.settings.rule_words;
    if (auto why = read_words(body_of(request), words)) co_return problem(400, "Bad Request", *why);
    const std::string text = to_json(words).dump();
    engine::SaveSetting command{
        .name = rules_setting, .value = text, .reply = {}, .note = actor.note("rules.set", "", text)};
    const auto saved = co_await ask(context_.engine, std::move(command));
    if (!saved) co_return problem(saved.error());
    context_.settings.rule_words = std::move(words);
    context_.engine.set_modes(modes_in_force(context_.settings));
    co_return show_rules();
}

asio::awaitable<http::Response> AdminLimits::set_list(const http::Request& request, bool deny, const Actor& actor) {
    const json body = body_of(request);
    auto numbers =
        body.is_object() && body.size() == 1 && body.contains("numbers") ? read_list(body["numbers"]) : std::nullopt;
    if (!numbers) {
        co_return problem(400, "Bad Request",
                          "The body is {\"numbers\": […]}: at most 10000 numbers or prefixes in international form, as "
                          "+4477.");
    }
    engine::SaveSetting command{.name = deny ? deny_setting : allow_setting,
                                .value = json(*numbers).dump(),
                                .reply = {},
                                .note = actor.note("list.set", deny ? "deny" : "allow",
                                                   fmt::format("{} numbers or prefixes", numbers->size()))};
    const auto saved = co_await ask(context_.engine, std::move(command));
    if (!saved) co_return problem(saved.error());
    guard::NumberLists& lists = context_.settings.lists;
    (deny ? lists.deny : lists.allow) = std::move(*numbers);
    co_return json_answer(200, shown(deny ? lists.deny : lists.allow, actor.numbers).dump());
}

asio::awaitable<http::Response> AdminLimits::show_blocks(const Actor* teller) {
    const auto survey = co_await ask(context_.engine, engine::Survey{});
    if (!survey) co_return problem(survey.error());
    auto blocks = co_await find_blocks(context_, survey->blocked);
    if (!blocks) co_return problem(blocks.error());
    if (teller != nullptr && !blocks->empty()) {
        engine::Note note{.note = teller->note("number.reveal", "", fmt::format("{} blocks", blocks->size())),
                          .reply = {}};
        if (const auto told = co_await ask(context_.engine, std::move(note)); !told) co_return problem(told.error());
    }
    json shown = json::array();
    for (const NumberBlock& block : *blocks) {
        const auto number = numbering::Msisdn::from_digits(block.number);
        json one{{"number", !number             ? json(nullptr)
                            : teller != nullptr ? json(number->e164())
                                                : json(number->masked())},
                 {"account", block.account.empty() ? json(nullptr) : json(block.account)},
                 {"rule", block.reason.rule},
                 {"until", to_rfc3339(*block.reason.until)}};
        if (block.reason.seen) one["seen"] = *block.reason.seen;
        if (block.reason.limit) one["limit"] = *block.reason.limit;
        shown.push_back(std::move(one));
    }
    co_return json_answer(200, json{{"blocks", shown}}.dump());
}

asio::awaitable<http::Response> AdminLimits::lift(const http::Request& request, const Actor& actor) {
    http::Request asked;
    asked.query = request.query;
    const auto parameters = http::read_parameters(asked);
    if (!parameters) co_return problem(parameters.error());
    const std::string* number = parameters->find("number");
    const auto facts = numbering::parse_number(number == nullptr ? "" : *number, "");
    if (!facts) co_return problem(400, "Bad Request", "'number' is in international form, as +447700900123.");
    const std::string* account = parameters->find("account");
    if (account != nullptr && !context_.engine.accounts()->contains(*account)) {
        co_return problem(404, "Not Found", "There is no such account.");
    }
    engine::Lift command{.number = facts->number.digits(),
                         .account = account == nullptr ? "" : *account,
                         .reply = {},
                         .note = actor.note("block.lift", account == nullptr ? "" : *account, facts->number.masked())};
    const auto lifted = co_await ask(context_.engine, std::move(command));
    if (!lifted) co_return problem(lifted.error());
    observe::info("an operator lifted the blocks of a number",
                  {{"number", facts->number.masked()}, {"account", account == nullptr ? "all" : *account}});
    co_return json_answer(200, json{{"lifted", facts->number.masked()}}.dump());
}

asio::awaitable<http::Response> AdminLimits::show_spend() {
    const auto survey = co_await ask(context_.engine, engine::Survey{});
    if (!survey) co_return problem(survey.error());
    const auto book = context_.engine.accounts();
    const TimePoint now = context_.clock.service_now();
    std::map<std::string, json> accounts;
    for (const auto& [key, account] : *book) {
        const auto fund = survey->funds.find(key);
        if (!account->metered() && fund == survey->funds.end()) continue;
        accounts[key] = to_json(*account, fund == survey->funds.end() ? guard::Fund{} : fund->second, now);
    }
    json shown = json::array();
    for (auto& [key, account] : accounts) shown.push_back(std::move(account));
    co_return json_answer(200, json{{"accounts", shown}}.dump());
}

void restore_limits(Settings& settings, const std::string& name, const std::string& value) {
    const json body = json::parse(value, nullptr, false);
    if (name == rules_setting) (void)read_words(body, settings.rule_words);
    if (name == deny_setting) settings.lists.deny = read_list(body).value_or(std::vector<std::string>{});
    if (name == allow_setting) settings.lists.allow = read_list(body).value_or(std::vector<std::string>{});
}

guard::Modes modes_in_force(const Settings& settings) {
    guard::Modes modes = settings.rules;
    for (const auto& [rule, mode] : settings.rule_words) modes.set(rule, mode);
    return settings.sandbox ? modes.at_most(settings.sandbox_rules) : modes;
}

}  // namespace roger::api
