#include <gtest/gtest.h>

#include "smpp/options.hpp"

namespace roger::smpp {
namespace {

Options good() {
    Options options;
    options.name = "smsc";
    options.hosts = {"127.0.0.1:2775"};
    options.system_id = "roger";
    options.password = Secret("password");
    return options;
}

template <class Change>
std::string refusal(Change change) {
    Options options = good();
    change(options);
    const Result<void> checked = check(options);
    if (checked) return "";
    EXPECT_EQ(checked.error().code, Errc::invalid_argument);
    return checked.error().detail;
}

TEST(OptionsTest, GoodOnesPass) { EXPECT_TRUE(check(good())); }

TEST(OptionsTest, WhatIsOutOfRangeIsRefusedWithItsName) {
    EXPECT_NE(refusal([](Options& o) { o.hosts.clear(); }), "");
    EXPECT_NE(refusal([](Options& o) { o.hosts = {"smsc"}; }).find("'smsc'"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.system_id = ""; }).find("system_id"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.system_id = std::string(16, 'x'); }).find("system_id"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.system_type = std::string(13, 'x'); }).find("system_type"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.binds = 0; }), "");
    EXPECT_NE(refusal([](Options& o) { o.binds = 17; }), "");
    EXPECT_NE(refusal([](Options& o) { o.window = 0; }).find("window"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.window = 1'001; }).find("window"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.segments_per_second = 0; }).find("segments_per_second"), std::string::npos);
}

TEST(OptionsTest, ARefusalDoesNotShowThePassword) {
    const std::string text = refusal([](Options& o) { o.password = Secret("much-too-long"); });
    EXPECT_NE(text.find("password"), std::string::npos);
    EXPECT_EQ(text.find("much"), std::string::npos);
}

TEST(OptionsTest, ReadsHosts) {
    EXPECT_EQ(parse_host("smsc.example.net:2775")->name, "smsc.example.net");
    EXPECT_EQ(parse_host("smsc.example.net:2775")->port, 2775);
    EXPECT_EQ(parse_host("[::1]:3550")->name, "::1");
    for (const std::string_view bad :
         {"", "smsc", "smsc:", ":2775", "smsc:0", "smsc:65536", "smsc:27x", "::1:2775", "[::1:2775", "[]:2775"}) {
        EXPECT_FALSE(parse_host(bad)) << bad;
    }
}

}  // namespace
}  // namespace roger::smpp
