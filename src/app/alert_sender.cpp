#include "app/alert_sender.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/alert_message.hpp"
#include "email/message.hpp"
#include "observe/log.hpp"
#include "voice/program.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;

constexpr std::array<seconds, 2> pauses{seconds(5), seconds(30)};  ///< before the second try and the third

std::string name_of_host() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

/// One way to tell somebody.
class Way {
public:
    virtual ~Way() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual asio::awaitable<Result<void>> tell(AlertMessage message, SteadyTime deadline) = 0;
    [[nodiscard]] virtual asio::awaitable<void> stop() { co_return; }
};

class ByProgram final : public Way {
public:
    ByProgram(const asio::any_io_executor& executor, std::vector<std::string> command)
        : programs_(executor, {.at_once = 1, .output_max = std::size_t{64} << 10U, .may_be_silent = true}),
          command_(std::move(command)) {}
    std::string name() const override { return "the program " + command_[0]; }
    asio::awaitable<Result<void>> tell(AlertMessage message, SteadyTime deadline) override {
        auto run = co_await programs_.run(command_, message.json + "\n", deadline);
        if (!run) co_return tl::unexpected<Error>(run.error());
        co_return Result<void>{};
    }
    asio::awaitable<void> stop() override { co_await programs_.stop(); }

private:
    voice::Programs programs_;
    std::vector<std::string> command_;
};

class ByPost final : public Way {
public:
    ByPost(http::Client& client, const AlertConfig& config)
        : client_(client), url_(config.url), secret_(config.secret), allow_private_(config.allow_private) {}
    /// Without what stands behind the host, for some put secrets there.
    std::string name() const override { return url_.substr(0, url_.find('/', url_.find("//") + 2)); }
    asio::awaitable<Result<void>> tell(AlertMessage message, SteadyTime deadline) override {
        http::ClientCall call{.url = url_, .headers = {"Content-Type: application/json"}, .body = message.json};
        if (!secret_.empty()) {
            call.headers.push_back("Roger-Signature: " + sign_alert(secret_.reveal(), message.at, message.json));
        }
        call.allow_private = allow_private_;
        const auto answer = co_await client_.ask(std::move(call), deadline);
        if (!answer) co_return tl::unexpected<Error>(answer.error());
        if (answer->status >= 200 && answer->status < 300) co_return Result<void>{};
        co_return fail(Errc::unavailable, fmt::format("it answered {}", answer->status));
    }

private:
    http::Client& client_;
    std::string url_;
    Secret secret_;
    bool allow_private_;
};

class ByMail final : public Way {
public:
    ByMail(const asio::any_io_executor& executor, std::string to, const EmailConfig& mail, email::MailerOptions options)
        : mailer_(executor, std::move(options)), to_(std::move(to)), mail_(mail) {}
    std::string name() const override { return to_; }
    asio::awaitable<Result<void>> tell(AlertMessage message, SteadyTime /*deadline*/) override {
        auto text = email::compose({.from = mail_.from,
                                    .from_name = mail_.from_name,
                                    .to = to_,
                                    .subject = message.title,
                                    .text = message.words,
                                    .date = message.at,
                                    .id = message.id});
        if (!text) co_return tl::unexpected<Error>(text.error());
        email::Envelope envelope{.sender = mail_.bounces.empty() ? mail_.from : mail_.bounces,
                                 .recipient = to_,
                                 .message = std::move(*text)};
        co_return co_await mailer_.send(std::move(envelope));
    }
    asio::awaitable<void> stop() override {
        mailer_.stop();
        co_return;
    }

private:
    email::Mailer mailer_;
    std::string to_;
    EmailConfig mail_;
};

}  // namespace

struct AlertSender::State : std::enable_shared_from_this<State> {
    explicit State(const Parts& given) : parts(given), host(name_of_host()), ended(given.executor) {}

    struct Line {
        Line(const asio::any_io_executor& executor, std::unique_ptr<Way> by) : way(std::move(by)), pause(executor) {}
        std::unique_ptr<Way> way;
        std::deque<AlertMessage> queue;
        asio::steady_timer pause;
        bool running = false;
    };

    void add(std::unique_ptr<Way> way) { lines.push_back(std::make_unique<Line>(parts.executor, std::move(way))); }
    [[nodiscard]] AlertMessage write(const alert::Notice& notice) const;
    void enqueue(Line& line, AlertMessage message);
    [[nodiscard]] asio::awaitable<void> run(std::shared_ptr<State> self, Line& line) const;
    [[nodiscard]] asio::awaitable<Result<void>> try_hard(Line& line, AlertMessage message) const;
    [[nodiscard]] bool running() const {
        return std::ranges::any_of(lines, [](const auto& line) { return line->running; });
    }

    Parts parts;
    std::string host;
    std::vector<std::unique_ptr<Line>> lines;
    bool stopping = false;
    asio::steady_timer ended;  ///< cancelled when a line has ended
};

AlertMessage AlertSender::State::write(const alert::Notice& notice) const {
    std::string id = fmt::format("{:016x}{:016x}", parts.random.next_u64(), parts.random.next_u64());
    return write_alert(notice, std::move(id), parts.clock.wall_now(), host);
}

void AlertSender::State::enqueue(Line& line, AlertMessage message) {
    if (line.queue.size() >= queue_max) {
        observe::warning("an alert is dropped: too many wait", {{"way", line.way->name()}});
        line.queue.pop_front();
    }
    line.queue.push_back(std::move(message));
    if (line.running || stopping) return;
    line.running = true;
    asio::co_spawn(parts.executor, run(shared_from_this(), line), [self = shared_from_this(), &line](const auto&) {
        line.running = false;
        self->ended.cancel();
    });
}

asio::awaitable<void> AlertSender::State::run(std::shared_ptr<State> self, Line& line) const {
    while (!self->stopping && !line.queue.empty()) {
        AlertMessage message = std::move(line.queue.front());
        line.queue.pop_front();
        const std::string id = message.id;
        const auto told = co_await try_hard(line, std::move(message));
        if (told || self->stopping) continue;
        observe::error("an alert did not get through",
                       {{"way", line.way->name()}, {"id", id}, {"error", told.error().detail}});
    }
}

asio::awaitable<Result<void>> AlertSender::State::try_hard(Line& line, AlertMessage message) const {
    auto told = co_await line.way->tell(message, parts.clock.steady_now() + try_max);
    for (const seconds pause : pauses) {
        if (told || stopping) break;
        line.pause.expires_after(pause);
        boost::system::error_code ignored;
        co_await line.pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        if (stopping) break;
        told = co_await line.way->tell(message, parts.clock.steady_now() + try_max);
    }
    co_return told;
}

Result<std::unique_ptr<AlertSender>> AlertSender::create(const Parts& parts,
                                                         const AlertConfig& config,
                                                         const EmailConfig& mail) {
    auto state = std::make_shared<State>(parts);
    if (!config.command.empty()) state->add(std::make_unique<ByProgram>(parts.executor, config.command));
    if (!config.url.empty()) state->add(std::make_unique<ByPost>(parts.client, config));
    if (!config.email.empty()) {
        auto options = mail.mailer_options();
        if (!options) return tl::unexpected<Error>(options.error());
        state->add(std::make_unique<ByMail>(parts.executor, config.email, mail, std::move(*options)));
    }
    return std::unique_ptr<AlertSender>(new AlertSender(std::move(state)));
}

AlertSender::~AlertSender() = default;

void AlertSender::tell(const alert::Notice& notice) {
    const AlertMessage message = state_->write(notice);
    for (const auto& line : state_->lines) state_->enqueue(*line, message);
}

asio::awaitable<std::vector<AlertSender::Told>> AlertSender::tell_now(alert::Notice notice) {
    const auto state = state_;
    const AlertMessage message = state->write(notice);
    std::vector<Told> all;
    for (const auto& line : state->lines) {
        auto told = co_await line->way->tell(message, state->parts.clock.steady_now() + try_max);
        all.push_back({line->way->name(), std::move(told)});
    }
    co_return all;
}

asio::awaitable<void> AlertSender::stop() {
    const auto state = state_;
    state->stopping = true;
    for (const auto& line : state->lines) {
        line->queue.clear();
        line->pause.cancel();
        co_await line->way->stop();
    }
    const SteadyTime until = state->parts.clock.steady_now() + stop_max;
    while (state->running() && state->parts.clock.steady_now() < until) {
        state->ended.expires_at(until);
        boost::system::error_code ignored;
        co_await state->ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace roger::app
