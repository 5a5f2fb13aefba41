// One bind: keeps a connection to the SMSC bound for as long as the session wants it. Connects (name, TCP, TLS), binds,
// carries bytes between connection and link, and begins again with back-off and on the next host when that ends.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/random.hpp"
#include "base/time.hpp"
#include "pdu/pdu.hpp"
#include "smpp/back_off.hpp"
#include "smpp/connection.hpp"
#include "smpp/link.hpp"
#include "smpp/options.hpp"
#include "smpp/pace.hpp"
#include "smpp/signal.hpp"

namespace roger::smpp {

class Bind;

/// What a bind tells the session that owns it, on its executor.
class BindOwner {
public:
    virtual ~BindOwner() = default;
    virtual void on_up() = 0;
    /// After every ticket that was under way has been named by on_unanswered().
    virtual void on_down() = 0;
    virtual void on_answer(
        Bind& bind, Ticket ticket, std::uint32_t status, std::string message_id, SteadyTime::duration took) = 0;
    /// @param sent  false: the peer has not seen any of it
    virtual void on_unanswered(Ticket ticket, bool sent) = 0;
    /// @param done  at most once, now or later: true acknowledges, false has the peer send it again
    virtual void on_message(pdu::Pdu message, std::function<void(bool stored)> done) = 0;
    /// Something has changed: there may be room, or another time to wake up at.
    virtual void on_progress() = 0;
};

class Bind final : public LinkListener, public std::enable_shared_from_this<Bind> {
public:
    struct Parts {
        boost::asio::any_io_executor executor;
        const Clock& clock;
        Random& random;
        const Options& options;
        TlsContext tls;
        pdu::Command command;
        std::size_t number;  ///< among the session's: binds begin with different hosts
    };
    /// All of it, and the owner, outlive run().
    Bind(const Parts& parts, BindOwner& owner);

    /// Until stop() or close().
    [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<Bind> self);

    [[nodiscard]] bool is_bound() const noexcept { return link_ && link_->state() == Link::State::bound; }
    [[nodiscard]] bool transmits() const noexcept { return parts_.command != pdu::Command::bind_receiver; }
    [[nodiscard]] bool has_room() const noexcept { return link_ && link_->has_room(); }
    [[nodiscard]] std::size_t in_window() const noexcept { return link_ ? link_->in_window() : 0; }
    /// Changed by the owner, who knows what an answer means.
    [[nodiscard]] Pace& pace() noexcept { return pace_; }
    /// @pre  has_room(), and the pace is ready
    [[nodiscard]] Result<void> send(const pdu::ShortMessage& message, const pdu::Tlvs& tlvs, Ticket ticket);
    /// Has what was sent written soon: within Timing::gather.
    void flush();

    void run_due(SteadyTime now);
    [[nodiscard]] SteadyTime next_due() const noexcept;

    void stop();   ///< unbinds if it is bound, then ends
    void close();  ///< ends at once

private:
    void on_bound() override;
    void on_answer(Ticket ticket, std::uint32_t status, std::string message_id, SteadyTime::duration took) override;
    void on_unanswered(Ticket ticket) override;
    void on_message(pdu::Pdu message) override;

    [[nodiscard]] boost::asio::awaitable<Ended> serve();
    [[nodiscard]] boost::asio::awaitable<std::string> carry();
    [[nodiscard]] boost::asio::awaitable<void> wait_for(milliseconds length);
    [[nodiscard]] Ended end_link(const std::string& lost);
    void write();
    void log_end(const Link& link, const std::string& lost) const;
    void answer(std::uint64_t link_number, pdu::Command request, std::uint32_t sequence, bool stored);
    [[nodiscard]] SteadyTime now() const { return parts_.clock.steady_now(); }

    Parts parts_;
    BindOwner& owner_;
    BackOff back_off_;
    Pace pace_;
    Signal wake_;
    SteadyTime due_ = SteadyTime::max();  ///< of connecting, waiting, or saying the last word
    std::shared_ptr<Connection> connection_;
    std::optional<Link> link_;
    std::uint64_t link_number_ = 0;   ///< so that a late acknowledgement does not go to the next connection
    std::size_t unacknowledged_ = 0;  ///< messages of the peer that nobody has stored yet
    bool was_bound_ = false;
    boost::asio::steady_timer gathered_;  ///< expires when the next write may begin
    bool flushing_ = false;               ///< write() waits for gathered_
    bool writing_ = false;
    bool stopping_ = false;
};

}  // namespace roger::smpp
