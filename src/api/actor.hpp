// Who asks for an admin call, and what they may do.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/audit.hpp"

namespace roger::api {

/// Each may do what those before it may.
enum class Scope : std::uint8_t {
    read,     ///< looks at everything, numbers masked
    support,  ///< also unblocks, keeps lists, cancels, sends test messages
    admin,    ///< everything
};
[[nodiscard]] std::string_view to_string(Scope scope) noexcept;
[[nodiscard]] std::optional<Scope> parse_scope(std::string_view text) noexcept;

struct Actor {
    enum class Kind : std::uint8_t {
        control,  ///< the control socket, whose peer is the same user
        token,
        session,
    };
    Kind kind = Kind::control;
    std::string name = "control";  ///< of the token or the user
    Scope scope = Scope::admin;
    bool numbers = true;  ///< may see whole numbers
    std::string from;     ///< the address it asks from; "" when from here

    [[nodiscard]] bool may(Scope needed) const noexcept { return scope >= needed; }
    /// "control", "token:NAME", "user:NAME"
    [[nodiscard]] std::string who() const;
    /// For the audit log. @param detail  no secret, no whole number
    [[nodiscard]] store::AuditNote note(std::string action, std::string target, std::string detail = "") const;
};

}  // namespace roger::api
