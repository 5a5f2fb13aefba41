// The recordings that accounts have registered: fetched once, kept by their content, played by their id.
//
//   address ──http::Client──▶ WAV ──readers──▶ 8 kHz, without silence, levelled ──▶ DATA/media/ID.wav
//   Piece{text = ID} ──say()──▶ its samples
//
// An id is 32 hexadecimal digits of a hash over the samples: the same sound is one file, and a file never changes.
// Files that no template names any more go at the next start. Everything but the conversion runs on one executor.
#pragma once
#include <set>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include "http/client.hpp"
#include "voice/engine.hpp"

namespace roger::app {

class MediaLibrary final : public voice::Engine {
public:
    static constexpr std::size_t bytes_max = std::size_t{2} << 20U;  ///< of a file as it is fetched
    static constexpr seconds fetch_max{5};
    /// Files fetched at a time, of all accounts: so many times bytes_max is in memory.
    static constexpr std::size_t at_once_max = 8;

    struct Parts {
        boost::asio::any_io_executor executor;
        boost::asio::thread_pool& readers;  ///< where files are read and sound is converted
        http::Client& client;
        const Clock& clock;
    };
    /// @param directory  made (0700) when the first recording is kept
    /// The parts outlive the library, and what it has under way.
    MediaLibrary(Parts parts, std::string directory);

    /// Whether recordings may be fetched from addresses that are not public (voice.allow_private).
    void set_allow_private(bool allowed) noexcept { allow_private_ = allowed; }

    /// @param url  http or https
    /// @return the id; invalid_argument with a sentence: not reached, another status than 200 (also a redirection),
    /// more
    ///         than bytes_max, no WAV of voice::read_whole_wav(), nothing to hear, or more than 20 s of it;
    ///         unavailable with a sentence: too much is being fetched, or the disk does not take it
    [[nodiscard]] boost::asio::awaitable<Result<std::string>> fetch(std::string url);

    /// Deletes the files whose ids are not among these; blocks.
    void keep_only(const std::set<std::string>& ids) const;

    [[nodiscard]] boost::asio::awaitable<Result<voice::Samples>> say(voice::Piece piece, SteadyTime deadline) override;
    [[nodiscard]] boost::asio::awaitable<void> stop() override { co_return; }
    [[nodiscard]] std::string trouble() const override { return ""; }

private:
    Parts parts_;
    std::string directory_;
    bool allow_private_ = false;
    std::size_t fetching_ = 0;
};

}  // namespace roger::app
