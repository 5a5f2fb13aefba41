#include "app/http_peer.hpp"

#include <unistd.h>

#include <array>
#include <tuple>

#include <fmt/format.h>

#include "app/config_checks.hpp"

namespace roger::app {
namespace {

using channel::GenericOptions;
using Auth = GenericOptions::Auth;
using Meaning = GenericOptions::Meaning;

constexpr std::int64_t in_flight_max = 1'000;  ///< of one gateway: what is more waits here, not there
constexpr std::int64_t messages_per_second_max = 100'000;
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> profiles = {
    {{"generic", "generic"}, {"vonage", "vonage"}, {"twilio", "twilio"}, {"infobip", "infobip"}}};
constexpr std::array<std::pair<std::string_view, Auth>, 5> auths = {{{"none", Auth::none},
                                                                     {"basic", Auth::basic},
                                                                     {"bearer", Auth::bearer},
                                                                     {"hmac-sha256", Auth::hmac_sha256},
                                                                     {"oauth2", Auth::oauth2}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> methods = {
    {{"POST", "POST"}, {"GET", "GET"}, {"PUT", "PUT"}, {"PATCH", "PATCH"}}};

Result<std::string> any_text(const std::string& text) { return text; }

Result<std::string> check_meaning(const std::string& text) {
    for (const std::string_view word : {"refused_number", "refused_route", "throttled", "unavailable"}) {
        if (text == word) return text;
    }
    return fail(Errc::invalid_argument, R"(one of "refused_number", "refused_route", "throttled", "unavailable")");
}

Meaning meaning_of(const std::string& word) {
    if (word == "throttled") return Meaning::throttled;
    return word == "unavailable" ? Meaning::unavailable : Meaning::refused;
}

class Reader {
public:
    Reader(ReadFile& file, const toml::table& table, TableReader& reader)
        : file_(file), table_(table), reader_(reader) {}
    HttpPeer read(const std::string& public_url);

private:
    void profile();
    void generic();
    void auth();
    void success();
    void receipt();
    void need(bool given, const std::string& what) {
        if (!given)
            file_.complain(table_, fmt::format("a route of kind http, profile {}, needs {}", peer_.profile, what));
    }

    ReadFile& file_;
    const toml::table& table_;
    TableReader& reader_;
    HttpPeer peer_;
};

void Reader::profile() {
    reader_.checked_text("base_url", peer_.base_url, check_base_url);
    reader_.text("user", peer_.user);
    reader_.secret("secret", peer_.secret_source);
    if (peer_.profile == "vonage") reader_.secret("signature_secret", peer_.receipt_secret_source);
    need(peer_.secret_source.given(), "'secret_file' or 'secret_env'");
    if (peer_.profile == "infobip") {
        need(!peer_.base_url.empty(), "'base_url', as Infobip's portal shows it for the account");
    } else {
        need(!peer_.user.empty(), peer_.profile == "twilio" ? "'user': the account SID" : "'user': the API key");
    }
}

void Reader::generic() {
    GenericOptions& generic = peer_.generic;
    std::string_view method = "POST";
    reader_.checked_text("url", generic.url, check_http_url);
    need(!generic.url.empty(), "'url'");
    reader_.word<std::string_view>("method", method, methods);
    generic.method = method;
    reader_.map("headers", generic.headers, any_text, any_text);
    reader_.text("body", generic.body);
    auth();
    success();
    reader_.text("message_id_pointer", generic.message_id_pointer);
    reader_.text("error_pointer", generic.error_pointer);
    std::map<std::string, std::string> errors;
    reader_.map("errors", errors, any_text, check_meaning);
    for (const auto& [code, word] : errors) generic.errors.emplace(code, meaning_of(word));
    receipt();
}

void Reader::auth() {
    GenericOptions& generic = peer_.generic;
    TableReader auth = reader_.table("auth");
    auth.word<Auth>("kind", generic.auth, auths);
    auth.text("user", peer_.user);
    auth.secret("secret", peer_.secret_source);
    auth.text("header", generic.signature_header);
    auth.checked_text("token_url", generic.oauth2.token_url, check_http_url);
    auth.text("scope", generic.oauth2.scope);
    auth.end();
    if (generic.auth != Auth::none) need(peer_.secret_source.given(), "'auth.secret_file' or 'auth.secret_env'");
    if (generic.auth == Auth::basic || generic.auth == Auth::oauth2) need(!peer_.user.empty(), "'auth.user'");
    if (generic.auth == Auth::oauth2) need(!generic.oauth2.token_url.empty(), "'auth.token_url'");
}

void Reader::success() {
    GenericOptions& generic = peer_.generic;
    TableReader success = reader_.table("success");
    std::vector<std::int64_t> statuses;
    success.whole_list("status", statuses, 200, 599);
    for (const std::int64_t status : statuses) generic.success_statuses.insert(static_cast<unsigned>(status));
    success.text("pointer", generic.success_pointer);
    success.text("equals", generic.success_equals);
    const bool both = success.has("pointer") == success.has("equals");
    if (!both) success.complain("pointer", "goes with success.equals: what stands there when the message was taken");
    success.end();
}

void Reader::receipt() {
    GenericOptions& generic = peer_.generic;
    generic.receipts = reader_.has("receipt");
    TableReader receipt = reader_.table("receipt");
    receipt.text("id", generic.receipt_id);
    receipt.text("state", generic.receipt_state);
    receipt.list("delivered", generic.receipt_delivered, any_text);
    receipt.list("failed", generic.receipt_failed, any_text);
    receipt.text("signature_header", generic.receipt_header);
    receipt.secret("signature_secret", peer_.receipt_secret_source);
    receipt.end();
}

HttpPeer Reader::read(const std::string& public_url) {
    std::string_view profile = "generic";
    reader_.word<std::string_view>("profile", profile, profiles);
    peer_.profile = profile;
    peer_.public_url = public_url;
    reader_.boolean("allow_private", peer_.allow_private);
    reader_.text("ca_file", peer_.ca_file);
    if (peer_.profile == "generic") {
        generic();
    } else {
        this->profile();
    }
    if (file_.error) return std::move(peer_);
    HttpPeer checked = peer_;
    // What a secret says does not matter here, only that there is one.
    if (peer_.receipt_secret_source.given()) checked.receipt_secret = Secret("given");
    const auto gateway = checked.gateway();
    if (!gateway) {
        file_.complain(table_, "route." + gateway.error().detail);
    } else if (peer_.profile == "generic" && public_url.empty() && (*gateway)->takes_callback_url()) {
        file_.complain(table_, "${callback_url} needs server.public_url, under which gateways reach this server");
    }
    return std::move(peer_);
}

}  // namespace

bool HttpPeer::same_as(const HttpPeer& other) const {
    const auto as_tuple = [](const HttpPeer& peer) {
        const GenericOptions& api = peer.generic;
        return std::tie(peer.profile, peer.base_url, peer.user, peer.allow_private, peer.ca_file, peer.in_flight,
                        peer.public_url, api.method, api.url, api.headers, api.body, api.auth, api.signature_header,
                        api.oauth2.token_url, api.oauth2.scope, api.success_statuses, api.success_pointer,
                        api.success_equals, api.message_id_pointer, api.error_pointer, api.errors, api.receipts,
                        api.receipt_id, api.receipt_state, api.receipt_delivered, api.receipt_failed,
                        api.receipt_header);
    };
    return as_tuple(*this) == as_tuple(other) && secret.matches(other.secret.reveal()) &&
           receipt_secret.matches(other.receipt_secret.reveal());
}

Result<void> HttpPeer::load() {
    for (const auto& [source, out] : {std::pair{&secret_source, &secret}, {&receipt_secret_source, &receipt_secret}}) {
        if (!source->given()) continue;
        auto read = source->read();
        if (!read) return tl::make_unexpected(read.error());
        if (read->empty()) return fail(Errc::invalid_argument, "a secret of it is empty");
        *out = std::move(*read);
    }
    if (!ca_file.empty() && ::access(ca_file.c_str(), R_OK) != 0) {
        return fail(Errc::invalid_argument, fmt::format("its ca_file {} cannot be read", ca_file));
    }
    return {};
}

Result<std::unique_ptr<channel::Gateway>> HttpPeer::gateway() const {
    if (profile == "generic") {
        GenericOptions options = generic;
        options.user = user;
        options.secret = secret;
        options.receipt_secret = receipt_secret;
        options.oauth2.client_id = user;
        options.oauth2.client_secret = secret;
        return channel::make_generic(std::move(options));
    }
    channel::GatewayAccount account{
        .base_url = base_url, .user = user, .secret = secret, .signature_secret = receipt_secret};
    if (profile == "vonage") return channel::make_vonage(std::move(account));
    return profile == "twilio" ? channel::make_twilio(std::move(account)) : channel::make_infobip(std::move(account));
}

channel::HttpSmsOptions HttpPeer::options(const std::string& route) const {
    return {.route = route,
            .public_url = public_url,
            .under_way_max = static_cast<std::size_t>(in_flight),
            .allow_private = allow_private,
            .ca_file = ca_file};
}

HttpPeer read_http_peer(ReadFile& file,
                        const toml::table& table,
                        TableReader& reader,
                        const std::string& public_url,
                        double& messages_per_second) {
    HttpPeer peer = Reader(file, table, reader).read(public_url);
    TableReader limits = reader.table("limits");
    limits.whole("in_flight", peer.in_flight, 1, in_flight_max);
    std::int64_t rate = 0;
    limits.whole("messages_per_second", rate, 0, messages_per_second_max);
    limits.end();
    messages_per_second = static_cast<double>(rate);
    return peer;
}

}  // namespace roger::app
