#include "smpp/back_off.hpp"

#include <algorithm>

namespace roger::smpp {
namespace {

/// Evenly from low to high.
milliseconds draw(milliseconds low, milliseconds high, std::uint64_t chance) noexcept {
    const auto range = static_cast<std::uint64_t>(std::max((high - low).count(), milliseconds::rep{0})) + 1;
    return low + milliseconds(static_cast<milliseconds::rep>(chance % range));
}

}  // namespace

Ended ended_by(pdu::BindError error) noexcept {
    switch (error) {
        case pdu::BindError::credentials: return Ended::credentials;
        case pdu::BindError::already_bound: return Ended::already_bound;
        case pdu::BindError::transient: break;
    }
    return Ended::unreachable;
}

milliseconds BackOff::after(Ended how, std::uint64_t chance) noexcept {
    if (how == Ended::credentials) {
        return draw(timing_.credentials_pause, timing_.credentials_pause * 3 / 2, chance);
    }
    if (how == Ended::already_bound) {
        return draw(timing_.already_bound_pause, timing_.already_bound_pause * 2, chance);
    }
    if (how == Ended::after_bound) failures_ = 0;
    ++failures_;
    host_ = (host_ + 1) % hosts_;
    if (failures_ % hosts_ != 0) return draw(milliseconds(0), timing_.back_off_min / 10, chance);
    const std::size_t rounds = std::min<std::size_t>(failures_ / hosts_, 32);
    milliseconds longest = timing_.back_off_min;
    for (std::size_t round = 1; round < rounds && longest < timing_.back_off_max; ++round) longest *= 2;
    longest = std::min(longest, timing_.back_off_max);
    return draw(longest / 2, longest, chance);
}

}  // namespace roger::smpp
