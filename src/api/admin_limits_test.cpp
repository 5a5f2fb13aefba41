// Rules, lists, blocks and money: what clients are answered, and what operators see and change.
#include "api/admin_limits.hpp"

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
using testing_support::number;
using testing_support::Pairs;
using testing_support::SmallHouse;

class AdminLimitsTest : public testing::Test {
protected:
    AdminLimitsTest() {
        house.account("acme", [](account::Account& account) { account.lenient_cancel = true; });
        enforce();
    }
    void enforce() {
        house.context().settings.rules = guard::Modes::all(guard::Mode::enforce);
        house.context().settings.sandbox_rules = guard::Mode::enforce;
        house.context().engine.set_modes(modes_in_force(house.context().settings));
    }
    std::pair<unsigned, json> ask(http::Method method, const std::string& path, const std::string& body = "") {
        const std::size_t question = path.find('?');
        http::Request request = json_request("/admin/v1" + path.substr(0, question), body);
        if (question != std::string::npos) request.query = path.substr(question + 1);
        request.method = method;
        const auto response = house.ask_control(request);
        return {response.status, json::parse(response.body)};
    }
    json patch(const std::string& body) { return ask(http::Method::patch, "/accounts/acme", body).second; }
    http::Response start(const std::string& to = number, Pairs more = {}) {
        more.insert(more.end(), {{"number", to}, {"brand", "Acme"}});
        return house.v1("start", more);
    }
    void cancel(const http::Response& started) {
        ASSERT_EQ(member_of(house.v1("control", {{"request_id", member_of(started, "request_id")}, {"cmd", "cancel"}}),
                            "status"),
                  "0");
    }
    void use_up_window() {
        cancel(start());
        cancel(start());
    }
    std::string wrong(const std::string& id) { return house.pin(id) == "0000" ? "1111" : "0000"; }

    SmallHouse house;
};

TEST_F(AdminLimitsTest, AFullWindowAnswersSevenAndWhenToComeBack) {
    use_up_window();
    const auto refused = start();
    EXPECT_EQ(refused.body,
              R"({"status":"7","error_text":"The number you are trying to verify is blacklisted for verification."})");
    EXPECT_EQ(header_of(refused, "Roger-Reason"), "rule=number-window; until=2027-01-15T08:00:30.000Z");
    EXPECT_EQ(header_of(refused, "Retry-After"), "30");
    house.pass(seconds(30));
    EXPECT_EQ(member_of(start(), "status"), "0");
}

TEST_F(AdminLimitsTest, ASandboxObservesUnlessItIsToldOtherwise) {
    house.context().settings.sandbox_rules = guard::Mode::observe;
    house.context().engine.set_modes(modes_in_force(house.context().settings));
    use_up_window();
    const auto third = start();
    EXPECT_EQ(member_of(third, "status"), "0");
    EXPECT_EQ(header_of(third, "Roger-Reason"), "would-refuse rule=number-window; until=2027-01-15T08:00:30.000Z");
    EXPECT_NE(house.metrics.text().find(R"(roger_would_refuse_total{api="v1",call="start",rule="number-window"} 1)"),
              std::string::npos);
}

TEST_F(AdminLimitsTest, AnOperatorSetsHowFarARuleGoes) {
    EXPECT_EQ(ask(http::Method::put, "/rules", R"({"number_window":"off"})").first, 200U);
    const json rule = ask(http::Method::get, "/rules").second["rules"]["number_window"];
    EXPECT_EQ(rule, (json{{"configured", "enforce"}, {"set", "off"}, {"in_force", "off"}}));
    use_up_window();
    EXPECT_EQ(member_of(start(), "status"), "0");
    EXPECT_EQ(ask(http::Method::put, "/rules", R"({"number_window":null})").second["rules"]["number_window"]["set"],
              nullptr);
    for (const char* bad : {R"({"number-window":"off"})", R"({"number_window":"on"})", "[]", "{"}) {
        EXPECT_EQ(ask(http::Method::put, "/rules", bad).first, 400U) << bad;
    }
    EXPECT_EQ(ask(http::Method::del, "/rules").first, 405U);
}

TEST_F(AdminLimitsTest, SettingsComeBackFromTheStore) {
    (void)ask(http::Method::put, "/rules", R"({"wrong_codes":"observe"})");
    (void)ask(http::Method::put, "/lists/deny", R"({"numbers":["+4477"]})");
    Settings settings;
    settings.rules = guard::Modes::all(guard::Mode::enforce);
    const auto store = store::make_memory_store(house.shared_disk());
    for (const auto& [name, value] : store->opened().settings) {
        restore_limits(settings, name, value);
    }
    EXPECT_EQ(modes_in_force(settings).of(guard::RuleId::wrong_codes), guard::Mode::observe);
    EXPECT_EQ(modes_in_force(settings).of(guard::RuleId::number_window), guard::Mode::enforce);
    EXPECT_EQ(settings.lists.deny, std::vector<std::string>{"4477"});
}

TEST_F(AdminLimitsTest, ListsDenyAndAllow) {
    EXPECT_EQ(ask(http::Method::put, "/lists/deny", R"({"numbers":["+44 7700","1","1"]})").second,
              (json{{"numbers", {"+1", "+447700"}}}));
    const auto refused = start();
    EXPECT_EQ(member_of(refused, "status"), "7");
    EXPECT_EQ(header_of(refused, "Roger-Reason"), "rule=deny-list; scope=number");
    (void)ask(http::Method::put, "/lists/allow", R"({"numbers":["+447700900001"]})");
    use_up_window();
    EXPECT_EQ(member_of(start(), "status"), "0") << "nor do windows count what is allowed";
    EXPECT_EQ(ask(http::Method::get, "/lists/allow").second["numbers"], json::array({"+447700900001"}));
    for (const char* bad :
         {R"({"numbers":["0"]})", R"({"numbers":"1"})", R"({"numbers":["x"]})", "{}", R"({"number":[]})"}) {
        EXPECT_EQ(ask(http::Method::put, "/lists/deny", bad).first, 400U) << bad;
    }
    EXPECT_EQ(ask(http::Method::get, "/lists/grey").first, 404U);
}

TEST_F(AdminLimitsTest, WrongCodesBlockTheNumberInItsAccountUntilAnOperatorLiftsIt) {
    for (int i = 0; i < 4; ++i) {
        const std::string id = member_of(start(), "request_id");
        for (int n = 0; n < (i == 3 ? 3 : 2); ++n) {
            const auto answer = house.v1("check", {{"request_id", id}, {"code", wrong(id)}});
            const bool last = i == 3 && n == 2;
            EXPECT_EQ(member_of(answer, "status"), last ? "17" : "16");
            if (last) {
                EXPECT_EQ(header_of(answer, "Roger-Reason"),
                          "rule=wrong-codes; scope=number; seen=9; limit=9; until=2027-01-16T08:00:00.000Z");
            }
        }
        if (i < 3) (void)house.v1("control", {{"request_id", id}, {"cmd", "cancel"}});
        house.pass(std::chrono::minutes(20));
    }
    const auto refused = start();
    EXPECT_EQ(member_of(refused, "status"), "7");
    EXPECT_TRUE(header_of(refused, "Roger-Reason").starts_with("rule=wrong-codes; scope=number; seen=9; limit=9"));
    const json blocks = ask(http::Method::get, "/blocks").second["blocks"];
    ASSERT_EQ(blocks.size(), 1U) << blocks;
    EXPECT_EQ(blocks[0]["number"], "+4477******01");
    EXPECT_EQ(blocks[0]["account"], "acme");
    EXPECT_EQ(blocks[0]["rule"], "wrong-codes");
    EXPECT_EQ(ask(http::Method::get, "/blocks?reveal=number").second["blocks"][0]["number"], "+447700900001");
    EXPECT_EQ(ask(http::Method::del, "/blocks?number=%2B447700900001&account=acme").first, 200U);
    EXPECT_TRUE(ask(http::Method::get, "/blocks").second["blocks"].empty());
    EXPECT_EQ(member_of(start(), "status"), "0");
}

TEST_F(AdminLimitsTest, BlocksOfAWindowAreSeenAndLifted) {
    for (int i = 0; i < 5; ++i) {
        cancel(start());
        house.pass(std::chrono::minutes(1));
    }
    const json blocks = ask(http::Method::get, "/blocks").second["blocks"];
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0]["rule"], "number-window");
    EXPECT_EQ(blocks[0]["account"], nullptr);
    EXPECT_EQ(blocks[0]["limit"], 5);
    EXPECT_EQ(ask(http::Method::del, "/blocks?number=447700900001").first, 200U);
    EXPECT_TRUE(ask(http::Method::get, "/blocks").second["blocks"].empty());
    EXPECT_EQ(member_of(start(), "status"), "0");
    EXPECT_EQ(ask(http::Method::del, "/blocks?number=abc").first, 400U);
    EXPECT_EQ(ask(http::Method::del, "/blocks?number=447700900001&account=none").first, 404U);
}

TEST_F(AdminLimitsTest, EndUsersHaveTenStartsAnHour) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(member_of(start("4477009001" + std::to_string(10 + i), {{"ip", "2001:db8::" + std::to_string(i)}}),
                            "status"),
                  "0");
    }
    const auto refused = start("447700900150", {{"ip_address", "2001:db8::ffff"}});
    EXPECT_EQ(member_of(refused, "status"), "7");
    EXPECT_TRUE(
        header_of(refused, "Roger-Reason").starts_with("rule=end-user-ip; scope=ip; seen=10; limit=10; until="));
    EXPECT_EQ(member_of(start("447700900151", {{"ip", "2001:db8:1::1"}}), "status"), "0");
    EXPECT_EQ(member_of(start("447700900152"), "status"), "0");
}

TEST_F(AdminLimitsTest, AnAccountIsUsedFromItsNetworksAlone) {
    EXPECT_EQ(patch(R"({"allow_ip":["10.0.0.0/8","2001:db8::/32"]})")["allow_ip"].size(), 2U);
    auto refused = start();
    EXPECT_EQ(member_of(refused, "status"), "4");
    EXPECT_EQ(member_of(refused, "error_text"), "Invalid credentials were provided");
    EXPECT_EQ(header_of(refused, "Roger-Reason"), "rule=ip-allow; scope=account");
    (void)patch(R"({"allow_ip":["192.0.2.1"]})");
    EXPECT_EQ(member_of(start(), "status"), "0");
    EXPECT_EQ(ask(http::Method::patch, "/accounts/acme", R"({"allow_ip":["300.0.0.1"]})").first, 400U);
}

TEST_F(AdminLimitsTest, ASuccessTellsTheNumbersHistory) {
    std::string id = house.start(number);
    auto right = house.v1("check", {{"request_id", id}, {"code", house.pin(id)}});
    EXPECT_EQ(header_of(right, "Roger-Number-History"), "verified=0");
    house.pass(std::chrono::hours(1));
    id = house.start(number);
    right = house.v1("check", {{"request_id", id}, {"code", house.pin(id)}});
    EXPECT_EQ(header_of(right, "Roger-Number-History"),
              "verified=1; first=2027-01-15T08:00:00.000Z; last=2027-01-15T08:00:00.000Z; network_changed=no");
    const json story = ask(http::Method::get, "/requests/" + id).second;
    EXPECT_EQ(story["number_history"]["verified"], 2);
    EXPECT_EQ(story["number_history"]["last"], "2027-01-15T09:00:00.000Z");
    (void)patch(R"({"one_success_per_number":"90d"})");
    house.pass(std::chrono::hours(1));
    const auto refused = start();
    EXPECT_EQ(member_of(refused, "status"), "7");
    EXPECT_EQ(header_of(refused, "Roger-Reason"),
              "rule=one-success; scope=number; seen=2; limit=1; until=2027-04-15T09:00:00.000Z");
}

TEST_F(AdminLimitsTest, MoneyRunsOut) {
    json account = patch(R"({"price":"0.10","balance":"0.15"})");
    EXPECT_EQ(account["prepaid"], true);
    const std::string id = house.start(number);
    const auto refused = start("447700900002");
    EXPECT_EQ(refused.body, R"({"status":"9","error_text":"Partner quota exceeded"})");
    EXPECT_EQ(header_of(refused, "Roger-Reason"), "rule=balance; scope=account; seen=100000; limit=50000");
    EXPECT_EQ(member_of(house.v1("check", {{"request_id", id}, {"code", house.pin(id)}}), "status"), "0");
    json spend = ask(http::Method::get, "/spend").second["accounts"][0];
    EXPECT_EQ(spend["account"], "acme");
    EXPECT_EQ(spend["balance"], "0.05000000");
    EXPECT_EQ(spend["reserved"], "0.00000000");
    EXPECT_EQ(spend["day"]["countries"]["GB"]["settled"], "0.10000000");
    EXPECT_EQ(spend["month"]["settled"], "0.10000000");
    (void)patch(R"({"top_up":"1","caps":[{"period":"day","scope":"country:GB","amount":"0.15"}]})");
    const auto capped = start("447700900003");
    EXPECT_EQ(header_of(capped, "Roger-Reason"),
              "rule=spend-cap; scope=country:GB; seen=100000; limit=150000; until=2027-01-16T00:00:00.000Z");
    account = patch(R"({"balance":null,"caps":[{"period":"day","scope":"country:GB","amount":null}]})");
    EXPECT_EQ(account["prepaid"], false);
    EXPECT_TRUE(account["caps"].empty());
    house.start("447700900004");
    spend = ask(http::Method::get, "/spend").second["accounts"][0];
    EXPECT_EQ(spend["balance"], nullptr);
}

TEST_F(AdminLimitsTest, EveryLimitOfAnAccountIsReadAndShown) {
    const json account = patch(
        R"({"policy":"strict","one_success_per_number":"12h","deny_numbers":["+4478"],"allow_numbers":["+4477"],
            "countries":["GB"],"types":["mobile"],"sender":"Acme","locale":"de-de",
            "caps":[{"period":"month","amount":"5"}]})");
    EXPECT_EQ(account["policy"], "strict");
    EXPECT_EQ(account["one_success_per_number_s"], 43'200);
    EXPECT_EQ(account["deny_numbers"], json::array({"4478"}));
    EXPECT_EQ(account["allow_numbers"], json::array({"4477"}));
    EXPECT_EQ(account["countries"], json::array({"GB"}));
    EXPECT_EQ(account["types"], json::array({"mobile"}));
    EXPECT_EQ(account["sender"], "Acme");
    EXPECT_EQ(account["locale"], "de-de");
    EXPECT_EQ(account["caps"][0], (json{{"period", "month"}, {"scope", ""}, {"amount", "5.00000000"}}));
    for (const char* bad :
         {R"({"policy":"lax"})", R"({"one_success_per_number":"90"})", R"({"one_success_per_number":"-1d"})",
          R"({"one_success_per_number":"9999999999d"})", R"({"deny_numbers":["x"]})", R"({"countries":["gb"]})",
          R"({"types":["fax"]})", R"({"sender":"a long sender"})", R"({"locale":"xx"})", R"({"balance":5})",
          R"({"balance":"-5"})", R"({"top_up":"x"})", R"({"caps":[{"period":"year","amount":"1"}]})",
          R"({"caps":[{"period":"day","scope":"GB","amount":"1"}]})", R"({"caps":[{"period":"day"}]})",
          R"({"caps":[7]})"}) {
        EXPECT_EQ(ask(http::Method::patch, "/accounts/acme", bad).first, 400U) << bad;
    }
}

}  // namespace
}  // namespace roger::api
