#include "pdu/pdu.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace roger::pdu {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

// Sizes of SMPP v3.4 §4 without the NUL.
constexpr std::size_t system_id_max = 15;
constexpr std::size_t password_max = 8;
constexpr std::size_t system_type_max = 12;
constexpr std::size_t address_max = 20;
constexpr std::size_t address_range_max = 40;
constexpr std::size_t service_type_max = 5;
constexpr std::size_t time_max = 16;
constexpr std::size_t message_id_max = 64;
/// data_sm and alert_notification have longer addresses.
constexpr std::size_t long_address_max = 64;

void put_u32(Octets& out, std::uint32_t value) {
    const std::array bytes{static_cast<std::uint8_t>(value >> 24U), static_cast<std::uint8_t>(value >> 16U & 0xffU),
                           static_cast<std::uint8_t>(value >> 8U & 0xffU), static_cast<std::uint8_t>(value & 0xffU)};
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::uint32_t u32_at(OctetView bytes, std::size_t at) noexcept {
    return static_cast<std::uint32_t>(bytes[at]) << 24U | static_cast<std::uint32_t>(bytes[at + 1]) << 16U |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8U | bytes[at + 3];
}

class Writer {
public:
    explicit Writer(Octets& out) : out_(out) {}

    void u8(std::uint8_t value) { out_.push_back(value); }
    void text(std::string_view value, std::size_t bytes_max, const char* field) {
        if (value.size() > bytes_max || value.find('\0') != std::string_view::npos) reject(field);
        out_.insert(out_.end(), value.begin(), value.end());
        out_.push_back(0);
    }
    void address(const Address& value, std::size_t bytes_max, const char* field) {
        u8(value.ton);
        u8(value.npi);
        text(value.text, bytes_max, field);
    }
    void counted(OctetView value, std::size_t bytes_max, const char* field) {
        if (value.size() > bytes_max) return reject(field);
        u8(static_cast<std::uint8_t>(value.size()));
        out_.insert(out_.end(), value.begin(), value.end());
    }
    void reject(const char* field) {
        if (bad_field == nullptr) bad_field = field;
    }

    const char* bad_field = nullptr;

private:
    Octets& out_;
};

void write(Writer& out, const ShortMessage& m) {
    out.text(m.service_type, service_type_max, "service_type");
    out.address(m.source, address_max, "source_addr");
    out.address(m.destination, address_max, "destination_addr");
    out.u8(m.esm_class);
    out.u8(m.protocol_id);
    out.u8(m.priority);
    out.text(m.schedule_time, time_max, "schedule_delivery_time");
    out.text(m.validity_period, time_max, "validity_period");
    out.u8(m.registered_delivery);
    out.u8(m.replace_if_present);
    out.u8(m.data_coding);
    out.u8(m.default_message);
    out.counted(m.text, short_message_bytes_max, "short_message");
}

void write(Writer& out, const Body& body) {
    std::visit(Overloaded{
                   [](const Empty&) {},
                   [&](const Bind& b) {
                       out.text(b.system_id, system_id_max, "system_id");
                       out.text(b.password.reveal(), password_max, "password");
                       out.text(b.system_type, system_type_max, "system_type");
                       out.u8(b.interface_version);
                       out.address(b.address_range, address_range_max, "address_range");
                   },
                   [&](const BindAnswer& b) { out.text(b.system_id, system_id_max, "system_id"); },
                   [&](const ShortMessage& m) { write(out, m); },
                   [&](const DataMessage& m) {
                       out.text(m.service_type, service_type_max, "service_type");
                       out.address(m.source, long_address_max, "source_addr");
                       out.address(m.destination, long_address_max, "destination_addr");
                       out.u8(m.esm_class);
                       out.u8(m.registered_delivery);
                       out.u8(m.data_coding);
                   },
                   [&](const MessageAnswer& m) { out.text(m.message_id, message_id_max, "message_id"); },
                   [&](const Query& q) {
                       out.text(q.message_id, message_id_max, "message_id");
                       out.address(q.source, address_max, "source_addr");
                   },
                   [&](const QueryAnswer& q) {
                       out.text(q.message_id, message_id_max, "message_id");
                       out.text(q.final_date, time_max, "final_date");
                       out.u8(q.message_state);
                       out.u8(q.error_code);
                   },
                   [&](const AlertNotification& a) {
                       out.address(a.source, long_address_max, "source_addr");
                       out.address(a.esme, long_address_max, "esme_addr");
                   },
                   [&](const Outbind& b) {
                       out.text(b.system_id, system_id_max, "system_id");
                       out.text(b.password.reveal(), password_max, "password");
                   },
               },
               body);
}

struct Header {
    Command command;
    std::uint32_t status;
    std::uint32_t sequence;
};

template <class Content>
Result<void> append_pdu(const Header& header, const Content& body, const Tlvs& tlvs, Octets& out) {
    const std::size_t start = out.size();
    put_u32(out, 0);
    put_u32(out, static_cast<std::uint32_t>(header.command));
    put_u32(out, header.status);
    put_u32(out, header.sequence);
    Writer writer(out);
    write(writer, body);
    out.insert(out.end(), tlvs.raw().begin(), tlvs.raw().end());
    const std::size_t length = out.size() - start;
    if (length > pdu_bytes_max) writer.reject("the whole PDU");
    if (writer.bad_field != nullptr) {
        out.resize(start);
        return fail(Errc::invalid_argument, fmt::format("{} does not fit into SMPP", writer.bad_field));
    }
    for (std::size_t i = 0; i < 4; ++i) out[start + i] = static_cast<std::uint8_t>(length >> (24 - 8 * i) & 0xffU);
    return {};
}

/// Reads field by field; past the end everything is 0 or "", and `cut` says so.
class Reader {
public:
    explicit Reader(OctetView bytes) : rest_(bytes) {}

    std::uint8_t u8() {
        if (rest_.empty()) {
            cut = true;
            return 0;
        }
        const std::uint8_t value = rest_.front();
        rest_ = rest_.subspan(1);
        return value;
    }
    std::string text() {
        if (rest_.empty()) {
            cut = true;
            return {};
        }
        const auto end = std::ranges::find(rest_.first(std::min(rest_.size(), text_bytes_max + 1)), std::uint8_t{0});
        const auto length = static_cast<std::size_t>(end - rest_.begin());
        if (length > text_bytes_max) too_long = true;
        std::string value(rest_.begin(), end);
        rest_ = rest_.subspan(std::min(rest_.size(), length + 1));  // the last string may lack its NUL
        return value;
    }
    Address address() {
        Address value;
        value.ton = u8();
        value.npi = u8();
        value.text = text();
        return value;
    }
    Octets counted() {
        const std::size_t length = u8();
        if (length > rest_.size()) cut = true;
        const OctetView value = rest_.first(std::min(length, rest_.size()));
        rest_ = rest_.subspan(value.size());
        return {value.begin(), value.end()};
    }
    [[nodiscard]] OctetView rest() const noexcept { return rest_; }

    bool cut = false;
    bool too_long = false;

private:
    OctetView rest_;
};

Bind read_bind(Reader& in) {
    Bind b;
    b.system_id = in.text();
    b.password = Secret(in.text());
    b.system_type = in.text();
    b.interface_version = in.u8();
    b.address_range = in.address();
    return b;
}

ShortMessage read_short_message(Reader& in) {
    ShortMessage m;
    m.service_type = in.text();
    m.source = in.address();
    m.destination = in.address();
    m.esm_class = in.u8();
    m.protocol_id = in.u8();
    m.priority = in.u8();
    m.schedule_time = in.text();
    m.validity_period = in.text();
    m.registered_delivery = in.u8();
    m.replace_if_present = in.u8();
    m.data_coding = in.u8();
    m.default_message = in.u8();
    m.text = in.counted();
    return m;
}

DataMessage read_data_message(Reader& in) {
    DataMessage m;
    m.service_type = in.text();
    m.source = in.address();
    m.destination = in.address();
    m.esm_class = in.u8();
    m.registered_delivery = in.u8();
    m.data_coding = in.u8();
    return m;
}

QueryAnswer read_query_answer(Reader& in) {
    QueryAnswer q;
    q.message_id = in.text();
    q.final_date = in.text();
    q.message_state = in.u8();
    q.error_code = in.u8();
    return q;
}

Body read_body(Command command, Reader& in) {
    switch (command) {
        case Command::bind_receiver:
        case Command::bind_transmitter:
        case Command::bind_transceiver: return read_bind(in);
        case Command::bind_receiver_resp:
        case Command::bind_transmitter_resp:
        case Command::bind_transceiver_resp: return BindAnswer{in.text()};
        case Command::submit_sm:
        case Command::deliver_sm: return read_short_message(in);
        case Command::data_sm: return read_data_message(in);
        case Command::submit_sm_resp:
        case Command::deliver_sm_resp:
        case Command::data_sm_resp: return MessageAnswer{in.text()};
        case Command::query_sm: {
            std::string id = in.text();
            return Query{std::move(id), in.address()};
        }
        case Command::query_sm_resp: return read_query_answer(in);
        case Command::alert_notification: {
            Address source = in.address();
            return AlertNotification{std::move(source), in.address()};
        }
        case Command::outbind: {
            std::string id = in.text();
            return Outbind{std::move(id), Secret(in.text())};
        }
        case Command::unbind:
        case Command::unbind_resp:
        case Command::enquire_link:
        case Command::enquire_link_resp:
        case Command::generic_nack: break;
    }
    return Empty{};
}

}  // namespace

Result<void> append(const Pdu& pdu, Octets& out) {
    return append_pdu({pdu.command, pdu.status, pdu.sequence}, pdu.body, pdu.tlvs, out);
}

Result<void> append_submit(const ShortMessage& message, const Tlvs& tlvs, std::uint32_t sequence, Octets& out) {
    return append_pdu({Command::submit_sm, status_ok, sequence}, message, tlvs, out);
}

Frame next_frame(OctetView received) noexcept {
    if (received.size() < 4) return {};
    const std::size_t length = u32_at(received, 0);
    if (length < header_bytes || length > pdu_bytes_max) return {Frame::Kind::broken, 0};
    return {received.size() < length ? Frame::Kind::incomplete : Frame::Kind::complete, length};
}

tl::expected<Pdu, Defect> decode(OctetView frame) {
    ROGER_ASSERT(frame.size() >= header_bytes, "next_frame() gives whole PDUs");
    Pdu pdu;
    pdu.command = static_cast<Command>(u32_at(frame, 4));
    pdu.status = u32_at(frame, 8);
    pdu.sequence = u32_at(frame, 12);
    Reader reader(frame.subspan(header_bytes));
    if (is_response(pdu.command) && reader.rest().empty()) return pdu;  // the usual error answer
    pdu.body = read_body(pdu.command, reader);
    if (reader.too_long || (reader.cut && !is_response(pdu.command))) {
        return tl::make_unexpected(Defect{.command = pdu.command, .sequence = pdu.sequence});
    }
    pdu.tlvs = Tlvs(reader.rest());
    return pdu;
}

bool is_known(Command command) noexcept {
    switch (command) {
        case Command::bind_receiver:
        case Command::bind_transmitter:
        case Command::query_sm:
        case Command::submit_sm:
        case Command::deliver_sm:
        case Command::unbind:
        case Command::bind_transceiver:
        case Command::outbind:
        case Command::enquire_link:
        case Command::alert_notification:
        case Command::data_sm:
        case Command::generic_nack:
        case Command::bind_receiver_resp:
        case Command::bind_transmitter_resp:
        case Command::query_sm_resp:
        case Command::submit_sm_resp:
        case Command::deliver_sm_resp:
        case Command::unbind_resp:
        case Command::bind_transceiver_resp:
        case Command::enquire_link_resp:
        case Command::data_sm_resp: return true;
    }
    return false;
}

Octets concatenation_header(std::uint8_t reference, std::uint8_t total, std::uint8_t number) {
    return {0x05, 0x00, 0x03, reference, total, number};
}

OctetView without_header(OctetView user_data, std::uint8_t esm_class) noexcept {
    if ((esm_class & esm_has_udh) == 0 || user_data.empty()) return user_data;
    const std::size_t header = 1U + user_data.front();
    return user_data.subspan(std::min(header, user_data.size()));
}

OctetView text_of(const Pdu& pdu) noexcept {
    const auto* message = std::get_if<ShortMessage>(&pdu.body);
    const auto* data = std::get_if<DataMessage>(&pdu.body);
    if (message == nullptr && data == nullptr) return {};
    OctetView text = message != nullptr ? OctetView(message->text) : OctetView();
    if (text.empty()) text = pdu.tlvs.find(Tag::message_payload).value_or(OctetView());
    return without_header(text, message != nullptr ? message->esm_class : data->esm_class);
}

}  // namespace roger::pdu
