#include "voice/wav.hpp"

#include <algorithm>
#include <optional>

#include "voice/g711.hpp"
#include "voice/speech.hpp"

namespace roger::voice {
namespace {

constexpr std::size_t head_size = 12;  // "RIFF", length, "WAVE"
constexpr std::size_t chunk_head_size = 8;
constexpr std::size_t format_size = 16;
constexpr unsigned rate_min = 4'000;
constexpr unsigned rate_max = 96'000;

/// wFormatTag (RFC 2361).
enum Tag : unsigned { linear = 1, a_law = 6, mu_law = 7, extensible = 0xFFFE };

unsigned get(std::string_view bytes, std::size_t at, std::size_t size) {
    unsigned value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

void put(std::string& out, unsigned value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i, value >>= 8U) out += static_cast<char>(value & 0xFFU);
}

struct Format {
    unsigned tag = 0;
    unsigned channels = 0;
    unsigned rate = 0;
    unsigned bits = 0;
};

Result<Format> read_format(std::string_view chunk) {
    constexpr std::size_t tag_of_extensible = 24;  // the first two bytes of SubFormat
    if (chunk.size() < format_size) return fail(Errc::invalid_argument, "a WAV file's format is cut off");
    Format format{.tag = get(chunk, 0, 2), .channels = get(chunk, 2, 2), .rate = get(chunk, 4, 4)};
    format.bits = get(chunk, 14, 2);
    if (format.tag == Tag::extensible && chunk.size() >= tag_of_extensible + 2) {
        format.tag = get(chunk, tag_of_extensible, 2);
    }
    const bool known = (format.tag == Tag::linear && format.bits == 16) ||
                       ((format.tag == Tag::a_law || format.tag == Tag::mu_law) && format.bits == 8);
    if (!known) return fail(Errc::invalid_argument, "a WAV file is neither 16-bit linear nor A-law nor µ-law");
    if (format.channels != 1 && format.channels != 2) {
        return fail(Errc::invalid_argument, "a WAV file has neither one channel nor two");
    }
    if (format.rate < rate_min || format.rate > rate_max) {
        return fail(Errc::invalid_argument, "a WAV file's rate is not from 4,000 to 96,000 Hz");
    }
    return format;
}

Samples read_samples(const Format& format, std::string_view data) {
    Samples samples;
    if (format.tag == Tag::linear) {
        samples.reserve(data.size() / 2);
        for (std::size_t at = 0; at + 1 < data.size(); at += 2) {
            samples.push_back(static_cast<std::int16_t>(get(data, at, 2)));
        }
    } else {
        const std::span codes(reinterpret_cast<const std::uint8_t*>(data.data()), data.size());
        samples = decode(format.tag == Tag::a_law ? G711::a_law : G711::mu_law, codes);
    }
    if (format.channels == 1) return samples;
    Samples mean(samples.size() / 2);
    for (std::size_t i = 0; i < mean.size(); ++i) {
        mean[i] = static_cast<std::int16_t>((samples[2 * i] + samples[2 * i + 1]) / 2);
    }
    return mean;
}

/// What programs write that do not know the length yet; no file of wav_bytes_max has so many.
constexpr std::size_t length_unknown = 0x7FFFF000;

Result<Pcm> read(std::string_view bytes, bool whole) {
    if (bytes.size() > wav_bytes_max) return fail(Errc::invalid_argument, "a WAV file is longer than a minute");
    if (bytes.size() < head_size || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE") {
        return fail(Errc::invalid_argument, "not a WAV file");
    }
    std::optional<Format> format;
    for (std::string_view rest = bytes.substr(head_size); rest.size() >= chunk_head_size;) {
        const std::string_view name = rest.substr(0, 4);
        const std::size_t size = get(rest, 4, 4);
        const std::string_view chunk = rest.substr(chunk_head_size, size);
        if (name == "fmt ") {
            auto read = read_format(chunk);
            if (!read) return tl::unexpected<Error>(read.error());
            format = *read;
        } else if (name == "data") {
            if (!format) return fail(Errc::invalid_argument, "a WAV file's sound stands before its format");
            if (whole && size > chunk.size() && size < length_unknown) {
                return fail(Errc::invalid_argument, "a WAV file that is cut off");
            }
            Pcm pcm{.rate = format->rate, .samples = read_samples(*format, chunk)};
            if (pcm.samples.empty()) return fail(Errc::invalid_argument, "a WAV file without sound");
            return pcm;
        }
        rest.remove_prefix(std::min(rest.size(), chunk_head_size + size + size % 2));
    }
    return fail(Errc::invalid_argument, "a WAV file without sound");
}

}  // namespace

Result<Pcm> read_wav(std::string_view bytes) { return read(bytes, false); }
Result<Pcm> read_whole_wav(std::string_view bytes) { return read(bytes, true); }

std::string write_wav(std::span<const std::int16_t> samples) {
    constexpr unsigned bytes_of_sample = 2;
    const auto length = static_cast<unsigned>(samples.size() * bytes_of_sample);
    std::string out;
    out.reserve(head_size + 2 * chunk_head_size + format_size + length);
    out += "RIFF";
    put(out, static_cast<unsigned>(4 + 2 * chunk_head_size + format_size) + length, 4);
    out += "WAVEfmt ";
    put(out, format_size, 4);
    put(out, Tag::linear, 2);
    put(out, 1, 2);
    put(out, sample_rate, 4);
    put(out, sample_rate * bytes_of_sample, 4);
    put(out, bytes_of_sample, 2);
    put(out, 8 * bytes_of_sample, 2);
    out += "data";
    put(out, length, 4);
    for (const std::int16_t sample : samples) put(out, static_cast<std::uint16_t>(sample), 2);
    return out;
}

}  // namespace roger::voice
