// The text of a delivery receipt, alone and in a deliver_sm of each kind; and what follows from the id in it.
#include <algorithm>
#include <cstdint>

#include "base/assert.hpp"
#include "pdu/message_id.hpp"
#include "pdu/receipt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace roger::pdu;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const ReceiptText parsed = parse_receipt_text(text);
    for (const std::string_view value : {parsed.id, parsed.stat, parsed.err, parsed.submit_date, parsed.done_date}) {
        ROGER_ASSERT(value.empty() || (value.data() >= text.data() && value.size() <= text.size()), "a part of it");
        ROGER_ASSERT(value.find(' ') == std::string_view::npos, "one word");
        (void)parse_receipt_date(value);
    }
    for (const std::string_view id : {parsed.id, text}) {
        const std::string normal = normal_message_id(id);
        ROGER_ASSERT(normal_message_id(normal) == normal, "what is normal stays");
        for (const MessageIdForm form : {MessageIdForm::automatic, MessageIdForm::as_is, MessageIdForm::hex_in_resp,
                                         MessageIdForm::hex_in_receipt}) {
            const auto candidates = message_id_candidates(id, form);
            ROGER_ASSERT(candidates.size() <= 3, "as it is, in hex, in decimal");
            ROGER_ASSERT(candidates.empty() == normal.empty(), "an id has a reading");
            for (const auto& each : candidates) ROGER_ASSERT(normal_message_id(each) == each, "all are normal");
        }
    }
    for (const std::uint8_t esm_class : {std::uint8_t{0x04}, std::uint8_t{0x20}, std::uint8_t{0x44}}) {
        ShortMessage message{.esm_class = esm_class, .data_coding = static_cast<std::uint8_t>(size & 8U)};
        message.text.assign(data, data + std::min<std::size_t>(size, 255));
        Pdu pdu{.command = Command::deliver_sm, .body = message, .tlvs = Tlvs(OctetView(data, size))};
        const Receipt receipt = read_receipt(pdu);
        ROGER_ASSERT(receipt.error.size() <= error_bytes_max, "errors are short");
        ROGER_ASSERT(receipt.id.size() <= message_id_bytes_max, "ids are bounded");
    }
    return 0;
}
