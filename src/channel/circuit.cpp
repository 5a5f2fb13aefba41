#include "channel/circuit.hpp"

#include <algorithm>

namespace roger::channel {

void Circuit::failed(SteadyTime now) {
    // Many attempts may have been under way when it opened: they tell nothing new.
    if (half_open_ && now < open_until_) return;
    if (!half_open_ && ++failures_ < failures_max) return;
    half_open_ = true;
    trying_ = false;
    open_until_ = now + pause_;
    pause_ = std::min<milliseconds>(pause_ * 2, pause_max);
}

}  // namespace roger::channel
