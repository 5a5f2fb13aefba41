// A copy of the database as it is at one moment, made while its server goes on committing.
#pragma once
#include <cstdint>
#include <string>

#include "base/function_ref.hpp"
#include "base/result.hpp"

namespace roger::store {

struct Copied {
    std::int64_t bytes = 0;
    std::int64_t requests = 0;
};

/// Any process that may read the file; blocks. The copy is compact, has been read through, and is durable on return.
/// While it is being made the server's log grows by what is committed: nobody waits.
/// @param from      a database of this or an older schema; nothing in it changes
/// @param to        must not exist; made for this user alone
/// @param progress  told now and then how many bytes are there
/// @return not_found, blocked or unavailable with a sentence; then there is nothing at `to`
[[nodiscard]] Result<Copied> back_up(const std::string& from,
                                     const std::string& to,
                                     FunctionRef<void(std::int64_t bytes)> progress);

}  // namespace roger::store
