// The sandbox's virtual phones: take every message of Ofcom's fictitious range as its fate says, all others at once.
//
//   +447700900000–899  delivered at once         …905  SMS delivered; a call is not answered
//   …900  receipt after 20 s                     …906  SMS delivered; voicemail picks up and presses no key
//   …901  accepted, never a receipt              …907  SMS delivered; hangs up a call before the PIN
//   …902  refused for good                       …908  unknown outcome: the peer's answer is lost
//   …903  the receipt says failed after 5 s      …909  throttled twice, then accepted
//   …904  SMS delivered; busy when called
// Delays run on service time, so that the sandbox clock moves them. What a handset shows is rendered from the stored
// rows elsewhere; this channel keeps nothing but receipts that are still to come, and the calls under way.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "channel/channel.hpp"
#include "channel/handset_calls.hpp"

namespace roger::channel {

enum class Fate : std::uint8_t {
    delivered,
    late_receipt,
    no_receipt,
    refused,
    failed_receipt,
    busy,
    unanswered,
    voicemail,
    hangs_up,
    unknown,
    throttled_twice
};
/// @param number  E.164 digits without '+'
[[nodiscard]] Fate fate_of(std::string_view number) noexcept;
/// The numbers whose receipts come later than the answer, and say something of their own.
constexpr std::array<std::string_view, 5> late_receipt_numbers{"447700900900", "447700900903", "447700900905",
                                                               "447700900906", "447700900907"};
/// Whether the event's message has come to the phone's owner.
[[nodiscard]] bool reaches_phone(Fate fate, const verification::Event& event) noexcept;

class Handset final : public Channel {
public:
    /// @param clock     outlives the handset
    /// @param receipts  called on the thread that calls run_due()
    Handset(const Clock& clock, ReceiptSink receipts)
        : clock_(clock), receipts_(std::move(receipts)), calls_(clock, receipts_) {}

    [[nodiscard]] boost::asio::awaitable<Result<Accepted>> submit(Outbound message, SteadyTime deadline) override;
    [[nodiscard]] boost::asio::awaitable<void> stop() override;

    /// Takes over the receipts that the phones of the last process still owed to this row.
    /// @param route  of the handset: events that another one carried are none of its business
    void resume(const verification::Request& row, std::string_view route);
    /// When the next receipt is due (service time).
    [[nodiscard]] std::optional<TimePoint> next_due() const;
    /// Delivers every receipt that is due; the caller looks again when next_due() comes.
    void run_due();
    [[nodiscard]] HandsetCalls& calls() noexcept { return calls_; }

private:
    void owe_receipt(Fate fate, const Reference& reference, TimePoint submitted);

    const Clock& clock_;
    ReceiptSink receipts_;
    std::multimap<TimePoint, DeliveryReceipt> pending_;  // bounded by the live requests: one receipt an event
    std::map<std::pair<verification::RowKey, std::size_t>, int> throttled_;  // only …909, erased when accepted
    HandsetCalls calls_;
};

}  // namespace roger::channel
