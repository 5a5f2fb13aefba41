// The operator's calls on what limits starts:
//
//   GET|PUT  /rules                how far each rule goes: {"number_window": "off"|"observe"|"enforce"|null, …}; null:
//                                  as the configuration says. Kept in the store, wins over the configuration
//   GET|PUT  /lists/deny, /allow   {"numbers": ["+4477", …]}: numbers and prefixes, beside those of the configuration
//   GET      /blocks               numbers, and accounts' numbers, that a budget blocks now
//   DELETE   /blocks?number=[&account=]   what the number did before counts no more (in that account)
//   GET      /spend                money, by account
#pragma once
#include "api/actor.hpp"
#include "api/context.hpp"
#include "http/message.hpp"

namespace roger::api {

class AdminLimits {
public:
    /// @param context  outlives the handlers
    explicit AdminLimits(Context& context) : context_(context) {}
    /// Whether the path, behind /admin/v1, is one of these.
    [[nodiscard]] static bool takes(std::string_view path);
    /// The caller has been checked to be an operator. @pre takes(path)
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request,
                                                                std::string_view path,
                                                                const Actor& actor);

private:
    [[nodiscard]] http::Response show_rules() const;
    [[nodiscard]] boost::asio::awaitable<http::Response> set_rules(const http::Request& request, const Actor& actor);
    [[nodiscard]] boost::asio::awaitable<http::Response> set_list(const http::Request& request,
                                                                  bool deny,
                                                                  const Actor& actor);
    [[nodiscard]] boost::asio::awaitable<http::Response> show_blocks(const Actor* teller);
    [[nodiscard]] boost::asio::awaitable<http::Response> lift(const http::Request& request, const Actor& actor);
    [[nodiscard]] boost::asio::awaitable<http::Response> show_spend();

    Context& context_;
};

/// Takes back what a setting of the store keeps of these calls; others are none of its business.
void restore_limits(Settings& settings, const std::string& name, const std::string& value);
/// What the rules do now, by configuration, operator and sandbox.
[[nodiscard]] guard::Modes modes_in_force(const Settings& settings);

}  // namespace roger::api
