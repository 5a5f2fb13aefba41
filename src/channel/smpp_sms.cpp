#include "channel/smpp_sms.hpp"

#include "channel/smpp_read.hpp"
#include "channel/smpp_write.hpp"
#include "observe/log.hpp"
#include "pdu/receipt.hpp"
#include "smpp/session.hpp"

namespace roger::channel {

namespace asio = boost::asio;

struct SmppSms::State {
    State(Parts given, SmppSmsOptions wanted) : parts(std::move(given)), options(std::move(wanted)) {}

    void on_message(const pdu::Pdu& pdu, std::function<void(bool)> done);
    void on_up();
    void on_answer(std::uint32_t status, SteadyTime::duration took);

    Parts parts;
    SmppSmsOptions options;
    std::unique_ptr<smpp::Session> session;
    std::uint8_t last_reference = 0;
};

void SmppSms::State::on_message(const pdu::Pdu& pdu, std::function<void(bool)> done) {
    if (!pdu::is_receipt(pdu)) {
        if (!parts.inbound) return done(true);
        return parts.inbound(read_inbound(pdu, options), std::move(done));
    }
    std::optional<PeerReceipt> receipt = read_peer_receipt(pdu, options);
    if (!receipt) {
        observe::warning("smpp receipt without an id", {{"route", options.peer.name}});
        return done(true);
    }
    parts.receipts(std::move(*receipt), std::move(done));
}

void SmppSms::State::on_up() {
    const smpp::Stats stats = session->stats();
    parts.metrics.set("roger_smpp_binds", {{"route", options.peer.name}}, static_cast<double>(stats.binds_up));
}

void SmppSms::State::on_answer(std::uint32_t status, SteadyTime::duration took) {
    const std::string& route = options.peer.name;
    parts.metrics.count("roger_smpp_answers_total", {{"route", route}, {"status", pdu::status_label(status)}});
    parts.metrics.set("roger_smpp_window", {{"route", route}}, static_cast<double>(session->stats().in_window));
    parts.metrics.observe("roger_smpp_answer_seconds", std::chrono::duration<double>(took).count());
}

SmppSms::SmppSms(std::shared_ptr<State> state) : state_(std::move(state)) {}
SmppSms::~SmppSms() = default;

Result<std::unique_ptr<SmppSms>> SmppSms::create(Parts parts, SmppSmsOptions options) {
    if (options.peer_group.empty()) options.peer_group = options.peer.name;
    auto state = std::make_shared<State>(std::move(parts), std::move(options));
    // The session ends before what its hooks refer to: the state owns it.
    State* const owner = state.get();
    smpp::Hooks hooks;
    hooks.message = [owner](const pdu::Pdu& pdu, std::function<void(bool)> done) {
        owner->on_message(pdu, std::move(done));
    };
    hooks.up = [owner](bool /*up*/) { owner->on_up(); };
    hooks.answered = [owner](std::uint32_t status, SteadyTime::duration took) { owner->on_answer(status, took); };
    auto session = smpp::Session::create({.executor = state->parts.executor,
                                          .clock = state->parts.clock,
                                          .random = state->parts.random,
                                          .hooks = std::move(hooks)},
                                         state->options.peer);
    if (!session) return tl::make_unexpected(session.error());
    state->session = std::move(*session);
    state->last_reference = static_cast<std::uint8_t>(state->parts.random.next_u64());
    return std::unique_ptr<SmppSms>(new SmppSms(std::move(state)));
}

void SmppSms::start() { state_->session->start(); }
bool SmppSms::up() const { return state_->session->up(); }
void SmppSms::run_due() { state_->session->run_due(); }

asio::awaitable<Result<Accepted>> SmppSms::submit(Outbound message, SteadyTime deadline) {
    const std::shared_ptr<State> state = state_;
    const SmppSmsOptions& options = state->options;
    Result<Written> written =
        write_segments(message, options, ++state->last_reference, state->parts.clock.service_now());
    if (!written) co_return tl::make_unexpected(written.error());
    Result<std::vector<std::string>> ids = co_await state->session->submit(std::move(written->submits), deadline);
    if (!ids) co_return tl::make_unexpected(ids.error());

    Accepted accepted;
    accepted.segments = written->segments;
    accepted.price = Micros{options.price.value * written->segments};
    for (const std::string& id : *ids) {
        std::string normal = pdu::normal_message_id(id);
        if (!normal.empty()) accepted.receipt_keys.push_back({options.peer_group, std::move(normal)});
    }
    // Without the id of each part their receipts can never say that all have arrived.
    if (accepted.receipt_keys.size() != ids->size()) accepted.receipt_keys.clear();
    accepted.peer_ids = std::move(*ids);
    co_return accepted;
}

asio::awaitable<void> SmppSms::stop() {
    const std::shared_ptr<State> state = state_;
    co_await state->session->stop();
}

}  // namespace roger::channel
