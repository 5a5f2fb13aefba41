#include "store/account_codec.hpp"

#include <nlohmann/json.hpp>

namespace roger::store {
namespace {

using account::Account;
using nlohmann::json;

/// Takes members out of an object; remembers whether one was of the wrong kind.
class Members {
public:
    explicit Members(const json& object) : object_(object) {}
    [[nodiscard]] bool ok() const noexcept { return ok_; }

    void get(const char* name, bool& out) {
        if (const json* found = find(name, &json::is_boolean)) out = found->get<bool>();
    }
    void get(const char* name, std::string& out) {
        if (const json* found = find(name, &json::is_string)) out = found->get_ref<const std::string&>();
    }
    void get(const char* name, std::optional<double>& out) {
        const auto at = object_.find(name);
        if (at == object_.end() || at->is_null()) return;
        if (const json* found = find(name, &json::is_number)) out = found->get<double>();
    }
    void get(const char* name, Bytes& out) {
        if (const json* found = find(name, &json::is_string)) out = bytes(*found);
    }
    template <std::integral T>
        requires(!std::is_same_v<T, bool>)
    void get(const char* name, T& out) {
        const json* found = find(name, &json::is_number_integer);
        if (found == nullptr) return;
        // Both kinds of json integers, compared without a change of sign.
        const bool fits = found->is_number_unsigned() ? std::in_range<T>(found->get<std::uint64_t>())
                                                      : std::in_range<T>(found->get<std::int64_t>());
        if (fits) {
            out = found->get<T>();
        } else {
            ok_ = false;
        }
    }
    void get(const char* name, std::vector<std::string>& out) {
        each_text(name, [&](const json& text) { out.push_back(text.get_ref<const std::string&>()); });
    }
    void get(const char* name, std::vector<Bytes>& out) {
        each_text(name, [&](const json& text) { out.push_back(bytes(text)); });
    }
    void get(const char* name, account::SignatureMethod& out) {
        std::string text;
        get(name, text);
        if (text.empty()) return;
        const auto method = account::parse_signature_method(text);
        if (method) {
            out = *method;
        } else {
            ok_ = false;
        }
    }

    void get(const char* name, account::Templates& out) {
        const json* list = find(name, &json::is_array);
        if (list == nullptr) return;
        for (const json& each : *list) out.push_back(template_of(each));
    }

    void get(const char* name, account::Policy& out) {
        std::string text;
        get(name, text);
        if (text.empty()) return;
        const auto policy = account::parse_policy(text);
        ok_ = ok_ && policy;
        out = policy.value_or(out);
    }
    void get(const char* name, std::vector<account::SpendCap>& out) {
        const json* list = find(name, &json::is_array);
        if (list == nullptr) return;
        for (const json& each : *list) {
            account::SpendCap cap;
            Members members(each);
            std::string period;
            members.get("period", period);
            members.get("scope", cap.scope);
            members.get("amount", cap.amount.value);
            cap.period = period == "month" ? account::Period::month : account::Period::day;
            ok_ = ok_ && each.is_object() && members.ok() && account::is_cap_scope(cap.scope);
            out.push_back(std::move(cap));
        }
    }

private:
    using Kind = bool (json::*)() const noexcept;

    const json* find(const char* name, Kind kind) {
        const auto at = object_.find(name);
        if (at == object_.end()) return nullptr;
        if (((*at).*kind)()) return &*at;
        ok_ = false;
        return nullptr;
    }
    template <class F>
    void each_text(const char* name, F take) {
        const json* list = find(name, &json::is_array);
        if (list == nullptr) return;
        for (const json& text : *list) {
            if (text.is_string()) {
                take(text);
            } else {
                ok_ = false;
            }
        }
    }
    Bytes bytes(const json& text) {
        auto found = from_hex(text.get_ref<const std::string&>());
        if (!found) ok_ = false;
        return found ? std::move(*found) : Bytes{};
    }

    account::Template template_of(const json& object) {
        account::Template one;
        Members members(object);
        std::string channel;
        std::string state;
        std::int64_t since = 0;
        members.get("channel", channel);
        members.get("locale", one.slot.locale);
        members.get("version", one.version);
        members.get("state", state);
        members.get("text", one.text);
        members.get("since_ms", since);
        if (const json* media = members.find("media", &json::is_object)) {
            for (const auto& [name, address] : media->items()) {
                if (address.is_string()) one.media.emplace_back(name, address.get_ref<const std::string&>());
            }
        }
        one.slot.channel = channel == "tts" ? message::Channel::tts : message::Channel::sms;
        one.since = TimePoint(milliseconds(since));
        const auto known = account::parse_template_state(state);
        one.state = known.value_or(account::TemplateState::deleted);
        ok_ = ok_ && members.ok() && object.is_object() && known;
        return one;
    }

    const json& object_;
    bool ok_ = true;
};

json to_json(const account::Template& one) {
    json out = {{"channel", std::string(message::to_string(one.slot.channel))},
                {"locale", one.slot.locale},
                {"version", one.version},
                {"state", std::string(account::to_string(one.state))},
                {"text", one.text},
                {"since_ms", one.since.time_since_epoch().count()}};
    for (const auto& [name, address] : one.media) out["media"][name] = address;
    return out;
}

/// What limits it; members that limit nothing are left out.
void put_limits(json& out, const Account& account) {
    out["policy"] = std::string(account::to_string(account.policy));
    out["prepaid"] = account.prepaid;
    if (account.one_success_within.count() > 0) out["one_success_within_s"] = account.one_success_within.count();
    if (!account.sender.empty()) out["sender"] = account.sender;
    if (!account.locale.empty()) out["locale"] = account.locale;
    for (const account::SpendCap& cap : account.caps) {
        out["caps"].push_back({{"period", std::string(account::to_string(cap.period))},
                               {"scope", cap.scope},
                               {"amount", cap.amount.value}});
    }
    const auto put_list = [&out](const char* name, const std::vector<std::string>& list) {
        if (!list.empty()) out[name] = list;
    };
    put_list("networks", account.networks);
    put_list("deny_numbers", account.numbers.deny);
    put_list("allow_numbers", account.numbers.allow);
    put_list("countries", account.numbers.countries);
    put_list("types", account.numbers.types);
}

}  // namespace

std::string encode(const Account& account) {
    json out = {
        {"key", account.key},
        {"sealed_signature_secret", to_hex(account.sealed_signature_secret)},
        {"signature_kid", account.signature_kid},
        {"signature_method", std::string(account::to_string(account.signature_method))},
        {"disabled", account.disabled},
        {"barred", account.barred},
        {"demo", account.demo},
        {"pin_code", account.pin_code},
        {"lenient_cancel", account.lenient_cancel},
        {"six_digits", account.six_digits},
        {"price", account.price.value},
        {"currency", account.currency},
        {"approved", account.approved},
        {"retention_days", account.retention_days},
        {"created_ms", account.created.time_since_epoch().count()},
        {"template_review", account.template_review},
        {"app_hash", account.app_hash},
        {"domain", account.domain},
    };
    if (!account.templates.empty()) {
        out["templates"] = json::array();
        for (const auto& one : account.templates) out["templates"].push_back(to_json(one));
    }
    put_limits(out, account);
    out["secret_hashes"] = json::array();
    for (const Bytes& hash : account.secret_hashes) out["secret_hashes"].push_back(to_hex(hash));
    if (account.rate) out["rate"] = *account.rate;
    if (account.burst) out["burst"] = *account.burst;
    // dump() throws on bytes that are not UTF-8 unless told what to do with them.
    return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Account> decode_account(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return fail(Errc::invalid_argument, "account row: not a JSON object");
    Account account;
    Members members(object);
    members.get("key", account.key);
    members.get("secret_hashes", account.secret_hashes);
    members.get("sealed_signature_secret", account.sealed_signature_secret);
    members.get("signature_kid", account.signature_kid);
    members.get("signature_method", account.signature_method);
    members.get("disabled", account.disabled);
    members.get("barred", account.barred);
    members.get("demo", account.demo);
    members.get("pin_code", account.pin_code);
    members.get("lenient_cancel", account.lenient_cancel);
    members.get("six_digits", account.six_digits);
    members.get("rate", account.rate);
    members.get("burst", account.burst);
    members.get("price", account.price.value);
    members.get("currency", account.currency);
    members.get("approved", account.approved);
    members.get("retention_days", account.retention_days);
    members.get("templates", account.templates);
    members.get("template_review", account.template_review);
    members.get("app_hash", account.app_hash);
    members.get("domain", account.domain);
    members.get("policy", account.policy);
    members.get("prepaid", account.prepaid);
    std::int64_t one_success = 0;
    members.get("one_success_within_s", one_success);
    account.one_success_within = seconds(one_success);
    members.get("sender", account.sender);
    members.get("locale", account.locale);
    members.get("networks", account.networks);
    members.get("caps", account.caps);
    members.get("deny_numbers", account.numbers.deny);
    members.get("allow_numbers", account.numbers.allow);
    members.get("countries", account.numbers.countries);
    members.get("types", account.numbers.types);
    std::int64_t created = 0;
    members.get("created_ms", created);
    account.created = TimePoint(milliseconds(created));
    if (!members.ok() || account.key.empty()) {
        return fail(Errc::invalid_argument, "account row: a member is missing or of another kind than expected");
    }
    return account;
}

}  // namespace roger::store
