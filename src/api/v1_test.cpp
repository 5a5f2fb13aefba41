// Start and psd2 over a real engine, and what all calls have in common: the order of judgement, forms, headers.
#include "api/v1.hpp"

#include <gtest/gtest.h>

#include "api/signature.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api::v1 {
namespace {

using testing_support::form_request;
using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::member_of;
using testing_support::number;
using testing_support::Pairs;
using testing_support::SmallHouse;
using testing_support::to_form;
using testing_support::xml_head;

class V1Test : public testing::Test {
protected:
    V1Test() { house.account("acme"); }

    void expect(const http::Response& answer, const std::string& body, const std::string& reason) {
        EXPECT_EQ(answer.status, 200U);
        EXPECT_EQ(answer.content_type, "application/json");
        EXPECT_EQ(answer.body, body);
        EXPECT_EQ(header_of(answer, "Roger-Reason"), reason);
    }
    std::string status(const std::string& call, Pairs pairs, const std::string& key = "acme") {
        return member_of(house.v1(call, std::move(pairs), key), "status");
    }

    SmallHouse house;
};

TEST_F(V1Test, AStartAnswersItsIdAndNothingElse) {
    const auto answer = house.v1("start", {{"number", number}, {"brand", "Acme"}});
    const std::string id = member_of(answer, "request_id");
    EXPECT_EQ(id.size(), 32U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    expect(answer, R"({"request_id":")" + id + R"(","status":"0"})", "");
    EXPECT_NE(header_of(answer, "X-Request-Id"), "");
    EXPECT_EQ(header_of(answer, "Roger-Sandbox"), "on");
}

TEST_F(V1Test, XmlAnswersUnderTheRootOfThePath) {
    const auto answer = house.v1("start", {{"number", number}, {"brand", "Acme"}}, "acme", "xml");
    EXPECT_EQ(answer.content_type, "text/xml");
    EXPECT_TRUE(answer.body.starts_with(std::string(xml_head) + "<verify_response><request_id>")) << answer.body;
    EXPECT_TRUE(answer.body.ends_with("</request_id><status>0</status></verify_response>")) << answer.body;
    const std::pair<const char*, const char*> roots[] = {{"start", "verify_response"},
                                                         {"psd2", "verify_response"},
                                                         {"check", "verify_response"},
                                                         {"search", "verify_request"},
                                                         {"control", "response"}};
    for (const auto& [call, root] : roots) {
        const auto refused = house.v1(call, {}, "nobody", "xml");
        const bool starts = std::string_view(call) == "start" || std::string_view(call) == "psd2";
        EXPECT_EQ(refused.body, std::string(xml_head) + "<" + root + "><status>4</status><error_text>" +
                                    (starts ? "Invalid credentials were provided" : "Bad credentials") +
                                    "</error_text></" + root + ">");
    }
}

TEST_F(V1Test, ParametersComeFromQueryFormAndJson) {
    const Pairs all{{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"brand", "Acme"}};
    auto with = [&](const char* to) {
        Pairs pairs = all;
        pairs.emplace_back("number", to);
        return pairs;
    };
    EXPECT_EQ(member_of(house.ask(get_request("/verify/json", with("447700900001"))), "status"), "0");
    EXPECT_EQ(member_of(house.ask(form_request("/verify/json", with("447700900002"))), "status"), "0");
    const std::string json = R"({"api_key":"acme","api_secret":"secret-of-acme","brand":"Acme","number":447700900003})";
    EXPECT_EQ(member_of(house.ask(json_request("/verify/json", json)), "status"), "0");
    http::Request basic = get_request("/verify/json", {{"number", "447700900004"}, {"brand", "Acme"}});
    basic.authorization = "Basic YWNtZTpzZWNyZXQtb2YtYWNtZQ==";
    EXPECT_EQ(member_of(house.ask(basic), "status"), "0");
}

// Each line breaks one rule and all that come after it.
TEST_F(V1Test, TheFirstRuleThatIsBrokenAnswers) {
    house.account("barred", [](account::Account& account) { account.barred = true; });
    house.account("slow", [](account::Account& account) { account.rate = account.burst = 1; });
    house.account("gone", [](account::Account& account) { account.disabled = true; });
    const std::string missing_key = R"({"status":"2","error_text":"Missing api_key"})";
    const std::string missing_secret = R"({"status":"2","error_text":"Missing api_secret"})";
    expect(house.ask(get_request("/verify/json")), missing_key, "rule=missing-credentials; scope=request");
    expect(house.ask(get_request("/verify/json", {{"api_secret", "x"}})), missing_key,
           "rule=missing-credentials; scope=request");
    expect(house.ask(get_request("/verify/json", {{"api_key", "barred"}})), missing_secret,
           "rule=missing-credentials; scope=request");
    const std::string wrong = R"({"status":"4","error_text":"Invalid credentials were provided"})";
    for (const auto* key : {"barred", "nobody"}) {
        expect(house.ask(get_request("/verify/json", {{"api_key", key}, {"api_secret", "x"}})), wrong,
               "rule=credentials; scope=request");
    }
    expect(house.v1("start", {}, "gone"), wrong, "rule=credentials; scope=request");
    expect(
        house.v1("start", {}, "barred"),
        R"({"status":"8","error_text":"The api_key you supplied is for an account that has been barred from submitting messages."})",
        "rule=barred; scope=account");
    EXPECT_EQ(status("start", {}, "slow"), "2");
    const auto throttled = house.v1("start", {}, "slow");
    expect(throttled, R"({"status":"1","error_text":"Throttled"})", "rule=account-rate; scope=account");
    EXPECT_EQ(header_of(throttled, "Retry-After"), "1");
    expect(house.v1("start", {{"number", "x"}}),
           R"({"status":"2","error_text":"Your request is incomplete and missing the mandatory parameter `brand`"})",
           "rule=missing-parameter; scope=brand");
    expect(house.v1("start", {{"number", "x"}, {"brand", "Acme"}, {"pin_code", "1234"}}),
           R"({"status":"3","error_text":"Invalid value for number"})", "rule=parameter; scope=number");
    expect(house.v1("start", {{"number", number}, {"brand", "Acme"}, {"pin_code", "1234"}}),
           R"({"status":"20","error_text":"This account does not support the parameter: pin_code."})",
           "rule=pin-code-right; scope=account");
}

TEST_F(V1Test, ABarredAccountGoesOnCheckingAndSearching) {
    const std::string id = house.start(number);
    house.account("acme", [](account::Account& account) { account.barred = true; });
    EXPECT_EQ(status("start", {}), "8");
    EXPECT_EQ(status("psd2", {}), "8");
    EXPECT_EQ(status("control", {{"request_id", id}, {"cmd", "cancel"}}), "8");
    EXPECT_EQ(status("search", {{"request_id", id}}), "IN PROGRESS");
    EXPECT_EQ(status("check", {{"request_id", id}, {"code", house.pin(id)}}), "0");
}

TEST_F(V1Test, TheRateIsCountedForEachEndpointAndTakesWhatTheAccountHas) {
    house.account("slow", [](account::Account& account) { account.rate = account.burst = 2; });
    for (const auto* call : {"start", "check", "search", "control", "psd2"}) {
        EXPECT_EQ(status(call, {}, "slow"), "2") << call;
        EXPECT_EQ(status(call, {}, "slow"), "2") << call;
        EXPECT_EQ(status(call, {}, "slow"), "1") << call;
    }
    house.clock.advance(milliseconds(500));
    EXPECT_EQ(status("start", {}, "slow"), "2");
    EXPECT_EQ(status("start", {}, "slow"), "1");
}

TEST_F(V1Test, AccountsWithoutARateHaveTheServers) {
    SmallHouse::Options options;
    options.settings.rate = options.settings.burst = 3;
    SmallHouse limited(std::move(options));
    limited.account("acme", [](account::Account& account) { account.rate.reset(); });
    for (int i = 0; i < 3; ++i) EXPECT_EQ(member_of(limited.v1("search", {}), "status"), "2");
    EXPECT_EQ(member_of(limited.v1("search", {}), "status"), "1");
}

// Credentials first, so that nobody learns of the load without them; parameters after it, so that a refusal is cheap.
TEST_F(V1Test, AFullQueueRefusesStartsBeforeTheirParametersButNotChecks) {
    const std::string id = house.start(number);
    const std::string pin = house.pin(id);
    engine::Engine& engine = house.context().engine;
    for (std::uint64_t i = 0; !engine.starts_full(); ++i) {
        engine::Start start;
        start.draft.account = "acme";
        start.draft.number = std::to_string(447700910000 + i);
        start.draft.country = "GB";
        start.draft.brand = "Acme";
        start.draft.locale = "en-gb";
        start.draft.plan = verification::make_plan(1, std::nullopt, std::nullopt);
        start.random = start.entropy = i;
        engine.submit(std::move(start));
    }
    const std::string throttled = R"({"status":"1","error_text":"Throttled"})";
    const auto ask = [&](http::Request request) { return house.begin_unsettled(std::move(request)); };
    const Pairs good{{"api_key", "acme"}, {"api_secret", "secret-of-acme"}};
    Pairs check = good;
    check.insert(check.end(), {{"request_id", id}, {"code", pin}});
    const auto wrong = ask(form_request("/verify/json", {{"api_key", "acme"}, {"api_secret", "x"}}));
    const auto start = ask(form_request("/verify/json", good));
    const auto psd2 = ask(form_request("/verify/psd2/json", good));
    const auto checked = ask(form_request("/verify/check/json", check));
    house.settle();
    EXPECT_EQ(member_of(**wrong, "status"), "4");
    for (const auto& refused : {start, psd2}) {
        expect(**refused, throttled, "rule=overload; scope=server");
        EXPECT_EQ(header_of(**refused, "Retry-After"), "1");
    }
    EXPECT_EQ(member_of(**checked, "status"), "0");
    EXPECT_EQ(status("start", {}), "2") << "once the queue is worked off";
}

TEST_F(V1Test, AfterTwentyWrongCredentialsAMinuteTheAddressWaits) {
    const auto wrong = [](const char* address) {
        auto request = get_request("/verify/search/json", {{"api_key", "acme"}, {"api_secret", "guess"}});
        request.remote_address = address;
        return request;
    };
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(*house.begin(wrong("192.0.2.1"))) << i;
    EXPECT_FALSE(*house.begin(wrong("192.0.2.1"))) << "its answer waits for a second";
    EXPECT_TRUE(*house.begin(wrong("192.0.2.2"))) << "others do not";
    EXPECT_EQ(status("search", {{"request_id", "x"}}), "101") << "nor do right credentials";
}

TEST_F(V1Test, ASignatureStandsForTheSecret) {
    house.account("acme", [&](account::Account& account) {
        set_signature_secret(account, "signs", house.keyring(), house.random);
    });
    const auto at = std::to_string(std::chrono::floor<seconds>(house.clock.wall_now()).time_since_epoch().count());
    auto request =
        get_request("/verify/json", {{"api_key", "acme"}, {"number", number}, {"brand", "Acme"}, {"timestamp", at}});
    const auto base = signature_base(*http::read_parameters(request));
    http::Request wrong = request;
    wrong.query += "&sig=00";
    EXPECT_EQ(member_of(house.ask(wrong), "status"), "4");
    request.query += "&sig=" + sign(account::SignatureMethod::md5hash, base, "signs");
    EXPECT_EQ(member_of(house.ask(request), "status"), "0");
}

TEST_F(V1Test, ASecondStartIsConcurrentUntilTheFirstHasEnded) {
    const std::string id = house.start(number);
    expect(house.v1("start", {{"number", "+44 7700 900001"}, {"brand", "Other"}}),
           R"({"request_id":")" + id +
               R"(","status":"10","error_text":"Concurrent verifications to the same number are not allowed"})",
           "rule=one-live-request; scope=number");
    house.account("other");
    EXPECT_EQ(status("start", {{"number", number}, {"brand", "Acme"}}, "other"), "0") << "another account";
    EXPECT_EQ(status("check", {{"request_id", id}, {"code", house.pin(id)}}), "0");
    EXPECT_NE(house.start(number), id);
}

TEST_F(V1Test, AnIdempotencyKeyBringsTheSameRequestBackWithoutASecondMessage) {
    const std::string id = house.start(number, {{"client_ref", "order-1"}});
    const Pairs again{{"number", number}, {"brand", "Acme"}, {"client_ref", "order-1"}};
    expect(house.v1("start", again), R"({"request_id":")" + id + R"(","status":"0"})", "");
    const auto messages = house.ask(
        get_request("/sandbox/messages", {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"number", number}}));
    EXPECT_EQ(messages.body.find("event_id"), messages.body.rfind("event_id")) << messages.body;
    for (const auto& [name, value] : Pairs{{"brand", "Other"}, {"workflow_id", "2"}}) {
        Pairs changed = again;
        changed.insert(changed.begin(), {{name, value}});
        expect(house.v1("start", changed), R"({"status":"3","error_text":"Invalid value for client_ref"})",
               "rule=idempotency-mismatch; scope=client_ref");
    }
    EXPECT_EQ(status("start", {{"number", number}, {"brand", "Acme"}, {"client_ref", "order-2"}}), "10");
    auto with_header = form_request(
        "/verify/json", {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"number", number}, {"brand", "Acme"}});
    with_header.idempotency_key = "order-1";
    EXPECT_EQ(member_of(house.ask(with_header), "request_id"), id);
}

TEST_F(V1Test, Psd2BindsPayeeAndAmount) {
    const Pairs payment{{"number", number}, {"payee", "Acme"}, {"amount", "48.5"}, {"client_ref", "p"}};
    const auto answer = house.v1("psd2", payment);
    const std::string id = member_of(answer, "request_id");
    expect(answer, R"({"request_id":")" + id + R"(","status":"0"})", "");
    const auto messages = house.ask(
        get_request("/sandbox/messages", {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"request_id", id}}));
    EXPECT_EQ(member_of(messages, "text"), "Code " + house.pin(id) + ": pay €48.50 to Acme. Valid 5 min.");
    EXPECT_EQ(member_of(house.v1("psd2", payment), "request_id"), id);
    EXPECT_EQ(status("psd2", {{"number", number}, {"payee", "Acme"}, {"amount", "48.51"}, {"client_ref", "p"}}), "3");
    EXPECT_EQ(status("check", {{"request_id", id}, {"code", house.pin(id)}}), "0");
}

TEST_F(V1Test, TheDenyListDemoAccountsAndMissingRoutesRefuse) {
    SmallHouse::Options options;
    options.settings.numbers.deny = {"447700900002"};
    options.routes = false;
    SmallHouse strict(std::move(options));
    strict.account("acme");
    strict.account("demo", [](account::Account& account) { account.demo = true; });
    expect(strict.v1("start", {{"number", "447700900002"}, {"brand", "Acme"}}),
           R"({"status":"7","error_text":"The number you are trying to verify is blacklisted for verification."})",
           "rule=deny-list; scope=number");
    expect(
        strict.v1("start", {{"number", number}, {"brand", "Acme"}}, "demo"),
        R"({"status":"29","error_text":"Your account is still in demo mode. While in demo mode you must add target numbers to the approved list for your account."})",
        "rule=demo; scope=account");
    expect(strict.v1("start", {{"number", number}, {"brand", "Acme"}}),
           R"({"status":"15","error_text":"The destination number is not in a supported network"})",
           "rule=no-route; scope=country");
}

TEST_F(V1Test, AStartThatCannotBeStoredIsAnInternalErrorAndLeavesNothing) {
    store::set_fault(house.disk(), store::MemoryFault::unavailable);
    expect(house.v1("start", {{"number", number}, {"brand", "Acme"}}),
           R"({"status":"5","error_text":"Internal Error"})", "rule=internal; scope=server");
    house.clock.advance(seconds(1));
    house.start(number);
}

TEST_F(V1Test, ARepeatedJsonKeyIsAValueOutOfItsRule) {
    expect(house.ask(json_request("/verify/json", R"({"number":"1","number":"2"})")),
           R"({"status":"3","error_text":"Invalid value for number"})", "rule=repeated-key; scope=body");
    expect(house.ask(json_request("/verify/check/json", R"({"code":"1","code":"1"})")),
           R"({"status":"3","error_text":"Invalid value for param: code"})", "rule=repeated-key; scope=body");
    expect(house.ask(json_request("/verify/json", R"({"":"1","":"2"})")),
           R"({"status":"3","error_text":"Invalid value for body"})", "rule=repeated-key; scope=body");
}

TEST_F(V1Test, ARepeatedKeyOfAnyTextPutsNothingIntoTheHeaders) {
    const auto answer = house.ask(json_request("/verify/xml", "{\"a\\r\\nX: y\":1,\"a\\r\\nX: y\":2}"));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(header_of(answer, "Roger-Reason"), "rule=repeated-key; scope=body");
}

TEST_F(V1Test, WhatCannotBeReadHasARealHttpCodeAndABodyInV1sWords) {
    const auto broken = house.ask(json_request("/verify/json", "{"));
    EXPECT_EQ(broken.status, 400U);
    EXPECT_EQ(broken.body,
              R"({"status":"3","error_text":"The request could not be read: the body is not readable JSON"})");
    EXPECT_EQ(header_of(broken, "Roger-Reason"), "rule=unreadable; scope=request");
    EXPECT_NE(header_of(broken, "X-Request-Id"), "");
    auto packed = json_request("/verify/control/xml", "{}");
    packed.content_encoding = "gzip";
    const auto refused = house.ask(packed);
    EXPECT_EQ(refused.status, 415U);
    EXPECT_EQ(refused.body, std::string(xml_head) +
                                "<response><status>3</status><error_text>The request could not be read: "
                                "bodies with a Content-Encoding are not taken</error_text></response>");
    EXPECT_EQ(house.ask(testing_support::post_request("/verify/json", "<a/>", "text/xml")).status, 415U);
    EXPECT_EQ(
        house.ask(testing_support::post_request("/verify/json", "a=%zz", "application/x-www-form-urlencoded")).status,
        400U);
}

TEST_F(V1Test, OtherPathsAndMethodsAreRefusedByHttp) {
    for (const auto* path : {"/verify/yaml", "/verify/", "/verify/json/", "/verify/check", "/verify/check/",
                             "/verify/start/json", "/verify//json", "/verify/check/json/x", "/verify/JSON"}) {
        const auto answer = house.ask(get_request(path));
        EXPECT_EQ(answer.status, 404U) << path;
        EXPECT_EQ(answer.body, R"({"status":"3","error_text":"There is no such call."})") << path;
        EXPECT_EQ(header_of(answer, "Roger-Reason"), "rule=unreadable; scope=request");
    }
    auto request = get_request("/verify/control/xml");
    for (const auto method :
         {http::Method::put, http::Method::del, http::Method::patch, http::Method::head, http::Method::other}) {
        request.method = method;
        const auto answer = house.ask(request);
        EXPECT_EQ(answer.status, 405U);
        EXPECT_EQ(header_of(answer, "Allow"), "GET, POST");
        EXPECT_EQ(answer.content_type, "text/xml");
    }
}

TEST_F(V1Test, EveryRequestIsCountedOnceByItsStatus) {
    house.start(number);
    (void)house.v1("start", {});
    (void)house.v1("search", {{"request_id", "x"}});
    (void)house.ask(json_request("/verify/check/json", "{"));
    const std::string text = house.metrics.text();
    for (const auto* line : {R"(roger_requests_total{api="v1",call="start",status="0"} 1)",
                             R"(roger_requests_total{api="v1",call="start",status="2"} 1)",
                             R"(roger_requests_total{api="v1",call="search",status="101"} 1)",
                             R"(roger_requests_total{api="v1",call="check",status="3"} 1)",
                             R"(roger_refusals_total{api="v1",call="start",rule="missing-parameter"} 1)",
                             R"(roger_refusals_total{api="v1",call="search",rule="not-found"} 1)",
                             R"(roger_refusals_total{api="v1",call="check",rule="unreadable"} 1)"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << '\n' << text;
    }
}

}  // namespace
}  // namespace roger::api::v1
