#include "app/alert_message.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace roger::app {
namespace {

using alert::Kind;
using alert::State;
using nlohmann::json;

constexpr TimePoint at{seconds(1'800'000'000)};

alert::Notice notice_of(State state, milliseconds age) {
    return {.condition = {Kind::route_down, "trunk-a", "Route trunk-a is down."}, .state = state, .age = age};
}

TEST(AlertMessageTest, ProgramsReadJsonAndPeopleASentence) {
    const AlertMessage message = write_alert(notice_of(State::raised, seconds(60)), "0a1b", at, "vm1");
    EXPECT_EQ(json::parse(message.json), (json{{"id", "0a1b"},
                                               {"kind", "route_down"},
                                               {"state", "raised"},
                                               {"subject", "trunk-a"},
                                               {"text", "Route trunk-a is down."},
                                               {"since", "2027-01-15T07:59:00.000Z"},
                                               {"at", "2027-01-15T08:00:00.000Z"},
                                               {"host", "vm1"}}));
    EXPECT_EQ(message.title, "raised: route_down trunk-a (roger on vm1)");
    EXPECT_TRUE(message.words.starts_with("Route trunk-a is down.\n\n")) << message.words;
}

TEST(AlertMessageTest, WhatLastsAndWhatIsOverSaysForHowLong) {
    const std::tuple<State, milliseconds, std::string> rows[] = {
        {State::lasting, std::chrono::hours(24), "For 24 h now: Route trunk-a is down."},
        {State::lasting, std::chrono::hours(72), "For 3 days now: Route trunk-a is down."},
        {State::recovered, seconds(125), "Over, after 2 min: Route trunk-a is down."},
    };
    for (const auto& [state, age, text] : rows) {
        EXPECT_EQ(json::parse(write_alert(notice_of(state, age), "1", at, "vm1").json)["text"], text);
    }
}

// It must fit into a pipe, whatever somebody called a route or a file.
TEST(AlertMessageTest, ItIsShortWhateverItsWords) {
    alert::Notice notice = notice_of(State::raised, seconds(0));
    notice.condition.subject = std::string(5'000, '\x01');
    notice.condition.text = std::string(5'000, '"');
    const AlertMessage message = write_alert(notice, "1", at, std::string(255, 'h'));
    EXPECT_LE(message.json.size(), 4'095U);
    EXPECT_TRUE(json::accept(message.json));
    notice.condition.text = "\xff\xfe";
    EXPECT_TRUE(json::accept(write_alert(notice, "1", at, "vm1").json));
}

TEST(AlertMessageTest, WhatIsPostedIsSigned) {
    // printf '1800000000.{}' | openssl dgst -sha256 -hmac hush
    EXPECT_EQ(sign_alert("hush", at, "{}"),
              "t=1800000000,v1=08de0209ca20a619eb5a1a5d407aa3a0670058bd6e075fb0b7a6d21f670e4e1c");
}

}  // namespace
}  // namespace roger::app
