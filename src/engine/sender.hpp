// What the engine asks of the floor above: carry out the events of rows that were committed. Owned by the engine's
// room, so that the arrow points down.
#pragma once
#include <vector>

#include "base/time.hpp"
#include "verification/machine.hpp"

namespace roger::engine {

/// An event to carry out, with the row as it was committed.
struct Work {
    verification::Request row;
    verification::Claim claim;
};

class Sender {
public:
    virtual ~Sender() = default;
    /// On the engine's executor, after the commit. Each work ends in one Report to the engine.
    virtual void carry_out(Work work) = 0;
    /// On the engine's executor: the request has ended. Claims of it that were not handed over yet must not be, and a
    /// phone that still rings for it stops.
    virtual void revoke(verification::RowKey key) = 0;
};

}  // namespace roger::engine
