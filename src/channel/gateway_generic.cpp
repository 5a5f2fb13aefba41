// An API without a profile, by its operator's description alone.
#include <algorithm>

#include <fmt/format.h>

#include "channel/gateway.hpp"
#include "channel/gateway_template.hpp"
#include "channel/gateway_text.hpp"
#include "http/parameters.hpp"

namespace roger::channel {
namespace {

using nlohmann::json;
using Auth = GenericOptions::Auth;
using Meaning = GenericOptions::Meaning;

Errc errc_of(Meaning meaning) {
    switch (meaning) {
        case Meaning::refused: return Errc::blocked;
        case Meaning::throttled: return Errc::rate_limited;
        case Meaning::unavailable: return Errc::unavailable;
    }
    return Errc::blocked;
}

struct Templates {
    GatewayTemplate url;
    GatewayTemplate body;
    std::vector<std::pair<std::string, GatewayTemplate>> headers;

    [[nodiscard]] bool names_value(std::string_view name) const {
        return url.names_value(name) || body.names_value(name) ||
               std::ranges::any_of(headers, [name](const auto& header) { return header.second.names_value(name); });
    }
};

class Generic final : public Gateway {
public:
    Generic(GenericOptions options, Templates templates)
        : options_(std::move(options)), templates_(std::move(templates)) {
        if (options_.error_pointer.empty()) options_.error_pointer = options_.success_pointer;
    }

    [[nodiscard]] http::ClientCall write(const Submission& submission) const override {
        const Outbound& message = submission.message;
        const GatewayTemplate::Values values = {{"number", message.number},
                                                {"sender", message.sender},
                                                {"text", message.text},
                                                {"reference", std::string(submission.reference)},
                                                {"callback_url", std::string(submission.callback_url)},
                                                {"ttl_seconds", fmt::format("{}", submission.pin_lives.count())},
                                                {"country", message.country},
                                                {"user", options_.user},
                                                {"secret", std::string(options_.secret.reveal())}};
        http::ClientCall call;
        call.method = options_.method;
        call.url = templates_.url.fill(values);
        call.body = templates_.body.fill(values);
        for (const auto& [name, value] : templates_.headers) {
            call.headers.push_back(fmt::format("{}: {}", name, value.fill(values)));
        }
        authorize(call);
        return call;
    }

    [[nodiscard]] Result<Submitted> read(const http::ClientAnswer& answer) const override {
        const json body = json::parse(answer.body, nullptr, false);
        const auto at = [&body](const std::string& pointer) -> std::optional<std::string> {
            return pointer.empty() ? std::nullopt : scalar_text(find(body, pointer));
        };
        const auto& statuses = options_.success_statuses;
        const bool good_status =
            statuses.empty() ? answer.status >= 200 && answer.status < 300 : statuses.contains(answer.status);
        const auto said = at(options_.success_pointer);
        const bool good_body = options_.success_pointer.empty() || (said && *said == options_.success_equals);
        if (good_status && good_body) {
            Submitted submitted;
            if (const auto id = at(options_.message_id_pointer)) submitted.ids.push_back(id_text(*id));
            return submitted;
        }
        const std::string code = at(options_.error_pointer).value_or("");
        if (const auto known = options_.errors.find(code); known != options_.errors.end()) {
            return fail(errc_of(known->second), fmt::format("HTTP {}, {}", answer.status, code));
        }
        const auto by_status = options_.errors.find(fmt::format("{}", answer.status));
        if (by_status != options_.errors.end()) {
            return fail(errc_of(by_status->second), fmt::format("HTTP {}", answer.status));
        }
        if (auto error = judge_status(answer.status)) return tl::make_unexpected(std::move(*error));
        if (!good_status) return fail(Errc::timed_out, fmt::format("HTTP {}", answer.status));
        if (!said)
            return fail(Errc::timed_out, fmt::format("HTTP {} without {}", answer.status, options_.success_pointer));
        return fail(Errc::blocked, fmt::format("HTTP {}, {}", answer.status, code_text(code)));
    }

    [[nodiscard]] Result<GatewayReceipt> receipt(const http::Request& request,
                                                 std::string_view /*url*/,
                                                 TimePoint /*now*/) const override {
        if (!options_.receipts) return fail(Errc::invalid_argument, "no receipts are configured");
        if (signs_receipts() && !is_signed(request)) return fail(Errc::blocked, "its signature is wrong");
        const auto body = read_body(request);
        if (!body) return tl::make_unexpected(body.error());
        const auto state = scalar_text(find(*body, options_.receipt_state));
        if (!state) return fail(Errc::invalid_argument, options_.receipt_state + " is missing");
        GatewayReceipt receipt{.reason = code_text(*state)};
        if (!options_.receipt_id.empty()) {
            receipt.id = id_text(scalar_text(find(*body, options_.receipt_id)).value_or(""));
        }
        const auto among = [&state](const std::vector<std::string>& list) {
            return std::ranges::find(list, *state) != list.end();
        };
        if (among(options_.receipt_delivered)) receipt.state = PeerReceipt::State::delivered;
        if (among(options_.receipt_failed)) receipt.state = PeerReceipt::State::failed;
        return receipt;
    }
    [[nodiscard]] bool takes_callback_url() const override { return templates_.names_value("callback_url"); }
    [[nodiscard]] bool signs_receipts() const override { return !options_.receipt_secret.empty(); }
    [[nodiscard]] bool gives_ids() const override { return !options_.message_id_pointer.empty(); }
    [[nodiscard]] const OAuth2* oauth2() const override {
        return options_.auth == Auth::oauth2 ? &options_.oauth2 : nullptr;
    }

private:
    void authorize(http::ClientCall& call) const {
        const std::string_view secret = options_.secret.reveal();
        if (options_.auth == Auth::basic) call.headers.push_back(basic_authorization(options_.user, secret));
        if (options_.auth == Auth::bearer) call.headers.push_back(fmt::format("Authorization: Bearer {}", secret));
        if (options_.auth == Auth::hmac_sha256) {
            call.headers.push_back(
                fmt::format("{}: {}", options_.signature_header, hmac_sha256_hex(secret, call.body)));
        }
    }

    [[nodiscard]] bool is_signed(const http::Request& request) const {
        std::string_view said = x_field(request, options_.receipt_header);
        constexpr std::string_view scheme = "sha256=";
        if (said.starts_with(scheme)) said.remove_prefix(scheme.size());
        const std::string right = hmac_sha256_hex(options_.receipt_secret.reveal(), request.body);
        return equal_in_constant_time(as_bytes(right), as_bytes(said));
    }

    /// A form as an object of texts.
    static Result<json> read_body(const http::Request& request) {
        if (request.content_type.ends_with("json")) {
            json body = json::parse(request.body, nullptr, false);
            if (body.is_discarded()) return fail(Errc::invalid_argument, "its body is no JSON");
            return body;
        }
        const auto given = http::read_parameters(request);
        if (!given) return fail(Errc::invalid_argument, "its parameters cannot be read");
        json body = json::object();
        for (const http::Pair& pair : given->pairs()) body[pair.name] = pair.value;
        return body;
    }

    GenericOptions options_;
    Templates templates_;
};

bool is_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

Result<void> check_pointers(const GenericOptions& options) {
    for (const auto& [key, pointer] : {std::pair{"success.pointer", &options.success_pointer},
                                       {"message_id_pointer", &options.message_id_pointer},
                                       {"error_pointer", &options.error_pointer},
                                       {"receipt.id", &options.receipt_id},
                                       {"receipt.state", &options.receipt_state}}) {
        try {
            (void)json::json_pointer(*pointer);
        } catch (const json::exception&) {
            return fail(Errc::invalid_argument, fmt::format("{} is a JSON pointer, as \"/message/id\"", key));
        }
    }
    return {};
}

Result<void> check_receipts(const GenericOptions& options, const Templates& templates) {
    const auto wrong = [](std::string what) { return fail(Errc::invalid_argument, std::move(what)); };
    const bool called = templates.names_value("callback_url");
    if (called && !options.receipts) return wrong("${callback_url} needs a 'receipt' that says how receipts read");
    if (!options.receipts) return {};
    if (options.receipt_state.empty()) return wrong("receipt needs 'state'");
    if (options.receipt_delivered.empty()) return wrong("receipt needs 'delivered': the states that say so");
    if (called) return {};
    // Receipts come to one URL that everybody may know.
    if (options.receipt_secret.empty()) {
        return wrong(
            "receipt needs a signature secret, or ${callback_url} in the request: else anybody could forge one");
    }
    if (options.receipt_id.empty()) return wrong("receipt needs 'id', for the request names no ${callback_url}");
    if (options.message_id_pointer.empty() && !templates.names_value("reference")) {
        return wrong(
            "receipts need an id that they have in common with the answer (message_id_pointer) or the request "
            "(${reference})");
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Gateway>> make_generic(GenericOptions options) {
    const auto named = [](const char* key, const Error& error) {
        return fail(Errc::invalid_argument, fmt::format("{} {}", key, error.detail));
    };
    auto url = GatewayTemplate::parse_url(options.url);
    if (!url) return named("url", url.error());
    auto body = GatewayTemplate::parse_body(options.body);
    if (!body) return named("body", body.error());
    Templates templates{std::move(*url), std::move(*body), {}};
    for (const auto& [name, value] : options.headers) {
        const bool printable = std::ranges::all_of(value, [](char c) { return c >= ' ' && c != '\x7f'; });
        if (!is_token(name) || !printable)
            return fail(Errc::invalid_argument, "headers hold a name or a text that HTTP has not");
        auto header = GatewayTemplate::parse_header(value);
        if (!header) return named("headers", header.error());
        templates.headers.emplace_back(name, std::move(*header));
    }
    if (!is_token(options.signature_header)) return fail(Errc::invalid_argument, "auth.header is the name of a header");
    if (auto good = check_pointers(options); !good) return tl::make_unexpected(good.error());
    if (auto good = check_receipts(options, templates); !good) return tl::make_unexpected(good.error());
    std::ranges::transform(options.receipt_header, options.receipt_header.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (options.receipts && !options.receipt_header.starts_with("x-")) {
        return fail(Errc::invalid_argument, "receipt.signature_header begins with X-");
    }
    return std::make_unique<Generic>(std::move(options), std::move(templates));
}

}  // namespace roger::channel
