// Who is signed in to the console. Sessions live in memory alone: a restart signs everybody out. io thread.
//
// Source of the limits: OWASP ASVS 5.0, chapters 6 and 7: idle and absolute ends, ids of 128 random bits, a new one at
// each sign-in.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/staff.hpp"
#include "base/random.hpp"

namespace roger::api {

struct Session {
    std::string id;    ///< 32 hex digits: the cookie
    std::string csrf;  ///< 32 hex digits: the header of calls that change something
    std::string user;
    SteadyTime began{};
    SteadyTime seen{};
};

class Sessions {
public:
    static constexpr std::chrono::minutes idle_max{15};
    static constexpr std::chrono::hours life_max{12};
    static constexpr std::size_t sessions_max = 10'000;  ///< over all users; then the one idle longest goes
    static constexpr std::size_t sessions_of_user_max = 20;

    [[nodiscard]] const Session& begin(const std::string& user, Random& random, SteadyTime now);
    /// And notes that it was seen. @return nullptr when there is none, or it has ended
    [[nodiscard]] const Session* find(const std::string& id, SteadyTime now);
    /// The same without noting. For streams, which are not somebody who asks.
    [[nodiscard]] bool alive(const std::string& id, SteadyTime now) const;
    void end(const std::string& id) { sessions_.erase(id); }
    void end_all_of(std::string_view user);
    [[nodiscard]] std::size_t count(std::string_view user, SteadyTime now) const;

private:
    static bool over(const Session& session, SteadyTime now) {
        return now - session.seen >= idle_max || now - session.began >= life_max;
    }
    void make_room(const std::string& user, SteadyTime now);

    std::unordered_map<std::string, Session> sessions_;
};

/// Wrong passwords of a user, or from an address: five within a quarter of an hour, then none is looked at until the
/// first of them is that old.
class Failures {
public:
    static constexpr int failures_max = 5;
    static constexpr std::chrono::minutes window{15};
    static constexpr std::size_t names_max = 10'000;  ///< beyond it nobody is let in until some are old

    /// @return seconds until another try is looked at; nullopt: now
    [[nodiscard]] std::optional<seconds> wait(const std::string& name, SteadyTime now);
    void note(const std::string& name, SteadyTime now);
    void forget(const std::string& name) { counts_.erase(name); }

private:
    struct Count {
        SteadyTime since;
        int failures = 0;
    };
    std::unordered_map<std::string, Count> counts_;
};

/// The value of a cookie; "" when it is not there. @param header  of the request: "a=1; b=2"
[[nodiscard]] std::string_view cookie_value(std::string_view header, std::string_view name);
/// What follows "Bearer "; "" for anything else.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

}  // namespace roger::api
