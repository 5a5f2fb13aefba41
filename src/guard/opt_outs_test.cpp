#include "guard/opt_outs.hpp"

#include <gtest/gtest.h>

namespace roger::guard {
namespace {

TEST(OptOutsTest, AWordAloneMeansSomething) {
    for (const auto* text : {"STOP", "stop", " Stop ", "StopAll", "unsubscribe", "CANCEL", "end", "Quit", "arret",
                             "stop.", "\tSTOP\r\n", "STOP!"}) {
        EXPECT_EQ(read_opt_word(text), OptWord::stop) << text;
    }
    for (const auto* text : {"START", "start", " unstop "}) EXPECT_EQ(read_opt_word(text), OptWord::start) << text;
}

TEST(OptOutsTest, AWordWithinATextMeansNothing) {
    for (const auto* text : {"", " ", "...", "please stop", "STOP IT", "stops", "123456", "st op", "\xff"}) {
        EXPECT_EQ(read_opt_word(text), OptWord::none) << text;
    }
}

TEST(OptOutsTest, ASenderIsTheSameWithAndWithoutPlus) {
    OptOuts outs;
    EXPECT_TRUE(outs.empty());
    EXPECT_TRUE(outs.add("+12015550123", "447700900001"));
    EXPECT_TRUE(outs.contains("12015550123", "447700900001"));
    EXPECT_TRUE(outs.contains("+12015550123", "447700900001"));
    EXPECT_FALSE(outs.contains("12015550124", "447700900001"));
    EXPECT_FALSE(outs.contains("12015550123", "447700900002"));
    outs.remove("12015550123", "447700900001");
    EXPECT_TRUE(outs.empty());
}

TEST(OptOutsTest, TheirNumberIsBounded) {
    OptOuts outs;
    for (std::size_t i = 0; i < OptOuts::pairs_max; ++i) ASSERT_TRUE(outs.add("1", std::to_string(i)));
    EXPECT_FALSE(outs.add("2", "0"));
    EXPECT_TRUE(outs.add("1", "0")) << "it is there already";
}

}  // namespace
}  // namespace roger::guard
