#include "channel/callback_seal.hpp"

#include <array>
#include <span>

namespace roger::channel {
namespace {

constexpr std::size_t reference_digits = 32;
constexpr std::size_t tag_bytes = 16;

}  // namespace

std::string make_reference(Random& random) {
    std::array<std::byte, reference_digits / 2> bytes{};
    random.fill(bytes);
    return to_hex(bytes);
}

std::string CallbackSeal::seal(std::string_view route, std::string_view reference) {
    std::string bound(route);
    bound += '\0';
    bound += reference;
    const Digest digest = hmac_(as_bytes(bound));
    return std::string(reference) + to_hex(std::span(digest).first(tag_bytes));
}

std::optional<std::string> CallbackSeal::open(std::string_view route, std::string_view sealed) {
    if (sealed.size() != reference_digits + 2 * tag_bytes) return std::nullopt;
    const std::string_view reference = sealed.substr(0, reference_digits);
    if (!equal_in_constant_time(as_bytes(seal(route, reference)), as_bytes(sealed))) return std::nullopt;
    return std::string(reference);
}

}  // namespace roger::channel
