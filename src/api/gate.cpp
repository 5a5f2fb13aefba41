#include "api/gate.hpp"

#include <algorithm>
#include <cmath>

namespace roger::api {

Credentials read_credentials(const http::Request& request, const http::Parameters& parameters) {
    if (!request.authorization.empty()) {
        if (auto basic = http::read_basic(request.authorization))
            return {std::move(basic->first), std::move(basic->second)};
    }
    const auto value = [&](std::string_view name) {
        const std::string* found = parameters.nested(name) ? nullptr : parameters.find(name);
        return found == nullptr ? std::string() : *found;
    };
    return {value("api_key"), value("api_secret")};
}

Bytes SecretHasher::hash(verification::Kid kid, std::string_view secret) {
    const Digest digest = hmacs_.try_emplace(kid, keyring_.keys(kid).secret).first->second(as_bytes(secret));
    Bytes stored;
    stored.reserve(2 + digest.size());
    stored.push_back(static_cast<std::byte>(kid >> 8U));
    stored.push_back(static_cast<std::byte>(kid & 0xffU));
    stored.insert(stored.end(), digest.begin(), digest.end());
    return stored;
}

verification::Kid SecretHasher::kid_of(const Bytes& stored) {
    if (stored.size() < 2) return 0;
    return static_cast<verification::Kid>(std::to_integer<unsigned>(stored[0]) << 8U |
                                          std::to_integer<unsigned>(stored[1]));
}

bool SecretHasher::matches(const account::Account& account, std::string_view secret) {
    bool any = false;
    for (const Bytes& live : account.secret_hashes) {
        const verification::Kid kid = kid_of(live);
        if (keyring_.find(kid) != nullptr) any = equal_in_constant_time(live, hash(kid, secret)) || any;
    }
    return any;
}

std::optional<unsigned> RateLimiter::take(const std::string& bucket, double rate, double burst, SteadyTime now) {
    if (rate <= 0) return std::nullopt;
    const double full = std::max(1.0, burst);
    auto& entry = buckets_.try_emplace(bucket, Bucket{full, now}).first->second;
    const double elapsed = std::chrono::duration<double>(now - entry.at).count();
    entry.tokens = std::min(full, entry.tokens + elapsed * rate);
    entry.at = now;
    if (entry.tokens >= 1) {
        entry.tokens -= 1;
        return std::nullopt;
    }
    return std::max(1U, static_cast<unsigned>(std::ceil((1 - entry.tokens) / rate)));
}

bool WrongCredentials::note(const std::string& address, SteadyTime now) {
    constexpr std::chrono::minutes window{1};
    if (counts_.size() >= addresses_max) {
        std::erase_if(counts_, [&](const auto& entry) { return now - entry.second.since >= window; });
        if (counts_.size() >= addresses_max) return true;  // a flood of addresses: everybody waits
    }
    Count& count = counts_.try_emplace(address, Count{now, 0}).first->second;
    if (now - count.since >= window) count = {now, 0};
    return ++count.wrong > free_per_minute;
}

}  // namespace roger::api
