#include "sip/sdp.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "sip/text.hpp"

namespace roger::sip {
namespace {

constexpr std::string_view long_tag_suite = "AES_CM_128_HMAC_SHA1_80";
constexpr std::string_view short_tag_suite = "AES_CM_128_HMAC_SHA1_32";

tl::unexpected<Error> useless(const char* why) { return fail(Errc::invalid_argument, why); }

std::string to_base64(std::span<const std::uint8_t> bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// 30 bytes are 40 characters, without padding.
std::optional<std::array<std::uint8_t, SrtpKey::bytes>> key_from_base64(std::string_view text) {
    std::array<std::uint8_t, SrtpKey::bytes> key{};
    constexpr std::size_t characters = SrtpKey::bytes / 3 * 4;
    if (text.size() != characters || text.find('=') != std::string_view::npos) return std::nullopt;
    const auto* const begin = reinterpret_cast<const unsigned char*>(text.data());
    if (EVP_DecodeBlock(key.data(), begin, static_cast<int>(text.size())) != static_cast<int>(key.size())) {
        return std::nullopt;
    }
    return key;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The next word, which is taken off.
std::string_view word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view first = text.substr(0, end);
    text.remove_prefix(end);
    return first;
}

/// The session's lines and those of its first audio stream.
struct Described {
    std::string_view connection;  ///< of the stream, or else the session's
    std::uint16_t port = 0;
    bool secure = false;
    bool seen = false;
    std::vector<std::uint8_t> types;  ///< in their order
    std::map<std::uint8_t, std::string_view> maps;
    std::vector<std::string_view> keys;

    void line(char kind, std::string_view value);
    void media(std::string_view value);
    void attribute(std::string_view value);

private:
    bool inside_ = false;  ///< the first audio stream
    bool session_ = true;  ///< before any stream
};

void Described::line(char kind, std::string_view value) {
    if (kind == 'm') return media(value);
    if (!session_ && !inside_) return;
    if (kind == 'c') connection = value;
    if (kind == 'a' && inside_) attribute(value);
}

void Described::media(std::string_view value) {
    session_ = inside_ = false;
    if (seen || !same_word(word(value), "audio")) return;
    seen = inside_ = true;
    port = number<std::uint16_t>(word(value)).value_or(0);
    secure = same_word(word(value), "RTP/SAVP");
    while (!value.empty() && types.size() < 32) {
        if (const auto type = number<std::uint8_t>(word(value)); type && *type < 128) types.push_back(*type);
    }
}

void Described::attribute(std::string_view value) {
    constexpr std::string_view map = "rtpmap:";
    constexpr std::string_view crypto = "crypto:";
    if (value.starts_with(map)) {
        value.remove_prefix(map.size());
        const auto type = number<std::uint8_t>(word(value));
        if (type) maps[*type] = word(value);
    } else if (value.starts_with(crypto) && keys.size() < 16) {
        keys.push_back(value.substr(crypto.size()));
    }
}

Result<Described> take_apart(std::string_view sdp) {
    if (sdp.size() > sdp_bytes_max) return useless("the answer's SDP is too long");
    Described described;
    while (!sdp.empty()) {
        const std::size_t end = std::min(sdp.find('\n'), sdp.size());
        std::string_view line = sdp.substr(0, end);
        sdp.remove_prefix(std::min(end + 1, sdp.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() > 2 && line[1] == '=') described.line(line[0], line.substr(2));
    }
    return described;
}

std::optional<SrtpKey> read_key(std::string_view line) {
    (void)word(line);  // our tag, of the suite that was taken
    const std::string_view suite = word(line);
    if (suite != long_tag_suite && suite != short_tag_suite) return std::nullopt;
    constexpr std::string_view inlined = "inline:";
    std::string_view parameters = word(line);
    if (!parameters.starts_with(inlined)) return std::nullopt;
    parameters.remove_prefix(inlined.size());
    parameters = parameters.substr(0, parameters.find('|'));
    const auto key = key_from_base64(parameters);
    if (!key) return std::nullopt;
    return SrtpKey{.value = *key, .short_tag = suite == short_tag_suite};
}

std::optional<voice::G711> codec_of(const Described& described, const Offer& offer) {
    for (const std::uint8_t type : described.types) {
        for (const voice::G711 codec : offer.codecs) {
            if (static_cast<std::uint8_t>(codec) == type) return codec;  // both have their types by RFC 3551
        }
    }
    return std::nullopt;
}

}  // namespace

std::string write_offer(const Offer& offer) {
    const bool v6 = offer.address.find(':') != std::string::npos;
    const std::string address = fmt::format("IN IP{} {}", v6 ? 6 : 4, offer.address);
    std::string sdp = fmt::format(
        "v=0\r\n"
        "o=- {} 1 {}\r\n"
        "s=-\r\n"
        "c={}\r\n"
        "t=0 0\r\n"
        "m=audio {} {}",
        offer.session, address, address, offer.port, offer.srtp == SrtpMode::required ? "RTP/SAVP" : "RTP/AVP");
    for (const voice::G711 codec : offer.codecs) sdp += fmt::format(" {}", static_cast<unsigned>(codec));
    sdp += fmt::format(" {}\r\n", event_type_offered);
    for (const voice::G711 codec : offer.codecs) {
        sdp += fmt::format("a=rtpmap:{} {}/8000\r\n", static_cast<unsigned>(codec),
                           codec == voice::G711::a_law ? "PCMA" : "PCMU");
    }
    sdp += fmt::format("a=rtpmap:{0} telephone-event/8000\r\na=fmtp:{0} 0-15\r\na=ptime:20\r\na=sendrecv\r\n",
                       event_type_offered);
    if (offer.srtp != SrtpMode::off) {
        const std::string key = to_base64(offer.key);
        sdp += fmt::format("a=crypto:1 {} inline:{}\r\na=crypto:2 {} inline:{}\r\n", long_tag_suite, key,
                           short_tag_suite, key);
    }
    return sdp;
}

Result<MediaAnswer> read_answer(std::string_view sdp, const Offer& offer) {
    const auto described = take_apart(sdp);
    if (!described) return tl::unexpected<Error>(described.error());
    if (!described->seen || described->port == 0) return useless("the answer takes no audio");
    MediaAnswer answer;
    answer.port = described->port;
    std::string_view connection = described->connection;
    (void)word(connection);
    (void)word(connection);
    answer.address = word(connection);
    if (!is_ip_address(answer.address)) return useless("the answer names no address");
    const auto codec = codec_of(*described, offer);
    if (!codec) return useless("the answer takes none of the codecs");
    answer.codec = *codec;
    for (const std::uint8_t type : described->types) {
        const auto map = described->maps.find(type);
        if (map == described->maps.end() || !same_word(map->second, "telephone-event/8000")) continue;
        answer.event_type = type;
        break;
    }
    if (offer.srtp != SrtpMode::off) {
        for (const std::string_view line : described->keys) {
            if (!answer.key) answer.key = read_key(line);
        }
    }
    // A stream that is secure on one side only would be noise.
    if (described->secure && !answer.key) return useless("the answer is secure and brings no key");
    if (offer.srtp == SrtpMode::required && !answer.key) return useless("the answer is not secure");
    return answer;
}

}  // namespace roger::sip
