// What a session does with a peer that throttles, hangs, refuses, breaks off at any byte, or talks nonsense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

#include "smpp/scripted_peer_test.hpp"
#include "smpp/session.hpp"

namespace roger::smpp {
namespace {

using pdu::Command;
using testing::ElementsAre;

class SessionFaultsTest : public SessionFixture {
protected:
    /// Answers submit_sm with these statuses, one after the other, then with 0.
    void answer_with(std::vector<std::uint32_t> first) {
        peer.script = [this, first = std::move(first), n = std::size_t{0}](PeerConnection& connection,
                                                                           const pdu::Pdu& pdu) mutable {
            if (pdu.command != Command::submit_sm || n >= first.size()) return peer.behave_well(connection, pdu);
            const std::uint32_t status = first[n++];
            if (status == pdu::status_ok) return peer.behave_well(connection, pdu);
            connection.answer(pdu, status);  // only a header, as SMSCs do
        };
    }
    void never_answer() {
        peer.script = [this](PeerConnection& connection, const pdu::Pdu& pdu) {
            if (pdu.command != Command::submit_sm) peer.behave_well(connection, pdu);
        };
    }
    void answer_binds_with(std::uint32_t status) {
        peer.script = [status](PeerConnection& connection, const pdu::Pdu& pdu) { connection.answer(pdu, status); };
    }

    std::function<void()> break_off;
};

TEST_F(SessionFaultsTest, ThrottledPausesTheBindAndKeepsTheOrder) {
    for (const std::uint32_t busy : {pdu::status_throttled, pdu::status_queue_full, pdu::status_system_error}) {
        SCOPED_TRACE(pdu::describe_status(busy));
        peer.heard.clear();
        answer_with({busy, busy});
        begin_bound();
        const auto first = submit("1");
        const auto second = submit("2");
        settle();
        const auto third = submit("3");  // comes while the bind pauses
        settle();
        EXPECT_THAT(texts(), ElementsAre("1", "2"));
        EXPECT_FALSE(first->has_value());
        advance(milliseconds(499));
        EXPECT_THAT(texts(), ElementsAre("1", "2"));
        advance(milliseconds(1));
        EXPECT_THAT(texts(), ElementsAre("1", "2", "1", "2", "3"));
        EXPECT_TRUE(result(first));
        EXPECT_TRUE(result(second));
        EXPECT_TRUE(result(third));
    }
}

TEST_F(SessionFaultsTest, ThrottledForTooLongIsGivenBackUnsent) {
    answer_with(std::vector<std::uint32_t>(100, pdu::status_throttled));
    begin_bound();
    const auto outcome = submit();
    settle();
    for (int n = 0; n < 19; ++n) advance(milliseconds(100));
    EXPECT_FALSE(outcome->has_value());
    EXPECT_EQ(peer.count(Command::submit_sm), 3U) << "at 0, 0.5 and 1.5 s";
    advance(milliseconds(100));
    expect_error(outcome, Errc::rate_limited);
    EXPECT_EQ(session->stats().waiting, 0U);
}

TEST_F(SessionFaultsTest, AnotherBindTakesWhatOneMayNotSend) {
    options.binds = 2;
    answer_with({pdu::status_throttled});
    begin();
    run_until([&] { return session->stats().binds_up == 2; });
    EXPECT_TRUE(result(submit()));
    EXPECT_EQ(peer.count(Command::submit_sm), 2U);
}

TEST_F(SessionFaultsTest, RefusalsSayWhoIsToBlame) {
    options.errors = {{0x40a, pdu::ErrorKind::refused_number}};
    answer_with({pdu::status_invalid_destination, pdu::status_invalid_source, 0x40a, 0x40b});
    begin_bound();
    const auto number = submit();
    expect_error(number, Errc::blocked);
    EXPECT_NE(result(number).error().detail.find("refused_number"), std::string::npos);
    const auto route = submit();
    expect_error(route, Errc::blocked);
    EXPECT_NE(result(route).error().detail.find("refused_route: 0x0000000a ESME_RINVSRCADR"), std::string::npos);
    expect_error(submit(), Errc::blocked);
    expect_error(submit(), Errc::unavailable);
    EXPECT_EQ(peer.count(Command::submit_sm), 4U) << "none of them is tried again here";
}

TEST_F(SessionFaultsTest, AHangingPeerLeavesTheOutcomeUnknownAndNothingIsRepeated) {
    options.window = 1;
    never_answer();
    begin_bound();
    const auto hanging = submit("1");
    settle();
    advance(milliseconds(1'000));
    const auto waiting = submit("2");
    settle();
    advance(milliseconds(1'999));
    EXPECT_FALSE(hanging->has_value());
    advance(milliseconds(1));
    expect_error(hanging, Errc::timed_out);
    expect_error(waiting, Errc::rate_limited);
    EXPECT_EQ(session->stats().in_window, 1U) << "the peer may still be at it";
    EXPECT_THAT(texts(), ElementsAre("1"));
}

TEST_F(SessionFaultsTest, ALateAnswerFreesItsPlaceAndIsNobodys) {
    options.window = 1;
    std::optional<pdu::Pdu> asked;
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm || asked) return peer.behave_well(connection, pdu);
        asked = pdu;
    };
    begin_bound();
    const auto late = submit();
    settle();
    advance(seconds(3));
    expect_error(late, Errc::timed_out);
    peer.newest().answer(*asked, 0, pdu::MessageAnswer{"A"});
    EXPECT_TRUE(result(submit()));
}

TEST_F(SessionFaultsTest, APartThatIsRefusedRefusesTheMessage) {
    answer_with({pdu::status_ok, pdu::status_invalid_destination});
    begin_bound();
    expect_error(submit(std::vector{segment("1"), segment("2")}), Errc::blocked);
}

TEST_F(SessionFaultsTest, APartThatIsThrottledToTheEndLeavesTheMessageUnknown) {
    answer_with({pdu::status_ok, pdu::status_throttled, pdu::status_throttled, pdu::status_throttled});
    begin_bound();
    const auto outcome = submit(std::vector{segment("1"), segment("2")});
    settle();
    for (int n = 0; n < 20; ++n) advance(milliseconds(100));
    expect_error(outcome, Errc::timed_out);
}

// The peer breaks off after each number of bytes that it could have said: before, within and after each answer.
TEST_F(SessionFaultsTest, AResetAtAnyByteOfThePeerLosesNothingAndRepeatsNothing) {
    pdu::Octets answer;
    ASSERT_TRUE(
        pdu::append({.command = Command::submit_sm_resp, .sequence = 2, .body = pdu::MessageAnswer{"77"}}, answer));
    for (std::size_t said = 0; said <= answer.size(); ++said) {
        SCOPED_TRACE(said);
        peer.heard.clear();
        peer.connections.clear();
        peer.script = [&, n = 0](PeerConnection& connection, const pdu::Pdu& pdu) mutable {
            if (pdu.command != Command::submit_sm || ++n > 1) return peer.behave_well(connection, pdu);
            connection.send_raw(pdu::Octets(answer.begin(), answer.begin() + static_cast<std::ptrdiff_t>(said)));
            break_off = [&connection] { connection.reset(); };
        };
        begin_bound();
        const auto outcome = submit();
        run_until([&] { return break_off != nullptr; });
        settle();
        std::exchange(break_off, nullptr)();
        if (said == answer.size()) {
            EXPECT_TRUE(result(outcome));
        } else {
            expect_error(outcome, Errc::timed_out);
        }
        run_until_down();
        expect_error(submit(), Errc::unavailable);
        EXPECT_EQ(peer.count(Command::submit_sm), 1U);
        advance(seconds(1));  // the longest that the first back-off takes
        run_until([&] { return session->up(); });
        EXPECT_TRUE(result(submit()));
        EXPECT_EQ(peer.count(Command::submit_sm), 2U);
    }
}

// The peer breaks off after each number of bytes that it has read of us: within the bind, within the message.
TEST_F(SessionFaultsTest, AResetAtAnyByteOfOursIsSurvived) {
    for (std::size_t read = 1; read <= 81; read += 4) {
        SCOPED_TRACE(read);
        peer.connections.clear();
        peer.accepted = [&](PeerConnection& connection) {
            if (peer.connections.size() == 1) connection.reset_after(read);
        };
        begin();
        run_until([&] { return session->up() || (!peer.connections.empty() && !peer.newest().open()); });
        if (session->up()) {
            const auto outcome = submit();
            const auto& ids = result(outcome);
            if (!ids) EXPECT_THAT(ids.error().code, testing::AnyOf(Errc::timed_out, Errc::unavailable));
        }
        settle();
        advance(seconds(1));
        run_until([&] { return session->up(); });
        EXPECT_TRUE(result(submit()));
    }
}

TEST_F(SessionFaultsTest, GarbageEndsTheConnectionAndANewOneIsMade) {
    begin_bound();
    peer.newest().send_raw({'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0', '\r', '\n', '\r', '\n'});
    run_until_down();
    EXPECT_THAT(ups, ElementsAre(true, false));
    advance(seconds(1));
    run_until([&] { return session->up(); });
    EXPECT_EQ(peer.connections.size(), 2U);
}

TEST_F(SessionFaultsTest, AnUnbindOfThePeerIsAnsweredAndTheBindComesBack) {
    begin_bound();
    peer.newest().send({.command = Command::unbind, .sequence = 9});
    run_until_down();
    EXPECT_EQ(peer.count(Command::unbind_resp), 1U);
    advance(seconds(1));
    run_until([&] { return session->up(); });
}

TEST_F(SessionFaultsTest, ASilentPeerIsLeftAfterTwoEnquiries) {
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::enquire_link) peer.behave_well(connection, pdu);
    };
    begin_bound();
    advance(seconds(30));
    advance(seconds(10));
    EXPECT_EQ(peer.count(Command::enquire_link), 2U);
    EXPECT_TRUE(session->up());
    advance(seconds(10));
    EXPECT_FALSE(session->up());
}

TEST_F(SessionFaultsTest, AWrongPasswordIsTriedAgainOnlyAfterAMinute) {
    answer_binds_with(pdu::status_invalid_password);
    begin();
    run_until([&] { return peer.count(Command::bind_transceiver) == 1; });
    settle();
    EXPECT_FALSE(session->up());
    for (int n = 0; n < 59; ++n) advance(seconds(1));
    EXPECT_EQ(peer.connections.size(), 1U);
    peer.script = nullptr;
    for (int n = 0; n < 31; ++n) advance(seconds(1));
    run_until([&] { return session->up(); });
    EXPECT_EQ(peer.connections.size(), 2U);
}

TEST_F(SessionFaultsTest, AHangingOldSessionIsWaitedFor) {
    answer_binds_with(pdu::status_already_bound);
    begin();
    run_until([&] { return peer.count(Command::bind_transceiver) == 1; });
    settle();
    for (int n = 0; n < 14; ++n) advance(seconds(1));
    EXPECT_EQ(peer.connections.size(), 1U);
    peer.script = nullptr;
    for (int n = 0; n < 16; ++n) advance(seconds(1));
    run_until([&] { return session->up(); });
}

TEST_F(SessionFaultsTest, ABindWithoutAnswerIsGivenUpAfterTenSeconds) {
    peer.script = [](PeerConnection&, const pdu::Pdu&) {};
    begin();
    run_until([&] { return peer.count(Command::bind_transceiver) == 1; });
    advance(milliseconds(9'999));
    EXPECT_TRUE(peer.newest().open());
    advance(milliseconds(1));
    EXPECT_FALSE(peer.newest().open());
}

TEST_F(SessionFaultsTest, TheNextHostIsTriedAtOnce) {
    ScriptedPeer other(io);
    options.hosts = {peer.host(), other.host()};
    peer.stop_listening();
    begin();
    settle();
    advance(milliseconds(100));
    run_until([&] { return session->up(); });
    EXPECT_EQ(other.count(Command::bind_transceiver), 1U);
    EXPECT_TRUE(peer.heard.empty());
}

TEST_F(SessionFaultsTest, BindsBeginWithDifferentHosts) {
    ScriptedPeer other(io);
    options.hosts = {peer.host(), other.host()};
    options.binds = 2;
    begin();
    run_until([&] { return session->stats().binds_up == 2; });
    EXPECT_EQ(peer.count(Command::bind_transceiver), 1U);
    EXPECT_EQ(other.count(Command::bind_transceiver), 1U);
}

TEST_F(SessionFaultsTest, ANameIsResolvedAndAnUnknownOneIsNoEnd) {
    ScriptedPeer other(io);
    boost::system::error_code unknown;
    (void)boost::asio::ip::tcp::resolver(io).resolve("localhost", "", unknown);
    if (unknown) GTEST_SKIP() << "this system does not know localhost: it has no /etc/hosts";
    options.hosts = {"no..such..host:2775", "localhost" + other.host().substr(other.host().find(':'))};
    begin();
    run_until([&] {
        clock.advance(milliseconds(20));
        session->run_due();
        return session->up();
    });
    EXPECT_EQ(other.count(Command::bind_transceiver), 1U);
}

TEST_F(SessionFaultsTest, AnAcknowledgementForAnOldConnectionGoesNowhere) {
    begin_bound();
    peer.newest().send({.command = Command::deliver_sm, .sequence = 1, .body = pdu::ShortMessage{}});
    run_until([&] { return messages.size() == 1; });
    peer.newest().reset();
    run_until_down();
    advance(seconds(1));
    run_until([&] { return session->up(); });
    acknowledge[0](true);
    settle();
    EXPECT_EQ(peer.count(Command::deliver_sm_resp), 0U);
    acknowledge[0] = nullptr;
    session.reset();
}

TEST_F(SessionFaultsTest, LosingTheLastBindGivesBackWhatWaits) {
    options.window = 1;
    never_answer();
    begin_bound();
    const auto sent = submit("1");
    const auto waiting = submit("2");
    settle();
    peer.newest().reset();
    expect_error(sent, Errc::timed_out);
    expect_error(waiting, Errc::unavailable);
}

TEST_F(SessionFaultsTest, AMessageThatDoesNotFitIsRefusedAndTheNextOneGoes) {
    begin_bound();
    Segment wrong = segment();
    wrong.message.source.text = std::string(30, '1');
    expect_error(submit(std::vector{segment(), wrong}), Errc::blocked);
    EXPECT_TRUE(result(submit()));
}

}  // namespace
}  // namespace roger::smpp
