#include "api/accounts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "api/gate.hpp"
#include "http/trusted_proxies.hpp"
#include "message/autofill.hpp"
#include "message/message.hpp"
#include "numbering/number.hpp"

namespace roger::api {
namespace {

using nlohmann::json;

constexpr double rate_max = 1e6;
constexpr std::size_t secrets_max = 2;
constexpr std::size_t approved_max = 1000;
constexpr std::uint32_t retention_days_max = 395;

/// Reads members of a JSON object one by one and remembers the first that is wrong.
class Members {
public:
    explicit Members(const json& body) : body_(body) {}

    void boolean(const char* name, std::optional<bool>& out) {
        if (const json* value = find(name)) {
            if (!value->is_boolean()) return complain(name, "is true or false");
            out = value->get<bool>();
        }
    }
    void rate(const char* name, std::optional<std::optional<double>>& out) {
        const json* value = find(name);
        if (value == nullptr) return;
        if (value->is_null()) {
            out.emplace(std::nullopt);
        } else if (value->is_number() && value->get<double>() >= 0 && value->get<double>() <= rate_max) {
            out.emplace(value->get<double>());
        } else {
            complain(name, "is a number from 0 (no limit) to 1000000, or null for the server's");
        }
    }
    void integer(const char* name, std::optional<std::uint32_t>& out, std::uint32_t max, const char* rule) {
        if (const json* value = find(name)) {
            if (!value->is_number_integer() || *value < 1 || *value > max) return complain(name, rule);
            out = value->get<std::uint32_t>();
        }
    }
    template <class T, class Parse>
    void text(const char* name, std::optional<T>& out, const char* rule, Parse parse) {
        if (const json* value = find(name)) {
            if (value->is_string()) out = parse(value->get<std::string>());
            if (!out) complain(name, rule);
        }
    }
    /// A list that takes the place of what was there, sorted.
    /// @param check  an element as it is kept, or nullopt
    template <class Check>
    void list(const char* name, std::optional<std::vector<std::string>>& out, const char* rule, Check check) {
        const json* value = find(name);
        if (value == nullptr) return;
        std::vector<std::string> all;
        if (!value->is_array() || value->size() > account::number_rules_max) return complain(name, rule);
        for (const json& one : *value) {
            auto kept = one.is_string() ? check(one.get<std::string>()) : std::nullopt;
            if (!kept) return complain(name, rule);
            all.push_back(std::move(*kept));
        }
        std::ranges::sort(all);
        out = std::move(all);
    }
    void balance(const char* name, std::optional<std::optional<Micros>>& out) {
        const json* value = find(name);
        if (value == nullptr) return;
        const auto amount = value->is_string() ? parse_price(value->get<std::string>()) : std::nullopt;
        if (!amount && !value->is_null()) return complain(name, "is an amount as \"100.00\", or null for none");
        out.emplace(amount);
    }
    void caps(const char* name, std::vector<std::pair<account::SpendCap, bool>>& out) {
        constexpr const char* rule =
            "is a list of {\"period\": \"day\" or \"month\", \"scope\": \"\", \"country:GB\" or "
            "\"network:23415\", \"amount\": \"100.00\", or null for none}";
        const json* value = find(name);
        if (value == nullptr) return;
        if (!value->is_array() || value->size() > account::caps_max) return complain(name, rule);
        for (const json& one : *value) {
            auto cap = read_cap(one);
            if (!cap) return complain(name, rule);
            out.push_back(std::move(*cap));
        }
    }
    void numbers(const char* name, std::vector<std::string>& out) {
        const json* value = find(name);
        if (value == nullptr) return;
        if (!value->is_array() || value->size() > approved_max)
            return complain(name, "is a list of at most 1000 numbers");
        for (const json& one : *value) {
            const auto facts = one.is_string() ? numbering::parse_number(one.get<std::string>(), "")
                                               : fail(Errc::invalid_argument, "number");
            if (!facts) return complain(name, "holds numbers in international form, as +447700900123");
            out.push_back(facts->number.digits());
        }
    }
    [[nodiscard]] std::optional<std::string> problem() const {
        if (problem_) return problem_;
        for (const auto& [name, value] : body_.items()) {
            if (std::ranges::find(known_, name) == known_.end()) return "an account has no member '" + name + "'";
        }
        return std::nullopt;
    }

private:
    static std::optional<std::pair<account::SpendCap, bool>> read_cap(const json& object) {
        if (!object.is_object() || object.size() > 3) return std::nullopt;
        account::SpendCap cap;
        const std::string period =
            object.value("period", json()).is_string() ? object["period"].get<std::string>() : "";
        if (period != "day" && period != "month") return std::nullopt;
        cap.period = period == "day" ? account::Period::day : account::Period::month;
        const json scope = object.value("scope", json(""));
        const json amount = object.value("amount", json());
        if (!scope.is_string() || !account::is_cap_scope(scope.get<std::string>())) return std::nullopt;
        cap.scope = scope.get<std::string>();
        if (amount.is_null()) return object.contains("amount") ? std::optional(std::pair(cap, false)) : std::nullopt;
        const auto parsed = amount.is_string() ? parse_price(amount.get<std::string>()) : std::nullopt;
        if (!parsed) return std::nullopt;
        cap.amount = *parsed;
        return std::pair(std::move(cap), true);
    }
    const json* find(const char* name) {
        known_.emplace_back(name);
        const auto found = body_.find(name);
        return found == body_.end() ? nullptr : &*found;
    }
    void complain(const char* name, const char* rule) {
        if (!problem_) problem_ = std::string("'") + name + "' " + rule;
    }

    const json& body_;
    std::vector<std::string> known_;
    std::optional<std::string> problem_;
};

std::optional<std::string> read_prefix(std::string text) {
    if (text.starts_with('+')) text.erase(0, 1);
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (text.empty() || text.size() > 15 || text.front() == '0' || !digits) return std::nullopt;
    return text;
}

std::optional<std::string> read_country(std::string text) {
    const bool capitals = std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
    return text.size() == 2 && capitals ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> read_type(std::string text) {
    for (int i = 0; i <= static_cast<int>(numbering::NumberType::voicemail); ++i) {
        if (numbering::to_string(static_cast<numbering::NumberType>(i)) == text) return text;
    }
    return std::nullopt;
}

std::optional<std::string> read_network(std::string text) {
    return http::TrustedProxies::parse({text}) ? std::optional(std::move(text)) : std::nullopt;
}

/// "-5" takes away.
std::optional<Micros> read_top_up(const std::string& text) {
    const bool takes = text.starts_with('-');
    auto amount = parse_price(takes ? std::string_view(text).substr(1) : std::string_view(text));
    if (amount && takes) amount->value = -amount->value;
    return amount;
}

/// "90d", "12h", "30m", "45s"; "0" is none. Ten years at most.
std::optional<seconds> read_span(const std::string& text) {
    constexpr std::int64_t day = 86'400;
    std::int64_t count = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, text.data() + text.size());
    if (ec != std::errc{} || count < 0 || count > 10 * 366 * day) return std::nullopt;
    if (unit.empty()) return count == 0 ? std::optional(seconds(0)) : std::nullopt;
    const std::int64_t size = unit == "d" ? day : unit == "h" ? 3600 : unit == "m" ? 60 : unit == "s" ? 1 : 0;
    if (size == 0 || count > 10 * 366 * day / size) return std::nullopt;
    return seconds(count * size);
}

void read_limits(Members& members, AccountEdit& edit) {
    members.text("policy", edit.policy, "is standard, psd2 or strict",
                 [](const std::string& text) { return account::parse_policy(text); });
    members.balance("balance", edit.balance);
    members.text("top_up", edit.top_up, "is an amount as \"100.00\" or \"-5\"", read_top_up);
    members.caps("caps", edit.caps);
    members.text("one_success_per_number", edit.one_success_within, "is a time as 90d, 12h, 30m or 45s, or 0 for none",
                 read_span);
    constexpr const char* prefixes = "is a list of at most 1000 numbers or prefixes in international form, as +4477";
    members.list("deny_numbers", edit.deny_numbers, prefixes, read_prefix);
    members.list("allow_numbers", edit.allow_numbers, prefixes, read_prefix);
    members.list("countries", edit.countries, "is a list of ISO 3166-1 countries in capitals, as GB", read_country);
    members.list("types", edit.types, "is a list of kinds of numbers, as mobile, fixed_line or voip", read_type);
    members.list("allow_ip", edit.networks, "is a list of IP addresses and networks, as 10.0.0.0/8", read_network);
    members.integer("retention_days", edit.retention_days, retention_days_max, "is a number of days from 1 to 395");
    members.text("sender", edit.sender, "is 1 to 11 letters, digits and spaces, or 1 to 15 digits",
                 [](const std::string& text) {
                     return text.empty() || message::is_sender_id(text) ? std::optional(text) : std::nullopt;
                 });
    members.text("locale", edit.locale, "is a locale of Verify, as en-gb", [](const std::string& text) {
        const auto found = message::find_locale(text);
        if (text.empty()) return std::optional(text);
        return found ? std::optional(std::string(*found)) : std::nullopt;
    });
}

void apply_limits(const AccountEdit& edit, account::Account& account) {
    const auto set = [](const auto& from, auto& to) {
        if (from) to = *from;
    };
    set(edit.policy, account.policy);
    set(edit.retention_days, account.retention_days);
    if (edit.balance) account.prepaid = edit.balance->has_value();
    set(edit.one_success_within, account.one_success_within);
    set(edit.deny_numbers, account.numbers.deny);
    set(edit.allow_numbers, account.numbers.allow);
    set(edit.countries, account.numbers.countries);
    set(edit.types, account.numbers.types);
    set(edit.networks, account.networks);
    set(edit.sender, account.sender);
    set(edit.locale, account.locale);
    for (const auto& [cap, is_set] : edit.caps) {
        std::erase_if(account.caps, [&cap = cap](const account::SpendCap& one) {
            return one.period == cap.period && one.scope == cap.scope;
        });
        if (is_set && account.caps.size() < account::caps_max) account.caps.push_back(cap);
    }
}

json limits_of(const account::Account& account) {
    json caps = json::array();
    for (const account::SpendCap& cap : account.caps) {
        caps.push_back(
            {{"period", account::to_string(cap.period)}, {"scope", cap.scope}, {"amount", to_price(cap.amount)}});
    }
    return {{"policy", account::to_string(account.policy)},
            {"prepaid", account.prepaid},
            {"caps", caps},
            {"one_success_per_number_s", account.one_success_within.count()},
            {"deny_numbers", account.numbers.deny},
            {"allow_numbers", account.numbers.allow},
            {"countries", account.numbers.countries},
            {"types", account.numbers.types},
            {"allow_ip", account.networks},
            {"sender", account.sender},
            {"locale", account.locale}};
}

std::string random_hex(Random& random, std::size_t bytes) {
    Bytes fresh(bytes);
    random.fill(fresh);
    std::string text = to_hex(fresh);
    wipe(fresh);
    return text;
}

/// Binds the sealed secret to its account.
std::string signature_context(const account::Account& account) { return "signature secret of " + account.key; }

}  // namespace

Result<AccountEdit> read_account_edit(const json& body) {
    if (!body.is_object()) return fail(Errc::invalid_argument, "the body is a JSON object");
    AccountEdit edit;
    Members members(body);
    members.rate("rate", edit.rate);
    members.rate("burst", edit.burst);
    members.boolean("pin_code", edit.pin_code);
    members.boolean("lenient_cancel", edit.lenient_cancel);
    members.boolean("six_digits", edit.six_digits);
    members.boolean("demo", edit.demo);
    members.boolean("barred", edit.barred);
    members.boolean("disabled", edit.disabled);
    members.text("signature_method", edit.signature_method, "is md5hash, md5, sha1, sha256 or sha512",
                 [](const std::string& text) { return account::parse_signature_method(text); });
    members.text("price", edit.price, "is a price as 0.0350",
                 [](const std::string& text) { return parse_price(text); });
    members.text("currency", edit.currency, "is three capital letters, as EUR", [](const std::string& text) {
        return account::is_currency(text) ? std::optional(text) : std::nullopt;
    });
    members.boolean("template_review", edit.template_review);
    members.text("app_hash", edit.app_hash, "is the 11 characters of base64 that Android has for an app",
                 [](const std::string& text) {
                     return text.empty() || message::is_app_hash(text) ? std::optional(text) : std::nullopt;
                 });
    members.text("domain", edit.domain, "is a host name, as example.com", [](const std::string& text) {
        return text.empty() ? std::optional(text) : message::read_domain(text);
    });
    members.numbers("approve", edit.approve);
    members.numbers("unapprove", edit.unapprove);
    read_limits(members, edit);
    if (auto problem = members.problem()) return fail(Errc::invalid_argument, std::move(*problem));
    if (!edit.app_hash.value_or("").empty() && !edit.domain.value_or("").empty()) {
        return fail(Errc::invalid_argument,
                    "an SMS ends for an app ('app_hash') or for a web page ('domain'), not both");
    }
    return edit;
}

void apply(const AccountEdit& edit, account::Account& account) {
    const auto set = [](const auto& from, auto& to) {
        if (from) to = *from;
    };
    set(edit.rate, account.rate);
    set(edit.burst, account.burst);
    set(edit.pin_code, account.pin_code);
    set(edit.lenient_cancel, account.lenient_cancel);
    set(edit.six_digits, account.six_digits);
    set(edit.demo, account.demo);
    set(edit.barred, account.barred);
    set(edit.disabled, account.disabled);
    set(edit.signature_method, account.signature_method);
    set(edit.price, account.price);
    set(edit.currency, account.currency);
    set(edit.template_review, account.template_review);
    set(edit.app_hash, account.app_hash);
    set(edit.domain, account.domain);
    if (!edit.app_hash.value_or("").empty()) account.domain.clear();
    if (!edit.domain.value_or("").empty()) account.app_hash.clear();
    apply_limits(edit, account);
    for (const std::string& number : edit.unapprove) std::erase(account.approved, number);
    account.approved.insert(account.approved.end(), edit.approve.begin(), edit.approve.end());
    std::ranges::sort(account.approved);
    const auto repeated = std::ranges::unique(account.approved);
    account.approved.erase(repeated.begin(), repeated.end());
}

FreshSecrets make_secrets(Random& random) { return {Secret(random_hex(random, 16)), Secret(random_hex(random, 16))}; }

std::string make_account_key(Random& random) { return random_hex(random, 4); }

void add_secret(account::Account& account, std::string_view secret, const verification::Keyring& keyring) {
    account.secret_hashes.insert(account.secret_hashes.begin(), SecretHasher(keyring).hash(secret));
    if (account.secret_hashes.size() > secrets_max) account.secret_hashes.resize(secrets_max);
}

void set_signature_secret(account::Account& account,
                          std::string_view secret,
                          const verification::Keyring& keyring,
                          Random& random) {
    Nonce nonce{};
    random.fill(nonce);
    const std::string context = signature_context(account);
    account.signature_kid = keyring.active();
    account.sealed_signature_secret =
        seal(keyring.keys(keyring.active()).seal, as_bytes(secret), as_bytes(context), nonce);
}

Secret open_signature_secret(const account::Account& account, const verification::Keyring& keyring) {
    const verification::PurposeKeys* keys = keyring.find(account.signature_kid);
    if (keys == nullptr) return Secret();
    auto plain = open(keys->seal, account.sealed_signature_secret, as_bytes(signature_context(account)));
    if (!plain) return Secret();
    Secret secret(std::string(reinterpret_cast<const char*>(plain->data()), plain->size()));
    wipe(*plain);
    return secret;
}

json to_json(const account::Account& account) {
    const auto limit = [](const std::optional<double>& value) { return value ? json(*value) : json(nullptr); };
    json shown = {{"key", account.key},
                  {"secrets", account.secret_hashes.size()},
                  {"signature_method", account::to_string(account.signature_method)},
                  {"disabled", account.disabled},
                  {"barred", account.barred},
                  {"demo", account.demo},
                  {"pin_code", account.pin_code},
                  {"lenient_cancel", account.lenient_cancel},
                  {"six_digits", account.six_digits},
                  {"rate", limit(account.rate)},
                  {"burst", limit(account.burst)},
                  {"price", to_price(account.price)},
                  {"currency", account.currency},
                  {"approved", account.approved.size()},
                  {"retention_days", account.retention_days},
                  {"template_review", account.template_review},
                  {"app_hash", account.app_hash},
                  {"domain", account.domain},
                  {"created", to_rfc3339(account.created)}};
    shown.update(limits_of(account));
    return shown;
}

}  // namespace roger::api
