// Takes a number out of everything: DELETE /admin/v1/numbers/NUMBER, or /numbers/- with {"number": …} as body, so that
// no number stands in a path.
//
// Live requests end as cancelled; rows lose number, brand, codes and what points to them; the index forgets the number;
// accounts' lists of approved numbers too. Then the logs of both files are emptied. What stays: opt-outs (STOP), for
// they protect this very subscriber, lists of operators, and backups.
#pragma once
#include "api/actor.hpp"
#include "api/context.hpp"
#include "http/message.hpp"

namespace roger::api {

class AdminNumbers {
public:
    /// @param context  outlives the handlers
    explicit AdminNumbers(Context& context) : context_(context) {}
    /// @param rest  the path behind /admin/v1/numbers. The caller has been let in.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request,
                                                                std::string_view rest,
                                                                const Actor& actor);

private:
    struct Erased {
        std::size_t requests = 0, cancelled = 0, refusals = 0, accounts = 0;
    };
    [[nodiscard]] boost::asio::awaitable<Result<Erased>> erase(std::string number, store::AuditNote note);
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<verification::RowKey>>> rows_of(const std::string& number);
    [[nodiscard]] boost::asio::awaitable<Result<void>> blank(const std::vector<verification::RowKey>& keys,
                                                             const std::string& number,
                                                             Erased& erased);
    [[nodiscard]] boost::asio::awaitable<Result<void>> unapprove(const std::string& number, Erased& erased);
    [[nodiscard]] boost::asio::awaitable<Result<void>> scrub();

    Context& context_;
    bool erasing_ = false;  ///< one at a time: it goes over all rows
};

}  // namespace roger::api
