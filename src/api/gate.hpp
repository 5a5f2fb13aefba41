// Who may come in, and how often: credentials, and the rate of each account.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "account/account.hpp"
#include "base/crypto.hpp"
#include "base/time.hpp"
#include "http/parameters.hpp"
#include "verification/keyring.hpp"

namespace roger::api {

struct Credentials {
    std::string key;
    std::string secret;
};

/// HTTP Basic wins over parameters. A member is "" when it was not given.
[[nodiscard]] Credentials read_credentials(const http::Request& request, const http::Parameters& parameters);

/// Hashes secrets with the keys of their kid. One per thread.
class SecretHasher {
public:
    explicit SecretHasher(const verification::Keyring& keyring) : keyring_(keyring) {}
    /// As an account stores it, with the active key.
    [[nodiscard]] Bytes hash(std::string_view secret) { return hash(keyring_.active(), secret); }
    /// Whether it is one of the account's live secrets. Takes the same time for every wrong one.
    [[nodiscard]] bool matches(const account::Account& account, std::string_view secret);

    /// The kid of a stored hash.
    [[nodiscard]] static verification::Kid kid_of(const Bytes& stored);

private:
    /// @pre the keyring has the kid
    [[nodiscard]] Bytes hash(verification::Kid kid, std::string_view secret);

    const verification::Keyring& keyring_;
    std::unordered_map<verification::Kid, Hmac> hmacs_;
};

/// A token bucket per account and endpoint.
class RateLimiter {
public:
    /// @param rate   tokens a second; 0: always lets through
    /// @param burst  tokens at most
    /// @return nullopt when let through, else the whole seconds (≥ 1) until a token is there
    [[nodiscard]] std::optional<unsigned> take(const std::string& bucket, double rate, double burst, SteadyTime now);

private:
    struct Bucket {
        double tokens;
        SteadyTime at;
    };
    std::unordered_map<std::string, Bucket> buckets_;  // bounded by accounts × endpoints
};

/// Addresses that send wrong credentials again and again are answered late.
class WrongCredentials {
public:
    static constexpr int free_per_minute = 20;
    static constexpr std::size_t addresses_max = 10'000;  ///< beyond it the oldest minute is forgotten
    static constexpr seconds delay{1};

    /// Counts one more. @return whether its answer is to wait `delay`
    [[nodiscard]] bool note(const std::string& address, SteadyTime now);

private:
    struct Count {
        SteadyTime since;
        int wrong;
    };
    std::unordered_map<std::string, Count> counts_;
};

}  // namespace roger::api
