// Rows from a damaged or foreign database. Odd first bytes: the checksum is made right, so that what stands behind it
// is reached too.
#include <cstdint>
#include <cstring>

#include "base/assert.hpp"
#include "store/row_codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace roger;
    if (size == 0) return 0;
    const store::RowKey key{0x0123'4567'89AB'CDEF};
    Bytes bytes(size - 1);
    if (size > 1) std::memcpy(bytes.data(), data + 1, size - 1);
    if (data[0] % 2 == 1) {
        const std::uint32_t sum = store::row_checksum(key, bytes);
        for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::byte>(sum >> shift & 0xffU));
    }
    const auto head = store::peek(key, bytes);
    const auto row = store::decode(key, bytes);
    if (!row) return 0;
    ROGER_ASSERT(store::fits(*row), "decode() admits what fits");
    ROGER_ASSERT(head.has_value(), "a row that is whole has a head");
    ROGER_ASSERT(head->status == row->status && head->due == row->due && head->account == row->account &&
                     head->number == row->number,
                 "the head says what the row says");
    const Bytes again = store::encode(*row);
    const auto same = store::decode(key, again);
    ROGER_ASSERT(same && *same == *row, "encoding loses nothing");
    ROGER_ASSERT(store::encode(*same) == again, "and has one form");
    return 0;
}
