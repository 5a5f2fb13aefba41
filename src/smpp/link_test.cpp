// The rules of a link, without a socket: a peer of bytes, and a clock that the test turns.
#include "smpp/link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roger::smpp {
namespace {

using pdu::Command;
using testing::ElementsAre;
using testing::IsEmpty;

const SteadyTime t0{std::chrono::hours(1)};

struct Recorder final : LinkListener {
    struct Answer {
        Ticket ticket;
        std::uint32_t status;
        std::string id;
        friend bool operator==(const Answer&, const Answer&) = default;
    };
    void on_bound() override { ++bound; }
    void on_answer(Ticket ticket, std::uint32_t status, std::string id, SteadyTime::duration took) override {
        answers.push_back({ticket, status, std::move(id)});
        last_took = took;
    }
    void on_unanswered(Ticket ticket) override { unanswered.push_back(ticket); }
    void on_message(pdu::Pdu message) override { messages.push_back(std::move(message)); }

    int bound = 0;
    std::vector<Answer> answers;
    std::vector<Ticket> unanswered;
    std::vector<pdu::Pdu> messages;
    SteadyTime::duration last_took{};
};

class LinkTest : public testing::Test {
protected:
    /// What the link has written since the last call.
    std::vector<pdu::Pdu> written() {
        std::vector<pdu::Pdu> pdus;
        const pdu::Octets out = link.take_output();
        for (pdu::OctetView rest(out); !rest.empty();) {
            const pdu::Frame frame = pdu::next_frame(rest);
            EXPECT_EQ(frame.kind, pdu::Frame::Kind::complete);
            pdus.push_back(*pdu::decode(rest.first(frame.bytes)));
            rest = rest.subspan(frame.bytes);
        }
        return pdus;
    }
    std::vector<Command> commands() {
        std::vector<Command> found;
        for (const pdu::Pdu& each : written()) found.push_back(each.command);
        return found;
    }
    void peer_says(const pdu::Pdu& said) {
        pdu::Octets bytes;
        ASSERT_TRUE(pdu::append(said, bytes));
        link.receive(bytes, now);
    }
    void peer_answers(std::uint32_t sequence, std::uint32_t status, const std::string& id = "") {
        pdu::Pdu answer{.command = Command::submit_sm_resp, .status = status, .sequence = sequence};
        if (!id.empty()) answer.body = pdu::MessageAnswer{id};
        peer_says(answer);
    }
    void bind() {
        link.start(pdu::Bind{.system_id = "roger", .password = Secret("secret")}, now);
        const auto out = written();
        ASSERT_EQ(out.size(), 1U);
        peer_says({.command = Command::bind_transceiver_resp, .sequence = out[0].sequence, .body = pdu::BindAnswer{}});
        ASSERT_EQ(link.state(), Link::State::bound);
    }
    /// @return its sequence number
    std::uint32_t submit(Ticket ticket) {
        pdu::ShortMessage message;
        message.destination.text = "447400123456";
        EXPECT_TRUE(link.submit(message, {}, ticket, now));
        const auto out = written();
        EXPECT_EQ(out.size(), 1U);
        return out.empty() ? 0 : out[0].sequence;
    }
    void pass(milliseconds time) {
        now += time;
        link.run_due(now);
    }

    Recorder heard;
    Link::Terms terms{.window = 3};
    Link link{terms, heard};
    SteadyTime now = t0;
};

TEST_F(LinkTest, NothingButTheBindIsSentBeforeItIsBound) {
    EXPECT_FALSE(link.has_room());
    link.start(pdu::Bind{.system_id = "roger"}, now);
    EXPECT_FALSE(link.has_room());
    EXPECT_THAT(commands(), ElementsAre(Command::bind_transceiver));
    pass(seconds(9));
    EXPECT_THAT(commands(), IsEmpty());
    EXPECT_EQ(link.state(), Link::State::binding);
}

TEST_F(LinkTest, ABindWithoutAnswerEnds) {
    link.start(pdu::Bind{.system_id = "roger"}, now);
    EXPECT_EQ(link.next_due(), t0 + seconds(10));
    pass(seconds(10));
    EXPECT_EQ(link.state(), Link::State::closed);
    EXPECT_EQ(link.ending(), Link::Ending::bind_unanswered);
    EXPECT_EQ(link.next_due(), SteadyTime::max());
}

TEST_F(LinkTest, ARefusedBindSaysWhy) {
    link.start(pdu::Bind{.system_id = "roger"}, now);
    peer_says({.command = Command::bind_transceiver_resp, .status = pdu::status_invalid_password, .sequence = 1});
    EXPECT_EQ(link.ending(), Link::Ending::bind_refused);
    EXPECT_EQ(link.bind_status(), pdu::status_invalid_password);
}

TEST_F(LinkTest, AGenericNackRefusesTheBind) {
    link.start(pdu::Bind{.system_id = "roger"}, now);
    peer_says({.command = Command::generic_nack, .status = pdu::status_invalid_command, .sequence = 0});
    EXPECT_EQ(link.ending(), Link::Ending::bind_refused);
}

TEST_F(LinkTest, AnswersFindTheirMessagesInAnyOrder) {
    bind();
    const auto first = submit(11);
    const auto second = submit(12);
    now += milliseconds(40);
    peer_answers(second, pdu::status_ok, "B");
    peer_answers(first, pdu::status_throttled);
    EXPECT_THAT(heard.answers, ElementsAre(Recorder::Answer{12, 0, "B"}, Recorder::Answer{11, 0x58, ""}));
    EXPECT_EQ(heard.last_took, milliseconds(40));
    EXPECT_EQ(link.in_window(), 0U);
}

TEST_F(LinkTest, TheWindowIsALimit) {
    bind();
    const auto first = submit(1);
    submit(2);
    EXPECT_TRUE(link.has_room());
    submit(3);
    EXPECT_FALSE(link.has_room());
    peer_answers(first, pdu::status_ok, "A");
    EXPECT_TRUE(link.has_room());
}

TEST_F(LinkTest, AnAnswerThatNeverComesFreesItsPlaceInTheEnd) {
    bind();
    submit(1);
    pass(seconds(30));
    (void)written();  // an enquiry
    const auto second = submit(2);
    pass(seconds(29));
    EXPECT_THAT(heard.unanswered, IsEmpty());
    peer_says({.command = Command::enquire_link, .sequence = 9});  // the peer lives, only this answer does not come
    pass(seconds(1));
    EXPECT_THAT(heard.unanswered, ElementsAre(1));
    EXPECT_EQ(link.in_window(), 1U);
    peer_answers(second, pdu::status_ok, "B");
    pass(seconds(5));
    EXPECT_THAT(heard.unanswered, ElementsAre(1));
}

TEST_F(LinkTest, AnswersToNothingAreIgnored) {
    bind();
    const auto first = submit(1);
    peer_answers(first + 77, pdu::status_ok, "X");
    peer_answers(first, pdu::status_ok, "A");
    peer_answers(first, pdu::status_ok, "A");
    peer_says({.command = Command::generic_nack, .status = 3, .sequence = 0});
    EXPECT_THAT(heard.answers, ElementsAre(Recorder::Answer{1, 0, "A"}));
    EXPECT_EQ(link.state(), Link::State::bound);
}

TEST_F(LinkTest, AGenericNackAnswersItsMessage) {
    bind();
    const auto first = submit(1);
    peer_says({.command = Command::generic_nack, .status = pdu::status_invalid_command_length, .sequence = first});
    const auto second = submit(2);
    peer_says({.command = Command::generic_nack, .status = pdu::status_ok, .sequence = second});
    ASSERT_EQ(heard.answers.size(), 2U);
    EXPECT_EQ(heard.answers[0].status, pdu::status_invalid_command_length);
    EXPECT_NE(heard.answers[1].status, pdu::status_ok) << "nothing was accepted";
}

TEST_F(LinkTest, AnAnswerThatCannotBeReadIsAnUnknownOutcome) {
    bind();
    const auto first = submit(1);
    pdu::Octets bytes;
    ASSERT_TRUE(pdu::append({.command = Command::submit_sm_resp, .sequence = first}, bytes));
    bytes.insert(bytes.end(), 300, 'x');
    bytes[2] = static_cast<std::uint8_t>(bytes.size() >> 8U);
    bytes[3] = static_cast<std::uint8_t>(bytes.size() & 0xffU);
    link.receive(bytes, now);
    EXPECT_THAT(heard.unanswered, ElementsAre(1));
    EXPECT_EQ(link.state(), Link::State::bound);
}

TEST_F(LinkTest, AsksAfterAnIdleTimeAndEndsAfterTwoMisses) {
    bind();
    pass(milliseconds(29'999));
    EXPECT_THAT(commands(), IsEmpty());
    pass(milliseconds(1));
    EXPECT_THAT(commands(), ElementsAre(Command::enquire_link));
    pass(seconds(10));
    EXPECT_THAT(commands(), ElementsAre(Command::enquire_link));
    EXPECT_EQ(link.state(), Link::State::bound);
    pass(seconds(10));
    EXPECT_EQ(link.ending(), Link::Ending::silent);
}

TEST_F(LinkTest, AnySignOfThePeerIsAnAnswerToTheEnquiry) {
    bind();
    pass(seconds(30));
    const auto out = written();
    ASSERT_EQ(out.size(), 1U);
    peer_says({.command = Command::enquire_link_resp, .sequence = out[0].sequence});
    pass(seconds(29));
    EXPECT_THAT(commands(), IsEmpty());
    pass(seconds(1));
    EXPECT_THAT(commands(), ElementsAre(Command::enquire_link));
    peer_says({.command = Command::alert_notification, .sequence = 5, .body = pdu::AlertNotification{}});
    pass(seconds(29));
    EXPECT_EQ(link.state(), Link::State::bound);
    EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(LinkTest, AnswersToThePeerGoAheadOfMessages) {
    bind();
    ASSERT_TRUE(link.submit({}, {}, 1, now));
    ASSERT_TRUE(link.submit({}, {}, 2, now));
    peer_says({.command = Command::enquire_link, .sequence = 700});
    const auto out = written();
    ASSERT_EQ(out.size(), 3U);
    EXPECT_EQ(out[0].command, Command::enquire_link_resp);
    EXPECT_EQ(out[0].sequence, 700U);
    EXPECT_EQ(out[1].command, Command::submit_sm);
}

TEST_F(LinkTest, AMessageOfThePeerIsAnsweredWhenTheOwnerSaysSo) {
    bind();
    peer_says({.command = Command::deliver_sm, .sequence = 70, .body = pdu::ShortMessage{}});
    peer_says({.command = Command::data_sm, .sequence = 71, .body = pdu::DataMessage{}});
    ASSERT_EQ(heard.messages.size(), 2U);
    EXPECT_THAT(commands(), IsEmpty());
    link.answer(Command::data_sm, 71, pdu::status_receiver_busy);
    link.answer(Command::deliver_sm, 70, pdu::status_ok);
    const auto out = written();
    ASSERT_EQ(out.size(), 2U);
    EXPECT_EQ(out[0].command, Command::data_sm_resp);
    EXPECT_EQ(out[0].status, pdu::status_receiver_busy);
    EXPECT_EQ(out[1].command, Command::deliver_sm_resp);
    EXPECT_EQ(out[1].sequence, 70U);
    EXPECT_EQ(std::get<pdu::MessageAnswer>(out[1].body).message_id, "");
}

TEST_F(LinkTest, AMessageBeforeTheBindIsRefused) {
    link.start(pdu::Bind{.system_id = "roger"}, now);
    (void)written();
    peer_says({.command = Command::deliver_sm, .sequence = 70, .body = pdu::ShortMessage{}});
    const auto out = written();
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0].status, pdu::status_wrong_bind_state);
    EXPECT_TRUE(heard.messages.empty());
}

TEST_F(LinkTest, WhatIsUnknownOrCutIsAnsweredAndNeverEndsTheLink) {
    bind();
    peer_says({.command = static_cast<Command>(0x0999), .sequence = 5});
    const pdu::Octets cut{0, 0, 0, 0x12, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1};
    link.receive(cut, now);
    const auto out = written();
    ASSERT_EQ(out.size(), 2U);
    EXPECT_EQ(out[0].command, Command::generic_nack);
    EXPECT_EQ(out[0].status, pdu::status_invalid_command);
    EXPECT_EQ(out[0].sequence, 5U);
    EXPECT_EQ(out[1].command, Command::deliver_sm_resp);
    EXPECT_EQ(out[1].status, pdu::status_invalid_command_length);
    EXPECT_EQ(link.state(), Link::State::bound);
}

TEST_F(LinkTest, ABrokenStreamEnds) {
    bind();
    link.receive(pdu::Octets{'H', 'T', 'T', 'P'}, now);
    EXPECT_EQ(link.ending(), Link::Ending::broken_stream);
    peer_says({.command = Command::enquire_link, .sequence = 5});
    EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(LinkTest, APeerThatFloodsAndDoesNotReadIsLeft) {
    bind();
    for (std::uint32_t n = 0; n < 70'000 && link.state() == Link::State::bound; ++n) {
        peer_says({.command = Command::enquire_link, .sequence = n});
    }
    EXPECT_EQ(link.ending(), Link::Ending::not_reading);
}

TEST_F(LinkTest, ThePeersUnbindIsAnsweredAndEnds) {
    bind();
    submit(1);
    ASSERT_TRUE(link.submit({}, {}, 2, now));
    peer_says({.command = Command::unbind, .sequence = 44});
    EXPECT_EQ(link.ending(), Link::Ending::peer_unbound);
    EXPECT_THAT(commands(), ElementsAre(Command::unbind_resp)) << "and nothing that was still to be sent";
    auto outstanding = link.take_outstanding();
    std::ranges::sort(outstanding, {}, &Link::Outstanding::ticket);
    ASSERT_EQ(outstanding.size(), 2U);
    EXPECT_TRUE(outstanding[0].sent);
    EXPECT_FALSE(outstanding[1].sent);
}

TEST_F(LinkTest, OurUnbindWaitsForItsAnswerButNotForEver) {
    bind();
    link.unbind(now);
    EXPECT_FALSE(link.has_room());
    const auto out = written();
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0].command, Command::unbind);
    peer_says({.command = Command::unbind_resp, .sequence = out[0].sequence});
    EXPECT_EQ(link.ending(), Link::Ending::unbound);
}

TEST_F(LinkTest, AnUnbindWithoutAnswerEndsToo) {
    bind();
    link.unbind(now);
    pass(terms.timing.unbind_max - milliseconds(1));
    EXPECT_EQ(link.state(), Link::State::unbinding);
    pass(milliseconds(1));
    EXPECT_EQ(link.ending(), Link::Ending::unbound);
}

TEST_F(LinkTest, TellsWhatWasSentFromWhatNeverLeft) {
    bind();
    ASSERT_TRUE(link.submit({}, {}, 1, now));
    (void)link.take_output();
    ASSERT_TRUE(link.submit({}, {}, 2, now));
    auto outstanding = link.take_outstanding();
    std::ranges::sort(outstanding, {}, &Link::Outstanding::ticket);
    ASSERT_EQ(outstanding.size(), 2U);
    EXPECT_TRUE(outstanding[0].sent);
    EXPECT_FALSE(outstanding[1].sent);
    EXPECT_EQ(link.in_window(), 0U);
}

TEST_F(LinkTest, AMessageThatDoesNotFitChangesNothing) {
    bind();
    pdu::ShortMessage message;
    message.source.text = std::string(30, 'x');
    const auto taken = link.submit(message, {}, 1, now);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Errc::invalid_argument);
    EXPECT_EQ(link.in_window(), 0U);
    EXPECT_FALSE(link.has_output());
}

TEST(LinkSequenceTest, NumbersWrapAndSkipThoseInTheWindow) {
    Recorder heard;
    Link link({.window = 100, .first_sequence = pdu::sequence_max - 1}, heard);
    link.start(pdu::Bind{.system_id = "roger"}, t0);  // takes the last but one
    pdu::Octets bytes;
    ASSERT_TRUE(pdu::append(
        {.command = Command::bind_transceiver_resp, .sequence = pdu::sequence_max - 1, .body = pdu::BindAnswer{}},
        bytes));
    link.receive(bytes, t0);
    ASSERT_EQ(link.state(), Link::State::bound);
    (void)link.take_output();
    for (Ticket ticket = 0; ticket < 3; ++ticket) ASSERT_TRUE(link.submit({}, {}, ticket, t0));
    const pdu::Octets out = link.take_output();
    std::vector<std::uint32_t> sequences;
    for (pdu::OctetView rest(out); !rest.empty();) {
        const std::size_t size = pdu::next_frame(rest).bytes;
        sequences.push_back(pdu::decode(rest.first(size))->sequence);
        rest = rest.subspan(size);
    }
    EXPECT_THAT(sequences, ElementsAre(pdu::sequence_max, 1U, 2U));
}

// Whatever bytes come, in whatever pieces: no harm, and the window never holds more than it may.
RC_GTEST_PROP(LinkPropertiesTest, AnyBytesAreTakenWithoutHarm, ()) {
    Recorder heard;
    Link link({.window = 5}, heard);
    link.start(pdu::Bind{.system_id = "roger"}, t0);
    pdu::Octets bytes;
    RC_ASSERT(pdu::append({.command = Command::bind_transceiver_resp, .sequence = 1, .body = pdu::BindAnswer{}}, bytes)
                  .has_value());
    link.receive(bytes, t0);
    SteadyTime now = t0;
    Ticket ticket = 0;
    for (int n = *rc::gen::inRange(0, 20); n > 0; --n) {
        if (link.has_room()) RC_ASSERT(link.submit({}, {}, ++ticket, now).has_value());
        auto piece = *rc::gen::container<pdu::Octets>(rc::gen::arbitrary<std::uint8_t>());
        if (*rc::gen::arbitrary<bool>()) {
            piece.insert(piece.begin(), {0, 0, 0, static_cast<std::uint8_t>(16 + piece.size() % 100), 0x80, 0, 0, 4});
        }
        link.receive(piece, now);
        now += milliseconds(*rc::gen::inRange(0, 20'000));
        link.run_due(now);
        RC_ASSERT(link.in_window() <= 5U);
        (void)link.take_output();
    }
    const std::size_t ended = heard.answers.size() + heard.unanswered.size();
    RC_ASSERT(ended + link.take_outstanding().size() == ticket);
}

}  // namespace
}  // namespace roger::smpp
