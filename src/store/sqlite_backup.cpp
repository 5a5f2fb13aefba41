#include "store/sqlite_backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "store/sqlite_connection.hpp"

namespace roger::store {
namespace {

constexpr int steps_between_progress = 1'000'000;  // of SQLite's virtual machine: some 50 ms

/// What SQLite calls in the midst of a long statement.
struct Watch {
    const std::string& path;
    FunctionRef<void(std::int64_t)> tell;
};

int tell_progress(void* opaque) {
    const auto& watch = *static_cast<Watch*>(opaque);
    struct ::stat file{};
    if (::stat(watch.path.c_str(), &file) == 0) watch.tell(file.st_size);
    return 0;
}

Result<void> copy(Connection& source, const std::string& to) {
    auto statement = source.prepare("VACUUM INTO ?1");
    if (!statement) return tl::unexpected(statement.error());
    const int rc = statement->bind(1, std::string_view(to)).run();
    if (rc != SQLITE_DONE) return tl::unexpected(source.error(rc));
    return {};
}

Result<Copied> read_through(const std::string& path) {
    auto connection = Connection::open(path, SQLITE_OPEN_READONLY, "");
    if (!connection) return tl::unexpected(connection.error());
    auto check = connection->prepare("PRAGMA quick_check(1)");
    if (!check) return tl::unexpected(check.error());
    if (const int rc = check->step(); rc != SQLITE_ROW) return tl::unexpected(connection->error(rc));
    if (check->text(0) != "ok") return fail(Errc::blocked, std::string(check->text(0)));
    auto count = connection->prepare("SELECT count(*) FROM verification");
    if (!count) return tl::unexpected(count.error());
    if (const int rc = count->step(); rc != SQLITE_ROW) return tl::unexpected(connection->error(rc));
    return Copied{.requests = count->integer(0)};
}

/// SQLite does not sync what VACUUM INTO writes.
Result<std::int64_t> make_durable(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    struct ::stat about{};
    const bool synced = file >= 0 && ::fchmod(file, 0600) == 0 && ::fstat(file, &about) == 0 && ::fsync(file) == 0;
    const int error = errno;
    if (file >= 0) ::close(file);
    if (!synced) return fail(Errc::unavailable, std::strerror(error));
    return about.st_size;
}

}  // namespace

Result<Copied> back_up(const std::string& from, const std::string& to, FunctionRef<void(std::int64_t bytes)> progress) {
    if (::access(from.c_str(), F_OK) != 0) return fail(Errc::not_found, fmt::format("there is no database {}", from));
    if (::access(to.c_str(), F_OK) == 0) return fail(Errc::blocked, fmt::format("{} is there already", to));
    // SQLite would make the file for everybody to read; an empty one it takes as it is.
    const int file = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return fail(Errc::unavailable, fmt::format("cannot write {}: {}", to, std::strerror(errno)));
    ::close(file);

    auto source = Connection::open(from, SQLITE_OPEN_READONLY, "");
    Result<void> copied = source ? Result<void>{} : tl::unexpected<Error>(source.error());
    if (copied) {
        Watch watch{to, progress};
        sqlite3_progress_handler(source->handle(), steps_between_progress, tell_progress, &watch);
        copied = copy(*source, to);
    }
    Result<Copied> done = copied ? read_through(to) : tl::unexpected<Error>(copied.error());
    if (done) {
        const auto bytes = make_durable(to);
        if (!bytes) done = tl::unexpected<Error>(bytes.error());
        if (bytes) done->bytes = *bytes;
    }
    if (done) return done;
    ::unlink(to.c_str());
    return fail(done.error().code, fmt::format("{} could not be copied to {}: {}", from, to, done.error().detail));
}

}  // namespace roger::store
