// An API that is described, not programmed: here 46elks from its documentation alone, and what a description may not
// say.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channel/gateway.hpp"
#include "channel/gateway_text.hpp"

namespace roger::channel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using State = PeerReceipt::State;
using Meaning = GenericOptions::Meaning;

constexpr TimePoint epoch{};

GenericOptions elks() {
    GenericOptions options;
    options.url = "https://api.46elks.com/a1/sms";
    options.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    options.body =
        "from=${sender|urlencode}&to=%2B${number|urlencode}&message=${text|urlencode}&whendelivered=${callback_url|"
        "urlencode}";
    options.auth = GenericOptions::Auth::basic;
    options.user = "u1";
    options.secret = Secret("p1");
    options.success_pointer = "/direction";
    options.success_equals = "outgoing";
    options.message_id_pointer = "/id";
    options.receipts = true;
    options.receipt_id = "/id";
    options.receipt_state = "/status";
    options.receipt_delivered = {"delivered"};
    options.receipt_failed = {"failed"};
    return options;
}

/// As the contract's example has it.
GenericOptions described() {
    GenericOptions options;
    options.url = "http://127.0.0.1:9000/send";
    options.headers = {{"Content-Type", "application/json"}};
    options.body = R"({"to":"${number|json}","text":"${text|json}","ref":"${reference|json}"})";
    options.auth = GenericOptions::Auth::bearer;
    options.secret = Secret("token");
    options.success_statuses = {200, 202};
    options.success_pointer = "/ok";
    options.success_equals = "true";
    options.message_id_pointer = "/message/id";
    options.error_pointer = "/error";
    options.errors = {{"bad-number", Meaning::refused}, {"busy", Meaning::throttled}, {"503", Meaning::throttled}};
    options.receipts = true;
    options.receipt_id = "/id";
    options.receipt_state = "/state";
    options.receipt_delivered = {"DELIVRD"};
    options.receipt_failed = {"UNDELIV"};
    options.receipt_secret = Secret("dlr");
    return options;
}

std::unique_ptr<Gateway> make(GenericOptions options) {
    auto made = make_generic(std::move(options));
    if (!made) ADD_FAILURE() << made.error().detail;
    return made ? std::move(*made) : nullptr;
}

http::ClientCall write(const Gateway& gateway) {
    Outbound message;
    message.number = "447700900001";
    message.sender = "Acme";
    message.text = "code \"4711\"";
    return gateway.write(
        {.message = message, .reference = "r1", .callback_url = "https://r/c", .pin_lives = seconds(300)});
}

http::Request request(std::string type, std::string body) {
    http::Request made;
    made.method = http::Method::post;
    made.path = "/callbacks/gw/x";
    made.content_type = std::move(type);
    made.body = std::move(body);
    return made;
}

TEST(GenericTest, WritesWhatAFourthApiWants) {
    const auto gateway = make(elks());
    const auto call = write(*gateway);
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.url, "https://api.46elks.com/a1/sms");
    EXPECT_THAT(call.headers,
                ElementsAre("Content-Type: application/x-www-form-urlencoded", "Authorization: Basic dTE6cDE="));
    EXPECT_EQ(call.body, "from=Acme&to=%2B447700900001&message=code%20%224711%22&whendelivered=https%3A%2F%2Fr%2Fc");
    const auto read = gateway->read(
        {.status = 200,
         .body = R"({"status":"created","direction":"outgoing","id":"s70df59406a1b4643b96f3f91e0bfb7b0","parts":1})"});
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_THAT(read->ids, ElementsAre("s70df59406a1b4643b96f3f91e0bfb7b0"));
    const auto receipt = gateway->receipt(
        request("application/x-www-form-urlencoded", "id=s70&status=delivered&delivered=2026-01-01T00%3A00%3A00"), "",
        epoch);
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->id, "s70");
    EXPECT_EQ(receipt->state, State::delivered);
}

TEST(GenericTest, EachKindOfAuthorization) {
    const auto gateway = make(described());
    EXPECT_THAT(write(*gateway).headers, ElementsAre("Content-Type: application/json", "Authorization: Bearer token"));
    EXPECT_EQ(write(*gateway).body, R"({"to":"447700900001","text":"code \"4711\"","ref":"r1"})");
    GenericOptions options = described();
    options.auth = GenericOptions::Auth::hmac_sha256;
    options.signature_header = "X-Hub-Signature";
    const auto call = write(*make(options));
    EXPECT_EQ(call.headers.back(), "X-Hub-Signature: " + hmac_sha256_hex("token", call.body));
    options.auth = GenericOptions::Auth::none;
    options.body += "${secret|json}";
    EXPECT_THAT(write(*make(options)).headers, ElementsAre("Content-Type: application/json"));
    EXPECT_THAT(write(*make(options)).body, testing::EndsWith("token"));
    EXPECT_EQ(make(options)->oauth2(), nullptr);
    options.auth = GenericOptions::Auth::oauth2;
    EXPECT_NE(make(options)->oauth2(), nullptr);
}

TEST(GenericTest, ReadsAnswersByItsDescription) {
    const auto gateway = make(described());
    struct Case {
        unsigned status;
        std::optional<Errc> code;
        const char* body;
    };
    const Case cases[] = {
        {200, std::nullopt, R"({"ok":true,"message":{"id":7}})"},
        {202, std::nullopt, R"({"ok":true})"},
        {200, std::nullopt, R"({"ok":"true"})"},
        {201, Errc::timed_out, R"({"ok":true})"},
        {200, Errc::blocked, R"({"ok":false})"},
        {200, Errc::blocked, R"({"ok":false,"error":"bad-number"})"},
        {200, Errc::rate_limited, R"({"ok":false,"error":"busy"})"},
        {400, Errc::rate_limited, R"({"error":"busy"})"},
        {400, Errc::blocked, R"({"error":"to 447700900001"})"},
        {503, Errc::rate_limited, ""},
        {502, Errc::unavailable, "<html>"},
        {500, Errc::timed_out, ""},
        {200, Errc::timed_out, "<html>"},
        {200, Errc::timed_out, R"({"ok":{"a":1}})"},
        {200, Errc::timed_out, R"({"ok":null})"},
        {200, Errc::timed_out, "true"},
        {301, Errc::unavailable, ""},
    };
    for (const auto& each : cases) {
        const auto read = gateway->read({.status = each.status, .body = each.body});
        EXPECT_EQ(read.has_value(), !each.code) << each.status << each.body;
        if (read || !each.code) continue;
        EXPECT_EQ(to_string(read.error().code), to_string(*each.code)) << each.status << each.body;
        EXPECT_THAT(read.error().detail, Not(HasSubstr("447700900001")));
    }
    EXPECT_THAT(gateway->read({.status = 200, .body = R"({"ok":true,"message":{"id":7}})"})->ids, ElementsAre("7"));
}

TEST(GenericTest, AStatusAloneMayDecide) {
    GenericOptions options = elks();
    options.success_pointer.clear();
    options.message_id_pointer.clear();
    const auto gateway = make(options);
    EXPECT_TRUE(gateway->read({.status = 204, .body = ""}));
    EXPECT_EQ(gateway->read({.status = 400, .body = ""}).error().code, Errc::blocked);
    EXPECT_FALSE(gateway->gives_ids());
}

TEST(GenericTest, ReadsSignedReceiptsAlone) {
    const auto gateway = make(described());
    EXPECT_TRUE(gateway->signs_receipts());
    EXPECT_FALSE(gateway->takes_callback_url());
    const std::string body = R"({"id":"7","state":"UNDELIV"})";
    http::Request signed_one = request("application/json", body);
    EXPECT_EQ(gateway->receipt(signed_one, "", epoch).error().code, Errc::blocked);
    signed_one.x_fields.emplace_back("x-signature", hmac_sha256_hex("dlr", body));
    const auto read = gateway->receipt(signed_one, "", epoch);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->id, "7");
    EXPECT_EQ(read->state, State::failed);
    EXPECT_EQ(read->reason, "UNDELIV");
    signed_one.x_fields[0].second = "sha256=" + signed_one.x_fields[0].second;
    EXPECT_TRUE(gateway->receipt(signed_one, "", epoch));
    signed_one.body = R"({"id":"8","state":"UNDELIV"})";
    EXPECT_EQ(gateway->receipt(signed_one, "", epoch).error().code, Errc::blocked);
}

TEST(GenericTest, AReceiptThatDoesNotReadIsNoReceipt) {
    const auto gateway = make(elks());
    for (const auto& [type, body] : {std::pair{"application/json", "{"},
                                     {"application/json", "[]"},
                                     {"application/json", R"({"status":{}})"},
                                     {"application/x-www-form-urlencoded", ""},
                                     {"application/x-www-form-urlencoded", "%"},
                                     {"text/xml", "<a/>"}}) {
        const auto read = gateway->receipt(request(type, body), "", epoch);
        ASSERT_FALSE(read) << body;
        EXPECT_EQ(read.error().code, Errc::invalid_argument) << body;
    }
    EXPECT_EQ(gateway->receipt(request("application/json", R"({"status":"sent","id":"\n"})"), "", epoch)->state,
              State::pending);
}

TEST(GenericTest, WhatADescriptionMayNotSay) {
    const auto refused = [](auto change, const char* what) {
        GenericOptions options = elks();
        change(options);
        const auto made = make_generic(options);
        ASSERT_FALSE(made) << what;
        EXPECT_EQ(made.error().code, Errc::invalid_argument);
        EXPECT_THAT(made.error().detail, HasSubstr(what));
    };
    refused([](auto& o) { o.body = "to=${number}"; }, "say how");
    refused([](auto& o) { o.url = "https://h/${no}"; }, "url names ${no}");
    refused([](auto& o) { o.headers["X"] = "a\r\nb"; }, "headers");
    refused([](auto& o) { o.headers["X\r\nY"] = "a"; }, "headers");
    refused([](auto& o) { o.headers["X"] = "${text}"; }, "headers may name ${reference}");
    refused([](auto& o) { o.signature_header = "a b"; }, "auth.header");
    refused([](auto& o) { o.success_pointer = "ok"; }, "success.pointer is a JSON pointer");
    refused([](auto& o) { o.message_id_pointer = "/~2"; }, "message_id_pointer is a JSON pointer");
    refused([](auto& o) { o.receipt_state = ""; }, "needs 'state'");
    refused([](auto& o) { o.receipt_delivered = {}; }, "needs 'delivered'");
    refused([](auto& o) { o.receipts = false; }, "${callback_url} needs a 'receipt'");
    refused([](auto& o) { o.body = "a"; }, "anybody could forge one");
    refused([](auto& o) { o.receipt_header = "Signature"; }, "begins with X-");
    const auto fixed_url = [](auto& o) {
        o.body = "a";
        o.receipt_secret = Secret("s");
    };
    refused(
        [&](auto& o) {
            fixed_url(o);
            o.receipt_id = "";
        },
        "needs 'id'");
    refused(
        [&](auto& o) {
            fixed_url(o);
            o.message_id_pointer = "";
        },
        "in common");
}

}  // namespace
}  // namespace roger::channel
