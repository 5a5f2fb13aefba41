// Which form of a noun a count takes, language by language: "1 minute", "5 minutes"; "1 минуту", "3 минуты", "5 минут".
// Source: CLDR 44, plural rules for cardinals, as far as whole numbers from 0 on need them. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace roger::message {

/// CLDR's names; of the six, `zero` is nobody's among our counts, which are at least 1.
enum class Plural : std::uint8_t { one, two, few, many, other };
using PluralRule = Plural (*)(std::uint32_t count);

/// A unit with its count, by plural; '#' stands for the digits. A form that is "" is said as `other`.
struct Counted {
    PluralRule rule;
    std::string_view one;
    std::string_view two;
    std::string_view few;
    std::string_view many;
    std::string_view other;
};
/// 5 and "# minutes" as "5 minutes".
[[nodiscard]] std::string count(const Counted& unit, std::uint32_t number);

/// The rules by what they look at, or by the language that alone has them.
namespace plural {

constexpr bool within(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
    return first <= value && value <= last;
}
constexpr bool in_teens(std::uint32_t n) { return within(n % 100, 11, 19); }

/// Japanese, Thai, …; also languages whose nouns stay in the singular beside a number: Turkish, Hungarian, Irish.
constexpr Plural none(std::uint32_t /*n*/) { return Plural::other; }
constexpr Plural one(std::uint32_t n) { return n == 1 ? Plural::one : Plural::other; }
constexpr Plural up_to_one(std::uint32_t n) { return n <= 1 ? Plural::one : Plural::other; }
/// Icelandic, Latvian: 1, 21, 31, but not 11. (In Latvian "10 minūtes" is as good as "10 minūšu".)
constexpr Plural ends_in_one(std::uint32_t n) { return n % 10 == 1 && n % 100 != 11 ? Plural::one : Plural::other; }
constexpr Plural arabic(std::uint32_t n) {
    if (n == 1) return Plural::one;
    if (n == 2) return Plural::two;
    if (within(n % 100, 3, 10)) return Plural::few;
    return within(n % 100, 11, 99) ? Plural::many : Plural::other;
}
/// Czech and Slovak.
constexpr Plural czech(std::uint32_t n) {
    if (n == 1) return Plural::one;
    return within(n, 2, 4) ? Plural::few : Plural::other;
}
constexpr Plural lithuanian(std::uint32_t n) {
    if (in_teens(n) || n % 10 == 0) return Plural::other;
    return n % 10 == 1 ? Plural::one : Plural::few;
}
constexpr Plural maltese(std::uint32_t n) {
    if (n == 1) return Plural::one;
    if (n == 2) return Plural::two;
    if (n == 0 || within(n % 100, 3, 10)) return Plural::few;
    return in_teens(n) ? Plural::many : Plural::other;
}
constexpr Plural polish(std::uint32_t n) {
    if (n == 1) return Plural::one;
    return within(n % 10, 2, 4) && !within(n % 100, 12, 14) ? Plural::few : Plural::many;
}
constexpr Plural romanian(std::uint32_t n) {
    if (n == 1) return Plural::one;
    return n == 0 || within(n % 100, 1, 19) ? Plural::few : Plural::other;
}
constexpr Plural russian(std::uint32_t n) {
    if (n % 10 == 1 && n % 100 != 11) return Plural::one;
    return within(n % 10, 2, 4) && !within(n % 100, 12, 14) ? Plural::few : Plural::many;
}
constexpr Plural slovenian(std::uint32_t n) {
    if (n % 100 == 1) return Plural::one;
    if (n % 100 == 2) return Plural::two;
    return within(n % 100, 3, 4) ? Plural::few : Plural::other;
}
constexpr Plural welsh(std::uint32_t n) {
    if (n == 1) return Plural::one;
    if (n == 2) return Plural::two;
    if (n == 3) return Plural::few;
    return n == 6 ? Plural::many : Plural::other;
}

}  // namespace plural
}  // namespace roger::message
