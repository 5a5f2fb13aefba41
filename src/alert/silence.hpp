// Whether a route has fallen silent: it goes on taking messages, and the receipts that it used to give have stopped.
// One that has never given any, as some peers do not, is not silent. Pure; one of each route.
#pragma once
#include <optional>

#include "base/time.hpp"

namespace roger::alert {

class Silence {
public:
    static constexpr unsigned receipts_min = 10;  ///< it has given so many: receipts are to be expected of it
    static constexpr unsigned accepted_min = 10;  ///< since the last of them it has taken so many messages

    void accepted(SteadyTime now) {
        if (!first_unanswered_) first_unanswered_ = now;
        if (unanswered_ < accepted_min) ++unanswered_;
    }
    /// Of any message, also of one that failed: somebody speaks.
    void receipt() {
        if (receipts_ < receipts_min) ++receipts_;
        unanswered_ = 0;
        first_unanswered_.reset();
    }
    /// @param patience  from the first message without a receipt to the word that the route is silent
    [[nodiscard]] bool is_silent(SteadyTime now, seconds patience) const;

private:
    unsigned receipts_ = 0;
    unsigned unanswered_ = 0;
    std::optional<SteadyTime> first_unanswered_;
};

}  // namespace roger::alert
