// An account as the store keeps it: one JSON object, bytes as hex, so that an operator can read it with any tool.
#pragma once
#include <string>
#include <string_view>

#include "account/account.hpp"
#include "base/result.hpp"

namespace roger::store {

[[nodiscard]] std::string encode(const account::Account& account);
/// Members that are missing have their defaults, unknown ones are ignored: rows of older and of newer programs are
/// read.
/// @return invalid_argument for text that is not such an object, or a member of another kind
[[nodiscard]] Result<account::Account> decode_account(std::string_view text);

}  // namespace roger::store
