#include <iostream>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "app/alert_sender.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/system.hpp"

namespace roger::app {

int alert_test(const Config& config) {
    if (!config.alert.any()) return complain("no [alert] is configured; see docs/operations.md", wrong_setup);
    AlertConfig alert = config.alert;
    if (const auto loaded = load_secret(alert); !loaded) return complain(loaded.error().detail, wrong_setup);
    boost::asio::io_context io;
    const SystemClock clock;
    SystemRandom random;
    http::Client client({.executor = io.get_executor(), .clock = clock});
    const auto sender = AlertSender::create(
        {.executor = io.get_executor(), .client = client, .clock = clock, .random = random}, alert, config.email);
    if (!sender) return complain(sender.error().detail, wrong_setup);
    const alert::Notice notice{
        .condition = {alert::Kind::test, "test", "This is a test of Roger's alerts. Nothing is wrong."}};
    std::vector<AlertSender::Told> all;
    auto work = boost::asio::make_work_guard(io);  // a mail is on a thread of its own
    boost::asio::co_spawn(io, (*sender)->tell_now(notice),
                          [&](const std::exception_ptr& error, std::vector<AlertSender::Told> told) {
                              if (!error) all = std::move(told);
                              io.stop();
                          });
    io.run();
    int code = all.empty() ? refused : done;
    for (const AlertSender::Told& each : all) {
        if (each.result) {
            std::cout << fmt::format("{} took the alert\n", each.way);
        } else {
            code =
                complain(fmt::format("{} did not take the alert: {}", each.way, each.result.error().detail), refused);
        }
    }
    return code;
}

}  // namespace roger::app
