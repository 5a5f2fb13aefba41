#include "app/alert_sender.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "app/alert_message.hpp"
#include "http/scripted_server_test.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/real_time.hpp"
#include "tests/support/scripts.hpp"

namespace roger::app {
namespace {

using testing_support::complete;

class AlertSenderTest : public testing::Test {
protected:
    AlertSenderTest() { config.allow_private = true; }
    ~AlertSenderTest() override {
        if (sender) complete(io, sender->stop());
        server.stop();
        client.stop();
    }
    AlertSender& make() {
        auto made = AlertSender::create(
            {.executor = io.get_executor(), .client = client, .clock = clock, .random = random}, config, {});
        EXPECT_TRUE(made);
        sender = std::move(*made);
        return *sender;
    }
    std::vector<AlertSender::Told> tell_now() { return complete(io, make().tell_now(notice)); }
    void by_program(const std::string& lines) { config.command = {scripts.script("page", lines), "--all"}; }
    /// Carries out what is under way until the file is there.
    std::string wait_for(const std::string& file) {
        io.restart();
        while (scripts.read(file).empty() && io.run_one() > 0) {
        }
        return scripts.read(file);
    }

    const alert::Notice notice{.condition = {alert::Kind::disk, "/data", "Only 0.1 GB are free."}};
    testing_support::Scripts scripts;
    testing_support::RealClock clock;
    testing_support::SeededRandom random;
    boost::asio::io_context io{1};
    http::ScriptedServer server{io};
    http::Client client{{.executor = io.get_executor(), .clock = clock}};
    AlertConfig config;
    std::unique_ptr<AlertSender> sender;
};

TEST_F(AlertSenderTest, AProgramGetsItOnStandardInput) {
    by_program("echo \"$@\" >$DIR/arguments; cat >$DIR/input");
    const auto told = tell_now();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told[0].result) << told[0].result.error().detail;
    EXPECT_EQ(told[0].way, "the program " + scripts.path("page"));
    EXPECT_EQ(scripts.read("arguments"), "--all\n");
    const auto json = nlohmann::json::parse(scripts.read("input"));
    EXPECT_EQ(json["kind"], "disk");
    EXPECT_EQ(json["text"], "Only 0.1 GB are free.");
    EXPECT_EQ(json["id"].get<std::string>().size(), 32U);
}

TEST_F(AlertSenderTest, AUrlGetsItSigned) {
    config.url = server.url("/hook?token=t");
    config.secret = Secret("hush");
    const auto told = tell_now();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told[0].result);
    EXPECT_EQ(told[0].way, server.url("")) << "without what may be a secret";
    ASSERT_EQ(server.requests.size(), 1U);
    const auto& [head, body] = server.requests[0];
    EXPECT_TRUE(head.starts_with("POST /hook?token=t HTTP/1.1\r\n"));
    EXPECT_NE(head.find("Content-Type: application/json\r\n"), std::string::npos);
    const auto at = parse_rfc3339(nlohmann::json::parse(body)["at"].get<std::string>());
    ASSERT_TRUE(at);
    EXPECT_NE(head.find("Roger-Signature: " + sign_alert("hush", *at, body) + "\r\n"), std::string::npos) << head;
}

TEST_F(AlertSenderTest, EachWaySaysWhyItDidNot) {
    by_program("exit 3");
    config.url = server.url();
    server.script = [](auto& connection, const auto&) { connection.answer(500, ""); };
    auto told = tell_now();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_NE(told[0].result.error().detail.find("ended with an error"), std::string::npos);
    EXPECT_EQ(told[1].result.error().detail, "it answered 500");
    config.allow_private = false;
    told = tell_now();
    EXPECT_NE(told[1].result.error().detail.find("not public"), std::string::npos);
}

TEST_F(AlertSenderTest, OneThatFailsHoldsUpNoOther) {
    by_program("cat >>$DIR/input");
    config.url = server.url();
    server.script = [](auto&, const auto&) {};  // never answers
    make().tell(notice);
    const std::string input = wait_for("input");
    EXPECT_TRUE(nlohmann::json::accept(input)) << input;
}

TEST_F(AlertSenderTest, WhatWaitsIsBoundedAndDroppedAtTheEnd) {
    config.url = server.url();
    server.script = [](auto&, const auto&) {};
    make();
    for (std::size_t i = 0; i < 2 * AlertSender::queue_max; ++i) sender->tell(notice);
    io.restart();
    while (server.requests.empty() && io.run_one() > 0) {
    }
    client.stop();
    complete(io, sender->stop());
    EXPECT_EQ(server.requests.size(), 1U);
    EXPECT_EQ(client.under_way(), 0U);
}

}  // namespace
}  // namespace roger::app
