// Clips that were made before, the ones used last: bounded in bytes. One thread.
#pragma once
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "voice/wav.hpp"

namespace roger::voice {

using Clip = std::shared_ptr<const Samples>;  // shared with the messages that are being joined

class ClipCache {
public:
    explicit ClipCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    /// @return nullptr when it is not there
    [[nodiscard]] Clip find(const std::string& key);
    /// Keeps a clip; those that were not used for longest go.
    void put(const std::string& key, Clip clip);
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Entry {
        std::string key;
        Clip clip;
    };
    [[nodiscard]] static std::size_t size_of(const Entry& entry) {
        constexpr std::size_t overhead = 200;  // of list, map and pointers
        return 2 * entry.key.size() + entry.clip->size() * sizeof(std::int16_t) + overhead;
    }

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::list<Entry> entries_;  // last used first
    std::map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace roger::voice
