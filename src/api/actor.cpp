#include "api/actor.hpp"

namespace roger::api {

std::string_view to_string(Scope scope) noexcept {
    switch (scope) {
        case Scope::read: return "read";
        case Scope::support: return "support";
        case Scope::admin: return "admin";
    }
    return "read";
}

std::optional<Scope> parse_scope(std::string_view text) noexcept {
    for (const Scope each : {Scope::read, Scope::support, Scope::admin}) {
        if (text == to_string(each)) return each;
    }
    return std::nullopt;
}

std::string Actor::who() const {
    switch (kind) {
        case Kind::control: return name;
        case Kind::token: return "token:" + name;
        case Kind::session: return "user:" + name;
    }
    return name;
}

store::AuditNote Actor::note(std::string action, std::string target, std::string detail) const {
    return {.who = who(),
            .from = from,
            .action = std::move(action),
            .target = std::move(target),
            .detail = std::move(detail)};
}

}  // namespace roger::api
