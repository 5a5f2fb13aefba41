#include "api/accounts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "api/gate.hpp"
#include "message/autofill.hpp"
#include "numbering/number.hpp"

namespace roger::api {
namespace {

using nlohmann::json;

constexpr double rate_max = 1e6;
constexpr std::size_t secrets_max = 2;
constexpr std::size_t approved_max = 1000;

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
    template <class T, class Parse>
    void text(const char* name, std::optional<T>& out, const char* rule, Parse parse) {
        if (const json* value = find(name)) {
            if (value->is_string()) out = parse(value->get<std::string>());
            if (!out) complain(name, rule);
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
    return {{"key", account.key},
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
}

}  // namespace roger::api
