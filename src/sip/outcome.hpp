// What the end of a call means: from SIP's final answers and ISDN's causes to what is to be done about it. Pure.
// Sources: RFC 3261 §21, RFC 3326 (Reason), ITU-T Q.850 §2.2.7.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roger::sip {

enum class Ended : std::uint8_t {
    completed,      ///< all was said
    hung_up,        ///< by the subscriber, at whatever point
    no_key,         ///< was asked for key 1 and pressed none: somebody's voicemail, or nobody
    busy,           ///< may be tried again soon
    no_answer,      ///< rang, or could not be reached
    declined,       ///< by a person or their phone
    bad_number,     ///< there is no such number: never call it again
    misconfigured,  ///< the trunk does not take our calls as they are: credentials, codecs, a redirection
    trunk_failed,   ///< an error of the trunk's, or no way to it
    no_response,    ///< no answer whatever to the INVITE
    stopped,        ///< by us
};
[[nodiscard]] std::string_view to_string(Ended ended) noexcept;

/// Whether another trunk may do better. The rest is the subscriber's.
[[nodiscard]] constexpr bool is_of_trunk(Ended ended) noexcept {
    return ended == Ended::misconfigured || ended == Ended::trunk_failed || ended == Ended::no_response;
}

/// The cause in a Reason header: "Q.850;cause=17;text=\"User busy\"". @return 1 … 127, or nullopt
[[nodiscard]] std::optional<unsigned> read_q850(std::string_view reason);

/// What a final answer to INVITE other than 2xx says. The cause is more exact than the status, where there is one.
/// @param status  300 … 699
[[nodiscard]] Ended outcome_of(unsigned status, std::optional<unsigned> q850);

}  // namespace roger::sip
