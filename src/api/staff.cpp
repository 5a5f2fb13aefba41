#include "api/staff.hpp"

#include <algorithm>
#include <type_traits>

#include <nlohmann/json.hpp>

namespace roger::api {
namespace {

using nlohmann::json;

template <std::size_t Size>
bool read_hex(const json& value, std::array<std::byte, Size>& out) {
    const auto bytes = value.is_string() ? from_hex(value.get<std::string>()) : std::nullopt;
    if (!bytes || bytes->size() != Size) return false;
    std::ranges::copy(*bytes, out.begin());
    return true;
}

/// A member, or what stands for it when it is missing or of another type.
template <class T>
T member_of(const json& object, const char* name, T otherwise) {
    const auto found = object.find(name);
    if (found == object.end()) return otherwise;
    if constexpr (std::is_same_v<T, bool>) {
        return found->is_boolean() ? found->get<bool>() : otherwise;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return found->is_string() ? found->get<std::string>() : otherwise;
    } else {
        return found->is_number_unsigned() ? found->get<T>() : otherwise;
    }
}

/// What tokens and users have in common.
template <class Member>
bool read_common(const json& value, Member& member) {
    const auto scope = parse_scope(member_of(value, "scope", std::string()));
    const auto created = parse_rfc3339(member_of(value, "created", std::string()));
    if (!scope || !created) return false;
    member.scope = *scope;
    member.created = *created;
    member.numbers = member_of(value, "numbers", false);
    return read_hex(value.value("hash", json()), member.hash);
}

template <class Member>
json common_of(const Member& member) {
    return {{"scope", to_string(member.scope)},
            {"numbers", member.numbers},
            {"created", to_rfc3339(member.created)},
            {"hash", to_hex(member.hash)}};
}

}  // namespace

bool is_staff_name(std::string_view text) noexcept {
    constexpr std::size_t longest = 32;
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '@' || c == '-';
    });
}

bool Staff::restore(std::string_view setting, std::string_view value) {
    if (value.empty()) return true;  // removed
    const json body = json::parse(value, nullptr, false);
    if (!body.is_object()) return false;
    if (setting.starts_with(token_prefix)) {
        Token token{.name = std::string(setting.substr(token_prefix.size()))};
        if (!read_common(body, token)) return false;
        if (const std::string expires = member_of(body, "expires", std::string()); !expires.empty()) {
            token.expires = parse_rfc3339(expires);
            if (!token.expires) return false;
        }
        put(std::move(token));
        return true;
    }
    User user{.name = std::string(setting.substr(user_prefix.size()))};
    if (!read_common(body, user) || !read_hex(body.value("salt", json()), user.salt)) return false;
    user.cost = {.operations = member_of(body, "operations", std::uint64_t{0}),
                 .memory_bytes = member_of(body, "memory_bytes", std::uint64_t{0})};
    put(std::move(user));
    return true;
}

const Token* Staff::find(std::string_view token, TimePoint wall_now) {
    const auto name = by_hash_.find(hash_of(token));
    if (name == by_hash_.end()) return nullptr;
    const Token& found = tokens_.find(name->second)->second;
    return found.expires && *found.expires <= wall_now ? nullptr : &found;
}

const User* Staff::user(std::string_view name) const {
    const auto found = users_.find(name);
    return found == users_.end() ? nullptr : &found->second;
}

std::size_t Staff::admins() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(users_, [](const auto& entry) { return entry.second.scope == Scope::admin; }));
}

void Staff::put(Token token) {
    remove_token(token.name);
    by_hash_[token.hash] = token.name;
    std::string name = token.name;
    tokens_.insert_or_assign(std::move(name), std::move(token));
}

void Staff::put(User user) {
    std::string name = user.name;
    users_.insert_or_assign(std::move(name), std::move(user));
}

void Staff::remove_token(std::string_view name) {
    const auto found = tokens_.find(name);
    if (found == tokens_.end()) return;
    by_hash_.erase(found->second.hash);
    tokens_.erase(found);
}

void Staff::remove_user(std::string_view name) {
    if (const auto found = users_.find(name); found != users_.end()) users_.erase(found);
}

std::string Staff::to_setting(const Token& token) {
    json value = common_of(token);
    if (token.expires) value["expires"] = to_rfc3339(*token.expires);
    return value.dump();
}

std::string Staff::to_setting(const User& user) {
    json value = common_of(user);
    value["salt"] = to_hex(user.salt);
    value["operations"] = user.cost.operations;
    value["memory_bytes"] = user.cost.memory_bytes;
    return value.dump();
}

}  // namespace roger::api
