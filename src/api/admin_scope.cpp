#include "api/admin_scope.hpp"

namespace roger::api {

Scope needed_scope(http::Method method, std::string_view rest) {
    const auto below = [rest](std::string_view path) {
        return rest == path || (rest.starts_with(path) && rest[path.size()] == '/');
    };
    if (below("/tokens")) return Scope::admin;
    if (method == http::Method::get || method == http::Method::head) {
        return below("/users") ? Scope::admin : Scope::read;
    }
    if (rest == "/session" || rest == "/templates/preview") return Scope::read;
    if (below("/users") && method == http::Method::patch) return Scope::read;  // one's own password: judged there
    if (below("/requests") || below("/lists") || below("/blocks")) return Scope::support;
    if (below("/routes") && rest.ends_with("/tests")) return Scope::support;
    return Scope::admin;
}

}  // namespace roger::api
