#include "app/media_library.hpp"

#include <sys/stat.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include <fmt/format.h>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "account/templates.hpp"
#include "app/data_directory.hpp"
#include "base/crypto.hpp"
#include "voice/clip.hpp"
#include "voice/wav.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using voice::Samples;

/// Runs `work` on the pool, and comes back.
template <class T>
asio::awaitable<Result<T>> on_pool(asio::thread_pool& pool,
                                   asio::any_io_executor back,
                                   std::function<Result<T>()> work) {
    const auto initiate = [&pool, &back, &work](auto handler) {
        asio::post(pool, [back, work = std::move(work), handler = std::move(handler)]() mutable {
            Result<T> done = work();
            asio::post(back,
                       [handler = std::move(handler), done = std::move(done)]() mutable { handler(std::move(done)); });
        });
    };
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<T>)>(initiate,
                                                                                            asio::use_awaitable);
}

std::string id_of(const Samples& samples) {
    constexpr std::size_t id_bytes = 16;
    Hmac hash(as_bytes(std::string_view("roger media")));
    const Digest digest = hash(std::as_bytes(std::span(samples)));
    return to_hex(std::span(digest).first(id_bytes));
}

std::string path_of(const std::string& directory, const std::string& id) { return directory + "/" + id + ".wav"; }

tl::unexpected<Error> refuse(std::string sentence) { return fail(Errc::invalid_argument, std::move(sentence)); }

Result<std::string> convert_and_keep(const std::string& directory, std::string_view wav) {
    const auto clip = voice::read_whole_wav(wav).and_then(voice::make_clip);
    if (!clip) {
        return refuse(fmt::format("the recording cannot be played: {}; send WAV, 16-bit linear, A-law or µ-law.",
                                  clip.error().detail));
    }
    std::string id = id_of(*clip);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return fail(Errc::unavailable, fmt::format("recordings cannot be kept: {}.", std::strerror(errno)));
    }
    const std::string path = path_of(directory, id);
    if (fs::exists(path)) return id;
    const auto written = write_private_file(path, voice::write_wav(*clip), 0600);
    // Somebody else may have kept the same meanwhile.
    if (!written && !fs::exists(path))
        return fail(Errc::unavailable, "the recording could not be kept; send the template again.");
    return id;
}

Result<Samples> read_kept(const std::string& directory, const std::string& id) {
    if (!account::is_media_id(id)) return fail(Errc::unavailable, "no recording has such an id");
    std::ifstream file(path_of(directory, id), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    auto pcm = voice::read_whole_wav(bytes);
    if (!pcm) return fail(Errc::unavailable, fmt::format("recording {}: {}", id, pcm.error().detail));
    return std::move(pcm->samples);
}

}  // namespace

MediaLibrary::MediaLibrary(Parts parts, std::string directory)
    : parts_(std::move(parts)), directory_(std::move(directory)) {}

asio::awaitable<Result<std::string>> MediaLibrary::fetch(std::string url) {
    if (fetching_ >= at_once_max) {
        co_return fail(Errc::unavailable, "too many recordings are being fetched; send the template again.");
    }
    http::ClientCall call{.method = "GET", .url = std::move(url), .headers = {}, .body = ""};
    call.allow_private = allow_private_;
    call.answer_bytes_max = bytes_max;
    ++fetching_;
    auto answer = co_await parts_.client.ask(std::move(call), parts_.clock.steady_now() + fetch_max);
    --fetching_;
    if (!answer) co_return refuse(fmt::format("the recording could not be fetched: {}.", answer.error().detail));
    if (answer->status >= 300 && answer->status < 400) {
        co_return refuse("the address leads to another one; give the one where the recording itself is.");
    }
    if (answer->status != 200) {
        co_return refuse(fmt::format("the recording could not be fetched: its server answered {}.", answer->status));
    }
    std::function<Result<std::string>()> work = [directory = directory_, wav = std::move(answer->body)] {
        return convert_and_keep(directory, wav);
    };
    co_return co_await on_pool(parts_.readers, parts_.executor, std::move(work));
}

void MediaLibrary::keep_only(const std::set<std::string>& ids) const {
    std::error_code error;
    for (fs::directory_iterator entry(directory_, error), end; !error && entry != end; entry.increment(error)) {
        if (ids.contains(entry->path().stem().string())) continue;
        std::error_code ignored;
        fs::remove(entry->path(), ignored);
    }
}

asio::awaitable<Result<Samples>> MediaLibrary::say(voice::Piece piece, SteadyTime /*deadline*/) {
    std::function<Result<Samples>()> work = [directory = directory_, id = std::move(piece.text)] {
        return read_kept(directory, id);
    };
    co_return co_await on_pool(parts_.readers, parts_.executor, std::move(work));
}

}  // namespace roger::app
