#include "voice/recordings.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "voice/clip.hpp"

namespace roger::voice {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t words_bytes_max = 200;  // file systems take 255

std::string words_of(std::string_view text) {
    std::string words;
    for (const char c : text.substr(0, words_bytes_max)) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        if (upper || kept) {
            words += upper ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!words.empty() && words.back() != '-') {
            words += '-';
        }
    }
    while (words.ends_with('-')) words.pop_back();
    return words;
}

Result<std::string> read_file(const fs::path& path) {
    std::error_code error;
    if (fs::file_size(path, error) > wav_bytes_max || error) {
        return fail(Errc::invalid_argument, "cannot be read, or is longer than a minute");
    }
    std::ifstream file(path, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(file), {});
    if (!file && bytes.empty()) return fail(Errc::invalid_argument, "cannot be read");
    return bytes;
}

/// The WAV files of a directory, two folders deep, or why they cannot be listed.
Result<std::vector<fs::path>> list(const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(directory, error), end; entry != end; entry.increment(error)) {
        if (error) break;
        if (entry.depth() >= 2) entry.disable_recursion_pending();
        if (entry->path().extension() == ".wav" && entry.depth() >= 1) files.push_back(entry->path());
        if (files.size() > Recordings::files_max) {
            return fail(Errc::invalid_argument,
                        fmt::format("{} has more than {} recordings", directory.string(), Recordings::files_max));
        }
    }
    if (error) return fail(Errc::invalid_argument, fmt::format("{}: {}", directory.string(), error.message()));
    if (files.empty()) return fail(Errc::invalid_argument, fmt::format("{} has no recordings", directory.string()));
    return files;
}

}  // namespace

std::string Recordings::name_of(const Piece& piece) {
    return fmt::format("{}/{}.wav", piece.locale, piece.text.size() == 1 ? "?" : words_of(piece.text));
}

const Samples* Recordings::find(const Piece& piece) const {
    const std::string words = words_of(piece.text);
    const std::string_view voice = to_string(piece.voice);
    for (const std::string& name :
         {fmt::format("{}/{}/{}.wav", piece.locale, voice, words), fmt::format("{}/{}.wav", piece.locale, words)}) {
        if (const auto found = clips_.find(name); found != clips_.end()) return &found->second;
    }
    return nullptr;
}

Result<void> Recordings::add(const std::string& name, std::string_view wav) {
    auto clip = read_wav(wav).and_then(make_clip);
    if (!clip) return fail(Errc::invalid_argument, fmt::format("{}: {}", name, clip.error().detail));
    clips_[name] = std::move(*clip);
    return {};
}

Result<Recordings> Recordings::load(const std::string& directory) {
    const auto files = list(directory);
    if (!files) return tl::unexpected<Error>(files.error());
    Recordings recordings;
    for (const fs::path& path : *files) {
        const auto bytes = read_file(path);
        if (!bytes) return fail(Errc::invalid_argument, fmt::format("{} {}", path.string(), bytes.error().detail));
        const std::string name = path.lexically_relative(directory).string();
        if (auto added = recordings.add(name, *bytes); !added) return tl::unexpected<Error>(added.error());
    }
    for (const auto& [name, clip] : recordings.clips_) {
        const std::string locale = name.substr(0, name.find('/'));
        for (char digit = '0'; digit <= '9'; ++digit) {
            if (recordings.find({.locale = locale, .text = std::string(1, digit)}) != nullptr) continue;
            return fail(Errc::invalid_argument, fmt::format("{}/{} has no {}.wav", directory, locale, digit));
        }
    }
    return recordings;
}

}  // namespace roger::voice
