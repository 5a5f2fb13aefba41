#include "store/live_rows.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "store/row_codec.hpp"

namespace roger::store {
namespace {

// A key has 22 bits below its milliseconds: a bucket is 2^14 ms. An exact order by key would cost every row a tree
// node.
constexpr unsigned bucket_bits = 22 + 14;

RowHead head_of(RowKey key, std::span<const std::byte> bytes) {
    auto head = peek(key, bytes);
    ROGER_ASSERT(head.has_value(), "live rows were encoded here or checked when the store was opened");
    return *head;
}

}  // namespace

std::size_t LiveRows::Hash::operator()(const SubscriberView& subscriber) const noexcept {
    const std::hash<std::string_view> hash;
    return hash(subscriber.first) * 31 + hash(subscriber.second);
}

LiveRows::SubscriberView LiveRows::subscriber(const Node& node) noexcept {
    const RowHead head = head_of(node.first, node.second.view());
    return {head.account, head.number};
}

std::int64_t LiveRows::bucket(RowKey key) noexcept { return key.value >> bucket_bits; }

void LiveRows::Row::assign(std::span<const std::byte> from) {
    if (size != from.size()) {
        bytes = std::make_unique_for_overwrite<std::byte[]>(from.size());
        size = static_cast<std::uint32_t>(from.size());
    }
    std::ranges::copy(from, bytes.get());
}

bool LiveRows::index(const Node& node, Due::node_type spare) {
    if (!subscribers_.insert(&node).second) return false;
    const RowHead head = head_of(node.first, node.second.view());
    if (!head.due) return true;
    if (spare.empty()) {
        // What begins last is mostly due last.
        due_.emplace_hint(due_.end(), *head.due, node.first);
    } else {
        spare.value() = {*head.due, node.first};
        due_.insert(std::move(spare));
    }
    return true;
}

LiveRows::Due::node_type LiveRows::unindex(const Node& node) {
    subscribers_.erase(&node);
    const RowHead head = head_of(node.first, node.second.view());
    return head.due ? due_.extract({*head.due, node.first}) : Due::node_type{};
}

void LiveRows::put(RowKey key, std::span<const std::byte> bytes) {
    const auto [at, is_new] = rows_.try_emplace(key);
    Due::node_type spare;
    if (is_new) {
        ++ages_[bucket(key)];
    } else {
        spare = unindex(*at);
    }
    at->second.assign(bytes);
    const bool indexed = index(*at, std::move(spare));
    ROGER_ASSERT(indexed, "a second live row of a subscriber is refused before anything is written");
}

bool LiveRows::add(RowKey key, std::span<const std::byte> bytes) {
    const auto [at, is_new] = rows_.try_emplace(key);
    if (!is_new) return false;
    at->second.assign(bytes);
    if (!index(*at, {})) {
        rows_.erase(at);
        return false;
    }
    ++ages_[bucket(key)];
    return true;
}

void LiveRows::erase(RowKey key) {
    const auto at = rows_.find(key);
    if (at == rows_.end()) return;
    (void)unindex(*at);
    rows_.erase(at);
    const auto age = ages_.find(bucket(key));
    if (--age->second == 0) ages_.erase(age);
}

std::optional<std::span<const std::byte>> LiveRows::find(RowKey key) const {
    const auto at = rows_.find(key);
    if (at == rows_.end()) return std::nullopt;
    return at->second.view();
}

std::optional<RowKey> LiveRows::find(std::string_view account, std::string_view number) const {
    const auto at = subscribers_.find(SubscriberView{account, number});
    if (at == subscribers_.end()) return std::nullopt;
    return (*at)->first;
}

std::vector<RowKey> LiveRows::due(TimePoint by, std::size_t max) const {
    std::vector<RowKey> keys;
    for (auto at = due_.begin(); at != due_.end() && at->first <= by && keys.size() < max; ++at) {
        keys.push_back(at->second);
    }
    return keys;
}

std::optional<TimePoint> LiveRows::next_due() const {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first;
}

std::optional<RowKey> LiveRows::lower_bound() const {
    if (ages_.empty()) return std::nullopt;
    return RowKey{ages_.begin()->first << bucket_bits};
}

}  // namespace roger::store
