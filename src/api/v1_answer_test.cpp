// Bytes on the wire, compared whole.
#include "api/v1_answer.hpp"

#include <gtest/gtest.h>

#include "tests/support/small_house.hpp"

namespace roger::api::v1 {
namespace {

using testing_support::header_of;

constexpr Call calls[] = {Call::start, Call::check, Call::search, Call::control, Call::psd2};

TEST(V1AnswerTest, ASuccessHasNoErrorText) {
    Answer answer;
    answer.request_id = "0123456789abcdef0123456789abcdef";
    EXPECT_EQ(write(answer, Call::start, Format::json).body,
              R"({"request_id":"0123456789abcdef0123456789abcdef","status":"0"})");
    EXPECT_EQ(write(answer, Call::start, Format::xml).body,
              R"(<?xml version="1.0" encoding="UTF-8"?><verify_response>)"
              "<request_id>0123456789abcdef0123456789abcdef</request_id><status>0</status></verify_response>");
}

TEST(V1AnswerTest, ACheckHasItsPricesAfterTheStatus) {
    Answer answer;
    answer.request_id = "id";
    answer.event_id = "0A00000012345678";
    answer.fields = {{"price", "0.10000000"}, {"currency", "EUR"}, {"estimated_price_messages_sent", "0.03330000"}};
    EXPECT_EQ(write(answer, Call::check, Format::json).body,
              R"({"request_id":"id","event_id":"0A00000012345678","status":"0","price":"0.10000000","currency":"EUR",)"
              R"("estimated_price_messages_sent":"0.03330000"})");
}

TEST(V1AnswerTest, TheRootOfXmlFollowsTheCall) {
    const Answer answer = refuse(nothing_found, "No response found", "not-found", "request");
    const std::string_view roots[] = {"verify_response", "verify_response", "verify_request", "response",
                                      "verify_response"};
    for (std::size_t i = 0; i < std::size(calls); ++i) {
        const auto response = write(answer, calls[i], Format::xml);
        EXPECT_EQ(response.content_type, "text/xml");
        EXPECT_EQ(response.body, R"(<?xml version="1.0" encoding="UTF-8"?><)" + std::string(roots[i]) +
                                     "><status>101</status><error_text>No response found</error_text></" +
                                     std::string(roots[i]) + ">");
    }
}

TEST(V1AnswerTest, RefusalsSayWhyAndWhenToComeBack) {
    const auto response = write(overloaded("account-rate", "account", 3), Call::start, Format::json);
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(response.body, R"({"status":"1","error_text":"Throttled"})");
    EXPECT_EQ(header_of(response, "Roger-Reason"), "rule=account-rate; scope=account");
    EXPECT_EQ(header_of(response, "Retry-After"), "3");
    const auto success = write(Answer{}, Call::start, Format::json);
    EXPECT_TRUE(success.headers.empty());
}

TEST(V1AnswerTest, TextsOfParametersDependOnTheCall) {
    EXPECT_EQ(missing_parameter("brand").error_text,
              "Your request is incomplete and missing the mandatory parameter `brand`");
    EXPECT_EQ(missing_parameter("brand").status, 2);
    for (const Call call : calls) {
        const bool starts = call == Call::start || call == Call::psd2;
        EXPECT_EQ(invalid_value(call, "x").error_text, starts ? "Invalid value for x" : "Invalid value for param: x");
        EXPECT_EQ(to_header(invalid_value(call, "x").reason), "rule=parameter; scope=x");
        EXPECT_EQ(credentials_refused(call).error_text,
                  starts ? "Invalid credentials were provided" : "Bad credentials");
        EXPECT_EQ(credentials_refused(call).status, 4);
    }
    EXPECT_EQ(failed_inside().error_text, "Internal Error");
    EXPECT_EQ(failed_inside().status, 5);
}

TEST(V1AnswerTest, WhatClientsSendComesBackEscaped) {
    const Answer answer = refuse(invalid, "a\"b\\c<d>&\n\x01\x1f", "parameter", "x");
    EXPECT_EQ(write(answer, Call::start, Format::json).body,
              R"({"status":"3","error_text":"a\"b\\c<d>&\n\u0001\u001f"})");
    EXPECT_EQ(write(answer, Call::start, Format::xml).body,
              R"(<?xml version="1.0" encoding="UTF-8"?><verify_response><status>3</status>)"
              "<error_text>a\"b\\c&lt;d&gt;&amp;\n</error_text></verify_response>")
        << "XML 1.0 cannot write other control characters";
}

TEST(V1AnswerTest, XmlLeavesOutCodePointsThatAreNoCharacters) {
    const Answer answer = refuse(invalid,
                                 "a\xEF\xBF\xBE"
                                 "b\xEF\xBF\xBF"
                                 "c\xEF\xBF\xBD€",
                                 "parameter", "x");
    EXPECT_NE(write(answer, Call::start, Format::xml).body.find("<error_text>abc\xEF\xBF\xBD€</error_text>"),
              std::string::npos);
}

Found one_found(const std::string& id) {
    return {.head = {{"request_id", id}, {"status", "FAILED"}, {"date_finalized", ""}},
            .checks = {{{"date_received", "2027-01-15 08:00:01"},
                        {"code", "1234"},
                        {"status", "INVALID"},
                        {"ip_address", ""}}},
            .events = {{{"type", "sms"}, {"id", "AB"}}, {{"type", "tts"}, {"id", "CD"}}}};
}

TEST(V1AnswerTest, ASearchForOneIsAFlatObject) {
    EXPECT_EQ(
        write({one_found("a")}, false, Format::json).body,
        R"({"request_id":"a","status":"FAILED","date_finalized":"","checks":[{"date_received":"2027-01-15 08:00:01",)"
        R"("code":"1234","status":"INVALID","ip_address":""}],"events":[{"type":"sms","id":"AB"},{"type":"tts","id":"CD"}]})");
    EXPECT_EQ(
        write({one_found("a")}, false, Format::xml).body,
        R"(<?xml version="1.0" encoding="UTF-8"?><verify_request><request_id>a</request_id><status>FAILED</status>)"
        "<date_finalized></date_finalized><checks><check><date_received>2027-01-15 08:00:01</date_received>"
        "<code>1234</code><status>INVALID</status><ip_address></ip_address></check></checks>"
        "<events><event><type>sms</type><id>AB</id></event><event><type>tts</type><id>CD</id></event></events>"
        "</verify_request>");
}

TEST(V1AnswerTest, ASearchForAListIsAListEvenForOne) {
    Found bare{.head = {{"request_id", "a"}}, .checks = {}, .events = {}};
    EXPECT_EQ(write({bare}, true, Format::json).body,
              R"({"verification_requests":[{"request_id":"a","checks":[],"events":[]}]})");
    EXPECT_EQ(
        write({bare, bare}, true, Format::json).body,
        R"({"verification_requests":[{"request_id":"a","checks":[],"events":[]},{"request_id":"a","checks":[],"events":[]}]})");
    EXPECT_EQ(write({bare, bare}, true, Format::xml).body,
              R"(<?xml version="1.0" encoding="UTF-8"?><verification_requests>)"
              "<verify_request><request_id>a</request_id><checks/><events/></verify_request>"
              "<verify_request><request_id>a</request_id><checks/><events/></verify_request></verification_requests>");
}

}  // namespace
}  // namespace roger::api::v1
