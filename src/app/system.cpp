#include "app/system.hpp"

#include <sys/resource.h>
#include <algorithm>
#include <array>

#include <sodium.h>

#include "base/crypto.hpp"

namespace roger::app {

SystemClock::SystemClock() : anchor_wall_(wall_now()), anchor_steady_(steady_now()) {}

TimePoint SystemClock::service_now() const {
    const std::int64_t frozen = frozen_ms_;
    if (frozen != 0) return TimePoint{milliseconds(frozen)};
    const auto since = std::chrono::duration_cast<milliseconds>(steady_now() - anchor_steady_);
    return anchor_wall_ + since + milliseconds(offset_ms_);
}

TimePoint SystemClock::wall_now() const {
    return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const { return std::chrono::steady_clock::now(); }

milliseconds SystemClock::offset_for(TimePoint time) const {
    return time - anchor_wall_ - std::chrono::duration_cast<milliseconds>(steady_now() - anchor_steady_);
}

void SystemClock::set_offset(milliseconds offset) {
    offset_ms_ = offset.count();
    frozen_ms_ = 0;
}

void SystemClock::freeze(TimePoint time) { frozen_ms_ = time.time_since_epoch().count(); }

void SystemRandom::fill(std::span<std::byte> out) {
    struct Pool {
        std::array<std::byte, 4096> bytes;
        std::size_t used = sizeof(bytes);
        ~Pool() { wipe(bytes); }
    };
    thread_local Pool pool;
    if (out.size() > pool.bytes.size() / 4) {
        randombytes_buf(out.data(), out.size());
        return;
    }
    if (pool.bytes.size() - pool.used < out.size()) {
        randombytes_buf(pool.bytes.data(), pool.bytes.size());
        pool.used = 0;
    }
    const auto taken = std::span(pool.bytes).subspan(pool.used, out.size());
    std::ranges::copy(taken, out.begin());
    wipe(taken);  // nothing that was handed out stays here
    pool.used += out.size();
}

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace roger::app
