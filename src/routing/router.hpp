// Which route takes a message next. Pure: the state of the routes, the time and randomness come in, a choice with its
// reason goes out; what became of the message comes back as an experience. One thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "routing/route.hpp"

namespace roger::routing {

/// A route as it stands now.
struct Candidate {
    const Route* route = nullptr;
    bool up = true;  ///< its peer can take a message: bound, not refused
};

enum class Reason : std::uint8_t {
    only,      ///< no other route could take it
    best,      ///< the first of those that could
    failover,  ///< another one was tried before
};
[[nodiscard]] std::string_view to_string(Reason reason) noexcept;

struct Choice {
    std::size_t index = 0;  ///< in the candidates
    Reason reason = Reason::best;
};

/// What became of one message over one route.
struct Experience {
    enum class Kind : std::uint8_t { accepted, refused, not_sent, unknown, delivered, failed } kind = Kind::accepted;
    std::string_view route;
    Destination destination;
};

class Router {
public:
    virtual ~Router() = default;
    /// @param tried   names of routes that must not be taken
    /// @param random  fresh, for a router that explores
    /// @return nullopt when no route is up, serves the destination and was not tried
    [[nodiscard]] virtual std::optional<Choice> choose(std::span<const Candidate> routes,
                                                       const Destination& destination,
                                                       std::span<const std::string> tried,
                                                       TimePoint now,
                                                       std::uint64_t random) = 0;
    virtual void learn(const Experience& experience, TimePoint now) = 0;
};

/// In the order of their priorities; of equals the first that was configured. Learns nothing.
[[nodiscard]] std::unique_ptr<Router> make_ordered_router();

}  // namespace roger::routing
