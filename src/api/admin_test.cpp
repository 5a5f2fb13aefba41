// Accounts as the control socket creates, lists and changes them.
#include "api/admin.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using nlohmann::json;
using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::member_of;
using testing_support::SmallHouse;

constexpr const char* accounts = "/admin/v1/accounts";

class AdminTest : public testing::Test {
protected:
    http::Response ask(http::Method method, const std::string& path, const std::string& body = "") {
        http::Request request = json_request(path, body);
        request.method = method;
        return house.ask_control(request);
    }
    http::Response create(const std::string& body) { return ask(http::Method::post, accounts, body); }
    std::string status_with(const std::string& key, const std::string& secret) {
        return member_of(house.ask(get_request("/verify/search/json",
                                               {{"api_key", key}, {"api_secret", secret}, {"request_id", "x"}})),
                         "status");
    }
    SmallHouse house;
};

TEST_F(AdminTest, ACreatedAccountMayComeInAtOnce) {
    const auto answer = create(R"({"key":"acme","pin_code":true})");
    EXPECT_EQ(answer.status, 201U) << answer.body;
    const json made = json::parse(answer.body);
    EXPECT_EQ(made.size(), 3U);
    EXPECT_EQ(made["key"], "acme");
    EXPECT_EQ(made["signature_secret"].get<std::string>().size(), 32U);
    EXPECT_EQ(status_with("acme", made["secret"]), "101");
    EXPECT_EQ(status_with("acme", made["signature_secret"]), "4");
    const auto book = house.context().engine.accounts();
    EXPECT_TRUE(book->at("acme")->pin_code);
    EXPECT_EQ(book->at("acme")->created, house.clock.wall_now());
    EXPECT_EQ(open_signature_secret(*book->at("acme"), house.keyring()).reveal(),
              made["signature_secret"].get<std::string>());
}

TEST_F(AdminTest, AnAccountWithoutAKeyGetsARandomOne) {
    const json made = json::parse(create("").body);
    EXPECT_EQ(made["key"].get<std::string>().size(), 8U);
    EXPECT_EQ(status_with(made["key"], made["secret"]), "101");
}

TEST_F(AdminTest, AKeyIsGivenOnce) {
    const json made = json::parse(create(R"({"key":"acme"})").body);
    const auto again = create(R"({"key":"acme"})");
    EXPECT_EQ(again.status, 409U);
    EXPECT_EQ(member_of(again, "detail"), "the account 'acme' exists already");
    EXPECT_EQ(status_with("acme", made["secret"]), "101") << "its secret stays";
}

TEST_F(AdminTest, WhatCannotBeAnAccountIsRefused) {
    for (const auto* body :
         {"{", "[]", R"({"key":""})", R"({"key":"a b"})", R"({"key":5})", R"({"demo":1})", R"({"secret":"x"})"}) {
        const auto answer = create(body);
        EXPECT_EQ(answer.status, 400U) << body;
        EXPECT_EQ(answer.content_type, "application/problem+json");
    }
    EXPECT_TRUE(house.context().engine.accounts()->empty());
}

TEST_F(AdminTest, PatchChangesWhatIsGiven) {
    const json made = json::parse(create(R"({"key":"acme","pin_code":true})").body);
    const auto answer = ask(http::Method::patch, std::string(accounts) + "/acme", R"({"disabled":true,"rate":5})");
    EXPECT_EQ(answer.status, 200U);
    const json shown = json::parse(answer.body);
    EXPECT_EQ(shown["disabled"], true);
    EXPECT_EQ(shown["rate"], 5.0);
    EXPECT_EQ(shown["pin_code"], true);
    EXPECT_EQ(status_with("acme", made["secret"]), "4");
    EXPECT_EQ(ask(http::Method::patch, std::string(accounts) + "/acme", R"({"rates":5})").status, 400U);
    EXPECT_EQ(ask(http::Method::patch, std::string(accounts) + "/nobody", "{}").status, 404U);
}

TEST_F(AdminTest, AFreshSecretLeavesTheOneBeforeLive) {
    const json made = json::parse(create(R"({"key":"acme"})").body);
    const auto rotate = [&] {
        return json::parse(ask(http::Method::post, std::string(accounts) + "/acme/secrets").body);
    };
    const json second = rotate();
    EXPECT_EQ(second.size(), 2U);
    EXPECT_EQ(status_with("acme", made["secret"]), "101");
    EXPECT_EQ(status_with("acme", second["secret"]), "101");
    const json third = rotate();
    EXPECT_EQ(status_with("acme", made["secret"]), "4");
    EXPECT_EQ(status_with("acme", second["secret"]), "101");
    EXPECT_EQ(status_with("acme", third["secret"]), "101");
    EXPECT_EQ(ask(http::Method::post, std::string(accounts) + "/nobody/secrets").status, 404U);
}

TEST_F(AdminTest, TheListIsInOrderOfCreationAndShowsNoSecret) {
    const json first = json::parse(create(R"({"key":"b"})").body);
    house.clock.advance(seconds(1));
    (void)create(R"({"key":"a"})");
    const auto answer = ask(http::Method::get, accounts);
    EXPECT_EQ(answer.status, 200U);
    const json list = json::parse(answer.body)["accounts"];
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0]["key"], "b");
    EXPECT_EQ(list[1]["key"], "a");
    EXPECT_EQ(answer.body.find(first["secret"].get<std::string>()), std::string::npos);
}

TEST_F(AdminTest, OtherPathsAndMethodsAreRefused) {
    using enum http::Method;
    EXPECT_EQ(header_of(ask(del, accounts), "Allow"), "GET, POST");
    EXPECT_EQ(header_of(ask(post, std::string(accounts) + "/acme"), "Allow"), "GET, PATCH");
    EXPECT_EQ(header_of(ask(get, std::string(accounts) + "/acme/secrets"), "Allow"), "POST");
    for (const auto* path : {"/admin/v1/else", "/admin/v1/accountsx", "/admin/v1/accounts/", "/admin/v1/accounts/a b",
                             "/admin/v1/accounts/acme/else", "/admin/v1/accounts/acme/"}) {
        EXPECT_EQ(ask(get, path).status, 404U) << path;
    }
}

TEST_F(AdminTest, AStoreThatCannotBeWrittenIsToldAsSuch) {
    store::set_fault(house.disk(), store::MemoryFault::unavailable);
    EXPECT_EQ(create(R"({"key":"acme"})").status, 503U);
    EXPECT_TRUE(house.context().engine.accounts()->empty());
}

}  // namespace
}  // namespace roger::api
