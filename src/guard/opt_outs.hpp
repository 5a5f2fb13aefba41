// Subscribers who wrote STOP to a sender: nothing is sent to them from it until they write START.
// The words are those that carriers and regulators know (CTIA Messaging Principles §5.1.3; in France: ARRET).
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace roger::guard {

enum class OptWord : std::uint8_t { none, stop, start };
[[nodiscard]] std::string_view to_string(OptWord word) noexcept;  ///< "none", "stop", "start"

/// What a subscriber's whole message means: STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT or ARRET; START or UNSTOP; in
/// any case, with spaces and full stops around it. A word within a sentence means nothing.
[[nodiscard]] OptWord read_opt_word(std::string_view text);

/// A sender as it is compared: a number without '+', whatever the peer writes.
[[nodiscard]] std::string_view plain_sender(std::string_view sender) noexcept;

class OptOuts {
public:
    static constexpr std::size_t pairs_max = 100'000;  ///< some 15 MB; beyond it somebody floods us

    [[nodiscard]] bool empty() const noexcept { return pairs_.empty(); }
    [[nodiscard]] bool contains(std::string_view sender, std::string_view number) const;
    /// @return false when there is no room for another one
    bool add(std::string_view sender, std::string_view number);
    void remove(std::string_view sender, std::string_view number);

private:
    std::set<std::pair<std::string, std::string>, std::less<>> pairs_;  ///< sender, number
};

}  // namespace roger::guard
