#include "app/http_peer.hpp"

#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/live_config.hpp"
#include "app/read_config_test.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A described API, with `more`, whose first line is line 6.
std::string described(const std::string& more) {
    return "[[route]]\nname = \"gw\"\nkind = \"http\"\nurl = \"http://127.0.0.1:9000/send\"\nbody = '${text|json}'\n" +
           more;
}

TEST(HttpPeerTest, TheExampleOfTheDocumentationIsRead) {
    const RouteConfig config = only_route(R"(
[[route]]
name = "gw"
kind = "http"
channel = "sms"
profile = "generic"
url = "http://127.0.0.1:9000/send"
method = "POST"
allow_private = true
ca_file = "/ca.pem"
headers = { "Content-Type" = "application/json" }
auth = { kind = "bearer", secret_file = "/run/gw" }
body = '{"to":"${number|json}","text":"${text|json}","ref":"${reference|json}"}'
success = { status = [200, 202], pointer = "/ok", equals = "true" }
message_id_pointer = "/message/id"
error_pointer = "/error"
errors = { "bad-number" = "refused_number", "busy" = "throttled" }
receipt = { id = "/id", state = "/state", delivered = ["DELIVRD"], failed = ["UNDELIV"], signature_secret_file = "/run/gw-dlr" }
limits = { in_flight = 50, messages_per_second = 20 }
price = "0.0350"
)");
    const HttpPeer& peer = config.http;
    EXPECT_EQ(config.route.kind, "http");
    EXPECT_EQ(config.route.price, Micros{35'000});
    EXPECT_EQ(config.route.segments_per_second, 20);
    EXPECT_EQ(peer.generic.url, "http://127.0.0.1:9000/send");
    EXPECT_TRUE(peer.allow_private);
    EXPECT_EQ(peer.ca_file, "/ca.pem");
    EXPECT_EQ(peer.in_flight, 50);
    EXPECT_EQ(peer.secret_source.file, "/run/gw");
    EXPECT_EQ(peer.receipt_secret_source.file, "/run/gw-dlr");
    EXPECT_EQ(peer.generic.auth, channel::GenericOptions::Auth::bearer);
    EXPECT_THAT(peer.generic.success_statuses, ElementsAre(200U, 202U));
    EXPECT_EQ(peer.generic.errors.at("busy"), channel::GenericOptions::Meaning::throttled);
    EXPECT_EQ(peer.generic.errors.at("bad-number"), channel::GenericOptions::Meaning::refused);
    EXPECT_THAT(peer.generic.receipt_delivered, ElementsAre("DELIVRD"));
}

TEST(HttpPeerTest, AProfileNeedsAnAccountAndNothingElse) {
    const std::string server = "[server]\npublic_url = \"https://roger.example/\"\n";
    for (const char* profile : {"vonage", "twilio"}) {
        const RouteConfig config = only_route(
            server +
            fmt::format(
                "[[route]]\nname = \"a\"\nkind = \"http\"\nprofile = \"{}\"\nuser = \"u\"\nsecret_file = \"/s\"\n",
                profile));
        EXPECT_EQ(config.http.profile, profile);
        EXPECT_EQ(config.http.public_url, "https://roger.example");
        EXPECT_EQ(config.http.in_flight, 1'000);
        EXPECT_FALSE(config.http.allow_private);
        EXPECT_TRUE(config.http.gateway());
    }
    EXPECT_EQ(only_route("[[route]]\nname = \"a\"\nkind = \"http\"\nprofile = \"infobip\"\nbase_url = "
                         "\"https://x.api.infobip.com/\"\nsecret_env = \"S\"\n")
                  .http.base_url,
              "https://x.api.infobip.com");
}

TEST(HttpPeerTest, EachMistakeHasItsLineAndSaysWhatBelongsThere) {
    const std::pair<const char*, const char*> cases[] = {
        {"channel = \"tts\"", "6: route.channel \"tts\" does not go over HTTP; its channel is \"sms\""},
        {"hosts = []", "6: unknown key 'route.hosts'"},
        {"profile = \"nexmo\"", "6: route.profile is one of \"generic\", \"vonage\", \"twilio\", \"infobip\""},
        {"method = \"DELETE\"", "6: route.method is one of \"POST\""},
        {"auth = { kind = \"digest\" }", "6: route.auth.kind is one of \"none\", \"basic\""},
        {"auth = { kind = \"bearer\" }",
         "1: a route of kind http, profile generic, needs 'auth.secret_file' or 'auth.secret_env'"},
        {"auth = { kind = \"basic\", secret_file = \"/s\" }",
         "1: a route of kind http, profile generic, needs 'auth.user'"},
        {"auth = { kind = \"oauth2\", user = \"u\", secret_file = \"/s\" }", "needs 'auth.token_url'"},
        {"auth = { kind = \"bearer\", secret_file = \"/s\", secret_env = \"S\" }",
         "one of 'secret_file', 'secret_env' and 'secret' is enough"},
        {"auth = { kind = \"bearer\", secret = \"hush\" }",
         "only its owner can read (chmod 600); else use secret_file"},
        {"auth = { token_url = \"ftp://x\" }", "6: route.auth.token_url is a URL"},
        {"success = { status = [99] }", "6: route.success.status holds whole numbers from 200 to 599"},
        {"success = { pointer = \"/ok\" }", "route.success.pointer goes with success.equals"},
        {"success = { pointer = \"ok\", equals = \"1\" }", "1: route.success.pointer is a JSON pointer"},
        {"errors = { a = \"bad\" }", "6: route.errors holds one of \"refused_number\""},
        {"headers = { \"X-Id\" = \"${number}\" }", "1: route.headers may name ${reference} alone"},
        {"limits = { in_flight = 2000 }", "6: route.limits.in_flight is a whole number from 1 to 1000"},
        {"receipt = { state = \"/s\", delivered = [\"d\"] }", "else anybody could forge one"},
    };
    for (const auto& [more, sentence] : cases) EXPECT_THAT(error_of(described(more)), HasSubstr(sentence)) << more;
    const std::string head = "[[route]]\nname = \"a\"\nkind = \"http\"\n";
    EXPECT_EQ(error_of(head), "roger.toml:1: a route of kind http, profile generic, needs 'url'");
    EXPECT_THAT(error_of(head + "profile = \"vonage\"\nuser = \"u\"\n"),
                HasSubstr("profile vonage, needs 'secret_file' or 'secret_env'"));
    EXPECT_THAT(error_of(head + "profile = \"twilio\"\nsecret_env = \"S\"\n"),
                HasSubstr("needs 'user': the account SID"));
    EXPECT_THAT(error_of(head + "profile = \"infobip\"\nsecret_env = \"S\"\n"), HasSubstr("needs 'base_url'"));
    EXPECT_THAT(error_of(head + "profile = \"twilio\"\nurl = \"https://x\"\nuser = \"u\"\nsecret_env = \"S\"\n"),
                HasSubstr("unknown key 'route.url'"));
    EXPECT_THAT(error_of(head + "profile = \"twilio\"\nbase_url = \"https://x?a\"\n"),
                HasSubstr("base_url is the beginning of URLs"));
    EXPECT_THAT(error_of(head + "url = \"http:///\"\n"), HasSubstr("url is a URL"));
    EXPECT_THAT(error_of("[server]\npublic_url = \"roger.example\"\n"),
                HasSubstr("server.public_url is the beginning of URLs"));
    EXPECT_THAT(
        error_of(
            head +
            "url = \"http://h/\"\nbody = '${callback_url|json}'\nreceipt = { state = \"/s\", delivered = [\"d\"] }\n"),
        HasSubstr("${callback_url} needs server.public_url"));
}

TEST(HttpPeerTest, SecretsComeFromTheirFilesAndAreInNoSentence) {
    const testing_support::TempDirectory directory;
    const std::string path = directory.path() / "secret";
    const std::string text = described(fmt::format("auth = {{ kind = \"bearer\", secret_file = \"{}\" }}\n", path));
    const auto load = [&] { return parse_config(text, "roger.toml").and_then(load_live); };
    EXPECT_THAT(load().error().detail, HasSubstr("route 'gw': the password file " + path));
    std::ofstream(path) << "\n";
    EXPECT_EQ(load().error().detail, "route 'gw': a secret of it is empty");
    std::ofstream(path) << "a secret that is longer than SMPP's\n";
    const auto live = load();
    ASSERT_TRUE(live) << live.error().detail;
    EXPECT_EQ(live->config.routes.at(0).http.secret.reveal(), "a secret that is longer than SMPP's");
    const auto missing = parse_config(described("ca_file = \"/nowhere\"\n"), "r").and_then(load_live);
    EXPECT_EQ(missing.error().detail, "route 'gw': its ca_file /nowhere cannot be read");
}

TEST(HttpPeerTest, OnlyWhatTheGatewaySeesMakesItAnotherPeer) {
    const RouteConfig one = only_route(described(""));
    EXPECT_TRUE(one.same_peer_as(only_route(described("price = \"1\"\npriority = 1\nsender = \"B\"\n"))));
    for (const char* more :
         {"method = \"PUT\"", "allow_private = true", "limits = { in_flight = 3 }", "headers = { \"X-A\" = \"b\" }",
          "success = { status = [201] }", "errors = { a = \"throttled\" }", "message_id_pointer = \"/i\""}) {
        EXPECT_FALSE(one.same_peer_as(only_route(described(more)))) << more;
    }
    RouteConfig other = one;
    other.http.secret = Secret("another");
    EXPECT_FALSE(one.same_peer_as(other));
    other = one;
    other.http.public_url = "https://elsewhere";
    EXPECT_FALSE(one.same_peer_as(other));
    other = one;
    other.route.kind = "smpp";
    EXPECT_FALSE(one.same_peer_as(other));
}

}  // namespace
}  // namespace roger::app
