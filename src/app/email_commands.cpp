#include <iostream>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/system.hpp"
#include "email/message.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;

Result<void> send(const email::MailerOptions& options, email::Envelope envelope) {
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    email::Mailer mailer(io.get_executor(), options);
    Result<void> result = fail(Errc::unavailable, "an internal failure");
    asio::co_spawn(io, mailer.send(std::move(envelope)), [&](const std::exception_ptr& error, Result<void> sent) {
        if (!error) result = std::move(sent);
        work.reset();
    });
    io.run();
    return result;
}

}  // namespace

int email_test(const Config& config, const std::string& address) {
    const EmailConfig& mail = config.email;
    if (mail.server.empty()) return complain("no [email] is configured; see docs/operations.md", wrong_setup);
    if (!email::is_address(address)) return complain("the address is not of the form name@example.com", usage);
    const auto options = mail.mailer_options();
    if (!options) return complain(options.error().detail, wrong_setup);
    SystemRandom random;
    const SystemClock clock;
    auto message = email::compose({.from = mail.from,
                                   .from_name = mail.from_name,
                                   .to = address,
                                   .subject = "Test message of Roger",
                                   .text = "This server can send mail. No answer is needed.\n",
                                   .date = clock.wall_now(),
                                   .id = fmt::format("{:016x}{:016x}", random.next_u64(), random.next_u64())});
    if (!message) return complain(message.error().detail, wrong_setup);
    email::Envelope envelope{.sender = mail.bounces.empty() ? mail.from : mail.bounces,
                             .recipient = address,
                             .message = std::move(*message)};
    const auto sent = send(*options, std::move(envelope));
    if (sent) {
        std::cout << fmt::format("{} took the mail; look into the mailbox\n", mail.server);
        return done;
    }
    return complain(fmt::format("{}: {}", mail.server, sent.error().detail),
                    sent.error().code == Errc::timed_out ? unknown : refused);
}

}  // namespace roger::app
