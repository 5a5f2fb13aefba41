#include "sip/outcome.hpp"

#include <gtest/gtest.h>

namespace roger::sip {
namespace {

TEST(OutcomeTest, EachFinalAnswerSaysWhatToDo) {
    const std::pair<unsigned, Ended> known[] = {
        {486, Ended::busy},          {600, Ended::busy},          {408, Ended::no_answer},
        {480, Ended::no_answer},     {487, Ended::no_answer},     {603, Ended::declined},
        {607, Ended::declined},      {404, Ended::bad_number},    {410, Ended::bad_number},
        {484, Ended::bad_number},    {604, Ended::bad_number},    {401, Ended::misconfigured},
        {403, Ended::misconfigured}, {407, Ended::misconfigured}, {421, Ended::misconfigured},
        {488, Ended::misconfigured}, {302, Ended::misconfigured}, {500, Ended::trunk_failed},
        {503, Ended::trunk_failed},  {504, Ended::trunk_failed},
    };
    for (const auto& [status, ended] : known) EXPECT_EQ(outcome_of(status, std::nullopt), ended) << status;
}

TEST(OutcomeTest, TheCauseOfTheNetworkIsMoreExactThanTheStatus) {
    EXPECT_EQ(outcome_of(480, 17), Ended::busy);
    EXPECT_EQ(outcome_of(500, 1), Ended::bad_number);
    EXPECT_EQ(outcome_of(486, 34), Ended::trunk_failed);
    EXPECT_EQ(outcome_of(486, 127), Ended::busy);  // "interworking, unspecified" says nothing
}

TEST(OutcomeTest, OnlyTheTrunksFaultsAreForAnotherTrunk) {
    for (const Ended ended : {Ended::completed, Ended::hung_up, Ended::no_key, Ended::busy, Ended::no_answer,
                              Ended::declined, Ended::bad_number, Ended::stopped}) {
        EXPECT_FALSE(is_of_trunk(ended)) << to_string(ended);
    }
    for (const Ended ended : {Ended::misconfigured, Ended::trunk_failed, Ended::no_response}) {
        EXPECT_TRUE(is_of_trunk(ended)) << to_string(ended);
    }
}

TEST(OutcomeTest, ReadsACauseOrNothing) {
    EXPECT_EQ(read_q850("Q.850;cause=17;text=\"User busy\""), 17U);
    EXPECT_EQ(read_q850("Q.850 ;cause=1"), 1U);
    for (const char* text : {"", "SIP;cause=200", "Q.850", "Q.850;cause=", "Q.850;cause=x", "Q.850;cause=0",
                             "Q.850;cause=128", "Q.850;cause=17x", "Q.850;cause=99999999999999999999"}) {
        EXPECT_FALSE(read_q850(text)) << text;
    }
}

}  // namespace
}  // namespace roger::sip
