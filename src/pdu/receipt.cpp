#include "pdu/receipt.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "pdu/message_id.hpp"

namespace roger::pdu {
namespace {

constexpr std::uint8_t esm_type_mask = 0x3c;
constexpr std::uint8_t esm_receipt = 0x04;
constexpr std::uint8_t esm_intermediate = 0x20;
constexpr std::size_t number_digits_max = 20;

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }

bool starts_with_word(std::string_view text, std::string_view word) noexcept {
    return text.size() >= word.size() &&
           std::ranges::equal(text.substr(0, word.size()), word, [](char a, char b) { return lower(a) == b; });
}

struct Word {
    std::string_view word;
    MessageState state;
};
constexpr Word state_words[] = {
    {"delivrd", MessageState::delivered},         {"delivered", MessageState::delivered},
    {"undeliv", MessageState::undeliverable},     {"undeliverable", MessageState::undeliverable},
    {"undelivered", MessageState::undeliverable}, {"failed", MessageState::undeliverable},
    {"expired", MessageState::expired},           {"rejectd", MessageState::rejected},
    {"rejected", MessageState::rejected},         {"deleted", MessageState::deleted},
    {"acceptd", MessageState::accepted},          {"accepted", MessageState::accepted},
    {"enroute", MessageState::enroute},           {"unknown", MessageState::unknown},
    {"schedul", MessageState::scheduled},         {"scheduled", MessageState::scheduled},
    {"skipped", MessageState::skipped},
};

struct Key {
    std::string_view word;
    std::string_view ReceiptText::* field;  ///< null: what follows is the message's own text
};
constexpr Key keys[] = {
    {"id", &ReceiptText::id},
    {"stat", &ReceiptText::stat},
    {"status", &ReceiptText::stat},
    {"state", &ReceiptText::stat},
    {"err", &ReceiptText::err},
    {"error", &ReceiptText::err},
    {"submit date", &ReceiptText::submit_date},
    {"submit_date", &ReceiptText::submit_date},
    {"done date", &ReceiptText::done_date},
    {"done_date", &ReceiptText::done_date},
    {"text", nullptr},
};

/// The length of "key :" at the front of the text; 0 if another word stands there.
std::size_t match_key(std::string_view text, std::string_view word) noexcept {
    if (!starts_with_word(text, word)) return 0;
    std::size_t at = word.size();
    while (at < text.size() && text[at] == ' ') ++at;
    return at < text.size() && (text[at] == ':' || text[at] == '=') ? at + 1 : 0;
}

std::size_t next_word(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && !is_space(text[at]) && text[at] != ',' && text[at] != ';') ++at;
    while (at < text.size() && (is_space(text[at]) || text[at] == ',' || text[at] == ';')) ++at;
    return at;
}

std::string_view value_at(std::string_view text) noexcept {
    std::size_t begin = 0;
    while (begin < text.size() && text[begin] == ' ') ++begin;
    std::size_t end = begin;
    while (end < text.size() && !is_space(text[end]) && text[end] != ',' && text[end] != ';') ++end;
    return text.substr(begin, end - begin);
}

/// The text as ASCII: UCS-2 (data_coding 8) loses its upper bytes, which for these words are 0.
std::string_view ascii_of(OctetView text, std::uint8_t data_coding, std::string& room) {
    if (data_coding != 0x08) return {reinterpret_cast<const char*>(text.data()), text.size()};
    room.reserve(text.size() / 2);
    for (std::size_t i = 1; i < text.size(); i += 2) room.push_back(static_cast<char>(text[i]));
    return room;
}

std::string clean_error(std::string_view text) {
    std::string clean;
    for (const char c : text.substr(0, error_bytes_max)) {
        if (is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z')) clean.push_back(c);
    }
    return clean;
}

std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (is_digit(c) && digits.size() < number_digits_max) digits.push_back(c);
    }
    return digits;
}

struct Fields {
    std::uint8_t esm_class = 0;
    std::uint8_t data_coding = 0;
    std::string_view source;
};
Fields fields_of(const Pdu& pdu) noexcept {
    if (const auto* m = std::get_if<ShortMessage>(&pdu.body)) return {m->esm_class, m->data_coding, m->source.text};
    if (const auto* m = std::get_if<DataMessage>(&pdu.body)) return {m->esm_class, m->data_coding, m->source.text};
    return {};
}

}  // namespace

Delivery delivery_of(MessageState state) noexcept {
    switch (state) {
        case MessageState::delivered: return Delivery::delivered;
        case MessageState::expired:
        case MessageState::deleted:
        case MessageState::undeliverable:
        case MessageState::rejected:
        case MessageState::skipped: return Delivery::failed;
        case MessageState::scheduled:
        case MessageState::enroute:
        case MessageState::accepted:
        case MessageState::unknown: break;
    }
    return Delivery::pending;
}

std::string_view to_string(MessageState state) noexcept {
    constexpr std::array<std::string_view, 10> words{"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
                                                     "UNDELIV",   "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"};
    return words[static_cast<std::size_t>(state)];
}

std::optional<MessageState> message_state_from(std::string_view word) noexcept {
    for (const auto& [known, state] : state_words) {
        if (word.size() == known.size() && starts_with_word(word, known)) return state;
    }
    return std::nullopt;
}

bool is_receipt(const Pdu& pdu) noexcept {
    if (pdu.command != Command::deliver_sm && pdu.command != Command::data_sm) return false;
    const std::uint8_t type = fields_of(pdu).esm_class & esm_type_mask;
    return type == esm_receipt || type == esm_intermediate || pdu.tlvs.find(Tag::receipted_message_id).has_value();
}

Receipt read_receipt(const Pdu& pdu) {
    const Fields fields = fields_of(pdu);
    std::string room;
    const ReceiptText text = parse_receipt_text(ascii_of(text_of(pdu), fields.data_coding, room));

    Receipt receipt;
    receipt.id = pdu.tlvs.text(Tag::receipted_message_id).value_or("");
    if (receipt.id.empty()) receipt.id = text.id;
    if (receipt.id.size() > message_id_bytes_max) receipt.id.clear();
    const auto number = pdu.tlvs.number(Tag::message_state);
    if (number && *number <= static_cast<std::uint32_t>(MessageState::skipped)) {
        receipt.state = static_cast<MessageState>(*number);
    } else {
        receipt.state = message_state_from(text.stat);
    }
    receipt.intermediate = (fields.esm_class & esm_type_mask) == esm_intermediate;
    receipt.error = clean_error(text.err);
    receipt.number = digits_of(fields.source);
    receipt.done = parse_receipt_date(text.done_date);
    return receipt;
}

ReceiptText parse_receipt_text(std::string_view text) noexcept {
    ReceiptText found;
    for (std::size_t at = 0; at < text.size(); at = next_word(text, at)) {
        const std::string_view rest = text.substr(at);
        for (const auto& [word, field] : keys) {
            const std::size_t length = match_key(rest, word);
            if (length == 0) continue;
            if (field != nullptr) {
                if ((found.*field).empty()) found.*field = value_at(rest.substr(length));
                break;
            }
            if (!found.id.empty() && !found.stat.empty()) return found;
            break;
        }
    }
    return found;
}

std::optional<TimePoint> parse_receipt_date(std::string_view text) noexcept {
    if ((text.size() != 10 && text.size() != 12 && text.size() != 14) || !std::ranges::all_of(text, is_digit)) {
        return std::nullopt;
    }
    const auto take = [&](std::size_t digits) {
        int value = 0;
        for (const char c : text.substr(0, digits)) value = value * 10 + (c - '0');
        text.remove_prefix(digits);
        return value;
    };
    const int year = text.size() == 14 ? take(4) : 2000 + take(2);
    const int month = take(2);
    const std::chrono::year_month_day day{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                          std::chrono::day(static_cast<unsigned>(take(2)))};
    const int hour = take(2);
    const int minute = take(2);
    const int second = text.empty() ? 0 : take(2);
    if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return TimePoint{std::chrono::sys_days(day) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                     seconds(second)};
}

}  // namespace roger::pdu
