// What the house remembers of a number beyond its requests: keyed hashes, never the number itself.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace roger::guard {

/// 63 bits of a keyed hash (verification::Vault): of a number, or of an account's number. Not negative.
struct NumberHash {
    std::int64_t value = 0;
    friend auto operator<=>(const NumberHash&, const NumberHash&) = default;
};

/// Marks older than this are of no use to any rule.
constexpr std::chrono::days marks_kept{30};

/// Something that later starts of a number are judged by. Kept for marks_kept.
struct Mark {
    /// Stored by value: never renumber.
    enum class Kind : std::uint8_t {
        wrong_code = 0,       ///< of fewer than 6 digits
        wrong_long_code = 1,  ///< of 6 digits or more
        lifted = 2,           ///< an operator: what was before it counts no more, for `account` or ("") for all
    } kind = Kind::wrong_code;
    NumberHash number;
    std::string account;
    TimePoint at{};          ///< service time
    std::int64_t key = 0;    ///< of the request's row; of an operator's word: the time
    std::uint8_t index = 0;  ///< of the check in its request
    friend bool operator==(const Mark&, const Mark&) = default;
};

/// How often an account has verified a number. Kept as long as the database.
struct Verified {
    NumberHash subscriber;  ///< of account and number together
    std::string account;
    std::uint32_t count = 0;
    TimePoint first{};
    TimePoint last{};
    std::string network;  ///< MCC+MNC at the last time, or ""
    friend bool operator==(const Verified&, const Verified&) = default;
};

/// no or yes when both networks are known.
enum class NetworkChanged : std::uint8_t { no, yes, unknown };
[[nodiscard]] NetworkChanged network_changed(const std::optional<Verified>& before, const std::string& network);
/// "verified=3; first=…; last=…; network_changed=no": the header Roger-Number-History.
[[nodiscard]] std::string to_history(const std::optional<Verified>& before, const std::string& network);
/// With one more success.
[[nodiscard]] Verified verified_again(const std::optional<Verified>& before,
                                      NumberHash subscriber,
                                      const std::string& account,
                                      const std::string& network,
                                      TimePoint now);

}  // namespace roger::guard
