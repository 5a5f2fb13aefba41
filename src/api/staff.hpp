// The operator's people and programs: tokens and users as the store keeps them, one setting each.
//
// A token is 128 random bits, kept as an HMAC under a key of its own; a password is kept as Argon2id. io thread.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/actor.hpp"
#include "base/crypto.hpp"
#include "base/password.hpp"
#include "base/time.hpp"

namespace roger::api {

struct Token {
    std::string name;
    Scope scope = Scope::read;
    bool numbers = false;
    TimePoint created{};               ///< wall time
    std::optional<TimePoint> expires;  ///< wall time
    Digest hash{};
};

struct User {
    std::string name;
    Scope scope = Scope::read;
    bool numbers = false;
    TimePoint created{};  ///< wall time
    Salt salt{};
    PasswordCost cost;
    Digest hash{};
};

/// 1 to 32 of A-Z a-z 0-9 . _ @ -
[[nodiscard]] bool is_staff_name(std::string_view text) noexcept;

class Staff {
public:
    static constexpr std::string_view token_prefix = "admin_token/";
    static constexpr std::string_view user_prefix = "admin_user/";
    static constexpr std::size_t tokens_max = 1000;
    static constexpr std::size_t users_max = 1000;

    /// @param id_key  of the keyring: the same for ever
    explicit Staff(const Key32& id_key) : hmac_(derive_key(id_key, "roger admin tokens")) {}

    /// At start, for each setting of either prefix. @return false when its value cannot be read
    bool restore(std::string_view setting, std::string_view value);

    [[nodiscard]] Digest hash_of(std::string_view token) { return hmac_(as_bytes(token)); }
    /// @return nullptr when no token is that, or it has expired
    [[nodiscard]] const Token* find(std::string_view token, TimePoint wall_now);
    [[nodiscard]] const User* user(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, Token, std::less<>>& tokens() const noexcept { return tokens_; }
    [[nodiscard]] const std::map<std::string, User, std::less<>>& users() const noexcept { return users_; }
    /// Users of scope admin.
    [[nodiscard]] std::size_t admins() const;

    void put(Token token);
    void put(User user);
    void remove_token(std::string_view name);
    void remove_user(std::string_view name);

    /// What restore() reads.
    [[nodiscard]] static std::string to_setting(const Token& token);
    [[nodiscard]] static std::string to_setting(const User& user);

private:
    Hmac hmac_;
    std::map<std::string, Token, std::less<>> tokens_;
    std::map<std::string, User, std::less<>> users_;
    std::map<Digest, std::string> by_hash_;  ///< names of tokens
};

}  // namespace roger::api
