#include "pdu/message_id.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace roger::pdu {
namespace {

std::optional<std::uint64_t> read_number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<MessageIdForm> message_id_form_from(std::string_view word) noexcept {
    if (word == "auto") return MessageIdForm::automatic;
    if (word == "as-is") return MessageIdForm::as_is;
    if (word == "hex-in-resp") return MessageIdForm::hex_in_resp;
    if (word == "hex-in-receipt") return MessageIdForm::hex_in_receipt;
    return std::nullopt;
}

std::string normal_message_id(std::string_view id) {
    while (!id.empty() && id.back() == ' ') id.remove_suffix(1);
    while (!id.empty() && (id.front() == ' ' || (id.front() == '0' && id.size() > 1))) id.remove_prefix(1);
    if (id.size() > message_id_bytes_max) return {};
    std::string normal(id);
    for (char& c : normal) {
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return {};
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return normal;
}

std::vector<std::string> message_id_candidates(std::string_view id, MessageIdForm form) {
    const std::string same = normal_message_id(id);
    if (same.empty()) return {};
    std::string in_decimal;
    std::string in_hex;
    if (const auto value = read_number(same, 16)) in_decimal = fmt::format("{}", *value);
    if (const auto value = read_number(same, 10)) in_hex = fmt::format("{:x}", *value);

    std::vector<std::string> found;
    const auto add = [&](const std::string& candidate) {
        if (!candidate.empty() && std::ranges::find(found, candidate) == found.end()) found.push_back(candidate);
    };
    switch (form) {
        case MessageIdForm::automatic:
            add(same);
            add(in_decimal);
            add(in_hex);
            break;
        case MessageIdForm::as_is: add(same); break;
        case MessageIdForm::hex_in_resp:
            add(in_hex);
            if (found.empty()) add(same);
            break;
        case MessageIdForm::hex_in_receipt:
            add(in_decimal);
            if (found.empty()) add(same);
            break;
    }
    return found;
}

}  // namespace roger::pdu
