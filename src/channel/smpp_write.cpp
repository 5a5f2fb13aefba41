#include "channel/smpp_write.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace roger::channel {
namespace {

constexpr std::uint8_t ton_international = 1;
constexpr std::uint8_t ton_network_specific = 3;
constexpr std::uint8_t ton_alphanumeric = 5;
constexpr std::uint8_t npi_unknown = 0;
constexpr std::uint8_t npi_isdn = 1;
constexpr std::uint8_t receipt_of_every_outcome = 1;
/// Shorter numbers are no subscriber's in E.164 (numbering/number.hpp).
constexpr std::size_t international_digits_min = 7;

const std::string& sender_of(const Outbound& message, const SmppSmsOptions& options) {
    if (!message.sender.empty()) return message.sender;
    const auto own = options.senders.find(message.country);
    return own == options.senders.end() ? options.sender : own->second;
}

pdu::Octets joined(const std::vector<pdu::Octets>& parts) {
    pdu::Octets all;
    for (const pdu::Octets& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace

pdu::Address sender_address(std::string_view sender) {
    if (sender.starts_with('+')) sender.remove_prefix(1);
    const bool digits = std::ranges::all_of(sender, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return {.ton = ton_alphanumeric, .npi = npi_unknown, .text = std::string(sender)};
    if (sender.size() < international_digits_min) {
        return {.ton = sender.empty() ? npi_unknown : ton_network_specific,
                .npi = npi_unknown,
                .text = std::string(sender)};
    }
    return {.ton = ton_international, .npi = npi_isdn, .text = std::string(sender)};
}

std::string validity_period(milliseconds life) {
    using std::chrono::days;
    using std::chrono::hours;
    using std::chrono::minutes;
    const seconds whole = std::clamp<seconds>(std::chrono::ceil<seconds>(life), seconds(1), days(30));
    const auto d = std::chrono::floor<days>(whole);
    const auto h = std::chrono::floor<hours>(whole - d);
    const auto m = std::chrono::floor<minutes>(whole - d - h);
    return fmt::format("0000{:02}{:02}{:02}{:02}000R", d.count(), h.count(), m.count(), (whole - d - h - m).count());
}

Result<Written> write_segments(const Outbound& message,
                               const SmppSmsOptions& options,
                               std::uint8_t reference,
                               TimePoint now) {
    Result<message::Encoded> encoded = message::encode(message.text, options.alphabet);
    if (!encoded) return fail(Errc::blocked, encoded.error().detail);
    std::vector<pdu::Octets>& parts = encoded->segments;
    const auto total = static_cast<std::uint8_t>(parts.size());

    smpp::Segment common;
    common.message.service_type = options.service_type;
    common.message.source = sender_address(sender_of(message, options));
    common.message.destination = {.ton = ton_international, .npi = npi_isdn, .text = message.number};
    common.message.priority = options.priority;
    common.message.data_coding = encoded->data_coding;
    common.message.registered_delivery = receipt_of_every_outcome;  // of each part: the last may be reported first
    if (message.pin_dead_at != TimePoint{}) common.message.validity_period = validity_period(message.pin_dead_at - now);
    for (const auto& [tag, value] : options.tlvs) {
        common.tlvs.add(static_cast<pdu::Tag>(tag),
                        {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
    }

    Written written{.segments = total};
    if (total > 1 && options.multipart == Multipart::payload) {
        if (!common.tlvs.add(pdu::Tag::message_payload, joined(parts))) {
            return fail(Errc::blocked, "the text is too long for message_payload");
        }
        written.submits.push_back(std::move(common));
        return written;
    }
    for (std::uint8_t number = 1; number <= total; ++number) {
        smpp::Segment& segment = written.submits.emplace_back(common);
        pdu::Octets& text = parts[number - 1U];
        if (total > 1 && options.multipart == Multipart::udh) {
            segment.message.esm_class = pdu::esm_has_udh;
            segment.message.text = pdu::concatenation_header(reference, total, number);
            segment.message.text.insert(segment.message.text.end(), text.begin(), text.end());
            continue;
        }
        if (total > 1) {
            segment.tlvs.add_u16(pdu::Tag::sar_msg_ref_num, reference);
            segment.tlvs.add_u8(pdu::Tag::sar_total_segments, total);
            segment.tlvs.add_u8(pdu::Tag::sar_segment_seqnum, number);
        }
        segment.message.text = std::move(text);
    }
    return written;
}

}  // namespace roger::channel
