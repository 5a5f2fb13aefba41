#include "verification/request_id.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace roger::verification {
namespace {

constexpr TimePoint epoch{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};
constexpr unsigned counter_bits = 12;
constexpr unsigned node_bits = 10;
constexpr unsigned low_bits = counter_bits + node_bits;

}  // namespace

std::optional<RequestId> RequestId::parse(std::string_view text) {
    std::string plain;
    if (text.size() == 36) {  // 8-4-4-4-12
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash != (text[i] == '-')) return std::nullopt;
            if (!dash) plain += text[i];
        }
        text = plain;
    }
    const auto bytes = from_hex(text);
    if (!bytes || bytes->size() != std::tuple_size_v<Block>) return std::nullopt;
    Block block{};
    std::ranges::copy(*bytes, block.begin());
    return RequestId(block);
}

RowKey KeyMaker::next(TimePoint wall_now) {
    const std::int64_t first = first_key_at(wall_now).value | std::int64_t{node_} << counter_bits;
    std::int64_t next = last_.value + 1;
    // The counter ran over into the node's bits, or the last key is another node's: go to the next millisecond.
    if ((next >> counter_bits & ((1 << node_bits) - 1)) != node_) {
        next = ((next >> low_bits) + 1) << low_bits | std::int64_t{node_} << counter_bits;
    }
    last_ = RowKey{std::max(first, next)};
    return last_;
}

TimePoint made_at(RowKey key) { return epoch + milliseconds(key.value >> low_bits); }

RowKey first_key_at(TimePoint wall_time) {
    const auto since = std::max<std::int64_t>(0, (wall_time - epoch).count());
    ROGER_ASSERT(since < std::int64_t{1} << 41U, "41 bits of milliseconds reach to the year 2094");
    return RowKey{since << low_bits};
}

}  // namespace roger::verification
