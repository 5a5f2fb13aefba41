// How things go: refusals, conversions, and the numbers of now.
//
//   GET /admin/v1/refusals      newest first, with what explains them
//   GET /admin/v1/conversions   do codes arrive, and how fast: by country, network, channel, route, hour
//   GET /admin/v1/live          the numbers of now
//   GET /admin/v1/stream        the same each second, as server-sent events: written once, sent to all
#pragma once
#include <deque>
#include <list>

#include <boost/asio/steady_timer.hpp>

#include "api/context.hpp"
#include "api/door.hpp"

namespace roger::api {

class AdminFigures {
public:
    /// @param door  tells of a stream whether its session is still good; both outlive this
    AdminFigures(Context& context, Door& door) : context_(context), door_(door), began_(context.clock.steady_now()) {}

    /// @param rest  the path behind /admin/v1. The caller has been let in. nullopt: none of these
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> handle(const http::Request& request,
                                                                               std::string_view rest);
    /// Each second, from a timer of the house's: what streams show next.
    void tick();
    /// Ends the streams.
    void stop();
    void set_ready(bool ready) { ready_ = ready; }

private:
    struct Sample {
        SteadyTime at;
        std::array<double, 7> totals;
    };

    [[nodiscard]] boost::asio::awaitable<http::Response> refusals(const http::Request& request);
    [[nodiscard]] boost::asio::awaitable<http::Response> conversions(const http::Request& request);
    [[nodiscard]] http::Response stream(const http::Request& request);
    [[nodiscard]] boost::asio::awaitable<void> run_stream(http::Request request, http::StreamWriter& writer);
    [[nodiscard]] std::string live_json();
    [[nodiscard]] std::array<double, 7> totals() const;

    Context& context_;
    Door& door_;
    SteadyTime began_;
    std::deque<Sample> samples_;                ///< the last ten seconds
    std::shared_ptr<const std::string> frame_;  ///< the latest, shared by all streams
    std::list<boost::asio::steady_timer*> listeners_;
    bool ready_ = false;
    bool stopping_ = false;
};

}  // namespace roger::api
