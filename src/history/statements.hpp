// The index's tables, and what is done to them. Included by the sources of History alone.
#pragma once
#include "history/history.hpp"

namespace roger::history {

constexpr std::int64_t schema_version = 1;

struct History::Statements {
    store::Statement begin, commit, rollback, find, insert, update, add_request, add_event, put_refusal, prune_refusals,
        open_min, key_max, put_floor, get_floor, forget_requests, forget_refusals;
};

}  // namespace roger::history
