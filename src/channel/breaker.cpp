#include "channel/breaker.hpp"

#include <algorithm>

namespace roger::channel {

void Breaker::worked() noexcept {
    failures_ = 0;
    open_until_ = {};
}

bool Breaker::failed(SteadyTime now) noexcept {
    failures_ = std::min(failures_ + 1, failures_max);
    if (failures_ < failures_max || !closed(now)) return false;
    open_until_ = now + open_for;
    return true;
}

}  // namespace roger::channel
