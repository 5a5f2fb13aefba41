#include "api/sessions.hpp"

#include <algorithm>

namespace roger::api {
namespace {

std::string fresh_word(Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return to_hex(bytes);
}

}  // namespace

const Session& Sessions::begin(const std::string& user, Random& random, SteadyTime now) {
    make_room(user, now);
    Session session{.id = fresh_word(random), .csrf = fresh_word(random), .user = user, .began = now, .seen = now};
    std::string id = session.id;
    return sessions_.insert_or_assign(std::move(id), std::move(session)).first->second;
}

void Sessions::make_room(const std::string& user, SteadyTime now) {
    std::erase_if(sessions_, [now](const auto& entry) { return over(entry.second, now); });
    const auto idlest = [this](auto counts) {
        auto found = sessions_.end();
        for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
            if (counts(at->second) && (found == sessions_.end() || at->second.seen < found->second.seen)) found = at;
        }
        if (found != sessions_.end()) sessions_.erase(found);
    };
    if (count(user, now) >= sessions_of_user_max) idlest([&](const Session& each) { return each.user == user; });
    if (sessions_.size() >= sessions_max) idlest([](const Session&) { return true; });
}

const Session* Sessions::find(const std::string& id, SteadyTime now) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return nullptr;
    if (over(found->second, now)) {
        sessions_.erase(found);
        return nullptr;
    }
    found->second.seen = now;
    return &found->second;
}

bool Sessions::alive(const std::string& id, SteadyTime now) const {
    const auto found = sessions_.find(id);
    return found != sessions_.end() && !over(found->second, now);
}

void Sessions::end_all_of(std::string_view user) {
    std::erase_if(sessions_, [user](const auto& entry) { return entry.second.user == user; });
}

std::size_t Sessions::count(std::string_view user, SteadyTime now) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        sessions_, [&](const auto& entry) { return entry.second.user == user && !over(entry.second, now); }));
}

std::optional<seconds> Failures::wait(const std::string& name, SteadyTime now) {
    if (counts_.size() >= names_max) {
        std::erase_if(counts_, [&](const auto& entry) { return now - entry.second.since >= window; });
        if (counts_.size() >= names_max) return window;
    }
    const auto found = counts_.find(name);
    if (found == counts_.end()) return std::nullopt;
    const auto left = window - (now - found->second.since);
    if (left <= SteadyTime::duration::zero()) {
        counts_.erase(found);
        return std::nullopt;
    }
    if (found->second.failures < failures_max) return std::nullopt;
    return std::chrono::ceil<seconds>(left);
}

void Failures::note(const std::string& name, SteadyTime now) {
    ++counts_.try_emplace(name, Count{now, 0}).first->second.failures;
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find(';'), header.size());
        std::string_view pair = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return pair.substr(name.size() + 1);
        }
    }
    return "";
}

std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    const bool is = authorization.size() > scheme.size() &&
                    std::equal(scheme.begin(), scheme.end(), authorization.begin(), [](char wanted, char given) {
                        return wanted == (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given);
                    });
    if (!is) return "";
    authorization.remove_prefix(scheme.size());
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
    return authorization;
}

}  // namespace roger::api
