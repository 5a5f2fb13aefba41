// What a [[route]] of kind sip says of its trunk, beside what all routes say.
#pragma once
#include "app/table_reader.hpp"
#include "channel/sip_call.hpp"

namespace roger::app {

/// Takes the keys of kind sip; the first mistake goes to `file`.
/// @param table   of the route
/// @param reader  of the same table
void read_sip(ReadFile& file, const toml::table& table, TableReader& reader, channel::SipCallOptions& options);

/// Whether nothing has changed that calls or a registration would notice.
[[nodiscard]] bool same_trunk(const channel::SipCallOptions& one, const channel::SipCallOptions& other);

/// Opens the files of a trunk over TLS. @return invalid_argument with a sentence that names the route
[[nodiscard]] Result<void> check_trunk(const channel::SipCallOptions& options);

}  // namespace roger::app
