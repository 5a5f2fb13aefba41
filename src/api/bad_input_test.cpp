// What a brand, a payee or a template could do to answers and messages: each comes back as it was sent, or is refused,
// in JSON and in XML, in an SMS and aloud.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using namespace std::string_literals;
using nlohmann::json;
using testing_support::get_request;
using testing_support::json_request;
using testing_support::Pairs;
using testing_support::SmallHouse;

class BadInputApiTest : public testing::Test {
protected:
    BadInputApiTest() { house.account("acme"); }

    json newest_message(const std::string& number) {
        const auto answer = house.ask(
            get_request("/sandbox/messages",
                        {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"number", number}, {"limit", "1"}}));
        return json::parse(answer.body).at(0);
    }
    /// The status of a start in a format; expects the answer to be well-formed.
    std::string status(const std::string& call, const Pairs& pairs, const std::string& format) {
        const auto answer = house.v1(call, pairs, "acme", format);
        if (format == "json") return json::parse(answer.body)["status"];
        pugi::xml_document document;
        EXPECT_TRUE(document.load_string(answer.body.c_str())) << answer.body;
        return document.child("verify_response").child("status").text().get();
    }
    SmallHouse house;
    int numbers = 0;
    std::string number() { return "4477009001" + std::to_string(10 + numbers++); }
};

TEST_F(BadInputApiTest, BrandsThatCouldBecomeSomethingElseAreRefusedInBothFormats) {
    for (const auto& brand :
         {"${pin}"s, "${"s, "Ac\r\nme"s, "Ac\nme"s, "\u202Eemca"s, "\u2066Acme"s, "[[k@t]]"s, "<b>Acme</b>"s,
          "<![CDATA[x]]>"s, "a]]>b"s, "{\"a\":1}"s, "a\\b"s, "&lt;\u200B"s, "https://x"s}) {
        for (const auto* format : {"json", "xml"}) {
            EXPECT_EQ(status("start", {{"number", number()}, {"brand", brand}}, format), "3") << brand;
            EXPECT_EQ(status("psd2", {{"number", number()}, {"payee", brand}, {"amount", "1"}}, format), "3") << brand;
        }
    }
}

TEST_F(BadInputApiTest, BrandsThatOnlyLookOddReachThePhoneAsTheyAre) {
    for (const auto* brand : {"Toys \"R\" Us", "AT&T", "Ben's", "&amp;", "%00", "';--", "\u2019n Roll", "العربية"}) {
        for (const auto* workflow : {"6", "7"}) {
            const std::string phone = number();
            EXPECT_EQ(status("start", {{"number", phone}, {"brand", brand}, {"workflow_id", workflow}}, "xml"), "0")
                << brand;
            const json message = newest_message(phone);
            EXPECT_NE(message["text"].get<std::string>().find(brand), std::string::npos) << message;
        }
    }
}

TEST_F(BadInputApiTest, ATemplateIsTextAndNothingElse) {
    for (const auto& words : {"\"${pin}\" \\ / \u2028"s, "${pin}</script><script>"s, "a\nb: ${pin}"s,
                              "{\"pin\":\"${pin}\"}"s, "$${pin}$"s, "\u2068${brand}\u2069 ${pin}"s}) {
        const json body{{"api_key", "acme"},
                        {"api_secret", "secret-of-acme"},
                        {"action_type", "sms"},
                        {"lg", "en-gb"},
                        {"template", words}};
        const auto made = house.ask(json_request("/verify/templates", body.dump()));
        ASSERT_EQ(made.status, 201U) << made.body;
        EXPECT_EQ(json::parse(made.body)["template"], words);
        const std::string phone = number();
        EXPECT_EQ(status("start", {{"number", phone}, {"brand", "Acme"}}, "json"), "0");
        const json message = newest_message(phone);
        std::string expected = words;
        if (const auto at = expected.find("${brand}"); at != std::string::npos) expected.replace(at, 8, "Acme");
        expected.replace(expected.find("${pin}"), 6, message["pin"].get<std::string>());
        EXPECT_EQ(message["text"], expected);
    }
}

}  // namespace
}  // namespace roger::api
