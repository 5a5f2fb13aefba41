#include "channel/gateway_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace roger::channel {
namespace {

using testing::HasSubstr;

GatewayTemplate::Values values(const std::string& text) {
    GatewayTemplate::Values all;
    for (const std::string_view name : GatewayTemplate::names) all[name] = std::string(name);
    all["text"] = text;
    return all;
}

/// What an account's brand may put into a text.
constexpr const char* hostile = "\"}],\"to\":\"1\r\n\\ <a href='x'>&amp; ${secret} ]]> \u00A0\x01 ü";

TEST(GatewayTemplateTest, AValueStaysInsideItsJsonString) {
    const auto body = GatewayTemplate::parse_body(R"({"text":"${text|json}","ref":"${reference|json}"})");
    ASSERT_TRUE(body) << body.error().detail;
    const auto read = nlohmann::json::parse(body->fill(values(hostile)));
    EXPECT_EQ(read.size(), 2U);
    EXPECT_EQ(read["text"], hostile);
    EXPECT_EQ(read["ref"], "reference");
}

TEST(GatewayTemplateTest, AValueStaysInsideItsFormField) {
    const auto body = GatewayTemplate::parse_body("to=%2B${number|urlencode}&text=${text|urlencode}&x=1");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->fill(values("a&b=c d+e%\n~_ü")), "to=%2Bnumber&text=a%26b%3Dc%20d%2Be%25%0A~_%C3%BC&x=1");
}

TEST(GatewayTemplateTest, AValueStaysInsideItsXmlElement) {
    const auto body = GatewayTemplate::parse_body("<t>${text|xml}</t>");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->fill(values("<b>&\"'\x01]]>\n")), "<t>&lt;b&gt;&amp;&quot;&apos;]]&gt;\n</t>");
}

TEST(GatewayTemplateTest, InAUrlEverythingIsEncoded) {
    const auto url =
        GatewayTemplate::parse_url("https://h.example/send/${number}?t=${text}&cb=${callback_url|urlencode}");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->fill(values("../?a#b")), "https://h.example/send/number?t=..%2F%3Fa%23b&cb=callback_url");
    EXPECT_TRUE(url->names_value("callback_url"));
    EXPECT_FALSE(url->names_value("reference"));
}

TEST(GatewayTemplateTest, WhatATemplateMayNotSay) {
    for (const auto& [text, what] : {std::pair{"${text}", "say how"},
                                     {"${text|html}", "say how"},
                                     {"${text|}", "say how"},
                                     {"${pin|json}", "names ${pin}"},
                                     {"${|json}", "names ${}"},
                                     {"${text|json", "without its }"},
                                     {"a ${", "without its }"},
                                     {"${Text|json}", "names ${Text}"}}) {
        const auto body = GatewayTemplate::parse_body(text);
        ASSERT_FALSE(body) << text;
        EXPECT_THAT(body.error().detail, HasSubstr(what)) << text;
    }
    EXPECT_FALSE(GatewayTemplate::parse_url("${text|json}"));
    EXPECT_FALSE(GatewayTemplate::parse_header("${text|json}"));
    EXPECT_FALSE(GatewayTemplate::parse_header("${number}"));
    EXPECT_TRUE(GatewayTemplate::parse_header("id-${reference}"));
}

TEST(GatewayTemplateTest, TextsWithoutPlacesStayAsTheyAre) {
    for (const char* text : {"", "$", "$$", "{}", "$ {text}", "a}b", "$text"}) {
        const auto body = GatewayTemplate::parse_body(text);
        ASSERT_TRUE(body) << text;
        EXPECT_EQ(body->fill(values("")), text);
    }
}

}  // namespace
}  // namespace roger::channel
