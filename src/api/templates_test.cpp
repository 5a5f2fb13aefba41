// Templates over a real engine: from the call that makes one to the words on the phone, and after a restart.
#include "api/templates.hpp"

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

constexpr const char* path = "/verify/templates";

class TemplatesApiTest : public testing::Test {
protected:
    TemplatesApiTest() { house.account("acme"); }

    static http::Request request(http::Method method, Pairs query, const std::string& body = "") {
        query.insert(query.end(), {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}});
        http::Request made = get_request(path, query);
        made.method = method;
        made.body = body;
        made.content_type = body.empty() ? "" : "application/json";
        return made;
    }
    http::Response create(const json& body) { return house.ask(request(http::Method::post, {}, body.dump())); }
    json created(const json& body) {
        const auto answer = create(body);
        EXPECT_EQ(answer.status, 201U) << answer.body;
        return json::parse(answer.body);
    }
    json listed(const Pairs& query = {}) {
        const auto answer = house.ask(request(http::Method::get, query));
        EXPECT_EQ(answer.status, 200U) << answer.body;
        return json::parse(answer.body)["templates"];
    }
    static std::string text_in(SmallHouse& where, const std::string& id) {
        const auto answer = where.ask(get_request(
            "/sandbox/messages", {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"request_id", id}}));
        return json::parse(answer.body).at(0)["text"];
    }
    static json sms(const std::string& text) { return {{"action_type", "sms"}, {"lg", "en-gb"}, {"template", text}}; }

    SmallHouse house;
};

TEST_F(TemplatesApiTest, ATemplateIsInUseAtOnce) {
    const json made = created(sms("${brand} says ${pin} for ${pin_expiry} min"));
    EXPECT_EQ(made, (json{{"account_id", "acme"},
                          {"action_type", "sms"},
                          {"lg", "en-gb"},
                          {"version", 1},
                          {"status", "ACTIVE"},
                          {"template", "${brand} says ${pin} for ${pin_expiry} min"},
                          {"type", "text"}}));
    const std::string id = house.start(number);
    EXPECT_EQ(text_in(house, id), "Acme says " + house.pin(id) + " for 5 min");
    const std::string german = house.start("447700900002", {{"lg", "de-de"}});
    EXPECT_EQ(text_in(house, german), "Ihr Code für Acme lautet " + house.pin(german) + ". Er gilt 5 Minuten.");
}

TEST_F(TemplatesApiTest, ACallSpeaksItsOwnTemplate) {
    created({{"action_type", "voice"}, {"lg", "en-gb"}, {"template", "Code<break time='1s' />${pin}, ${pin}."}});
    const std::string id = house.start(number, {{"workflow_id", "7"}});
    std::string spelt;
    for (const char c : house.pin(id)) spelt += std::string(spelt.empty() ? "" : ", ") + c;
    EXPECT_EQ(text_in(house, id), "Code, " + spelt + ", " + spelt + ".");
}

// What was said to a subscriber is shown as it was said, whatever became of the template, after a restart too.
TEST_F(TemplatesApiTest, ARequestKeepsTheWordsThatItBeganWith) {
    created(sms("one ${pin}"));
    const std::string first = house.start(number);
    EXPECT_EQ(created(sms("two ${pin}"))["version"], 2);
    const std::string second = house.start("447700900002");
    const auto removed = house.ask(request(http::Method::del, {{"action_type", "sms"}, {"lg", "en-gb"}}));
    EXPECT_EQ(removed.status, 204U) << removed.body;
    EXPECT_EQ(listed(), json::array());
    const std::string third = house.start("447700900003");

    EXPECT_EQ(text_in(house, first), "one " + house.pin(first));
    EXPECT_EQ(text_in(house, second), "two " + house.pin(second));
    EXPECT_EQ(text_in(house, third), "Acme code: " + house.pin(third) + ". Valid for 5 minutes.");
    SmallHouse::Options options;
    options.disk = house.shared_disk();
    SmallHouse restarted(std::move(options));
    EXPECT_EQ(text_in(restarted, first), "one " + house.pin(first));
    EXPECT_EQ(text_in(restarted, second), "two " + house.pin(second));
    EXPECT_EQ(text_in(restarted, third), "Acme code: " + house.pin(third) + ". Valid for 5 minutes.");
}

TEST_F(TemplatesApiTest, UnderReviewItWaitsForAnOperator) {
    house.account("acme", [](account::Account& account) { account.template_review = true; });
    EXPECT_EQ(created(sms("new ${pin}"))["status"], "PENDING");
    const std::string before = house.start(number);
    EXPECT_EQ(text_in(house, before), "Acme code: " + house.pin(before) + ". Valid for 5 minutes.");

    const std::string admin = "/admin/v1/accounts/acme/templates";
    EXPECT_EQ(json::parse(house.ask_control(get_request(admin)).body)["templates"][0]["status"], "PENDING");
    const auto wrong =
        house.ask_control(json_request(admin + "/approve", R"({"action_type":"sms","lg":"en-gb","version":2})"));
    EXPECT_EQ(wrong.status, 404U);
    const auto approved = house.ask_control(json_request(admin + "/approve", R"({"action_type":"sms","lg":"en-gb"})"));
    EXPECT_EQ(approved.status, 200U) << approved.body;
    EXPECT_EQ(json::parse(approved.body)["status"], "ACTIVE");
    const std::string after = house.start("447700900002");
    EXPECT_EQ(text_in(house, after), "new " + house.pin(after));
    EXPECT_EQ(house.ask_control(get_request("/admin/v1/accounts/nobody/templates")).status, 404U);
}

TEST_F(TemplatesApiTest, PaymentsKeepTheWordsOfTheLaw) {
    created(sms("mine ${pin}"));
    const auto answer = house.v1("psd2", {{"number", number}, {"payee", "Shop"}, {"amount", "9.99"}});
    const std::string id = member_of(answer, "request_id");
    EXPECT_EQ(text_in(house, id), "Code " + house.pin(id) + ": pay €9.99 to Shop. Valid 5 min.");
}

TEST_F(TemplatesApiTest, RecordingsAreFetchedAndPlayedByTheirIds) {
    json body{{"action_type", "voice"}, {"lg", "en-gb"}, {"welcome_message", "https://example.com/hi.wav"}};
    EXPECT_EQ(create(body).status, 400U) << "no digits";
    for (int digit = 0; digit < 10; ++digit) {
        body["digit_" + std::to_string(digit)] = "https://example.com/" + std::to_string(digit) + ".wav";
    }
    const json made = created(body);
    const std::string seven = made["digit_7"];
    EXPECT_TRUE(account::is_media_id(seven)) << seven;
    EXPECT_NE(made["digit_6"], made["digit_7"]);
    EXPECT_EQ(listed()[0]["digit_7"], seven);
    EXPECT_FALSE(made.contains("template"));
    EXPECT_FALSE(made.contains("warnings"));
    const std::string id = house.start(number, {{"workflow_id", "7"}});
    EXPECT_TRUE(text_in(house, id).starts_with("Hello. Your Acme code is: ")) << text_in(house, id);
    const Pairs query{{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"request_id", id}};
    const auto calls = json::parse(house.ask(get_request("/sandbox/calls", query)).body);
    const std::string audio = calls.at(0)["audio_url"];
    EXPECT_EQ(house.ask(get_request(audio.substr(0, audio.find('?')), query)).status, 200U);
    ASSERT_EQ(house.speech.said.size(), 1U);
    EXPECT_EQ(house.speech.said[0].media.size(), 11U);
    EXPECT_EQ(std::ranges::count(house.speech.said[0].media, std::pair<std::string, std::string>("digit_7", seven)), 1);
    body["template"] = "${pin}";
    EXPECT_EQ(create(body).status, 400U) << "a text or recordings";
    body.erase("template");
    house.no_recording = Error{Errc::invalid_argument, "the recording could not be fetched: its server answered 404."};
    const auto refused = create(body);
    EXPECT_EQ(refused.status, 400U);
    EXPECT_EQ(json::parse(refused.body)["detail"],
              "'digit_0': the recording could not be fetched: its server answered 404.");
    EXPECT_EQ(listed().size(), 1U);
}

TEST_F(TemplatesApiTest, OverOneSegmentIsAcceptedWithAWarning) {
    const json made = created(sms("${pin} " + std::string(170, 'x')));
    ASSERT_EQ(made["warnings"].size(), 1U);
    EXPECT_NE(made["warnings"][0].get<std::string>().find("2 segments"), std::string::npos);
    EXPECT_FALSE(created(sms("${pin}")).contains("warnings"));
    EXPECT_EQ(created(sms("Код ${pin}"))["type"], "unicode");
}

TEST_F(TemplatesApiTest, RefusesWithASentence) {
    const json rows[] = {{{"lg", "en-gb"}, {"template", "${pin}"}},
                         {{"action_type", "fax"}, {"lg", "en-gb"}, {"template", "${pin}"}},
                         {{"action_type", "sms"}, {"template", "${pin}"}},
                         {{"action_type", "sms"}, {"lg", "xx-xx"}, {"template", "${pin}"}},
                         {{"action_type", "sms"}, {"lg", "en-gb"}},
                         {{"action_type", "sms"}, {"lg", "en-gb"}, {"template", {{"a", 1}}}},
                         sms("no place"),
                         sms("${pin} ${password}"),
                         {{"action_type", "sms"}, {"lg", "en-gb"}, {"template", "Код ${pin}"}, {"type", "text"}},
                         {{"action_type", "sms"}, {"lg", "en-gb"}, {"template", "${pin}"}, {"type", "binary"}},
                         {{"action_type", "voice"}, {"lg", "en-gb"}, {"template", "<b>${pin}</b>"}},
                         {{"action_type", "voice"}, {"lg", "en-gb"}, {"template", "${pin}"}, {"type", "text"}},
                         {{"action_type", "voice"}, {"lg", "en-gb"}, {"digit_0", "nowhere"}}};
    for (const json& row : rows) {
        const auto answer = create(row);
        EXPECT_EQ(answer.status, 400U) << row << answer.body;
        EXPECT_EQ(answer.content_type, "application/problem+json");
        EXPECT_EQ(json::parse(answer.body)["detail"].get<std::string>().back(), '.') << answer.body;
    }
    EXPECT_EQ(listed(), json::array());
}

TEST_F(TemplatesApiTest, ListsByLocaleAndChannelAndDeletesOneVersion) {
    created(sms("one ${pin}"));
    created(sms("two ${pin}"));
    created({{"action_type", "voice"}, {"lg", "EN_GB"}, {"template", "${pin}"}});
    created({{"action_type", "sms"}, {"lg", "fr-fr"}, {"template", "${pin}"}});
    EXPECT_EQ(listed().size(), 4U);
    EXPECT_EQ(listed({{"lg", "en-gb"}}).size(), 3U);
    EXPECT_EQ(listed({{"lg", "en-gb"}, {"action_type", "voice"}}).size(), 1U);
    EXPECT_EQ(listed({{"lg", "en-gb"}, {"action_type", "sms"}})[0]["status"], "RETIRED");
    const auto remove = [&](const Pairs& query) { return house.ask(request(http::Method::del, query)).status; };
    EXPECT_EQ(remove({{"action_type", "sms"}, {"lg", "en-gb"}, {"version", "1"}}), 204U);
    EXPECT_EQ(remove({{"action_type", "sms"}, {"lg", "en-gb"}, {"version", "1"}}), 404U);
    EXPECT_EQ(remove({{"action_type", "sms"}, {"lg", "en-gb"}, {"version", "x"}}), 400U);
    EXPECT_EQ(remove({{"lg", "en-gb"}}), 400U);
    EXPECT_EQ(listed({{"action_type", "sms"}}).size(), 2U);
    EXPECT_EQ(house.ask(request(http::Method::get, {{"lg", "x"}})).status, 400U);
    EXPECT_EQ(house.ask(request(http::Method::get, {{"action_type", "x"}})).status, 400U);
}

TEST_F(TemplatesApiTest, AsksForCredentialsAndKeepsTheRate) {
    EXPECT_EQ(house.ask(get_request(path)).status, 401U);
    EXPECT_EQ(house.ask(get_request(path, {{"api_key", "acme"}, {"api_secret", "wrong"}})).status, 401U);
    const auto put = house.ask(request(http::Method::put, {}));
    EXPECT_EQ(put.status, 405U);
    EXPECT_EQ(header_of(put, "Allow"), "GET, POST, DELETE");
    EXPECT_EQ(house.ask(request(http::Method::post, {}, "{")).status, 400U);
    json with_credentials = sms("${pin}");
    with_credentials["api_key"] = "acme";
    with_credentials["api_secret"] = "secret-of-acme";
    EXPECT_EQ(house.ask(json_request(path, with_credentials.dump())).status, 201U);

    house.account("acme", [](account::Account& account) { account.rate = account.burst = 1; });
    EXPECT_EQ(house.ask(request(http::Method::get, {})).status, 200U);
    const auto limited = house.ask(request(http::Method::get, {}));
    EXPECT_EQ(limited.status, 429U);
    EXPECT_EQ(header_of(limited, "Retry-After"), "1");
    house.account("acme", [](account::Account& account) { account.barred = true; });
    EXPECT_EQ(house.ask(request(http::Method::get, {})).status, 403U);
}

TEST_F(TemplatesApiTest, OthersDoNotSeeIt) {
    house.account("other");
    created(sms("mine ${pin}"));
    const auto theirs = house.ask(get_request(path, {{"api_key", "other"}, {"api_secret", "secret-of-other"}}));
    EXPECT_EQ(json::parse(theirs.body)["templates"], json::array());
}

}  // namespace
}  // namespace roger::api
