#include "voice/clip_cache.hpp"

namespace roger::voice {

Clip ClipCache::find(const std::string& key) {
    const auto place = places_.find(key);
    if (place == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, place->second);
    return place->second->clip;
}

void ClipCache::put(const std::string& key, Clip clip) {
    if (find(key)) return;
    entries_.push_front({key, std::move(clip)});
    places_[key] = entries_.begin();
    bytes_ += size_of(entries_.front());
    while (bytes_ > bytes_max_) {
        bytes_ -= size_of(entries_.back());
        places_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

}  // namespace roger::voice
