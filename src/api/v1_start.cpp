#include "api/v1_start.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "message/autofill.hpp"
#include "message/message.hpp"
#include "numbering/network.hpp"
#include "numbering/number.hpp"

namespace roger::api::v1 {
namespace {

constexpr std::size_t client_ref_max = 64;

/// A whole number without sign, leading zeros allowed. @return nullopt for anything else or out of range
std::optional<unsigned> whole(const std::string& text, unsigned low, unsigned high) {
    unsigned value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
    return value;
}

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
        return fold(x) == fold(y);
    });
}

bool printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Reads one parameter after the other; the first that breaks its rule is the answer.
class Reader {
public:
    Reader(Call call, const http::Parameters& parameters, const StartRules& rules)
        : call_(call), parameters_(parameters), rules_(rules) {}

    std::variant<engine::Start, Answer> read(const std::string& idempotency_header);

private:
    [[nodiscard]] bool psd2() const { return call_ == Call::psd2; }
    /// nullptr when not given or empty. A nested value breaks every rule.
    const std::string* given(std::string_view name) {
        if (parameters_.nested(name)) return refuse_value(name), nullptr;
        const std::string* value = parameters_.find(name);
        return value == nullptr || value->empty() ? nullptr : value;
    }
    /// @param why  a sentence to stand after Verify v1's text, for parameters of ours
    void refuse_value(std::string_view name, std::string_view why = "") {
        if (refusal_) return;
        refusal_ = invalid_value(call_, name);
        if (!why.empty()) refusal_->error_text.append(": ").append(why);
    }
    std::optional<unsigned> number_of(std::string_view name, unsigned low, unsigned high);

    void mandatory();
    void number();
    void texts();
    void delivery();
    void times();
    void own(const std::string& idempotency_header);
    void templates();
    void autofill();
    [[nodiscard]] std::size_t sms_bytes() const;
    void permit();

    Call call_;
    const http::Parameters& parameters_;
    const StartRules& rules_;
    engine::Start start_;
    std::optional<numbering::NumberFacts> facts_;
    std::optional<Answer> refusal_;
};

std::optional<unsigned> Reader::number_of(std::string_view name, unsigned low, unsigned high) {
    const std::string* text = given(name);
    if (text == nullptr) return std::nullopt;
    const auto value = whole(*text, low, high);
    if (!value) refuse_value(name);
    return value;
}

void Reader::mandatory() {
    const auto require = [this](std::string_view name) {
        if (refusal_ || parameters_.nested(name)) return;
        const std::string* value = parameters_.find(name);
        if (value == nullptr || value->empty()) refusal_ = missing_parameter(name);
    };
    require("number");
    if (psd2()) {
        require("payee");
        require("amount");
    } else {
        require("brand");
    }
}

void Reader::number() {
    const std::string* text = given("number");
    const std::string* country = given("country");
    if (refusal_ || text == nullptr) return;
    auto facts = numbering::parse_number(*text, country == nullptr ? std::string_view() : *country);
    if (!facts) return refuse_value(facts.error().detail == "country" ? "country" : "number");
    start_.draft.number = facts->number.digits();
    start_.draft.country = facts->country;
    start_.draft.network = numbering::network_of(facts->number);
    start_.draft.number_type = facts->type;
    facts_ = std::move(*facts);
}

void Reader::texts() {
    const std::string_view name = psd2() ? "payee" : "brand";
    if (const std::string* text = given(name)) {
        auto brand = message::check_brand(*text);
        if (!brand) return refuse_value(name);
        start_.draft.brand = std::move(*brand);
    }
    if (!psd2()) return;
    if (const std::string* text = given("amount")) {
        auto amount = message::check_amount(*text);
        if (!amount) return refuse_value("amount");
        start_.draft.payment = verification::Payment{.payee = start_.draft.brand, .amount = std::move(*amount)};
    }
}

void Reader::delivery() {
    if (const std::string* sender = given("sender_id"); sender != nullptr && !psd2()) {
        if (!message::is_sender_id(*sender)) return refuse_value("sender_id");
        start_.draft.sender = *sender;
    }
    const unsigned shortest = rules_.account.six_digits ? 6 : 4;
    const auto length = number_of("code_length", shortest, 6);
    if (length && *length == 5) return refuse_value("code_length");
    start_.draft.code_length = static_cast<std::uint8_t>(length.value_or(shortest));

    start_.draft.locale = message::default_locale(start_.draft.country, psd2());
    if (const std::string* lg = given("lg")) {
        const auto locale = message::find_locale(*lg);
        if (!locale) return refuse_value("lg");
        const auto& all = message::locales();
        const auto info = std::ranges::find(all, *locale, &message::LocaleInfo::name);
        start_.draft.locale = psd2() && (info == all.end() || !info->psd2) ? "en-gb" : *locale;
    }
    if (const std::string* voice = given("voice")) {
        const bool male = equal_without_case(*voice, "male");
        if (!male && !equal_without_case(*voice, "female")) return refuse_value("voice");
        start_.draft.voice = male ? verification::Voice::male : verification::Voice::female;
    }
    if (const std::string* type = given("require_type")) {
        if (!numbering::satisfies(*type, start_.draft.number_type)) refuse_value("require_type");
    }
}

void Reader::times() {
    const auto expiry = number_of("pin_expiry", 60, 3600);
    const auto wait = number_of("next_event_wait", 60, 900);
    const auto workflow = number_of("workflow_id", 1, 7);
    const auto as_seconds = [](std::optional<unsigned> value) {
        return value ? std::optional<seconds>(seconds(*value)) : std::nullopt;
    };
    start_.draft.plan =
        verification::make_plan(static_cast<std::uint8_t>(workflow.value_or(1)), as_seconds(expiry), as_seconds(wait));
}

void Reader::own(const std::string& idempotency_header) {
    if (const std::string* text = given("pin_code"); text != nullptr && !psd2()) {
        start_.caller_pin = verification::Pin::parse(*text);
        if (!start_.caller_pin) return refuse_value("pin_code");
    }
    const std::string* reference = given("client_ref");
    const std::string& key = reference == nullptr ? idempotency_header : *reference;
    if (key.size() > client_ref_max || !printable(key)) return refuse_value("client_ref");
    start_.draft.idempotency_key = key;
    for (const auto* name : {"ip", "ip_address"}) {
        const std::string* address = given(name);
        if (address == nullptr) continue;
        boost::system::error_code unreadable;
        boost::asio::ip::make_address(*address, unreadable);
        if (unreadable) refuse_value(name);
    }
}

/// The account's own texts of the locale; those of payments are not its to write, for they must name payee and amount.
void Reader::templates() {
    if (psd2()) return;
    const auto version = [this](message::Channel channel) {
        const auto* active = account::active_template(rules_.account.templates, {channel, start_.draft.locale});
        return active == nullptr ? 0 : active->version;
    };
    start_.draft.sms_template = version(message::Channel::sms);
    start_.draft.tts_template = version(message::Channel::tts);
}

/// Of the SMS, with a PIN of its length and all the minutes that it can live.
std::size_t Reader::sms_bytes() const {
    const verification::Request& draft = start_.draft;
    const std::size_t length = start_.caller_pin ? start_.caller_pin->reveal().size() : draft.code_length;
    const std::string pin(length, '8');
    message::Values values{.brand = draft.brand, .pin = pin, .amount = std::nullopt};
    values.minutes = static_cast<std::uint32_t>(draft.plan.pin_expiry / std::chrono::minutes(1));
    if (draft.payment) values.amount = draft.payment->amount;
    values.app_hash = draft.app_hash;
    values.custom =
        account::template_text(rules_.account.templates, {message::Channel::sms, draft.locale}, draft.sms_template);
    return message::render(draft.locale, message::Channel::sms, values).size();
}

void Reader::autofill() {
    const std::string* hash = given("app_hash");
    const std::string* domain = given("domain");
    if (hash != nullptr && domain != nullptr) {
        return refuse_value("domain", "an SMS ends for an app (app_hash) or for a web page (domain), not for both.");
    }
    if (hash != nullptr) {
        if (!message::is_app_hash(*hash)) {
            return refuse_value("app_hash", "it is the 11 characters of base64 that Android has for an app.");
        }
        start_.draft.app_hash = *hash;
        if (sms_bytes() > message::retriever_bytes_max) {
            refuse_value("app_hash", "the SMS would be longer than the 140 bytes that Android reads.");
        }
    } else if (domain != nullptr) {
        const auto host = message::read_domain(*domain);
        if (!host) return refuse_value("domain", "it is a host name, as example.com.");
        start_.draft.domain = *host;
    } else {
        // The account's wish and not this client's: a message that is too long for it is a message all the same.
        start_.draft.domain = rules_.account.domain;
        start_.draft.app_hash = rules_.account.app_hash;
        if (!rules_.account.app_hash.empty() && sms_bytes() > message::retriever_bytes_max) {
            start_.draft.app_hash.clear();
        }
    }
}

/// Rule 7 as far as the row of a live request is not needed.
void Reader::permit() {
    const auto refuse_for = [this](int status, std::string text, std::string_view rule, std::string_view scope) {
        refusal_ = refuse(status, std::move(text), rule, scope);
    };
    const account::Account& account = rules_.account;
    if (start_.caller_pin && !account.pin_code) {
        return refuse_for(no_pin_code_right, "This account does not support the parameter: pin_code.", "pin-code-right",
                          "account");
    }
    const auto refused = guard::judge(rules_.numbers, *facts_);
    if (refused && refused->kind == guard::Refusal::Kind::denied) {
        return refuse_for(denied, "The number you are trying to verify is blacklisted for verification.", refused->rule,
                          refused->scope);
    }
    if (account.demo && !std::ranges::binary_search(account.approved, start_.draft.number)) {
        return refuse_for(demo,
                          "Your account is still in demo mode. While in demo mode you must add target numbers to the "
                          "approved list for your account.",
                          "demo", "account");
    }
    constexpr auto text = "The destination number is not in a supported network";
    if (refused) return refuse_for(not_served, text, refused->rule, refused->scope);
    if (const std::string* type = given("require_type")) {
        if (const auto met = numbering::satisfies(*type, facts_->type); met && !*met) {
            return refuse_for(not_served, text, "require-type", "number");
        }
    }
    const auto channels = verification::channels(start_.draft.plan);
    const bool served =
        std::ranges::any_of(channels, [&](message::Channel channel) { return rules_.serves(channel, start_.draft); });
    if (!served) refuse_for(not_served, text, "no-route", "country");
}

std::variant<engine::Start, Answer> Reader::read(const std::string& idempotency_header) {
    mandatory();
    if (refusal_) return *refusal_;
    number();
    texts();
    delivery();
    times();
    own(idempotency_header);
    templates();
    if (!refusal_) autofill();
    if (!refusal_) permit();
    if (refusal_) {
        refusal_->number = start_.draft.number;
        return *refusal_;
    }
    start_.draft.account = rules_.account.key;
    start_.draft.price = rules_.account.price;
    start_.draft.currency = rules_.account.currency;
    return std::move(start_);
}

}  // namespace

std::variant<engine::Start, Answer> read_start(Call call,
                                               const http::Parameters& parameters,
                                               const std::string& idempotency_header,
                                               const StartRules& rules) {
    return Reader(call, parameters, rules).read(idempotency_header);
}

}  // namespace roger::api::v1
