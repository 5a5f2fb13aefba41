// What a session does with a peer that behaves: order, window, pace, receipts, stopping.
#include "smpp/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smpp/scripted_peer_test.hpp"

namespace roger::smpp {
namespace {

using pdu::Command;
using testing::ElementsAre;

class SessionTest : public SessionFixture {};

TEST_F(SessionTest, BindsAndSubmits) {
    begin_bound();
    EXPECT_THAT(ups, ElementsAre(true));
    const auto& bind = std::get<pdu::Bind>(peer.heard.at(0).body);
    EXPECT_EQ(bind.system_id, "roger");
    EXPECT_EQ(bind.password.reveal(), "secret");
    EXPECT_EQ(bind.interface_version, 0x34);
    const auto outcome = submit();
    ASSERT_TRUE(result(outcome));
    EXPECT_THAT(*result(outcome), ElementsAre("1"));
    EXPECT_THAT(statuses, ElementsAre(0U));
}

TEST_F(SessionTest, OptionsOutOfRangeMakeNoSession) {
    options.window = 0;
    const auto made = Session::create({io.get_executor(), clock, random, {}}, options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::invalid_argument);
}

TEST_F(SessionTest, WithoutABindNothingIsTaken) {
    begin();
    expect_error(submit(), Errc::unavailable);
    EXPECT_EQ(peer.count(Command::submit_sm), 0U);
}

TEST_F(SessionTest, IdsOfSeveralSegmentsAreInOrder) {
    std::vector<pdu::Pdu> asked;
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) return peer.behave_well(connection, pdu);
        asked.push_back(pdu);
        if (asked.size() < 3) return;
        connection.answer(asked[2], 0, pdu::MessageAnswer{"C"});
        connection.answer(asked[0], 0, pdu::MessageAnswer{"A"});
        connection.answer(asked[1], 0, pdu::MessageAnswer{"B"});
    };
    begin_bound();
    const auto outcome = submit(std::vector{segment("1"), segment("2"), segment("3")});
    ASSERT_TRUE(result(outcome));
    EXPECT_THAT(*result(outcome), ElementsAre("A", "B", "C"));
    EXPECT_THAT(texts(), ElementsAre("1", "2", "3"));
}

TEST_F(SessionTest, NoMoreThanTheWindowIsUnanswered) {
    options.window = 2;
    std::vector<pdu::Pdu> asked;
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) return peer.behave_well(connection, pdu);
        asked.push_back(pdu);
    };
    begin_bound();
    const auto first = submit("1");
    const auto second = submit("2");
    const auto third = submit("3");
    settle();
    EXPECT_THAT(texts(), ElementsAre("1", "2"));
    EXPECT_EQ(session->stats().in_window, 2U);
    EXPECT_EQ(session->stats().waiting, 1U);
    peer.newest().answer(asked[0], 0, pdu::MessageAnswer{"A"});
    run_until([&] { return asked.size() == 3; });
    EXPECT_THAT(texts(), ElementsAre("1", "2", "3"));
    EXPECT_TRUE(result(first));
}

TEST_F(SessionTest, SegmentsAreSentAtTheirPace) {
    options.segments_per_second = 10;
    options.window = 100;
    begin_bound();
    for (int n = 0; n < 5; ++n) submit(std::vector{segment(), segment()}, seconds(30));
    settle();
    EXPECT_EQ(peer.count(Command::submit_sm), 2U);
    advance(milliseconds(500));
    EXPECT_EQ(peer.count(Command::submit_sm), 4U) << "what was not sent in time is not saved up";
    for (int n = 0; n < 10; ++n) advance(milliseconds(100));
    EXPECT_GE(peer.count(Command::submit_sm), 10U);
}

TEST_F(SessionTest, AnAccountMayHaveALimitOverAllBinds) {
    options.binds = 2;
    options.account_segments_per_second = 10;
    begin();
    run_until([&] { return session->stats().binds_up == 2; });
    for (int n = 0; n < 8; ++n) submit();
    settle();
    EXPECT_EQ(peer.count(Command::submit_sm), 2U);
}

TEST_F(SessionTest, SeveralBindsShareTheWork) {
    options.binds = 2;
    options.window = 1;
    std::vector<pdu::Pdu> asked;
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) return peer.behave_well(connection, pdu);
        asked.push_back(pdu);
    };
    begin();
    run_until([&] { return session->stats().binds_up == 2; });
    submit("1");
    submit("2");
    submit("3");
    settle();
    EXPECT_THAT(texts(), testing::UnorderedElementsAre("1", "2"));
    EXPECT_EQ(peer.connections.size(), 2U);
}

TEST_F(SessionTest, SeparateBindsSendOnTheTransmitterOnly) {
    options.mode = BindMode::separate;
    begin();
    run_until([&] { return session->stats().binds_up == 2; });
    EXPECT_EQ(peer.count(Command::bind_transmitter), 1U);
    EXPECT_EQ(peer.count(Command::bind_receiver), 1U);
    EXPECT_TRUE(result(submit()));
}

TEST_F(SessionTest, AReceiverAloneIsNotUp) {
    options.mode = BindMode::separate;
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::bind_transmitter) peer.behave_well(connection, pdu);
    };
    begin();
    run_until([&] { return session->stats().binds_up == 1; });
    EXPECT_FALSE(session->up());
    expect_error(submit(), Errc::unavailable);
}

TEST_F(SessionTest, AMessageIsAcknowledgedWhenItIsStored) {
    begin_bound();
    peer.newest().send({.command = Command::deliver_sm, .sequence = 70, .body = pdu::ShortMessage{}});
    peer.newest().send({.command = Command::deliver_sm, .sequence = 71, .body = pdu::ShortMessage{}});
    run_until([&] { return messages.size() == 2; });
    EXPECT_EQ(peer.count(Command::deliver_sm_resp), 0U);
    acknowledge[1](false);
    acknowledge[0](true);
    run_until([&] { return peer.count(Command::deliver_sm_resp) == 2; });
    EXPECT_EQ(peer.heard[1].sequence, 71U);
    EXPECT_EQ(peer.heard[1].status, pdu::status_receiver_busy);
    EXPECT_EQ(peer.heard[2].sequence, 70U);
    EXPECT_EQ(peer.heard[2].status, pdu::status_ok);
}

TEST_F(SessionTest, MessagesThatNobodyStoresAreHeldUpToALimit) {
    begin_bound();
    for (std::uint32_t n = 1; n <= 1'001; ++n) {
        peer.newest().send({.command = Command::deliver_sm, .sequence = n, .body = pdu::ShortMessage{}});
    }
    run_until([&] { return peer.count(Command::deliver_sm_resp) == 1; });
    EXPECT_EQ(peer.heard.back().sequence, 1'001U);
    EXPECT_EQ(peer.heard.back().status, pdu::status_queue_full);
    EXPECT_EQ(messages.size(), 1'000U);
}

TEST_F(SessionTest, AFullQueueThrottles) {
    options.window = 1;
    options.queue_max = 2;
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) peer.behave_well(connection, pdu);
    };
    begin_bound();
    submit("sent");
    settle();
    submit("waits");
    submit("waits too");
    settle();
    expect_error(submit("too many"), Errc::rate_limited);
}

TEST_F(SessionTest, StoppingWaitsForAnswersAndUnbinds) {
    std::optional<pdu::Pdu> asked;
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) return peer.behave_well(connection, pdu);
        asked = pdu;
    };
    begin_bound();
    const auto outcome = submit();
    run_until([&] { return asked.has_value(); });
    bool stopped = false;
    boost::asio::co_spawn(io, session->stop(), [&](const std::exception_ptr&) { stopped = true; });
    settle();
    EXPECT_EQ(peer.count(Command::unbind), 0U);
    expect_error(submit(), Errc::unavailable);
    peer.newest().answer(*asked, 0, pdu::MessageAnswer{"A"});
    run_until([&] { return stopped; });
    EXPECT_TRUE(result(outcome));
    EXPECT_EQ(peer.count(Command::unbind), 1U);
    EXPECT_FALSE(peer.newest().open());
    EXPECT_EQ(peer.connections.size(), 1U);
}

TEST_F(SessionTest, StoppingEndsAlsoWhenThePeerDoesNot) {
    peer.script = [&](PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command == Command::bind_transceiver) peer.behave_well(connection, pdu);
    };
    begin_bound();
    const auto outcome = submit("", seconds(60));
    settle();
    bool stopped = false;
    boost::asio::co_spawn(io, session->stop(), [&](const std::exception_ptr&) { stopped = true; });
    settle();
    advance(milliseconds(2'999));
    EXPECT_EQ(peer.count(Command::unbind), 0U);
    advance(milliseconds(1));
    EXPECT_EQ(peer.count(Command::unbind), 1U);
    EXPECT_FALSE(stopped);
    advance(seconds(2));
    EXPECT_TRUE(stopped);
    expect_error(outcome, Errc::timed_out);
}

TEST_F(SessionTest, StoppingWhileThereIsNoPeerIsImmediate) {
    peer.stop_listening();
    begin();
    settle();
    stop();
}

}  // namespace
}  // namespace roger::smpp
