#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/house.hpp"
#include "store/sqlite.hpp"
#include "store/sqlite_backup.hpp"
#include "verification/machine.hpp"

namespace roger::app {
namespace {

namespace fs = std::filesystem;
using verification::Request;

int complain_of_backup(const Error& error) { return app::complain(error.detail, refused); }

tl::unexpected<Error> cannot(const char* what, const std::string& path, const std::string& why) {
    return fail(Errc::unavailable, fmt::format("cannot {} {}: {}", what, path, why));
}

Result<void> sync(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    const int error = errno;
    if (file >= 0) ::close(file);
    if (!synced) return cannot("save", path, std::strerror(error));
    return {};
}

Result<void> rename_durably(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return cannot("name", to, std::strerror(errno));
    const std::string parent = fs::path(to).parent_path();
    return sync(parent.empty() ? "." : parent);
}

std::string size_text(std::int64_t bytes) {
    const bool small = bytes < 1024 * 1024;
    return fmt::format("{:.1f} {}", static_cast<double>(bytes) / (small ? 1024.0 : 1048576.0), small ? "KiB" : "MiB");
}

std::string requests_text(std::uint64_t count) { return fmt::format("{} request{}", count, count == 1 ? "" : "s"); }

Result<void> copy_keys(const std::string& from, const std::string& to) {
    auto keys = read_keys(from);
    if (!keys) return tl::unexpected<Error>(keys.error());
    return write_keys(to, *keys);
}

/// Accounts' recordings. After the database, whose templates then name none that was not kept before.
Result<void> copy_media(const std::string& from, const std::string& to) {
    std::error_code error;
    if (!fs::exists(from, error)) return {};
    fs::copy(from, to, fs::copy_options::recursive, error);
    if (error) return cannot("copy the recordings to", to, error.message());
    for (const auto& entry : fs::directory_iterator(to, error)) {
        if (auto done = sync(entry.path()); !done) return done;
    }
    return sync(to);
}

/// Says how far a long copy is, on a terminal only.
class Progress {
public:
    void operator()(std::int64_t bytes) {
        if (!terminal_) return;
        std::cerr << "\rcopied " << size_text(bytes) << std::flush;
        shown_ = true;
    }
    ~Progress() {
        if (shown_) std::cerr << "\r\x1b[K";
    }

private:
    bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool shown_ = false;
};

Result<store::Copied> copy_all(const BackupOptions& options, const std::string& keys, const std::string& to) {
    Progress progress;
    auto copied = store::back_up(options.data + "/roger.db", to + "/roger.db", progress);
    if (!copied) return copied;
    if (!keys.empty()) {
        if (auto done = copy_keys(keys, to + "/keys"); !done) return tl::unexpected<Error>(done.error());
    }
    if (auto done = copy_media(options.data + "/media", to + "/media"); !done) {
        return tl::unexpected<Error>(done.error());
    }
    if (auto done = sync(to); !done) return tl::unexpected<Error>(done.error());
    return copied;
}

/// Ends what was live: its messages may have arrived and its PIN may have been checked since.
Result<std::size_t> end_live_requests(const std::string& database) {
    const SystemClock clock;
    auto opened = store::open_sqlite({.path = database, .clock = clock});
    if (!opened) return tl::unexpected<Error>(opened.error());
    store::Store& store = **opened;
    constexpr std::size_t part = 1000;
    const std::size_t live = store.live();
    while (store.live() > 0) {
        const store::Wanted wanted{.due_by = TimePoint::max(), .due_max = part};
        const auto saved = store.transact(wanted, [&clock](const store::Loaded& loaded) {
            store::Changes changes;
            for (const auto& [key, row] : loaded.rows) {
                // A sandbox's clock may have been moved ahead.
                const TimePoint now = std::max(clock.wall_now(), row.submitted);
                changes.rows.push_back(verification::step(row, verification::Restored{}, 0, now).next);
            }
            return changes;
        });
        if (!saved) return tl::unexpected<Error>(saved.error());
    }
    return live;
}

Result<std::size_t> put_back(const std::string& from, const DataDirectory& data) {
    const std::string database = data.file("roger.db");
    const std::string fresh = database + ".restoring";
    for (const char* end : {"", "-wal", "-shm"}) ::unlink((fresh + end).c_str());
    std::error_code error;
    fs::copy_file(from + "/roger.db", fresh, error);
    if (error) return cannot("copy the database to", fresh, error.message());
    ::chmod(fresh.c_str(), 0600);
    auto ended = end_live_requests(fresh);
    if (!ended) return ended;
    if (auto done = sync(fresh); !done) return tl::unexpected<Error>(done.error());
    if (fs::exists(from + "/keys") && !fs::exists(data.file("keys"))) {
        if (auto done = copy_keys(from + "/keys", data.file("keys")); !done) return tl::unexpected<Error>(done.error());
    }
    if (!fs::exists(data.file("media"))) {
        if (auto done = copy_media(from + "/media", data.file("media")); !done) {
            return tl::unexpected<Error>(done.error());
        }
    }
    // It tells of a log that goes on where the backup ends; the next start records anew, and says so in the log.
    ::unlink(data.file("audit-head").c_str());
    // Of another database; it is made anew.
    for (const char* end : {"", "-wal", "-shm"}) ::unlink((data.file("history.db") + end).c_str());
    if (auto done = rename_durably(fresh, database); !done) return tl::unexpected<Error>(done.error());
    return ended;
}

}  // namespace

int backup(const BackupOptions& options) {
    const std::string to = fs::path(options.directory + "/").parent_path();
    const std::string partial = to + ".partial";
    for (const std::string& path : {to, partial}) {
        if (fs::exists(path)) return app::complain(path + " is there already: name a new directory", refused);
    }
    if (::mkdir(partial.c_str(), 0700) != 0)
        return complain_of_backup(cannot("make", partial, std::strerror(errno)).value());
    const std::string keys_file = options.keys_file.empty() ? options.data + "/keys" : options.keys_file;
    const auto copied = copy_all(options, options.without_keys ? "" : keys_file, partial);
    Result<void> done = copied ? rename_durably(partial, to) : tl::unexpected<Error>(copied.error());
    if (!done) {
        std::error_code ignored;
        fs::remove_all(partial, ignored);
        return complain_of_backup(done.error());
    }
    std::cout << fmt::format("{}, {}, in {}\n", requests_text(static_cast<std::uint64_t>(copied->requests)),
                             size_text(copied->bytes), to);
    std::cout << (options.without_keys ? "The keys are not in it: without them it is of no use.\n"
                                       : "Its keys open every PIN and secret in it: keep it as you keep those.\n");
    return int{app::done};
}

int restore(const BackupOptions& options) {
    if (!fs::exists(options.directory + "/roger.db")) {
        return app::complain(options.directory + " is no backup: it holds no roger.db", refused);
    }
    if (fs::exists(options.data + "/roger.db")) {
        return app::complain(
            options.data + " holds a database already: name another directory with --data, or move it away", refused);
    }
    auto data = DataDirectory::open(options.data);
    if (!data) return complain_of_backup(data.error());
    const auto ended = put_back(options.directory, *data);
    if (!ended) return complain_of_backup(ended.error());
    {
        const DataDirectory released = std::move(*data);
    }
    // As serve opens it: the keys must be those of this database.
    const auto house =
        House::open({.config = Config{.data = options.data}, .keys_file = options.keys_file, .timers = false});
    if (!house) return complain_of_backup(house.error());
    if (const auto noted = (*house)->note(done_here("backup.restore", options.directory)); !noted) {
        return complain_of_backup(noted.error());
    }
    std::cout << fmt::format("restored to {}; {} that had not ended: expired now\n", options.data,
                             requests_text(*ended));
    return done;
}

}  // namespace roger::app
