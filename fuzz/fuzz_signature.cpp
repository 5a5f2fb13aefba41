// Signed requests: the input is the query. Nobody without the secret may make one that is accepted, and whoever has it
// may send anything.
#include <cstdint>

#include <fmt/format.h>

#include "api/accounts.hpp"
#include "api/signature.hpp"
#include "base/assert.hpp"

namespace {

using namespace roger;

constexpr std::string_view secret = "signature-secret-of-the-fuzzer";
constexpr std::int64_t now = 1'700'000'000;

class CountingRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override {
        for (std::byte& byte : out) byte = static_cast<std::byte>(++last_);
    }

private:
    unsigned last_ = 0;
};

const verification::Keyring& keyring() {
    static const verification::Keyring keyring = [] {
        verification::Keyring made;
        made.add(1, Key32{}, true);
        return made;
    }();
    return keyring;
}

account::Account signing_account() {
    account::Account account{.key = "fuzz"};
    CountingRandom random;
    api::set_signature_secret(account, std::string(secret), keyring(), random);
    return account;
}

Result<http::Parameters> read(std::string query) {
    http::Request request;
    request.method = http::Method::get;
    request.path = "/";
    request.query = std::move(query);
    return http::read_parameters(request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static account::Account account = signing_account();
    if (size == 0) return 0;
    account.signature_method = static_cast<account::SignatureMethod>(data[0] % 5);
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const TimePoint at{seconds(now)};
    const auto unsigned_ones = read(text);
    if (!unsigned_ones) return 0;
    ROGER_ASSERT(!api::is_signed_by(account, *unsigned_ones, keyring(), at), "nobody guesses a signature");
    if (unsigned_ones->find("sig") != nullptr || unsigned_ones->find("timestamp") != nullptr) return 0;

    const std::string stamped = fmt::format("{}{}timestamp={}", text, text.empty() ? "" : "&", now);
    const auto base_of = read(stamped);
    if (!base_of) return 0;
    const std::string base = api::signature_base(*base_of);
    ROGER_ASSERT(base.starts_with('&'), "each pair begins so");
    const std::string signature = api::sign(account.signature_method, base, secret);
    const auto signed_ones = read(stamped + "&sig=" + signature);
    if (!signed_ones) return 0;  // one name too many
    ROGER_ASSERT(api::signature_base(*signed_ones) == base, "the signature does not cover itself");
    ROGER_ASSERT(api::is_signed_by(account, *signed_ones, keyring(), at), "what was signed is accepted");
    ROGER_ASSERT(!api::is_signed_by(account, *signed_ones, keyring(), at + api::signature_window + seconds(1)),
                 "but not for ever");
    return 0;
}
