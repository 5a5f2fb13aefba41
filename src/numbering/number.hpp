// Subscriber numbers and what the numbering plans say of them: libphonenumber's judgement, from a table where that is
// enough (numbering/plans.hpp).
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace roger::numbering {

inline constexpr std::size_t e164_digits_max = 15;  ///< ITU-T E.164 §6.2.1

/// A subscriber number in international form: 7 to 15 digits, the first not 0, without '+'.
/// Immutable value; always valid, for parse() is the only way in.
/// Source: ITU-T E.164 (at most 15 digits). The lower bound of 7 is ours.
class Msisdn {
public:
    /// @param digits  7 to 15 ASCII digits, the first not 0
    [[nodiscard]] static Result<Msisdn> from_digits(std::string_view digits);
    [[nodiscard]] const std::string& digits() const noexcept { return digits_; }
    [[nodiscard]] std::string e164() const { return "+" + digits_; }
    [[nodiscard]] std::string masked() const;  ///< for logs and pages: "+4477*****12"
    friend auto operator<=>(const Msisdn&, const Msisdn&) = default;

private:
    explicit Msisdn(std::string digits) : digits_(std::move(digits)) {}
    std::string digits_;
};

/// Stored by value: never renumber.
enum class NumberType : std::uint8_t {
    unknown = 0,  ///< possible, but not valid by the metadata: new ranges, documentation numbers
    mobile = 1,
    fixed_line = 2,
    fixed_line_or_mobile = 3,
    voip = 4,
    premium_rate = 5,
    shared_cost = 6,
    toll_free = 7,
    personal = 8,
    pager = 9,
    uan = 10,
    voicemail = 11,
};
[[nodiscard]] std::string_view to_string(NumberType type) noexcept;

struct NumberFacts {
    Msisdn number;
    std::string country;  ///< ISO 3166-1 alpha-2, upper case; "" when unknown; "001" for global services (+800, +881 …)
    NumberType type = NumberType::unknown;
};

/// Reads a number as Verify v1 takes it. With a country: national or international as people write it. Without one:
/// E.164 digits, a leading '+' or '00' accepted, spaces, '-', '.', '(' and ')' dropped. It must be *possible*
/// (libphonenumber IsPossibleNumber); one that is possible but not valid has the type unknown.
/// A '+' (or "00") wins over the country; where the country dials another prefix (Australia: 0011), that is read too.
/// Decimal digits of every script are read, letters never: an extension or a word is a refusal, not a shorter number.
/// @param text     at most 40 bytes of UTF-8
/// @param country  "" or ISO 3166-1 alpha-2 in any case; one that libphonenumber does not know is invalid_argument
///                 with detail "country"
/// @return invalid_argument (detail "number") for anything else. Thread-safe. An international number costs
///         0.3 µs, others and those with a doubt about their spelling 15–60 µs.
[[nodiscard]] Result<NumberFacts> parse_number(std::string_view text, std::string_view country);

/// Loads the metadata and compiles the patterns, so that the first request is not slow (80 ms).
void warm_up();

/// Verify's require_type: "All", "Mobile", "Landline", any case. @return invalid_argument for another word
[[nodiscard]] Result<bool> satisfies(std::string_view require_type, NumberType type);

}  // namespace roger::numbering
