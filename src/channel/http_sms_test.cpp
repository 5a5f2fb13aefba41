// The channel against a scripted gateway: what is reported of each way that an HTTP request can end, and whose
// callbacks are believed.
#include "channel/http_sms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channel/callback_seal.hpp"
#include "channel/circuit.hpp"
#include "http/scripted_server_test.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/real_time.hpp"

namespace roger::channel {
namespace {

namespace asio = boost::asio;
using http::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The machine's time, and what a test adds to it.
class MovedClock final : public Clock {
public:
    [[nodiscard]] TimePoint service_now() const override { return wall_now(); }
    [[nodiscard]] TimePoint wall_now() const override {
        return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) + ahead;
    }
    [[nodiscard]] SteadyTime steady_now() const override { return std::chrono::steady_clock::now() + ahead; }
    milliseconds ahead{0};
};

class HttpSmsTest : public testing::Test {
protected:
    HttpSmsTest() {
        options.route = "gw";
        options.public_url = "https://roger.example";
        options.allow_private = true;
        server.script = [](ScriptedServer::Connection& c, const ScriptedServer::Request&) {
            c.answer(202, R"({"id":"m1"})");
        };
        generic.url = server.url("/send");
        generic.headers = {{"Content-Type", "application/json"}};
        generic.body = R"({"to":"${number|json}","text":"${text|json}","cb":"${callback_url|json}"})";
        generic.message_id_pointer = "/id";
        generic.receipts = true;
        generic.receipt_id = "/id";
        generic.receipt_state = "/state";
        generic.receipt_delivered = {"DELIVRD"};
    }
    ~HttpSmsTest() override {
        client.stop();
        server.stop();
        io.restart();
        io.poll();
    }
    HttpSms& channel() {
        if (!channel_) {
            auto gateway = make_generic(generic);
            EXPECT_TRUE(gateway) << gateway.error().detail;
            make(std::move(*gateway));
        }
        return *channel_;
    }
    void make(std::unique_ptr<Gateway> gateway) {
        channel_ = std::make_unique<HttpSms>(HttpSms::Parts{.executor = io.get_executor(),
                                                            .clock = clock,
                                                            .random = random,
                                                            .metrics = metrics,
                                                            .client = client,
                                                            .callback_key = key,
                                                            .receipts =
                                                                [this](PeerReceipt receipt, auto done) {
                                                                    receipts.push_back(std::move(receipt));
                                                                    done(stored);
                                                                }},
                                             options, std::move(gateway));
    }
    Result<Accepted> send(std::string text = "code 4711", milliseconds time = seconds(20)) {
        Outbound message;
        message.number = "447700900001";
        message.text = std::move(text);
        message.pin_dead_at = clock.service_now() + seconds(300);
        return testing_support::complete(io, channel().submit(std::move(message), clock.steady_now() + time));
    }
    void expect(Errc code, const Result<Accepted>& result) {
        ASSERT_FALSE(result);
        EXPECT_EQ(to_string(result.error().code), to_string(code)) << result.error().detail;
        EXPECT_THAT(result.error().detail, Not(HasSubstr("4477")));
        EXPECT_THAT(result.error().detail, Not(HasSubstr("4711")));
    }
    void answer(unsigned status, std::string body, std::string fields = "") {
        server.script = [=](ScriptedServer::Connection& c, const ScriptedServer::Request&) {
            c.answer(status, body, fields);
        };
    }
    CallbackVerdict call_back(std::string_view sealed, std::string body) {
        http::Request request;
        request.method = http::Method::post;
        request.path = "/callbacks/gw/" + std::string(sealed);
        request.content_type = "application/json";
        request.body = std::move(body);
        return testing_support::complete(io, channel().take(request, sealed));
    }
    /// The sealed reference that the gateway was told last.
    std::string sealed() {
        const std::string& body = server.requests.back().body;
        const std::string prefix = "https://roger.example/callbacks/gw/";
        return body.substr(body.find(prefix) + prefix.size(), 64);
    }

    asio::io_context io;
    MovedClock clock;
    testing_support::SeededRandom random;
    observe::Metrics metrics;
    http::Client client{{.executor = io.get_executor(), .clock = clock}};
    ScriptedServer server{io};
    Key32 key{};
    HttpSmsOptions options;
    GenericOptions generic;
    std::vector<PeerReceipt> receipts;
    bool stored = true;

private:
    std::unique_ptr<HttpSms> channel_;
};

TEST_F(HttpSmsTest, AnAcceptedMessagePromisesAReceiptByOurReference) {
    const auto accepted = send();
    ASSERT_TRUE(accepted) << accepted.error().detail;
    EXPECT_THAT(accepted->peer_ids, ElementsAre("m1"));
    EXPECT_EQ(accepted->segments, 1);
    ASSERT_THAT(accepted->receipt_keys, SizeIs(1));
    EXPECT_EQ(accepted->receipt_keys[0].peer_group, "gw");
    EXPECT_EQ(accepted->receipt_keys[0].id, sealed().substr(0, 32));
    EXPECT_EQ(call_back(sealed(), R"({"id":"m1","state":"DELIVRD"})"), CallbackVerdict::taken);
    ASSERT_THAT(receipts, SizeIs(1));
    EXPECT_EQ(receipts[0].peer_group, "gw");
    EXPECT_THAT(receipts[0].ids, ElementsAre(accepted->receipt_keys[0].id, "m1"));
    EXPECT_EQ(receipts[0].state, PeerReceipt::State::delivered);
    EXPECT_THAT(metrics.text(), HasSubstr(R"(roger_http_answers_total{route="gw",status="202"} 1)"));
}

TEST_F(HttpSmsTest, ForgedCallbacksChangeNothing) {
    ASSERT_TRUE(send());
    const std::string body = R"({"id":"m1","state":"DELIVRD"})";
    std::string changed = sealed();
    changed[0] = changed[0] == '0' ? '1' : '0';
    for (const std::string& forged : {std::string(), changed, sealed().substr(1), sealed() + "0", sealed() + "/",
                                      std::string(64, '0'), CallbackSeal(key).seal("other", sealed().substr(0, 32))}) {
        EXPECT_EQ(call_back(forged, body), CallbackVerdict::forged) << forged;
    }
    EXPECT_EQ(call_back(sealed(), "<html>"), CallbackVerdict::unreadable);
    EXPECT_THAT(receipts, IsEmpty());
}

TEST_F(HttpSmsTest, AReceiptThatCannotBeStoredIsSentAgain) {
    ASSERT_TRUE(send());
    stored = false;
    EXPECT_EQ(call_back(sealed(), R"({"state":"DELIVRD"})"), CallbackVerdict::not_now);
}

TEST_F(HttpSmsTest, WithoutAPublicUrlNoReceiptIsPromised) {
    options.public_url.clear();
    EXPECT_THAT(send()->receipt_keys, IsEmpty());
    EXPECT_THAT(server.requests.back().body, HasSubstr(R"("cb":"")"));
}

TEST_F(HttpSmsTest, WhereTheUrlIsFixedReceiptsAreSignedAndKnownByTheGatewaysId) {
    generic.body = "${text|json}";
    generic.receipt_secret = Secret("dlr");
    const auto accepted = send();
    ASSERT_TRUE(accepted);
    EXPECT_THAT(accepted->receipt_keys, ElementsAre(ReceiptKey{"gw", "m1"}));
    EXPECT_EQ(call_back("", R"({"id":"m1","state":"DELIVRD"})"), CallbackVerdict::forged) << "without a signature";
}

TEST_F(HttpSmsTest, ALongMessageOfVonageHasAReceiptForEachPart) {
    make(make_vonage({.base_url = server.url(""), .user = "k", .secret = Secret("s"), .signature_secret = {}}));
    answer(200, R"({"messages":[{"status":"0","message-id":"a"},{"status":"0","message-id":"b"}]})");
    const auto accepted = send(std::string(200, 'x'));
    ASSERT_TRUE(accepted) << accepted.error().detail;
    EXPECT_EQ(accepted->segments, 2);
    EXPECT_THAT(accepted->receipt_keys, ElementsAre(ReceiptKey{"gw", "a"}, ReceiptKey{"gw", "b"}));
    answer(200, R"({"messages":[{"status":"0","message-id":"a"},{"status":"0"}]})");
    EXPECT_THAT(send(std::string(200, 'x'))->receipt_keys, IsEmpty()) << "one part has no id";
}

TEST_F(HttpSmsTest, EachWayToEndIsReportedAsWhatIsCertain) {
    answer(400, "{}");
    expect(Errc::blocked, send());
    answer(429, "");
    expect(Errc::rate_limited, send());
    answer(401, "");
    expect(Errc::unavailable, send());
    answer(302, "", "Location: http://127.0.0.1/\r\n");
    expect(Errc::unavailable, send());
    answer(500, "<html>4477 4711</html>");
    expect(Errc::timed_out, send());
    server.script = [](ScriptedServer::Connection&, const ScriptedServer::Request&) {};
    expect(Errc::timed_out, send("code 4711", milliseconds(100)));
    expect(Errc::blocked, send(std::string(10'000, 'x')));
}

TEST_F(HttpSmsTest, AnAddressInOurOwnNetworkIsRefusedUnlessTheRouteSaysSo) {
    options.allow_private = false;
    expect(Errc::unavailable, send());
    EXPECT_THAT(server.requests, IsEmpty());
}

TEST_F(HttpSmsTest, RetryAfterPausesTheRoute) {
    answer(429, "", "Retry-After: 30\r\n");
    expect(Errc::rate_limited, send());
    EXPECT_FALSE(channel().up());
    answer(200, "{}");
    expect(Errc::rate_limited, send());
    EXPECT_THAT(server.requests, SizeIs(1)) << "it was not asked again";
    clock.ahead += seconds(31);
    EXPECT_TRUE(channel().up());
    EXPECT_TRUE(send());
}

TEST_F(HttpSmsTest, APauseHasALimit) {
    answer(503, "", "Retry-After: 86400\r\n");
    expect(Errc::unavailable, send());
    EXPECT_FALSE(channel().up());
    clock.ahead += HttpSms::pause_max;
    EXPECT_TRUE(channel().up());
}

TEST_F(HttpSmsTest, AGatewayThatFailsAgainAndAgainRests) {
    answer(500, "");
    for (unsigned i = 0; i < Circuit::failures_max; ++i) expect(Errc::timed_out, send());
    EXPECT_FALSE(channel().up());
    expect(Errc::unavailable, send());
    EXPECT_THAT(server.requests, SizeIs(Circuit::failures_max));
    clock.ahead += Circuit::pause_first;
    answer(400, "{}");
    expect(Errc::blocked, send());
    EXPECT_TRUE(channel().up()) << "it refuses messages, so it is there";
}

TEST_F(HttpSmsTest, MoreThanItsShareIsToldToComeAgain) {
    options.under_way_max = 2;
    std::vector<std::shared_ptr<ScriptedServer::Connection>> held;
    server.script = [&](ScriptedServer::Connection& c, const ScriptedServer::Request&) {
        held.push_back(c.shared_from_this());
    };
    int accepted = 0;
    for (int i = 0; i < 2; ++i) {
        asio::co_spawn(
            io, channel().submit(Outbound{.number = "447700900001", .text = "a"}, clock.steady_now() + seconds(20)),
            [&](const std::exception_ptr&, const Result<Accepted>& result) { accepted += result ? 1 : 0; });
    }
    while (held.size() < 2) io.run_one();
    expect(Errc::rate_limited, send());
    for (const auto& each : held) each->answer(200, "{}");
    testing_support::complete(io, channel().stop());
    EXPECT_EQ(accepted, 2) << "a stop waits for what is under way";
    expect(Errc::unavailable, send());
}

class OAuth2Test : public HttpSmsTest {
protected:
    OAuth2Test() {
        generic.auth = GenericOptions::Auth::oauth2;
        generic.oauth2 = {
            .token_url = server.url("/token"), .client_id = "id", .client_secret = Secret("se cret"), .scope = "sms"};
        server.script = [this](ScriptedServer::Connection& c, const ScriptedServer::Request& request) {
            if (request.head.starts_with("POST /token ")) {
                ++tokens;
                return c.answer(
                    token_status,
                    fmt::format(R"({{"access_token":"t{}","token_type":"Bearer","expires_in":{}}})", tokens, life));
            }
            c.answer(request.has(fmt::format("Authorization: Bearer t{}", tokens)) ? api_status : 401, "{}");
        };
    }
    int tokens = 0;
    int life = 3'600;
    unsigned token_status = 200;
    unsigned api_status = 200;
};

TEST_F(OAuth2Test, ATokenIsFetchedOnceAndKeptUntilShortlyBeforeItsEnd) {
    EXPECT_TRUE(send());
    EXPECT_TRUE(send());
    EXPECT_EQ(tokens, 1);
    const auto& fetch = server.requests.at(0);
    EXPECT_TRUE(fetch.has("Authorization: Basic aWQ6c2UlMjBjcmV0")) << fetch.head;
    EXPECT_EQ(fetch.body, "grant_type=client_credentials&scope=sms");
    clock.ahead += seconds(3'571);
    EXPECT_TRUE(send());
    EXPECT_EQ(tokens, 2);
}

TEST_F(OAuth2Test, ManyThatWaitShareOneFetch) {
    int accepted = 0;
    for (int i = 0; i < 10; ++i) {
        asio::co_spawn(
            io, channel().submit(Outbound{.number = "447700900001", .text = "a"}, clock.steady_now() + seconds(20)),
            [&](const std::exception_ptr&, const Result<Accepted>& result) { accepted += result ? 1 : 0; });
    }
    while (accepted < 10 && io.run_one() > 0) {
    }
    EXPECT_EQ(tokens, 1);
}

TEST_F(OAuth2Test, ATokenThatIsNotTakenIsFetchedAnew) {
    EXPECT_TRUE(send());
    api_status = 401;
    expect(Errc::unavailable, send());
    api_status = 200;
    EXPECT_TRUE(send());
    EXPECT_EQ(tokens, 2);
}

TEST_F(OAuth2Test, WithoutATokenNothingIsSent) {
    token_status = 500;
    expect(Errc::unavailable, send());
    EXPECT_EQ(server.requests.size(), 1U);
}

}  // namespace
}  // namespace roger::channel
