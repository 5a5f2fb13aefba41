#include "store/row_codec.hpp"

#include <algorithm>

#include "store/byte_stream.hpp"

namespace roger::store {
namespace {

using message::Channel;
using numbering::NumberType;
using verification::Check;
using verification::Event;
using verification::EventState;
using verification::Payment;
using verification::Status;
using verification::Voice;

// Bits of the head's second byte; the status has the lowest three.
constexpr std::uint8_t status_mask = 0x07;
constexpr std::uint8_t is_sending = 0x08;
constexpr std::uint8_t has_due = 0x10;
constexpr std::uint8_t is_male = 0x20;
constexpr std::uint8_t is_caller_pin = 0x40;
constexpr std::uint8_t has_finalized = 0x80;
// Bits of the body's flags.
constexpr std::uint8_t has_payment = 0x01;
constexpr std::uint8_t payee_is_brand = 0x02;
constexpr std::uint8_t has_next_event_wait = 0x04;
constexpr std::uint8_t has_autofill = 0x08;
constexpr std::uint8_t has_templates = 0x10;
constexpr std::uint8_t has_meter = 0x20;
constexpr std::uint8_t body_flags_all[] = {0x07, 0x07, 0x1F, 0x3F};  // by version, from 1 on, and so are the next
// Bits of an event's flags; the channel has the lowest, the state the next two.
constexpr std::uint8_t channel_mask = 0x01;
constexpr std::uint8_t state_shift = 1;
constexpr std::uint8_t state_mask = 0x03;
constexpr std::uint8_t is_ambiguous = 0x08;
constexpr std::uint8_t has_handed_over = 0x10;
constexpr std::uint8_t has_receipted = 0x20;
constexpr std::uint8_t has_parts_delivered = 0x40;
constexpr std::uint8_t has_open = 0x80;
constexpr std::uint8_t event_flags_all[] = {0x3F, 0xFF, 0xFF, 0xFF};

constexpr std::size_t checksum_size = sizeof(std::uint32_t);
constexpr std::size_t usual_row = 384;
constexpr std::size_t usual_texts = 8;

[[nodiscard]] std::uint8_t flag(bool condition, std::uint8_t bit) { return condition ? bit : std::uint8_t{0}; }

[[nodiscard]] bool any_sending(const std::vector<Event>& events) {
    return std::ranges::any_of(events, [](const Event& event) { return event.state == EventState::sending; });
}

/// Texts that come again within a row are written once: an even number is a length, an odd one an earlier text.
class TextsWriter {
public:
    TextsWriter() { seen_.reserve(usual_texts); }
    void put(ByteWriter& out, std::string_view text) {
        const auto known = std::ranges::find(seen_, text);
        if (known != seen_.end()) {
            out.varint(static_cast<std::uint64_t>(known - seen_.begin()) << 1U | 1U);
            return;
        }
        out.varint(std::uint64_t{text.size()} << 1U);
        out.raw(as_bytes(text));
        if (!text.empty()) seen_.push_back(text);
    }

private:
    std::vector<std::string_view> seen_;
};

class TextsReader {
public:
    TextsReader() { seen_.reserve(usual_texts); }
    std::string get(ByteReader& in) {
        const std::uint64_t mark = in.varint();
        if ((mark & 1U) != 0) {
            if (mark >> 1U < seen_.size()) return std::string(seen_[mark >> 1U]);
            in.refuse();
            return {};
        }
        const auto found = in.raw(mark >> 1U);
        const std::string_view text(reinterpret_cast<const char*>(found.data()), found.size());
        if (!text.empty()) seen_.push_back(text);
        return std::string(text);
    }

private:
    std::vector<std::string_view> seen_;
};

void put_head(ByteWriter& out, const Request& row) {
    out.byte(row_version);
    out.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(row.status) |
                                       flag(any_sending(row.events), is_sending) | flag(row.due.has_value(), has_due) |
                                       flag(row.voice == Voice::male, is_male) | flag(row.caller_pin, is_caller_pin) |
                                       flag(row.finalized.has_value(), has_finalized)));
    out.time(row.submitted, verification::made_at(row.key));
    if (row.due) out.time(*row.due, row.submitted);
    out.text(row.account);
    out.text(row.number);
}

void put_event(ByteWriter& out, TextsWriter& texts, const Event& event, TimePoint submitted) {
    out.byte(static_cast<std::uint8_t>(
        static_cast<std::uint8_t>(event.channel) | static_cast<std::uint8_t>(event.state) << state_shift |
        flag(event.ambiguous, is_ambiguous) | flag(event.handed_over.has_value(), has_handed_over) |
        flag(event.receipted.has_value(), has_receipted) | flag(event.parts_delivered != 0, has_parts_delivered) |
        flag(event.open != 0, has_open)));
    out.byte(event.attempt);
    out.byte(event.generation);
    out.byte(event.pin_minutes);
    out.byte(event.segments);
    out.varint(event.node);
    out.time(event.begun, submitted);
    out.time(event.claimed, event.begun);
    out.time(event.lease_until, event.claimed);
    if (event.handed_over) out.time(*event.handed_over, event.begun);
    if (event.receipted) out.time(*event.receipted, event.begun);
    texts.put(out, event.route);
    texts.put(out, event.reason);
    out.varint(event.tried.size());
    for (const std::string& route : event.tried) texts.put(out, route);
    out.varint(event.peer_ids.size());
    for (const std::string& id : event.peer_ids) texts.put(out, id);
    out.zigzag(event.price.value);
    if (event.parts_delivered != 0) out.varint(event.parts_delivered);
    if (event.open != 0) out.byte(event.open);
}

Event get_event(ByteReader& in, TextsReader& texts, TimePoint submitted, std::uint8_t version) {
    Event event;
    const std::uint8_t flags = in.byte_up_to(event_flags_all[version - 1]);
    event.channel = static_cast<Channel>(flags & channel_mask);
    event.state = static_cast<EventState>(flags >> state_shift & state_mask);
    event.ambiguous = (flags & is_ambiguous) != 0;
    event.attempt = in.byte();
    event.generation = in.byte();
    event.pin_minutes = in.byte();
    event.segments = in.byte();
    event.node = in.varint_up_to<std::uint16_t>(UINT16_MAX);
    event.begun = in.time(submitted);
    event.claimed = in.time(event.begun);
    event.lease_until = in.time(event.claimed);
    if ((flags & has_handed_over) != 0) event.handed_over = in.time(event.begun);
    if ((flags & has_receipted) != 0) event.receipted = in.time(event.begun);
    event.route = texts.get(in);
    event.reason = texts.get(in);
    // Every text takes a byte at least, so what is left bounds how many can follow.
    event.tried.resize(in.varint_up_to<std::size_t>(in.left()));
    for (std::string& route : event.tried) route = texts.get(in);
    event.peer_ids.resize(in.varint_up_to<std::size_t>(in.left()));
    for (std::string& id : event.peer_ids) id = texts.get(in);
    event.price = Micros{in.zigzag()};
    if ((flags & has_parts_delivered) != 0) event.parts_delivered = in.varint();
    if ((flags & has_open) != 0) event.open = in.byte();
    return event;
}

void put_body(ByteWriter& out, const Request& row) {
    const bool same_payee = row.payment && row.payment->payee == row.brand;
    const bool autofill = !row.app_hash.empty() || !row.domain.empty();
    const bool templates = row.sms_template != 0 || row.tts_template != 0;
    out.fixed(row.random);
    out.byte(static_cast<std::uint8_t>(row.number_type));
    out.byte(static_cast<std::uint8_t>(flag(row.payment.has_value(), has_payment) | flag(same_payee, payee_is_brand) |
                                       flag(row.plan.next_event_wait.has_value(), has_next_event_wait) |
                                       flag(autofill, has_autofill) | flag(templates, has_templates) |
                                       flag(row.meter.has_value(), has_meter)));
    for (const std::string* text :
         {&row.country, &row.network, &row.brand, &row.sender, &row.locale, &row.idempotency_key, &row.currency}) {
        out.text(*text);
    }
    if (row.payment) {
        if (!same_payee) out.text(row.payment->payee);
        out.text(row.payment->amount);
    }
    if (autofill) {
        out.text(row.app_hash);
        out.text(row.domain);
    }
    if (templates) {
        out.varint(row.sms_template);
        out.varint(row.tts_template);
    }
    if (row.meter) {
        out.zigzag(row.meter->sms.value);
        out.zigzag(row.meter->tts.value);
    }
    out.byte(row.plan.workflow_id);
    out.zigzag(row.plan.pin_expiry.count());
    if (row.plan.next_event_wait) out.zigzag(row.plan.next_event_wait->count());
    out.byte(row.code_length);
    out.varint(row.kid);
    out.byte(row.generation);
    out.time(row.pin_made, row.submitted);
    out.block(row.sealed_pin);
    out.byte(row.wrong_checks);
    if (row.finalized) out.time(*row.finalized, row.submitted);
    out.zigzag(row.price.value);
    out.byte(static_cast<std::uint8_t>(row.events.size()));
    TextsWriter texts;
    for (const Event& event : row.events) put_event(out, texts, event, row.submitted);
    out.byte(static_cast<std::uint8_t>(row.checks.size()));
    for (const Check& check : row.checks) {
        out.time(check.at, row.submitted);
        out.varint(std::uint64_t{check.sealed_code.size()} << 1U | (check.valid ? 1U : 0U));
        out.raw(check.sealed_code);
    }
}

void get_plan_and_pin(ByteReader& in, Request& row, std::uint8_t flags) {
    row.plan.workflow_id = in.byte();
    row.plan.pin_expiry = seconds(in.zigzag());
    if ((flags & has_next_event_wait) != 0) row.plan.next_event_wait = seconds(in.zigzag());
    row.code_length = in.byte();
    row.kid = in.varint_up_to<std::uint16_t>(UINT16_MAX);
    row.generation = in.byte();
    row.pin_made = in.time(row.submitted);
    const auto pin = in.block();
    row.sealed_pin.assign(pin.begin(), pin.end());
    row.wrong_checks = in.byte();
}

void get_body(ByteReader& in, Request& row, bool finalized, std::uint8_t version) {
    row.random = in.fixed<std::uint64_t>();
    row.number_type = static_cast<NumberType>(in.byte_up_to(static_cast<std::uint8_t>(NumberType::voicemail)));
    const std::uint8_t flags = in.byte_up_to(body_flags_all[version - 1]);
    for (std::string* text :
         {&row.country, &row.network, &row.brand, &row.sender, &row.locale, &row.idempotency_key, &row.currency}) {
        *text = in.text();
    }
    if ((flags & has_payment) != 0) {
        row.payment.emplace();
        row.payment->payee = (flags & payee_is_brand) != 0 ? std::string_view(row.brand) : in.text();
        row.payment->amount = in.text();
    } else if ((flags & payee_is_brand) != 0) {
        in.refuse();
    }
    if ((flags & has_autofill) != 0) {
        row.app_hash = in.text();
        row.domain = in.text();
    }
    if ((flags & has_templates) != 0) {
        row.sms_template = in.varint_up_to<std::uint32_t>(UINT32_MAX);
        row.tts_template = in.varint_up_to<std::uint32_t>(UINT32_MAX);
    }
    if ((flags & has_meter) != 0) {
        row.meter.emplace();
        row.meter->sms = Micros{in.zigzag()};
        row.meter->tts = Micros{in.zigzag()};
    }
    get_plan_and_pin(in, row, flags);
    if (finalized) row.finalized = in.time(row.submitted);
    row.price = Micros{in.zigzag()};
    row.events.resize(in.byte_up_to(verification::events_max));
    TextsReader texts;
    for (Event& event : row.events) event = get_event(in, texts, row.submitted, version);
    row.checks.resize(in.byte_up_to(checks_max));
    for (Check& check : row.checks) {
        check.at = in.time(row.submitted);
        const std::uint64_t mark = in.varint();
        const auto code = in.raw(mark >> 1U);
        check.sealed_code.assign(code.begin(), code.end());
        check.valid = (mark & 1U) != 0;
    }
}

/// What the head says and where the body begins.
struct Head {
    RowHead shown;
    std::uint8_t version = row_version;
    std::uint8_t flags = 0;
    TimePoint submitted{};
};

Head get_head(ByteReader& in, RowKey key) {
    Head head;
    head.version = in.byte();
    if (head.version < 1 || head.version > row_version) {
        in.refuse();
        head.version = row_version;
    }
    head.flags = in.byte();
    if (const int status = head.flags & status_mask; status <= static_cast<std::uint8_t>(Status::cancelled)) {
        head.shown.status = static_cast<Status>(status);
    } else {
        in.refuse();
    }
    head.shown.submitted = head.submitted = in.time(verification::made_at(key));
    head.shown.sending = (head.flags & is_sending) != 0;
    if ((head.flags & has_due) != 0) head.shown.due = in.time(head.submitted);
    head.shown.account = in.text();
    head.shown.number = in.text();
    return head;
}

/// @return what stands before the checksum, when it matches
Result<std::span<const std::byte>> check_sum(RowKey key, std::span<const std::byte> bytes) {
    if (bytes.size() <= checksum_size) return fail(Errc::invalid_argument, "row too short");
    ByteReader tail(bytes.last(checksum_size));
    const auto content = bytes.first(bytes.size() - checksum_size);
    if (tail.fixed<std::uint32_t>() != row_checksum(key, content)) {
        return fail(Errc::invalid_argument, "row damaged: its checksum does not match");
    }
    return content;
}

}  // namespace

std::uint32_t row_checksum(RowKey key, std::span<const std::byte> bytes) noexcept {
    // Every step is a bijection of the 64 bits, so damage to any one word always changes the state; the last fold
    // leaves a chance of 2^-32.
    std::uint64_t state = static_cast<std::uint64_t>(key.value) ^ std::uint64_t{bytes.size()} << 48U;
    const auto mix = [&state](std::uint64_t word) {
        state = (state ^ word) * 0x9E37'79B9'7F4A'7C15U;
        state ^= state >> 32U;
    };
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t size = std::min(bytes.size(), sizeof word);
        std::memcpy(&word, bytes.data(), size);
        mix(word);
        bytes = bytes.subspan(size);
    }
    mix(0);
    return static_cast<std::uint32_t>(state ^ state >> 32U);
}

bool fits(const Request& row) noexcept {
    return row.events.size() <= verification::events_max && row.checks.size() <= checks_max;
}

Bytes encode(const Request& row) {
    ByteWriter out(usual_row);
    put_head(out, row);
    put_body(out, row);
    out.fixed(row_checksum(row.key, out.written()));
    return std::move(out).take();
}

Result<Request> decode(RowKey key, std::span<const std::byte> bytes) {
    const auto content = check_sum(key, bytes);
    if (!content) return tl::unexpected(content.error());
    ByteReader in(*content);
    const Head head = get_head(in, key);
    Request row;
    row.key = key;
    row.status = head.shown.status;
    row.submitted = head.submitted;
    row.due = head.shown.due;
    row.account = head.shown.account;
    row.number = head.shown.number;
    row.voice = (head.flags & is_male) != 0 ? Voice::male : Voice::female;
    row.caller_pin = (head.flags & is_caller_pin) != 0;
    get_body(in, row, (head.flags & has_finalized) != 0, head.version);
    if (!in.at_end() || any_sending(row.events) != head.shown.sending) {
        return fail(Errc::invalid_argument, "row of an unknown version or shape");
    }
    return row;
}

Result<RowHead> peek(RowKey key, std::span<const std::byte> bytes) {
    ByteReader in(bytes);
    const Head head = get_head(in, key);
    if (!in.ok()) return fail(Errc::invalid_argument, "row of an unknown version or shape");
    return head.shown;
}

Result<RowHead> peek_checked(RowKey key, std::span<const std::byte> bytes) {
    return check_sum(key, bytes).and_then([key](std::span<const std::byte> content) { return peek(key, content); });
}

}  // namespace roger::store
