// The profiles: every byte of a request, and what each answer and each receipt means.
#include "channel/gateway.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channel/gateway_text.hpp"

namespace roger::channel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = PeerReceipt::State;

constexpr TimePoint now{seconds(1'700'000'000)};
constexpr const char* reference = "00112233445566778899aabbccddeeff";
constexpr const char* callback = "https://roger.example/callbacks/gw/x";

Outbound a_message() {
    Outbound message;
    message.number = "447700900001";
    message.sender = "Acme Ltd";
    message.text = "Acme code: 4711 & more";
    return message;
}

http::ClientCall write(const Gateway& gateway,
                       const Outbound& message,
                       bool with_callback = true,
                       bool unicode = false) {
    return gateway.write({.message = message,
                          .reference = reference,
                          .callback_url = with_callback ? callback : "",
                          .pin_lives = seconds(300),
                          .unicode = unicode});
}

http::ClientAnswer answer(unsigned status, std::string body) { return {.status = status, .body = std::move(body)}; }

http::Request form(std::string body) {
    http::Request request;
    request.method = http::Method::post;
    request.path = "/callbacks/gw/x";
    request.content_type = "application/x-www-form-urlencoded";
    request.body = std::move(body);
    return request;
}

http::Request json_request(std::string body) {
    http::Request request = form(std::move(body));
    request.content_type = "application/json";
    return request;
}

void expect_errc(const Gateway& gateway, unsigned status, const std::string& body, Errc code) {
    const auto read = gateway.read(answer(status, body));
    ASSERT_FALSE(read) << status << " " << body;
    EXPECT_EQ(to_string(read.error().code), to_string(code)) << status << " " << body;
    EXPECT_THAT(read.error().detail, Not(HasSubstr("447700900001"))) << "prose of a gateway names numbers";
}

/// What no gateway may do, whichever it is.
void expect_bad_answers_understood(const Gateway& gateway) {
    const std::string html = "<html><body>Not what you wanted: 447700900001</body></html>";
    expect_errc(gateway, 200, html, Errc::timed_out);
    expect_errc(gateway, 200, "", Errc::timed_out);
    expect_errc(gateway, 200, "null", Errc::timed_out);
    expect_errc(gateway, 200, "[]", Errc::timed_out);
    expect_errc(gateway, 200, "{}", Errc::timed_out);
    expect_errc(gateway, 200, std::string(60'000, '['), Errc::timed_out);
    expect_errc(gateway, 200, R"({"messages":[]})", Errc::timed_out);
    expect_errc(gateway, 200, R"({"messages":{"0":1}})", Errc::timed_out);
    expect_errc(gateway, 200, R"({"messages":)", Errc::timed_out);
    expect_errc(gateway, 302, "", Errc::unavailable);
    expect_errc(gateway, 307, html, Errc::unavailable);
    expect_errc(gateway, 400, html, Errc::blocked);
    expect_errc(gateway, 401, html, Errc::unavailable);
    expect_errc(gateway, 403, "{}", Errc::unavailable);
    expect_errc(gateway, 404, html, Errc::unavailable);
    expect_errc(gateway, 422, "[]", Errc::blocked);
    expect_errc(gateway, 429, "", Errc::rate_limited);
    expect_errc(gateway, 500, html, Errc::timed_out);
    expect_errc(gateway, 502, html, Errc::unavailable);
    expect_errc(gateway, 503, "", Errc::unavailable);
    expect_errc(gateway, 504, "", Errc::timed_out);
    expect_errc(gateway, 999, "", Errc::timed_out);
    expect_errc(gateway, 100, "", Errc::timed_out);
}

GatewayAccount account(std::string base_url = "", std::string signature_secret = "") {
    return {.base_url = std::move(base_url),
            .user = "user:1",
            .secret = Secret("s&cret"),
            .signature_secret = Secret(std::move(signature_secret))};
}

TEST(VonageTest, WritesWhatTheReferenceHas) {
    const auto vonage = make_vonage(account());
    const auto call = write(*vonage, a_message());
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.url, "https://rest.nexmo.com/sms/json");
    EXPECT_THAT(call.headers,
                ElementsAre("Content-Type: application/x-www-form-urlencoded", "Accept: application/json"));
    EXPECT_EQ(call.body,
              "api_key=user%3A1&api_secret=s%26cret&from=Acme%20Ltd&to=447700900001&text=Acme%20code%3A%204711%20%26%20"
              "more&ttl=300000&client-ref=00112233445566778899aabbccddeeff&callback="
              "https%3A%2F%2Froger.example%2Fcallbacks%2Fgw%2Fx");
    const auto unicode = write(*make_vonage(account("http://h")), a_message(), false, true);
    EXPECT_EQ(unicode.url, "http://h/sms/json");
    EXPECT_THAT(unicode.body, testing::EndsWith("&type=unicode"));
}

TEST(VonageTest, ReadsTheStatusOfEachPart) {
    const auto vonage = make_vonage(account());
    const auto read = vonage->read(answer(
        200,
        R"({"message-count":"2","messages":[{"to":"447700900001","message-id":"0A1","status":"0"},{"message-id":"0A2","status":"0"}]})"));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_THAT(read->ids, ElementsAre("0A1", "0A2"));
    EXPECT_EQ(read->segments, 2U);
    for (const auto& [status, code] : {std::pair{"1", Errc::rate_limited},
                                       {"10", Errc::rate_limited},
                                       {"2", Errc::blocked},
                                       {"3", Errc::blocked},
                                       {"4", Errc::unavailable},
                                       {"5", Errc::unavailable},
                                       {"6", Errc::blocked},
                                       {"7", Errc::blocked},
                                       {"9", Errc::unavailable},
                                       {"14", Errc::unavailable},
                                       {"15", Errc::blocked},
                                       {"29", Errc::blocked},
                                       {"99", Errc::blocked}}) {
        expect_errc(*vonage, 200,
                    fmt::format(R"({{"messages":[{{"status":"{}","error-text":"to 447700900001"}}]}})", status), code);
    }
    expect_errc(*vonage, 200, R"({"messages":[{"status":"0","message-id":"1"},{"status":"1"}]})", Errc::timed_out);
    expect_bad_answers_understood(*vonage);
}

TEST(VonageTest, ReadsReceipts) {
    const auto vonage = make_vonage(account());
    for (const auto& [status, state] : {std::pair{"delivered", State::delivered},
                                        {"failed", State::failed},
                                        {"rejected", State::failed},
                                        {"expired", State::failed},
                                        {"accepted", State::pending},
                                        {"buffered", State::pending},
                                        {"unknown", State::pending},
                                        {"Delivered", State::pending}}) {
        const auto read = vonage->receipt(
            form(fmt::format("msisdn=447700900001&to=Acme&messageId=0A1&status={}&err-code=0", status)), "", now);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->state, state) << status;
        EXPECT_EQ(read->id, "0A1");
    }
    const auto failed =
        vonage->receipt(json_request(R"({"messageId":"0A1","status":"failed","err-code":"6"})"), "", now);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->reason, "failed err-code=6");
    http::Request get;
    get.method = http::Method::get;
    get.path = "/callbacks/gw/x";
    get.query = "messageId=0A1&status=delivered";
    EXPECT_TRUE(vonage->receipt(get, "", now));
    for (const char* body : {"", "status=delivered", "messageId=1", "%zz", "messageId=1&status=%00"}) {
        EXPECT_EQ(vonage->receipt(form(body), "", now).error().code, Errc::invalid_argument) << body;
    }
}

TEST(VonageTest, ASignedReceiptIsGoodForFiveMinutes) {
    const auto vonage = make_vonage(account("", "signature-secret"));
    EXPECT_TRUE(vonage->signs_receipts());
    const auto sign = [](std::string_view base) { return hmac_sha256_hex("signature-secret", base); };
    const std::string sig = sign("&messageId=0A1&nonce=a&status=delivered&text=a_b_c&timestamp=1700000000");
    const std::string good = "messageId=0A1&status=delivered&timestamp=1700000000&nonce=a&text=a%26b%3Dc";
    const std::string signed_one = fmt::format("{}&sig={}", good, sig);
    EXPECT_TRUE(vonage->receipt(form(signed_one), "", now));
    std::string upper = sig;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    EXPECT_TRUE(vonage->receipt(form(fmt::format("{}&sig={}", good, upper)), "", now + seconds(300)));
    for (const auto& [body, at] :
         {std::pair{signed_one, now + seconds(301)},
          {signed_one, now - seconds(301)},
          {good, now},
          {fmt::format("{}&sig=", good), now},
          {fmt::format("{}&sig={}", good, sig.substr(1)), now},
          {fmt::format("{}&more=1&sig={}", good, sig), now},
          {fmt::format("messageId=0A2&status=delivered&timestamp=1700000000&nonce=a&text=a&sig={}", sig), now},
          {fmt::format("messageId=0A1&status=delivered&sig={}", sign("&messageId=0A1&status=delivered")), now}}) {
        const auto read = vonage->receipt(form(body), "", at);
        ASSERT_FALSE(read) << body;
        EXPECT_EQ(read.error().code, Errc::blocked) << body;
    }
}

TEST(TwilioTest, WritesWhatTheReferenceHas) {
    const auto twilio = make_twilio(account());
    const auto call = write(*twilio, a_message());
    EXPECT_EQ(call.url, "https://api.twilio.com/2010-04-01/Accounts/user%3A1/Messages.json");
    EXPECT_THAT(call.headers, ElementsAre("Content-Type: application/x-www-form-urlencoded", "Accept: application/json",
                                          "Authorization: Basic dXNlcjoxOnMmY3JldA=="));
    EXPECT_EQ(call.body,
              "To=%2B447700900001&From=Acme%20Ltd&Body=Acme%20code%3A%204711%20%26%20more&ValidityPeriod=300&"
              "StatusCallback=https%3A%2F%2Froger.example%2Fcallbacks%2Fgw%2Fx");
    Outbound message = a_message();
    message.sender = "15005550006";
    EXPECT_THAT(write(*twilio, message, false).body, HasSubstr("&From=%2B15005550006&"));
    message.sender = "74454";
    const auto without = write(*twilio, message, false);
    EXPECT_THAT(without.body, HasSubstr("&From=74454&"));
    EXPECT_THAT(without.body, Not(HasSubstr("StatusCallback")));
}

TEST(TwilioTest, ReadsAnswers) {
    const auto twilio = make_twilio(account());
    const auto read =
        twilio->read(answer(201, R"({"sid":"SM1","status":"queued","num_segments":"2","error_code":null,"body":"x"})"));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_THAT(read->ids, ElementsAre("SM1"));
    EXPECT_EQ(read->segments, 2U);
    EXPECT_EQ(twilio->read(answer(201, R"({"sid":"SM1","status":"queued","num_segments":"0"})"))->segments, 0U);
    expect_errc(*twilio, 201, R"({"sid":"SM1","status":"failed","error_code":30003})", Errc::blocked);
    expect_errc(*twilio, 400, R"({"code":21211,"message":"The 'To' number +447700900001 is not valid","status":400})",
                Errc::blocked);
    EXPECT_EQ(twilio->read(answer(400, R"({"code":21211,"message":"+447700900001"})")).error().detail,
              "HTTP 400, code 21211");
    expect_errc(*twilio, 429, R"({"code":20429,"message":"Too Many Requests"})", Errc::rate_limited);
    expect_errc(*twilio, 401, R"({"code":20003})", Errc::unavailable);
    expect_bad_answers_understood(*twilio);
}

/// The example of Twilio's page on webhook security.
TEST(TwilioTest, TheSignatureIsAsItsDocumentationComputesIt) {
    EXPECT_EQ(hmac_sha1_base64(
                  "12345",
                  "https://example.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675310Digits1234From+"
                  "14158675310To+18005551212"),
              "L/OH5YylLD5NRKLltdqwSvS0BnU=");
}

TEST(TwilioTest, ReadsSignedReceiptsAlone) {
    const auto twilio = make_twilio(account());
    EXPECT_TRUE(twilio->signs_receipts());
    const auto request = [&](std::string_view status, std::string_view signature) {
        http::Request made = form(fmt::format("MessageSid=SM1&MessageStatus={}&To=%2B447700900001", status));
        made.x_fields.emplace_back("x-twilio-signature", signature);
        return made;
    };
    const auto sign = [&](std::string_view status) {
        return hmac_sha1_base64("s&cret",
                                fmt::format("{}MessageSidSM1MessageStatus{}To+447700900001", callback, status));
    };
    for (const auto& [status, state] : {std::pair{"delivered", State::delivered},
                                        {"undelivered", State::failed},
                                        {"failed", State::failed},
                                        {"canceled", State::failed},
                                        {"queued", State::pending},
                                        {"sent", State::pending}}) {
        const auto read = twilio->receipt(request(status, sign(status)), callback, now);
        ASSERT_TRUE(read) << status << read.error().detail;
        EXPECT_EQ(read->state, state) << status;
        EXPECT_EQ(read->id, "SM1");
    }
    EXPECT_EQ(twilio->receipt(request("delivered", sign("failed")), callback, now).error().code, Errc::blocked);
    EXPECT_EQ(twilio->receipt(request("delivered", ""), callback, now).error().code, Errc::blocked);
    EXPECT_EQ(twilio->receipt(request("delivered", sign("delivered")), "https://other/", now).error().code,
              Errc::blocked);
    EXPECT_EQ(twilio->receipt(form("MessageSid=SM1&MessageStatus=delivered"), callback, now).error().code,
              Errc::blocked);
    http::Request added = request("delivered", sign("delivered"));
    added.query = "more=1";
    EXPECT_EQ(twilio->receipt(added, callback, now).error().code, Errc::blocked);
    http::Request empty = form("a=1");
    empty.x_fields.emplace_back("x-twilio-signature", hmac_sha1_base64("s&cret", std::string(callback) + "a1"));
    EXPECT_EQ(twilio->receipt(empty, callback, now).error().code, Errc::invalid_argument);
}

TEST(InfobipTest, WritesWhatTheReferenceHas) {
    const auto infobip = make_infobip(account("https://xyz.api.infobip.com"));
    const auto call = write(*infobip, a_message());
    EXPECT_EQ(call.url, "https://xyz.api.infobip.com/sms/3/messages");
    EXPECT_THAT(call.headers,
                ElementsAre("Content-Type: application/json", "Accept: application/json", "Authorization: App s&cret"));
    EXPECT_EQ(
        call.body,
        R"({"messages":[{"sender":"Acme Ltd","destinations":[{"to":"447700900001","messageId":"00112233445566778899aabbccddeeff"}],)"
        R"("content":{"text":"Acme code: 4711 & more"},)"
        R"("webhooks":{"delivery":{"url":"https://roger.example/callbacks/gw/x"},"contentType":"application/json"}}]})");
    EXPECT_THAT(write(*infobip, a_message(), false).body, Not(HasSubstr("webhooks")));
}

TEST(InfobipTest, ReadsAnswers) {
    const auto infobip = make_infobip(account());
    const auto said = [](int group, const char* name) {
        return fmt::format(
            R"({{"bulkId":"1","messages":[{{"messageId":"m1","status":{{"groupId":{},"name":"{}","description":"447700900001"}}}}]}})",
            group, name);
    };
    const auto read = infobip->read(answer(200, said(1, "PENDING_ACCEPTED")));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_THAT(read->ids, ElementsAre("m1"));
    EXPECT_EQ(read->segments, 0U);
    expect_errc(*infobip, 200, said(5, "REJECTED_NETWORK"), Errc::blocked);
    EXPECT_EQ(infobip->read(answer(200, said(5, "REJECTED_NETWORK"))).error().detail, "REJECTED_NETWORK");
    expect_errc(*infobip, 200, said(2, "UNDELIVERABLE"), Errc::blocked);
    expect_errc(*infobip, 200, R"({"messages":[{"status":{}}]})", Errc::timed_out);
    expect_errc(*infobip, 401, R"({"errorCode":"E401","description":"447700900001"})", Errc::unavailable);
    expect_bad_answers_understood(*infobip);
}

TEST(InfobipTest, ReadsReceipts) {
    const auto infobip = make_infobip(account());
    for (const auto& [group, state] : {std::pair{1, State::pending},
                                       {2, State::failed},
                                       {3, State::delivered},
                                       {4, State::failed},
                                       {5, State::failed},
                                       {9, State::pending}}) {
        const auto read = infobip->receipt(
            json_request(fmt::format(
                R"({{"results":[{{"messageId":"m1","to":"447700900001","status":{{"groupId":{},"name":"NAME"}}}}]}})",
                group)),
            "", now);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->state, state) << group;
        EXPECT_EQ(read->id, "m1");
        EXPECT_EQ(read->reason, "NAME");
    }
    for (const char* body : {"", "{}", "[]", "null", R"({"results":[]})", R"({"results":{"0":{}}})",
                             R"({"results":[{"status":3}]})", "a=1"}) {
        const auto read = infobip->receipt(json_request(body), "", now);
        EXPECT_TRUE(!read || read->state == State::pending) << body;
    }
}

TEST(GatewayTextTest, OfAGatewaysWordsOnlyCodesAndIdsGoOn) {
    EXPECT_EQ(code_text("REJECTED_NETWORK"), "REJECTED_NETWORK");
    EXPECT_EQ(code_text("to +447700900001"), "");
    EXPECT_EQ(code_text(std::string(49, 'a')), "");
    EXPECT_EQ(id_text("0A-1:x"), "0A-1:x");
    for (const std::string& text : {std::string("a b"), std::string("\n"), std::string("ü"), std::string(129, 'a')})
        EXPECT_EQ(id_text(text), "");
}

}  // namespace
}  // namespace roger::channel
