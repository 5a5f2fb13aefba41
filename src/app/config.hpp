// roger.toml, the environment and the command line: flags win over the environment, the environment over the file.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/alert_config.hpp"
#include "app/email_config.hpp"
#include "app/route_config.hpp"
#include "app/voice_config.hpp"
#include "base/result.hpp"
#include "guard/number_policy.hpp"
#include "guard/rules.hpp"

namespace roger::app {

struct Config {
    std::string listen = "127.0.0.1:8080";
    std::string admin_listen = "127.0.0.1:8081";
    std::string data = "./roger-data";
    std::string public_url;  ///< under which others reach the public port: "https://roger.example.com"; "": nobody does
    std::vector<std::string> trusted_proxies;  ///< addresses and networks, as http::TrustedProxies reads them
    std::string tls_cert;                      ///< PEM files of the public port; "": plain HTTP
    std::string tls_key;
    double rate = 30;
    double burst = 30;
    guard::NumberPolicy numbers;  ///< its lists sorted
    guard::Modes rules = guard::Modes::all(guard::Mode::enforce);
    guard::Mode sandbox_rules = guard::Mode::observe;  ///< a sandbox's go no further
    std::vector<RouteConfig> routes;                   ///< in the order of the file
    VoiceConfig voice;
    EmailConfig email;
    AlertConfig alert;
};

/// Reads a configuration file. Unknown keys are errors with file, line and the nearest known key.
/// @return invalid_argument with a sentence ("roger.toml:3: …")
[[nodiscard]] Result<Config> read_config(const std::string& path);
/// The same of a text.
/// @param name        stands for the file in sentences
/// @param is_private  only its owner may read it, so that it may hold passwords
[[nodiscard]] Result<Config> parse_config(const std::string& text, const std::string& name, bool is_private = false);

}  // namespace roger::app
