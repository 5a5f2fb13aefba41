#include "alert/silence.hpp"

namespace roger::alert {

bool Silence::is_silent(SteadyTime now, seconds patience) const {
    if (receipts_ < receipts_min || unanswered_ < accepted_min) return false;
    return now - *first_unanswered_ >= patience;
}

}  // namespace roger::alert
