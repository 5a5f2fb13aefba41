// The spoken calls of the sandbox's phones: they ring, are answered, and are heard or not, all in service time.
//
//   ringing ──1 s, or a person at the page──▶ answered ──6 s──▶ the PIN has been said: delivered
//      │ 40 s, or declined                      │ hung up, or no key where one is asked for
//      └──────────────▶ failed ◀────────────────┘
//
// A phone answers by itself, listens, and presses 1 where that is asked for, unless a person has it open, or its fate
// says otherwise. What is heard is rendered elsewhere; here is only who does what, and when.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "channel/channel.hpp"

namespace roger::channel {

enum class CallState : std::uint8_t { ringing, answered };
enum class CallAction : std::uint8_t { answer, decline, hang_up, key };
/// Who is at the phone.
enum class Callee : std::uint8_t {
    listener,   ///< answers and listens
    nobody,     ///< lets it ring
    voicemail,  ///< picks up, presses no key
    impatient,  ///< answers and hangs up before the PIN
};

class HandsetCalls {
public:
    static constexpr seconds answered_after{1};
    static constexpr seconds ringing_max{40};
    static constexpr seconds pin_said_after{6};  ///< of the answer, or the key: about what the texts take
    static constexpr seconds hung_up_after{1};   ///< of the answer
    static constexpr seconds key_max{10};        ///< of the answer

    using Place = std::pair<verification::RowKey, std::size_t>;  ///< which event of which request

    /// @param clock     outlives the calls
    /// @param receipts  called on the thread that calls run_due() or act()
    HandsetCalls(const Clock& clock, ReceiptSink receipts) : clock_(clock), receipts_(std::move(receipts)) {}

    /// Whether a person has that phone open: asked when it would answer by itself.
    void on_attended(std::function<bool(const std::string& account, const std::string& number)> attended) {
        attended_ = std::move(attended);
    }
    /// Called with the account when one of its calls rings or is answered. Its end is a receipt.
    void on_change(std::function<void(const std::string& account)> changed) { changed_ = std::move(changed); }
    /// Whether the caller asks for key 1 before the message (voice.gate).
    void set_gate(bool gate) noexcept { gate_ = gate; }

    struct Ring {
        Reference reference;
        std::string account;
        std::string number;
        Callee callee = Callee::listener;
        TimePoint since{};
    };
    void ring(Ring ring);
    /// What a person does. A key other than 1, or where none is asked for, is heard and changes nothing.
    /// @return not_found: no such call is under way; conflict: not in the state that it is in
    [[nodiscard]] Result<void> act(const Place& place, CallAction action, char digit = '1');
    /// @return nullopt when the call is over, or was never here
    [[nodiscard]] std::optional<CallState> state_of(const Place& place) const;

    [[nodiscard]] std::optional<TimePoint> next_due() const;
    /// Does what is due, in the order of time.
    void run_due();
    void clear() noexcept;

private:
    struct Call {
        Ring ring;
        CallState state = CallState::ringing;
        bool keyed = false;  ///< nobody waits for a key any more
        TimePoint due{};
    };
    using Calls = std::map<Place, Call>;

    /// What happens to a call at its due time, `now`.
    void run(const Place& place, Call& call, TimePoint now);
    void answer(const Place& place, Call& call, TimePoint now);
    void move(const Place& place, Call& call, TimePoint due);
    void end(const Place& place, bool delivered, std::string reason);
    void tell(const std::string& account) const;

    const Clock& clock_;
    ReceiptSink receipts_;
    std::function<bool(const std::string&, const std::string&)> attended_;
    std::function<void(const std::string&)> changed_;
    bool gate_ = false;
    Calls calls_;  // bounded by the live requests: one call an event, a minute at most
    std::set<std::pair<TimePoint, Place>> by_due_;
};

}  // namespace roger::channel
