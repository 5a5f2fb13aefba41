#include "smpp/bind.hpp"

#include <array>

#include "observe/log.hpp"

namespace roger::smpp {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_bytes = 16 * 1024;
/// Receipts that wait to be stored; a peer that sends on is told to come again later.
constexpr std::size_t unacknowledged_max = 1'000;
/// For the answer to the peer's unbind to leave before the connection is closed.
constexpr milliseconds last_word_max{1'000};

std::string_view name_of(Link::Ending ending) noexcept {
    switch (ending) {
        case Link::Ending::none: return "connection lost";
        case Link::Ending::bind_refused: return "bind refused";
        case Link::Ending::bind_unanswered: return "no answer to the bind";
        case Link::Ending::unbound: return "unbound";
        case Link::Ending::peer_unbound: return "the peer unbound";
        case Link::Ending::silent: return "no answer to enquire_link";
        case Link::Ending::broken_stream: return "the peer sent what is not SMPP";
        case Link::Ending::not_reading: return "the peer does not read";
    }
    return "";
}

}  // namespace

Bind::Bind(const Parts& parts, BindOwner& owner)
    : parts_(parts),
      owner_(owner),
      back_off_(parts.options.timing, parts.options.hosts.size(), parts.number % parts.options.hosts.size()),
      pace_(parts.options.segments_per_second,
            {.min = parts.options.timing.throttle_pause_min, .max = parts.options.timing.throttle_pause_max}),
      wake_(parts.executor),
      gathered_(parts.executor) {}

asio::awaitable<void> Bind::run(std::shared_ptr<Bind> self) {
    while (!self->stopping_) {
        const Ended how = co_await self->serve();
        if (self->stopping_) break;
        co_await self->wait_for(self->back_off_.after(how, self->parts_.random.next_u64()));
    }
}

/// One connection, from the name to the end.
asio::awaitable<Ended> Bind::serve() {
    const Options& options = parts_.options;
    const std::string& text = options.hosts[back_off_.host()];
    const Host host = parse_host(text).value_or(Host{});
    connection_ = std::make_shared<Connection>(parts_.executor, parts_.tls);
    writing_ = false;
    was_bound_ = false;
    due_ = now() + options.timing.connect_max;
    owner_.on_progress();
    const std::string server_name = options.tls.server_name.empty() ? host.name : options.tls.server_name;
    const Result<void> opened = co_await connection_->open(host, server_name);
    due_ = SteadyTime::max();
    if (!opened || stopping_) {
        connection_->close();
        if (!opened && !stopping_) {
            observe::warning(
                "smpp peer not reached",
                {{"route", options.name}, {"bind", parts_.number}, {"host", text}, {"reason", opened.error().detail}});
        }
        co_return Ended::unreachable;
    }
    Link::Terms terms{.bind = parts_.command, .window = options.window, .timing = options.timing};
    link_.emplace(terms, *this);
    ++link_number_;
    unacknowledged_ = 0;
    pdu::Bind bind{.system_id = options.system_id,
                   .password = options.password,
                   .system_type = options.system_type,
                   .interface_version = static_cast<std::uint8_t>(options.version)};
    link_->start(bind, now());
    flush();
    owner_.on_progress();
    const std::string lost = co_await carry();
    co_return end_link(lost);
}

/// Carries what the peer sends to the link until the connection ends. @return why, if the link did not end it
asio::awaitable<std::string> Bind::carry() {
    std::array<std::uint8_t, read_bytes> room;
    const std::shared_ptr<Connection> connection = connection_;
    while (true) {
        boost::system::error_code ec;
        const std::size_t bytes = co_await connection->read_some(room, ec);
        if (ec) co_return ec.message();
        link_->receive(pdu::OctetView(room).first(bytes), now());
        flush();
        owner_.on_progress();
    }
}

Ended Bind::end_link(const std::string& lost) {
    connection_->close();
    due_ = SteadyTime::max();
    Link ended = std::move(*link_);
    link_.reset();
    log_end(ended, lost);
    for (const auto& [ticket, sent] : ended.take_outstanding()) owner_.on_unanswered(ticket, sent);
    if (was_bound_) owner_.on_down();
    owner_.on_progress();
    if (ended.ending() == Link::Ending::bind_refused) return ended_by(pdu::classify_bind(ended.bind_status()));
    return was_bound_ ? Ended::after_bound : Ended::unreachable;
}

void Bind::log_end(const Link& link, const std::string& lost) const {
    if (stopping_) return;
    const std::string& host = parts_.options.hosts[back_off_.host()];
    if (link.ending() != Link::Ending::bind_refused) {
        observe::warning("smpp bind lost", {{"route", parts_.options.name},
                                            {"bind", parts_.number},
                                            {"host", host},
                                            {"reason", name_of(link.ending())},
                                            {"error", link.ending() == Link::Ending::none ? lost : std::string()},
                                            {"unanswered", link.in_window()}});
        return;
    }
    const bool somebody_must_act = pdu::classify_bind(link.bind_status()) == pdu::BindError::credentials;
    observe::log(somebody_must_act ? observe::Level::error : observe::Level::warning, "smpp bind refused",
                 {{"route", parts_.options.name},
                  {"bind", parts_.number},
                  {"host", host},
                  {"status", pdu::describe_status(link.bind_status())}});
}

asio::awaitable<void> Bind::wait_for(milliseconds length) {
    const SteadyTime until = now() + length;
    due_ = until;
    owner_.on_progress();
    while (!stopping_ && now() < until) co_await wake_.wait();
    due_ = SteadyTime::max();
}

Result<void> Bind::send(const pdu::ShortMessage& message, const pdu::Tlvs& tlvs, Ticket ticket) {
    const SteadyTime time = now();
    const Result<void> taken = link_->submit(message, tlvs, ticket, time);
    if (taken) pace_.take(time);
    return taken;
}

/// In a turn of its own, behind the answers that were just handed out: what their callers send next goes along. Under
/// load a write for each answer costs more than all else that a message does.
void Bind::flush() {
    if (!link_ || writing_ || flushing_) return;
    if (!link_->has_output() && link_->state() != Link::State::closed) return;
    flushing_ = true;
    gathered_.async_wait([self = shared_from_this()](const boost::system::error_code&) {
        self->flushing_ = false;
        self->write();
    });
}

void Bind::write() {
    if (!link_ || writing_) return;
    const bool closed = link_->state() == Link::State::closed;
    if (!link_->has_output()) {
        if (closed) connection_->close();
        return;
    }
    if (closed && due_ == SteadyTime::max()) due_ = now() + last_word_max;
    writing_ = true;
    gathered_.expires_after(parts_.options.timing.gather);
    connection_->write(link_->take_output(), [self = shared_from_this()](const Connection::ErrorCode& ec) {
        self->writing_ = false;
        if (ec) {
            self->connection_->close();
        } else {
            self->flush();
        }
    });
}

void Bind::run_due(SteadyTime now) {
    if (link_) {
        link_->run_due(now);
        flush();
    }
    if (now < due_) return;
    due_ = SteadyTime::max();
    if (connection_) connection_->close();
    wake_.notify();
}

SteadyTime Bind::next_due() const noexcept { return link_ ? std::min(due_, link_->next_due()) : due_; }

void Bind::stop() {
    stopping_ = true;
    wake_.notify();
    if (link_) {
        link_->unbind(now());
        flush();
    } else if (connection_) {
        connection_->close();
    }
}

void Bind::close() {
    stopping_ = true;
    wake_.notify();
    if (connection_) connection_->close();
}

void Bind::on_bound() {
    was_bound_ = true;
    observe::info(
        "smpp bound",
        {{"route", parts_.options.name}, {"bind", parts_.number}, {"host", parts_.options.hosts[back_off_.host()]}});
    owner_.on_up();
}

void Bind::on_answer(Ticket ticket, std::uint32_t status, std::string message_id, SteadyTime::duration took) {
    owner_.on_answer(*this, ticket, status, std::move(message_id), took);
}

void Bind::on_unanswered(Ticket ticket) { owner_.on_unanswered(ticket, true); }

void Bind::on_message(pdu::Pdu message) {
    const pdu::Command request = message.command;
    const std::uint32_t sequence = message.sequence;
    if (unacknowledged_ >= unacknowledged_max) {
        link_->answer(request, sequence, pdu::status_queue_full);
        return;
    }
    ++unacknowledged_;
    owner_.on_message(std::move(message),
                      [weak = weak_from_this(), number = link_number_, request, sequence](bool stored) {
                          if (const auto self = weak.lock()) self->answer(number, request, sequence, stored);
                      });
}

void Bind::answer(std::uint64_t link_number, pdu::Command request, std::uint32_t sequence, bool stored) {
    if (!link_ || link_number != link_number_ || unacknowledged_ == 0) return;
    --unacknowledged_;
    link_->answer(request, sequence, stored ? std::uint32_t{pdu::status_ok} : std::uint32_t{pdu::status_receiver_busy});
    flush();
}

}  // namespace roger::smpp
