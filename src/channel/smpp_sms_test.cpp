// The channel against a scripted SMSC: what comes back to those who send, and to those who wait for receipts.
#include "channel/smpp_sms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channel/smpp_read.hpp"
#include "smpp/scripted_peer_test.hpp"

namespace roger::channel {
namespace {

using pdu::Command;
using testing::ElementsAre;

class SmppSmsTest : public smpp::SessionFixture {
protected:
    SmppSmsTest() {
        sms.peer = options;
        sms.price = Micros{35'000};
    }
    void begin_channel() {
        auto made = SmppSms::create({.executor = io.get_executor(),
                                     .clock = clock,
                                     .random = random,
                                     .metrics = metrics,
                                     .receipts =
                                         [this](PeerReceipt receipt, std::function<void(bool)> done) {
                                             receipts.push_back(std::move(receipt));
                                             receipt_done.push_back(std::move(done));
                                         },
                                     .inbound =
                                         [this](InboundMessage message, std::function<void(bool)> done) {
                                             inbound.push_back(std::move(message));
                                             done(true);
                                         }},
                                    sms);
        ASSERT_TRUE(made) << made.error().detail;
        channel = std::move(*made);
        channel->start();
        run_until([this] { return channel->up(); });
    }
    ~SmppSmsTest() override {
        channel.reset();
        settle();
    }
    Result<Accepted> send(std::string text) {
        Outbound message;
        message.number = "447400123456";
        message.text = std::move(text);
        std::optional<Result<Accepted>> answer;
        boost::asio::co_spawn(io, channel->submit(std::move(message), clock.steady_now() + seconds(3)),
                              [&](const std::exception_ptr&, Result<Accepted> given) { answer = std::move(given); });
        run_until([&] { return answer.has_value(); });
        return answer ? std::move(*answer) : fail(Errc::conflict, "the test gave up");
    }
    void peer_delivers(std::uint8_t esm_class, std::string_view text, std::uint8_t data_coding = 0) {
        pdu::ShortMessage message;
        message.source = {1, 1, "+447400123456"};
        message.destination = {5, 0, "ACME"};
        message.esm_class = esm_class;
        message.data_coding = data_coding;
        message.text.assign(text.begin(), text.end());
        peer.newest().send({.command = Command::deliver_sm, .sequence = ++sequence, .body = std::move(message)});
    }

    SmppSmsOptions sms;
    observe::Metrics metrics;
    std::unique_ptr<SmppSms> channel;
    std::vector<PeerReceipt> receipts;
    std::vector<std::function<void(bool)>> receipt_done;
    std::vector<InboundMessage> inbound;
    std::uint32_t sequence = 0;
};

TEST_F(SmppSmsTest, AnAcceptedTextPromisesAReceiptForEachPart) {
    peer.script = [&](smpp::PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) return peer.behave_well(connection, pdu);
        connection.answer(pdu, 0, pdu::MessageAnswer{fmt::format("00A{}", pdu.sequence)});
    };
    begin_channel();
    const auto accepted = send(std::string(200, 'a'));
    ASSERT_TRUE(accepted) << accepted.error().detail;
    EXPECT_EQ(accepted->segments, 2);
    EXPECT_EQ(accepted->price, Micros{70'000});
    EXPECT_THAT(accepted->peer_ids, ElementsAre("00A2", "00A3"));
    EXPECT_THAT(accepted->receipt_keys, ElementsAre(ReceiptKey{"smsc", "a2"}, ReceiptKey{"smsc", "a3"}));
    EXPECT_FALSE(accepted->delivered);
}

TEST_F(SmppSmsTest, WithoutAnIdNoReceiptIsPromised) {
    peer.script = [&](smpp::PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) return peer.behave_well(connection, pdu);
        connection.answer(pdu, 0);
    };
    begin_channel();
    const auto accepted = send("hi");
    ASSERT_TRUE(accepted);
    EXPECT_TRUE(accepted->receipt_keys.empty());
}

TEST_F(SmppSmsTest, PeersOfOneGroupShareTheirIds) {
    sms.peer_group = "aggregator";
    begin_channel();
    EXPECT_THAT(send("hi")->receipt_keys, ElementsAre(ReceiptKey{"aggregator", "1"}));
}

TEST_F(SmppSmsTest, ReceiptsGoToTheirSinkAndAreAcknowledgedByIt) {
    sms.message_id = pdu::MessageIdForm::hex_in_resp;
    begin_channel();
    peer_delivers(0x04, "id:255 sub:001 dlvrd:000 stat:UNDELIV err:012 text:Your code is 4711");
    run_until([&] { return receipts.size() == 1; });
    EXPECT_EQ(receipts[0].peer_group, "smsc");
    EXPECT_THAT(receipts[0].ids, ElementsAre("ff"));
    EXPECT_EQ(receipts[0].number, "447400123456");
    EXPECT_EQ(receipts[0].state, PeerReceipt::State::failed);
    EXPECT_EQ(receipts[0].reason, "UNDELIV err=012");
    EXPECT_EQ(peer.count(Command::deliver_sm_resp), 0U);
    receipt_done[0](false);
    run_until([&] { return peer.count(Command::deliver_sm_resp) == 1; });
    EXPECT_EQ(peer.heard.back().status, pdu::status_receiver_busy);
}

TEST_F(SmppSmsTest, ReceiptsHaveThreeStates) {
    begin_channel();
    peer_delivers(0x04, "id:1 stat:DELIVRD");
    peer_delivers(0x20, "id:1 stat:DELIVRD");
    peer_delivers(0x04, "id:1 stat:UNKNOWN");
    run_until([&] { return receipts.size() == 3; });
    EXPECT_EQ(receipts[0].state, PeerReceipt::State::delivered);
    EXPECT_EQ(receipts[1].state, PeerReceipt::State::pending);
    EXPECT_EQ(receipts[2].state, PeerReceipt::State::pending);
}

TEST_F(SmppSmsTest, AReceiptWithoutAnIdIsAcknowledgedAndDropped) {
    begin_channel();
    peer_delivers(0x04, "stat:DELIVRD");
    run_until([&] { return peer.count(Command::deliver_sm_resp) == 1; });
    EXPECT_EQ(peer.heard.back().status, pdu::status_ok);
    EXPECT_TRUE(receipts.empty());
}

TEST_F(SmppSmsTest, SubscribersMessagesGoToTheirOwnSink) {
    begin_channel();
    peer_delivers(0x00, "STOP id:1 stat:DELIVRD");
    peer_delivers(0x40, std::string("\x05\x00\x03\x01\x02\x01", 6) + "part");
    peer_delivers(0x00, std::string("\x04\x1a", 2), 8);
    run_until([&] { return inbound.size() == 3; });
    EXPECT_TRUE(receipts.empty());
    EXPECT_EQ(inbound[0].route, "smsc");
    EXPECT_EQ(inbound[0].number, "447400123456");
    EXPECT_EQ(inbound[0].to, "ACME");
    EXPECT_EQ(inbound[0].text, "STOP id:1 stat:DELIVRD");
    EXPECT_EQ(inbound[1].text, "part");
    EXPECT_EQ(inbound[2].text, "К");
    run_until([&] { return peer.count(Command::deliver_sm_resp) == 3; });
}

TEST_F(SmppSmsTest, RefusalsKeepTheirMeaning) {
    peer.script = [&](smpp::PeerConnection& connection, const pdu::Pdu& pdu) {
        if (pdu.command != Command::submit_sm) return peer.behave_well(connection, pdu);
        connection.answer(pdu, pdu::status_invalid_destination);
    };
    begin_channel();
    const auto refused = send("Your code is 4711");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::blocked);
    EXPECT_EQ(refused.error().detail.find("4711"), std::string::npos);
    EXPECT_EQ(refused.error().detail.find("447400123456"), std::string::npos);
}

TEST_F(SmppSmsTest, OperatorsSeeTheBindAndTheAnswers) {
    begin_channel();
    ASSERT_TRUE(send("hi"));
    const std::string text = metrics.text();
    EXPECT_NE(text.find("roger_smpp_binds{route=\"smsc\"} 1"), std::string::npos) << text;
    EXPECT_NE(text.find("roger_smpp_binds{route=\"smsc\"} 1"), std::string::npos);
    EXPECT_NE(text.find("roger_smpp_answers_total{route=\"smsc\",status=\"ESME_ROK\"} 1"), std::string::npos);
    EXPECT_NE(text.find("roger_smpp_answer_seconds_count 1"), std::string::npos);
    peer.newest().close();
    run_until([&] { return !channel->up(); });
    EXPECT_NE(metrics.text().find("roger_smpp_binds{route=\"smsc\"} 0"), std::string::npos);
}

TEST_F(SmppSmsTest, StoppingUnbindsAndRefusesWhatComesThen) {
    begin_channel();
    bool stopped = false;
    boost::asio::co_spawn(io, channel->stop(), [&](const std::exception_ptr&) { stopped = true; });
    run_until([&] { return stopped; });
    EXPECT_EQ(peer.count(Command::unbind), 1U);
    const auto refused = send("hi");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
}

TEST_F(SmppSmsTest, OptionsOutOfRangeMakeNoChannel) {
    sms.peer.hosts = {"nowhere"};
    const auto made = SmppSms::create({.executor = io.get_executor(),
                                       .clock = clock,
                                       .random = random,
                                       .metrics = metrics,
                                       .receipts = nullptr,
                                       .inbound = nullptr},
                                      sms);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().detail.find("nowhere"), std::string::npos);
}

}  // namespace
}  // namespace roger::channel
