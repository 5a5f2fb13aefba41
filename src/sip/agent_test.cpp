#include "sip/agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sip/peer_test.hpp"
#include "sip/rtp.hpp"

namespace roger::sip {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class AgentTest : public testing::Test {
protected:
    TrunkOptions options() {
        TrunkOptions options;
        options.name = "trunk-a";
        options.host = "127.0.0.1";
        options.port = peer.port();
        options.transport = Transport::udp;
        options.user = "roger";
        options.password = Secret("hush");
        return options;
    }
    std::uint64_t open(TrunkOptions options) {
        return agent.open(std::move(options), [](bool, const std::string&) {});
    }
    CallRequest request() {
        return {.number = "447700900123",
                .caller_id = "+441632960000",
                .message = beep(20 * frame_samples, 10 * frame_samples)};
    }
    std::uint64_t call(std::uint64_t trunk) { return agent.place(trunk, request(), told.sink()); }
    std::uint64_t call() { return call(open(options())); }
    /// The call is answered and acknowledged.
    std::string establish(const std::string& media = "RTP/AVP 8 101") {
        std::string invite = peer.expect("INVITE");
        peer.answer(invite, "200 OK", peer.accept(peer.sdp(media)));
        EXPECT_EQ(told.next().progress, Progress::answered);
        peer.expect("ACK");
        return invite;
    }
    void expect_end(Ended how) {
        const CallEvent event = told.end();
        EXPECT_EQ(to_string(event.how), to_string(how)) << event.reason;
        EXPECT_THAT(event.reason, Not(HasSubstr("4477")));
    }

    ScriptedPeer peer;
    Told told;
    Agent agent;
};

TEST_F(AgentTest, AnAnsweredCallIsSpokenThroughAndHungUp) {
    call();
    const std::string invite = peer.expect("INVITE");
    EXPECT_THAT(invite, StartsWith(fmt::format("INVITE sip:447700900123@127.0.0.1:{} SIP/2.0\r\n", peer.port())));
    EXPECT_EQ(header(invite, "P-Asserted-Identity"), "<sip:+441632960000@127.0.0.1>");
    EXPECT_THAT(header(invite, "From"), StartsWith("<sip:+441632960000@127.0.0.1>;tag="));
    EXPECT_THAT(header(invite, "Contact"), StartsWith("<sip:roger@127.0.0.1:"));
    EXPECT_THAT(invite, HasSubstr("RTP/AVP 8 0 101\r\n"));
    peer.answer(invite, "100 Trying");
    peer.answer(invite, "180 Ringing");
    EXPECT_EQ(told.next().progress, Progress::ringing);
    peer.answer(invite, "200 OK", peer.accept(peer.sdp()));
    EXPECT_EQ(told.next().progress, Progress::answered);
    const std::string acknowledged = peer.expect("ACK");
    EXPECT_THAT(acknowledged, StartsWith("ACK sip:callee@127.0.0.1:"));
    EXPECT_EQ(header(acknowledged, "CSeq"),
              header(invite, "CSeq").substr(0, header(invite, "CSeq").find(' ')) + " ACK");

    unsigned frames = 0;
    unsigned loud = 0;
    while (loud < 20 && frames < 1000) {
        const std::string bytes = peer.speech.receive();
        const auto packet = read_rtp(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->type, 8);
        EXPECT_EQ(packet->payload.size(), frame_samples);
        EXPECT_EQ(packet->marker, frames == 0);
        loud += packet->payload.front() == voice::silence(voice::G711::a_law) ? 0U : 1U;
        ++frames;
    }
    EXPECT_EQ(told.next().progress, Progress::pin_spoken);
    const std::string bye = peer.expect("BYE");
    peer.answer(bye, "200 OK");
    expect_end(Ended::completed);
}

TEST_F(AgentTest, AnswersAChallengeBySha256WhenThatIsOffered) {
    call();
    std::string invite = peer.expect("INVITE");
    EXPECT_EQ(header(invite, "Authorization"), "");
    peer.answer(invite, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"one\", qop=\"auth\", algorithm=MD5\r\n"
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"two\", qop=\"auth\", algorithm=SHA-256\r\n");
    peer.expect("ACK");
    invite = peer.expect("INVITE");
    const std::string given = header(invite, "Authorization");
    EXPECT_THAT(given, HasSubstr("nonce=\"two\""));
    EXPECT_THAT(given, HasSubstr("algorithm=SHA-256"));
    EXPECT_THAT(invite, Not(HasSubstr("hush")));
    peer.answer(invite, "486 Busy Here");
    expect_end(Ended::busy);
}

TEST_F(AgentTest, AnswersAProxyByMd5AndTheByeOfTheCallToo) {
    call();
    std::string invite = peer.expect("INVITE");
    peer.answer(invite, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Digest realm=\"r\", nonce=\"one\"\r\n");
    peer.expect("ACK");
    establish();
    const std::string bye = peer.expect("BYE");
    EXPECT_THAT(header(bye, "Proxy-Authorization"), HasSubstr("nonce=\"one\""));
    peer.answer(bye, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Digest realm=\"r\", nonce=\"new\", qop=\"auth\"\r\n");
    EXPECT_THAT(header(peer.expect("BYE"), "Proxy-Authorization"), HasSubstr("nonce=\"new\""));
    expect_end(Ended::completed);
}

TEST_F(AgentTest, AWrongPasswordIsTheTrunksConfigurationAndNotTriedForEver) {
    call();
    for (int i = 0; i < 2; ++i) {
        const std::string invite = peer.expect("INVITE");
        peer.answer(invite, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"same\"\r\n");
        peer.expect("ACK");
    }
    expect_end(Ended::misconfigured);
    EXPECT_FALSE(peer.anything("INVITE", 50));
}

TEST_F(AgentTest, EachFinalAnswerIsAcknowledgedAndToldForWhatItIs) {
    const auto trunk = open(options());
    const std::tuple<const char*, const char*, Ended> answers[] = {
        {"486 Busy Here", "", Ended::busy},
        {"480 Temporarily Unavailable", "Reason: Q.850;cause=17\r\n", Ended::busy},
        {"480 Temporarily Unavailable", "", Ended::no_answer},
        {"603 Decline", "", Ended::declined},
        {"404 No such +447700900123", "", Ended::bad_number},
        {"488 Not Acceptable Here", "", Ended::misconfigured},
        {"503 Service Unavailable", "Retry-After: 10\r\n", Ended::trunk_failed},
    };
    for (const auto& [status, more, how] : answers) {
        call(trunk);
        peer.answer(peer.expect("INVITE"), status, more);
        peer.expect("ACK");
        expect_end(how);
    }
}

TEST_F(AgentTest, ARedirectionIsNotFollowed) {
    ScriptedPeer elsewhere;
    call();
    const std::string invite = peer.expect("INVITE");
    peer.answer(invite, "302 Moved", fmt::format("Contact: <sip:900@127.0.0.1:{}>\r\n", elsewhere.port()));
    peer.expect("ACK");
    expect_end(Ended::misconfigured);
    EXPECT_FALSE(elsewhere.anything("INVITE", 50));
}

TEST_F(AgentTest, SilenceOfTheTrunkEndsTheCallAndIsCancelledOnceHeard) {
    TrunkOptions impatient = options();
    impatient.no_response_max = milliseconds(50);
    call(open(impatient));
    const std::string invite = peer.expect("INVITE");
    expect_end(Ended::no_response);
    peer.answer(invite, "180 Ringing");
    peer.answer(peer.expect("CANCEL"), "200 OK");
    peer.answer(invite, "487 Request Terminated");
    peer.expect("ACK");
}

TEST_F(AgentTest, NobodyAnswersAndTheInviteIsCancelled) {
    TrunkOptions impatient = options();
    impatient.answer_max = milliseconds(100);
    call(open(impatient));
    const std::string invite = peer.expect("INVITE");
    peer.answer(invite, "183 Session Progress", peer.accept(peer.sdp()));
    EXPECT_EQ(told.next().progress, Progress::ringing);
    peer.answer(peer.expect("CANCEL"), "200 OK");
    expect_end(Ended::no_answer);
    EXPECT_EQ(peer.speech.receive(50), "") << "nothing is said before the answer";
    peer.answer(invite, "487 Request Terminated");
    peer.expect("ACK");
}

TEST_F(AgentTest, AnAnswerThatCrossesTheCancelIsHungUpWithoutAWord) {
    TrunkOptions impatient = options();
    impatient.answer_max = milliseconds(100);
    call(open(impatient));
    const std::string invite = peer.expect("INVITE");
    peer.answer(invite, "180 Ringing");
    peer.expect("CANCEL");
    peer.answer(invite, "200 OK", peer.accept(peer.sdp()));
    peer.expect("ACK");
    peer.answer(peer.expect("BYE"), "200 OK");
    expect_end(Ended::no_answer);
    EXPECT_EQ(peer.speech.receive(50), "");
}

TEST_F(AgentTest, OfAForkTheFirstBranchIsSpokenToAndTheOtherHungUp) {
    call();
    const std::string invite = peer.expect("INVITE");
    peer.answer(invite, "180 Ringing", "Contact: <sip:a@127.0.0.1>\r\n", "branch-a");
    peer.answer(invite, "180 Ringing", "Contact: <sip:b@127.0.0.1>\r\nRequire: 100rel\r\nRSeq: 1\r\n", "branch-b");
    peer.answer(invite, "200 OK", peer.accept(peer.sdp()), "branch-b");
    EXPECT_THAT(header(peer.expect("ACK"), "To"), HasSubstr("branch-b"));
    peer.answer(invite, "200 OK", peer.accept(peer.sdp()), "branch-a");
    EXPECT_THAT(header(peer.expect("ACK"), "To"), HasSubstr("branch-a"));
    const std::string bye = peer.expect("BYE");
    EXPECT_THAT(header(bye, "To"), HasSubstr("branch-a"));
    peer.answer(bye, "200 OK");
    peer.answer(invite, "200 OK", peer.accept(peer.sdp()), "branch-b");
    EXPECT_THAT(header(peer.expect("ACK"), "To"), HasSubstr("branch-b")) << "our ACK was lost on the way";
    EXPECT_EQ(told.next().progress, Progress::ringing);
    EXPECT_EQ(told.next().progress, Progress::answered);
    peer.answer(peer.expect("BYE"), "200 OK");
    expect_end(Ended::completed);
}

TEST_F(AgentTest, TheOtherSideHangsUpBeforeThePin) {
    call();
    const std::string invite = establish();
    peer.request(invite, "BYE");
    EXPECT_THAT(peer.expect_answer(), StartsWith("SIP/2.0 200"));
    const CallEvent event = told.next();
    EXPECT_EQ(event.progress, Progress::ended);
    EXPECT_EQ(event.how, Ended::hung_up);
}

TEST_F(AgentTest, TransfersAndNewOffersAreRefusedAndTheCallGoesOn) {
    call();
    const std::string invite = establish();
    peer.request(invite, "REFER");
    EXPECT_THAT(peer.expect_answer(), StartsWith("SIP/2.0 405"));
    peer.request(invite, "INVITE");
    EXPECT_THAT(peer.expect_answer(), StartsWith("SIP/2.0 488"));
    peer.request(invite, "OPTIONS");
    EXPECT_THAT(peer.expect_answer(), StartsWith("SIP/2.0 200"));
    peer.request(invite, "BYE", "somebody-else");
    EXPECT_THAT(peer.expect_answer(), StartsWith("SIP/2.0 481"));
    peer.answer(peer.expect("BYE"), "200 OK");
    expect_end(Ended::completed);
}

TEST_F(AgentTest, AnAnswerThatCannotBeSpokenToIsHungUp) {
    const auto trunk = open(options());
    for (const char* media : {"RTP/AVP 18", "RTP/SAVP 8"}) {
        call(trunk);
        const std::string invite = peer.expect("INVITE");
        peer.answer(invite, "200 OK", peer.accept(peer.sdp(media)));
        peer.expect("ACK");
        peer.answer(peer.expect("BYE"), "200 OK");
        expect_end(Ended::misconfigured);
    }
}

TEST_F(AgentTest, KeyOneSaysTheMessageAgainWhicheverWayItComes) {
    const auto trunk = open(options());
    const auto loud_frames = [this](const std::string& key) {
        unsigned loud = 0;
        bool pressed = false;
        while (true) {
            const std::string bytes = peer.speech.receive(1000);
            if (bytes.empty()) return loud;
            if (static_cast<std::uint8_t>(bytes.back()) != voice::silence(voice::G711::a_law)) ++loud;
            if (loud == 20 && !pressed) {
                pressed = true;
                for (int i = 0; i < 3; ++i) peer.speech.send(key, peer.speech.from_port());
            }
        }
    };
    const std::string rtp("\x80\x65\0\1\0\0\0\1\0\0\0\1", 12);
    for (const auto& [key, times] :
         {std::pair(std::string("\1\x8a\3\x20", 4), 2U), std::pair(std::string("\2\x8a\3\x20", 4), 1U)}) {
        call(trunk);
        establish();
        EXPECT_EQ(loud_frames(rtp + key), times * 20);
        peer.answer(peer.expect("BYE"), "200 OK");
        expect_end(Ended::completed);
    }
}

TEST_F(AgentTest, OptionsAreAnsweredAndCallsToUsDeclined) {
    open(options());
    const auto trunk = open(options());
    call(trunk);
    const std::string invite = peer.expect("INVITE");  // so that the peer knows where we are
    peer.request("\r\nContact: " + header(invite, "Contact") + "\r\nTo: <sip:a@b>\r\nFrom: <sip:c@d>\r\nCall-ID: x\r\n",
                 "OPTIONS");
    EXPECT_THAT(peer.expect_answer(), StartsWith("SIP/2.0 200"));
    peer.request("\r\nContact: " + header(invite, "Contact") + "\r\nTo: <sip:a@b>\r\nFrom: <sip:c@d>\r\nCall-ID: y\r\n",
                 "INVITE");
    EXPECT_THAT(peer.expect_answer(), StartsWith("SIP/2.0 603"));
}

TEST_F(AgentTest, RegistersWithAnAnswerToTheChallengeAndWithdrawsIt) {
    TrunkOptions registering = options();
    registering.registers = true;
    std::mutex mutex;
    std::vector<bool> ups;
    const auto trunk = agent.open(registering, [&](bool up, const std::string&) {
        const std::lock_guard lock(mutex);
        ups.push_back(up);
    });
    call(trunk);
    expect_end(Ended::trunk_failed);  // not registered yet
    std::string registers = peer.expect("REGISTER");
    EXPECT_THAT(registers, StartsWith(fmt::format("REGISTER sip:127.0.0.1:{} SIP/2.0\r\n", peer.port())));
    peer.answer(registers, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"\r\n");
    registers = peer.expect("REGISTER");
    EXPECT_THAT(header(registers, "Authorization"), HasSubstr("username=\"roger\""));
    EXPECT_EQ(header(registers, "Expires"), "600");
    peer.answer(registers, "200 OK", "Contact: " + header(registers, "Contact") + ";expires=300\r\n");
    agent.close(trunk, [] {});
    registers = peer.expect("REGISTER");
    EXPECT_EQ(header(registers, "Expires"), "0");
    peer.answer(registers, "200 OK");
    agent.stop();
    const std::lock_guard lock(mutex);
    EXPECT_EQ(ups, std::vector<bool>{true});
}

TEST_F(AgentTest, StoppingHangsUpWhatIsUnderWay) {
    call();
    establish();
    std::thread stopper([this] { agent.stop(); });
    peer.answer(peer.expect("BYE"), "200 OK");
    stopper.join();
    expect_end(Ended::stopped);
}

TEST_F(AgentTest, AHostNobodyAnswersAtOrAPortNobodyOwnsFailsTheCall) {
    TrunkOptions nowhere = options();
    nowhere.transport = Transport::tcp;
    nowhere.port = 1;
    call(open(nowhere));
    expect_end(Ended::trunk_failed);
    TrunkOptions not_ours = options();
    not_ours.bind_address = "192.0.2.1";
    call(open(not_ours));
    expect_end(Ended::trunk_failed);
}

}  // namespace
}  // namespace roger::sip
