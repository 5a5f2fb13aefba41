// How one HTTP API wants to be asked to send an SMS, and how its answers and its callbacks read: pure functions behind
// one interface. The HTTP channel (http_sms.hpp) does the asking.
//
// Nothing that a gateway writes in prose goes any further, for its sentences name numbers: reasons are our own words
// and the gateway's codes.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "channel/channel.hpp"
#include "http/client.hpp"
#include "http/message.hpp"

namespace roger::channel {

/// What the gateway is asked for.
struct Submission {
    const Outbound& message;
    std::string_view reference;     ///< ours of this handover: 32 hex digits
    std::string_view callback_url;  ///< where its receipts go; "": nowhere
    seconds pin_lives{0};           ///< the message is of no use later than this
    bool unicode = false;           ///< the text has characters that the GSM alphabet has not
};

/// What its answer says of a message that it took.
struct Submitted {
    std::vector<std::string> ids;  ///< its own, one for the message or one for each segment
    unsigned segments = 0;         ///< that it bills; 0: it does not say
};

/// What a callback says.
struct GatewayReceipt {
    std::string id;  ///< the gateway's, or our reference, or ""
    PeerReceipt::State state = PeerReceipt::State::pending;
    std::string reason;
};

/// OAuth 2.0 client credentials (RFC 6749 §4.4).
struct OAuth2 {
    std::string token_url;
    std::string client_id;
    Secret client_secret;
    std::string scope;
};

class Gateway {
public:
    virtual ~Gateway() = default;
    [[nodiscard]] virtual http::ClientCall write(const Submission& submission) const = 0;
    /// @return blocked       it refuses the message
    ///         rate_limited  it is throttling
    ///         unavailable   it did not take the message, and would not take any: credentials, credit, maintenance
    ///         timed_out     what it did is not to be made out of the answer
    [[nodiscard]] virtual Result<Submitted> read(const http::ClientAnswer& answer) const = 0;
    /// @param url  as the gateway was given it: some signatures cover it
    /// @param now  real time: a signed callback does not stay good for ever
    /// @return blocked: forged, or no longer good; invalid_argument: not to be read
    [[nodiscard]] virtual Result<GatewayReceipt> receipt(const http::Request& request,
                                                         std::string_view url,
                                                         TimePoint now) const = 0;

    /// Whether each segment has a receipt of its own, by the gateway's id.
    [[nodiscard]] virtual bool receipts_by_segment() const { return false; }
    /// Whether the gateway is told a callback URL; else its receipts come to one that its operator has set.
    [[nodiscard]] virtual bool takes_callback_url() const { return true; }
    /// Whether receipt() accepts nobody without a key.
    [[nodiscard]] virtual bool signs_receipts() const { return false; }
    /// Whether its answers have ids that its receipts have again.
    [[nodiscard]] virtual bool gives_ids() const { return true; }
    /// Set: each call needs a token.
    [[nodiscard]] virtual const OAuth2* oauth2() const { return nullptr; }
};

/// An account with an API that has a profile.
struct GatewayAccount {
    std::string base_url;  ///< "https://api.example.com", without a slash at its end; "": the API's own
    std::string user;
    Secret secret;
    Secret signature_secret;  ///< Vonage's, of signed receipts; empty: they are not signed
};
/// Vonage SMS API (rest.nexmo.com/sms/json): form, answer in JSON with a status for each part.
[[nodiscard]] std::unique_ptr<Gateway> make_vonage(GatewayAccount account);
/// Twilio Programmable Messaging, 2010-04-01. `user` is the account SID, `secret` its auth token.
[[nodiscard]] std::unique_ptr<Gateway> make_twilio(GatewayAccount account);
/// Infobip SMS API v3. `secret` is an API key; `user` is not used.
[[nodiscard]] std::unique_ptr<Gateway> make_infobip(GatewayAccount account);

/// An API without a profile, as its operator describes it.
struct GenericOptions {
    enum class Auth : std::uint8_t { none, basic, bearer, hmac_sha256, oauth2 };
    enum class Meaning : std::uint8_t { refused, throttled, unavailable };

    std::string method = "POST";
    std::string url;  ///< a template; its values are percent-encoded
    std::map<std::string, std::string> headers;
    std::string body;  ///< a template: "${text|json}"; see make_generic
    Auth auth = Auth::none;
    std::string user;
    Secret secret;
    std::string signature_header = "X-Signature";  ///< of auth hmac_sha256: hex of the body's HMAC
    OAuth2 oauth2;

    std::set<unsigned> success_statuses;    ///< empty: 200 to 299
    std::string success_pointer;            ///< RFC 6901 into the answer; "": the status alone decides
    std::string success_equals;             ///< a number or boolean as JSON has it
    std::string message_id_pointer;         ///< "": the answer has no id
    std::string error_pointer;              ///< "": success_pointer
    std::map<std::string, Meaning> errors;  ///< by what stands there, or by status: "429"

    bool receipts = false;
    std::string receipt_id;     ///< a pointer into JSON; of a form, "/name"
    std::string receipt_state;  ///< likewise
    std::vector<std::string> receipt_delivered;
    std::vector<std::string> receipt_failed;
    Secret receipt_secret;  ///< of the HMAC-SHA-256 over the body, in hex; empty: not signed
    std::string receipt_header = "X-Signature";
};

/// Templates know ${number} ${sender} ${text} ${reference} ${callback_url} ${ttl_seconds} ${country} ${user} ${secret};
/// in a body each says how it is written: |json (inside a JSON string), |urlencode, |xml. Headers know ${reference}.
/// @return invalid_argument with a sentence: an unknown name, an escape that is missing or unknown, a broken pointer, a
///         header with CR or LF, receipts that nothing authenticates
[[nodiscard]] Result<std::unique_ptr<Gateway>> make_generic(GenericOptions options);

}  // namespace roger::channel
