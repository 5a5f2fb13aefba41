// What must not happen stops the process: state is durable, so a crash costs less than a wrong answer.
#pragma once
#include <cstdio>
#include <cstdlib>

/// On in release builds too. Never for what comes from outside. `why` says why the condition holds.
#define ROGER_ASSERT(condition, why)                                                                           \
    do {                                                                                                       \
        if (!(condition)) [[unlikely]] {                                                                       \
            std::fprintf(stderr, "broken invariant at %s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, why); \
            std::abort();                                                                                      \
        }                                                                                                      \
    } while (false)
