#include "sip/digest.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/assert.hpp"
#include "base/crypto.hpp"
#include "sip/text.hpp"

namespace roger::sip {
namespace {

tl::unexpected<Error> no_challenge(const char* why) { return fail(Errc::invalid_argument, why); }

/// Takes `name = value` apart, one after the other (RFC 2617 §1.2).
class Parameters {
public:
    explicit Parameters(std::string_view text) : rest_(text) {}

    /// @return false at the end, or where the text is broken
    bool next() {
        skip(" \t\r\n,");
        const std::size_t end = rest_.find_first_of("= \t,");
        if (rest_.empty() || end == std::string_view::npos || end == 0) return false;
        name = rest_.substr(0, end);
        rest_.remove_prefix(end);
        skip(" \t");
        if (!rest_.starts_with('=')) return false;
        rest_.remove_prefix(1);
        skip(" \t\r\n");
        return rest_.starts_with('"') ? quoted() : token();
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    std::string_view name;
    std::string_view value;

private:
    void skip(std::string_view what) { rest_.remove_prefix(std::min(rest_.find_first_not_of(what), rest_.size())); }
    bool quoted() {
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '\\') {
                ++i;
            } else if (rest_[i] == '"') {
                value = rest_.substr(1, i - 1);
                rest_.remove_prefix(i + 1);
                return true;
            }
        }
        return false;
    }
    bool token() {
        const std::size_t end = std::min(rest_.find_first_of(", \t\r\n"), rest_.size());
        value = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return !value.empty();
    }

    std::string_view rest_;
};

bool offers_auth(std::string_view list) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view word = list.substr(0, comma);
        word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
        while (word.ends_with(' ')) word.remove_suffix(1);
        if (same_word(word, "auth")) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

bool sane(std::string_view value) {
    return value.size() <= challenge_value_max &&
           std::ranges::none_of(value, [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

std::string hash(DigestAlgorithm algorithm, std::string_view text) {
    std::array<std::byte, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    const EVP_MD* const kind = algorithm == DigestAlgorithm::sha256 ? EVP_sha256() : EVP_md5();
    const int done =
        EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), &size, kind, nullptr);
    ROGER_ASSERT(done == 1, "both digests are in every OpenSSL that libre can be built with");
    return to_hex(std::span(out).first(size));
}

/// Takes one parameter over; those that are not known do not matter. @return false for an unknown algorithm
bool note(Challenge& challenge, const Parameters& parameters) {
    const std::string_view name = parameters.name;
    const std::string_view value = parameters.value;
    if (same_word(name, "realm")) challenge.realm = value;
    if (same_word(name, "nonce")) challenge.nonce = value;
    if (same_word(name, "opaque")) challenge.opaque = value;
    if (same_word(name, "stale")) challenge.stale = same_word(value, "true");
    if (same_word(name, "qop")) challenge.auth = offers_auth(value);
    if (!same_word(name, "algorithm")) return true;
    const bool sha256 = same_word(value, "SHA-256");
    challenge.algorithm = sha256 ? DigestAlgorithm::sha256 : DigestAlgorithm::md5;
    return sha256 || same_word(value, "MD5");
}

}  // namespace

Result<Challenge> read_challenge(std::string_view value) {
    constexpr std::string_view scheme = "digest";
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    if (value.size() <= scheme.size() || !same_word(value.substr(0, scheme.size()), scheme) ||
        (value[scheme.size()] != ' ' && value[scheme.size()] != '\t')) {
        return no_challenge("not a Digest challenge");
    }
    Challenge challenge;
    bool has_qop = false;
    Parameters parameters(value.substr(scheme.size()));
    while (parameters.next()) {
        if (!sane(parameters.value)) return no_challenge("a challenge with a value that cannot be answered");
        if (!note(challenge, parameters)) return no_challenge("an algorithm that is not known");
        has_qop = has_qop || same_word(parameters.name, "qop");
    }
    if (!parameters.at_end()) return no_challenge("a broken challenge");
    if (challenge.nonce.empty()) return no_challenge("a challenge without a nonce");
    if (has_qop && !challenge.auth) return no_challenge("a challenge without qop \"auth\"");
    return challenge;
}

const Challenge* best_of(std::span<const Challenge> challenges) {
    const auto sha256 = std::ranges::find(challenges, DigestAlgorithm::sha256, &Challenge::algorithm);
    if (sha256 != challenges.end()) return &*sha256;
    return challenges.empty() ? nullptr : &challenges.front();
}

std::string answer(const Challenge& challenge,
                   std::string_view user,
                   const Secret& password,
                   const DigestRequest& request) {
    const auto algorithm = challenge.algorithm;
    std::string secret = fmt::format("{}:{}:{}", user, challenge.realm, password.reveal());
    const std::string ha1 = hash(algorithm, secret);
    wipe(secret);
    const std::string ha2 = hash(algorithm, fmt::format("{}:{}", request.method, request.uri));
    const std::string count = fmt::format("{:08x}", request.count);
    const std::string response =
        challenge.auth
            ? hash(algorithm, fmt::format("{}:{}:{}:{}:auth:{}", ha1, challenge.nonce, count, request.own_nonce, ha2))
            : hash(algorithm, fmt::format("{}:{}:{}", ha1, challenge.nonce, ha2));
    std::string line = fmt::format(R"({}Authorization: Digest username="{}", realm="{}", nonce="{}", uri="{}", )"
                                   R"(response="{}", algorithm={})",
                                   challenge.proxy ? "Proxy-" : "", user, challenge.realm, challenge.nonce, request.uri,
                                   response, algorithm == DigestAlgorithm::sha256 ? "SHA-256" : "MD5");
    if (challenge.auth) line += fmt::format(R"(, qop=auth, nc={}, cnonce="{}")", count, request.own_nonce);
    if (!challenge.opaque.empty()) line += fmt::format(R"(, opaque="{}")", challenge.opaque);
    return line + "\r\n";
}

}  // namespace roger::sip
