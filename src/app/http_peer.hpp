// A route of kind http as its operator describes it: a profile of an API that is known, or all of one that is not.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "app/password_source.hpp"
#include "app/table_reader.hpp"
#include "channel/gateway.hpp"
#include "channel/http_sms.hpp"

namespace roger::app {

/// A change of any of it means another channel.
struct HttpPeer {
    std::string profile = "generic";
    std::string base_url;  ///< of a profile; "": the API's own
    std::string user;
    PasswordSource secret_source;
    PasswordSource receipt_secret_source;
    channel::GenericOptions generic;  ///< without the secrets
    bool allow_private = false;
    std::string ca_file;
    std::int64_t in_flight = 1'000;
    std::string public_url;  ///< of the server: where callbacks go
    Secret secret;           ///< as it was when the configuration was loaded
    Secret receipt_secret;

    [[nodiscard]] bool same_as(const HttpPeer& other) const;
    /// Reads the secrets. @return invalid_argument with a sentence
    [[nodiscard]] Result<void> load();
    /// @return invalid_argument with a sentence: the description contradicts itself
    [[nodiscard]] Result<std::unique_ptr<channel::Gateway>> gateway() const;
    [[nodiscard]] channel::HttpSmsOptions options(const std::string& route) const;
};

/// Reads what only a route of kind http has; the first mistake goes to `file`.
/// @param table   the [[route]]; `reader` reads it too
/// @param messages_per_second  what the gateway takes; 0: no limit
[[nodiscard]] HttpPeer read_http_peer(ReadFile& file,
                                      const toml::table& table,
                                      TableReader& reader,
                                      const std::string& public_url,
                                      double& messages_per_second);

}  // namespace roger::app
