// The requests in progress, in memory: by key, by subscriber and by due time. Rows stay encoded, and the indexes point
// into them, so that one costs 200 bytes beside its own. One thread only.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "store/store.hpp"

namespace roger::store {

class LiveRows {
public:
    /// Adds or replaces a row. It must be in progress, and no other live row may have its subscriber: check_batch()
    /// is asked before.
    void put(RowKey key, std::span<const std::byte> bytes);
    /// The same for a key that is not here, from a file that may hold anything.
    /// @return false, and nothing is added, when its key or its subscriber is here already
    [[nodiscard]] bool add(RowKey key, std::span<const std::byte> bytes);
    /// Nothing happens when the row is not here.
    void erase(RowKey key);

    /// The bytes are good until the row is changed.
    [[nodiscard]] std::optional<std::span<const std::byte>> find(RowKey key) const;
    [[nodiscard]] std::optional<RowKey> find(std::string_view account, std::string_view number) const;
    /// Earliest first; rows due at the same time by key.
    [[nodiscard]] std::vector<RowKey> due(TimePoint by, std::size_t max) const;
    [[nodiscard]] std::optional<TimePoint> next_due() const;
    /// In no order.
    template <class Look>
    void each(const Look& look) const {
        for (const auto& [key, row] : rows_) look(key, row.view());
    }
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    /// No live row has a lesser key. At most 17 s before the oldest row; nullopt when there is none.
    [[nodiscard]] std::optional<RowKey> lower_bound() const;

private:
    struct Row {
        std::unique_ptr<std::byte[]> bytes;
        std::uint32_t size = 0;
        [[nodiscard]] std::span<const std::byte> view() const noexcept { return {bytes.get(), size}; }
        void assign(std::span<const std::byte> from);
    };
    using Rows = std::unordered_map<RowKey, Row>;
    using Node = Rows::value_type;  ///< stays where it is until it is erased
    using SubscriberView = std::pair<std::string_view, std::string_view>;
    struct Hash {
        using is_transparent = void;
        [[nodiscard]] std::size_t operator()(const SubscriberView& subscriber) const noexcept;
        // Not noexcept: libstdc++ then keeps each hash in its node, instead of making it from the row whenever a
        // neighbour is looked for or the table grows.
        [[nodiscard]] std::size_t operator()(const Node* node) const { return (*this)(subscriber(*node)); }
    };
    struct Equal {
        using is_transparent = void;
        static SubscriberView view(const SubscriberView& subscriber) noexcept { return subscriber; }
        static SubscriberView view(const Node* node) noexcept { return subscriber(*node); }
        template <class A, class B>
        [[nodiscard]] bool operator()(const A& a, const B& b) const noexcept {
            return view(a) == view(b);
        }
    };
    using Due = std::set<std::pair<TimePoint, RowKey>>;

    static SubscriberView subscriber(const Node& node) noexcept;
    /// @return false, and nothing is indexed, when the subscriber has another row
    [[nodiscard]] bool index(const Node& node, Due::node_type spare);
    [[nodiscard]] Due::node_type unindex(const Node& node);
    static std::int64_t bucket(RowKey key) noexcept;

    Rows rows_;
    std::unordered_set<const Node*, Hash, Equal> subscribers_;
    Due due_;
    std::map<std::int64_t, std::size_t> ages_;  ///< how many rows each bucket of keys has
};

}  // namespace roger::store
