#include "channel/handset.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/support/fakes.hpp"

namespace roger::channel {
namespace {

class HandsetTest : public testing::Test {
protected:
    Result<Accepted> submit(const char* number, message::Channel channel = message::Channel::sms) {
        Outbound message;
        message.channel = channel;
        message.number = number;
        message.reference = {verification::RowKey{7}, 0, 1};
        std::optional<Result<Accepted>> result;
        boost::asio::io_context io;
        boost::asio::co_spawn(io, handset.submit(message, SteadyTime::max()),
                              [&](const std::exception_ptr&, Result<Accepted> got) { result = std::move(got); });
        io.run();
        return *result;
    }

    testing_support::FakeClock clock;
    std::vector<DeliveryReceipt> receipts;
    Handset handset{clock, [this](DeliveryReceipt receipt) { receipts.push_back(std::move(receipt)); }};
};

TEST_F(HandsetTest, OrdinaryNumbersAreDeliveredAtOnce) {
    for (const auto* number : {"447700900000", "447700900899", "4915112345678", "44770090090", "4477009009000",
                               "447700900904", "447700900905", "447700900906", "447700900907"}) {
        const auto result = submit(number);
        ASSERT_TRUE(result) << number;
        EXPECT_EQ(result->delivered, clock.service_now()) << number;
    }
    EXPECT_FALSE(handset.next_due());
}

TEST_F(HandsetTest, LateAndFailedReceiptsComeOnServiceTime) {
    ASSERT_TRUE(submit("447700900900"));
    EXPECT_FALSE(submit("447700900900")->delivered);
    ASSERT_TRUE(submit("447700900903"));
    EXPECT_EQ(handset.next_due(), clock.service_now() + seconds(5));
    clock.advance(seconds(5) - milliseconds(1));
    handset.run_due();
    EXPECT_TRUE(receipts.empty());
    clock.advance(milliseconds(1));
    handset.run_due();
    ASSERT_EQ(receipts.size(), 1U);
    EXPECT_FALSE(receipts[0].delivered);
    clock.advance(seconds(15));
    handset.run_due();
    ASSERT_EQ(receipts.size(), 3U);
    EXPECT_TRUE(receipts[2].delivered);
    EXPECT_EQ(receipts[2].reference.key, verification::RowKey{7});
}

TEST_F(HandsetTest, OwesTheReceiptsOfTheProcessBeforeIt) {
    for (const std::string_view number : {"447700900900", "447700900903"}) {
        verification::Request row;
        row.key = verification::RowKey{9};
        row.number = number;
        row.events.resize(3);
        row.events[0].state = verification::EventState::submitted;
        row.events[0].route = "smsc-a";
        row.events[1].state = verification::EventState::delivered;
        row.events[1].route = "handset";
        row.events[2] = row.events[1];
        row.events[2].state = verification::EventState::submitted;
        row.events[2].attempt = 2;
        row.events[2].handed_over = clock.service_now();
        handset.resume(row, "handset");
    }
    clock.advance(seconds(20));
    handset.run_due();
    ASSERT_EQ(receipts.size(), 2U);
    EXPECT_FALSE(receipts[0].delivered);
    EXPECT_TRUE(receipts[1].delivered);
    EXPECT_EQ(receipts[1].reference.event, 2U);
    EXPECT_EQ(receipts[1].reference.attempt, 2);
    EXPECT_FALSE(handset.next_due());
}

TEST_F(HandsetTest, GoesOnRingingWhereTheProcessBeforeItEnded) {
    verification::Request row;
    row.key = verification::RowKey{9};
    row.number = "447700900905";
    row.events.resize(1);
    row.events[0].channel = message::Channel::tts;
    row.events[0].state = verification::EventState::submitted;
    row.events[0].route = "handset";
    row.events[0].handed_over = clock.service_now() - seconds(30);
    handset.resume(row, "handset");
    EXPECT_EQ(handset.next_due(), clock.service_now() + seconds(10));
    clock.advance(seconds(10));
    handset.run_due();
    ASSERT_EQ(receipts.size(), 1U);
    EXPECT_EQ(receipts[0].reason, "no answer");
}

TEST_F(HandsetTest, ACallIsAnsweredOrNotAsItsNumberSays) {
    EXPECT_EQ(submit("447700900904", message::Channel::tts).error().code, Errc::blocked);
    const auto outcome = [&](const char* number, seconds after) -> std::string {
        receipts.clear();
        const auto accepted = submit(number, message::Channel::tts);
        if (!accepted || accepted->delivered) return "not ringing";
        clock.advance(after);
        handset.run_due();
        if (receipts.size() != 1) return "";
        return receipts[0].delivered ? "delivered" : receipts[0].reason;
    };
    EXPECT_EQ(outcome("447700900001", seconds(7)), "delivered");
    EXPECT_EQ(outcome("447700900905", seconds(40)), "no answer");
    EXPECT_EQ(outcome("447700900906", seconds(7)), "delivered");
    EXPECT_EQ(outcome("447700900907", seconds(2)), "hung up before the PIN");
    EXPECT_FALSE(submit("447700900901", message::Channel::tts)->delivered);
    EXPECT_EQ(submit("447700900902", message::Channel::tts).error().code, Errc::blocked);
}

// A person who does not answer, or hangs up, has not got the PIN: it is not theirs to read.
TEST(HandsetFateTest, ACallIsShownWhenItCameToThePhonesOwner) {
    verification::Event event;
    event.channel = message::Channel::tts;
    event.state = verification::EventState::submitted;
    EXPECT_TRUE(reaches_phone(Fate::delivered, event));
    for (const Fate fate : {Fate::unanswered, Fate::voicemail, Fate::hangs_up, Fate::refused, Fate::failed_receipt}) {
        EXPECT_FALSE(reaches_phone(fate, event));
    }
    event.channel = message::Channel::sms;
    EXPECT_TRUE(reaches_phone(Fate::unanswered, event));
    event.state = verification::EventState::delivered;
    EXPECT_TRUE(reaches_phone(Fate::voicemail, event));
    event.state = verification::EventState::failed;
    EXPECT_FALSE(reaches_phone(Fate::delivered, event));
}

TEST_F(HandsetTest, TheOtherFatesAnswerAsTheirNumberSays) {
    EXPECT_FALSE(submit("447700900901")->delivered);
    EXPECT_FALSE(handset.next_due());
    EXPECT_EQ(submit("447700900902").error().code, Errc::blocked);
    EXPECT_EQ(submit("447700900908").error().code, Errc::timed_out);
    EXPECT_EQ(submit("447700900909").error().code, Errc::rate_limited);
    EXPECT_EQ(submit("447700900909").error().code, Errc::rate_limited);
    EXPECT_TRUE(submit("447700900909"));
}

}  // namespace
}  // namespace roger::channel
