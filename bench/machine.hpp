// What a measurement takes of the machine: its time, randomness that repeats itself, and this process's share of a
// core.
#pragma once
#include <sys/resource.h>

#include "tests/support/fakes.hpp"
#include "tests/support/real_time.hpp"

namespace roger::bench {

using MachineClock = testing_support::RealClock;
using MachineRandom = testing_support::SeededRandom;

/// Of all threads since the start, in user space and in the kernel.
inline double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds_of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

}  // namespace roger::bench
