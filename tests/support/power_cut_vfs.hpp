// A file layer for SQLite on a disk whose power may be cut: it knows what was written and not yet synced, and makes any
// of the contents that a file may have after the cut. Writes may be lost, kept out of order, and torn between sectors;
// what was synced is there, and so is the file itself. Nothing is really synced.
#pragma once
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "tests/support/layer_vfs.hpp"

namespace roger::testing_support {

class PowerCutVfs final : public LayerVfs {
public:
    static constexpr const char* name = "roger-power-cut";
    static PowerCutVfs& instance() {
        static PowerCutVfs vfs;
        vfs.before_sync = nullptr;
        vfs.files_.clear();
        return vfs;
    }

    /// Called at each sync, before it takes effect, on the thread that syncs; no file changes meanwhile.
    std::function<void()> before_sync;

    /// What a file may be after a cut now: inside before_sync. All of it comes from `dice`.
    [[nodiscard]] std::string after_cut(const std::string& path, std::mt19937_64& dice) const;

private:
    /// An atomic sector is the least that any disk promises; SQLite relies on no more
    /// (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
    static constexpr std::size_t sector = 512;

    struct Change {
        std::size_t at = 0;
        std::string data;
        bool truncates = false;  ///< to `at`
    };
    struct File {
        std::string synced;
        std::vector<Change> pending;
    };

    PowerCutVfs() : LayerVfs(name) {}

    static void put(std::string& content, std::size_t at, std::string_view data) {
        if (content.size() < at + data.size()) content.resize(at + data.size());
        content.replace(at, data.size(), data);
    }
    static void apply(std::string& content, const Change& change) {
        if (change.truncates) return content.resize(change.at);
        put(content, change.at, change.data);
    }
    static void apply_torn(std::string& content, const Change& change, std::mt19937_64& dice);

    void opened(const char* path) override {
        const std::lock_guard lock(mutex_);
        if (files_.contains(path)) return;
        std::ifstream file(path, std::ios::binary);
        files_[path].synced.assign(std::istreambuf_iterator<char>(file), {});
    }
    void removed(const char* path) override {
        const std::lock_guard lock(mutex_);
        files_.erase(path);
    }
    int change(const char* path, Change change, Go go) {
        const std::lock_guard lock(mutex_);
        if (path != nullptr) files_[path].pending.push_back(std::move(change));
        return go();
    }
    int write(const Write& what, Go go) override {
        return change(what.path, {.at = static_cast<std::size_t>(what.at), .data = std::string(what.data)}, go);
    }
    int truncate(const char* path, sqlite3_int64 size, Go go) override {
        return change(path, {.at = static_cast<std::size_t>(size), .data = "", .truncates = true}, go);
    }
    int sync(const char* path, Go /*go*/) override {
        const std::lock_guard lock(mutex_);
        if (before_sync) before_sync();
        if (path == nullptr) return SQLITE_OK;
        File& file = files_[path];
        for (const Change& each : file.pending) apply(file.synced, each);
        file.pending.clear();
        return SQLITE_OK;
    }

    std::mutex mutex_;
    std::map<std::string, File> files_;  ///< guarded by mutex_
};

inline void PowerCutVfs::apply_torn(std::string& content, const Change& change, std::mt19937_64& dice) {
    const std::string_view data = change.data;
    for (std::size_t from = 0; from < data.size();) {
        const std::size_t to = std::min(data.size(), from + sector - (change.at + from) % sector);
        if (dice() % 2 == 0) put(content, change.at + from, data.substr(from, to - from));
        from = to;
    }
}

inline std::string PowerCutVfs::after_cut(const std::string& path, std::mt19937_64& dice) const {
    const auto found = files_.find(path);
    if (found == files_.end()) return "";
    std::string content = found->second.synced;
    std::vector<Change> pending = found->second.pending;
    // From a disk that keeps nothing to one that keeps all; in order, or in any.
    const std::size_t kept_of_8 = dice() % 9;
    const bool tears = dice() % 2 == 0;
    if (dice() % 2 == 0) std::ranges::shuffle(pending, dice);
    for (const Change& each : pending) {
        if (dice() % 8 >= kept_of_8) continue;
        if (each.truncates || !tears) {
            apply(content, each);
        } else {
            apply_torn(content, each, dice);
        }
    }
    return content;
}

}  // namespace roger::testing_support
