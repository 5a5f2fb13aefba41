#include "observe/log.hpp"

#include <gtest/gtest.h>

namespace roger::observe {
namespace {

TEST(LogTest, WritesOneEventWithItsPairs) {
    EXPECT_EQ(format_line("server started", {{"port", 8080}, {"data", "/var/lib/roger"}}),
              "server started port=8080 data=/var/lib/roger");
}

TEST(LogTest, HostileValuesCannotForgeALineOrMoveATerminal) {
    EXPECT_EQ(format_line("refused", {{"brand", "a\nb=c \"x\" \x1b[2J"}}), R"(refused brand="a\x0ab=c \"x\" \x1b[2J")");
    EXPECT_EQ(format_line("refused", {{"brand", ""}}), R"(refused brand="")");
}

}  // namespace
}  // namespace roger::observe
