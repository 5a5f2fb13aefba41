#include "message/template.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roger::message {
namespace {

TEST(TemplateTest, ReplacesEveryKnownPlace) {
    EXPECT_EQ(fill("${brand} code: ${pin}, ${pin}.", {{"brand", "Acme"}, {"pin", "1234"}}), "Acme code: 1234, 1234.");
    EXPECT_EQ(fill("", {{"pin", "1234"}}), "");
    EXPECT_EQ(fill("${pin}", {{"pin", ""}}), "");
}

TEST(TemplateTest, DoesNotLookAgainAtWhatItFilledIn) {
    EXPECT_EQ(fill("${brand}: ${pin}", {{"brand", "${pin}"}, {"pin", "1234"}}), "${pin}: 1234");
    EXPECT_EQ(fill("${brand}pin}", {{"brand", "${"}, {"pin", "1234"}}), "${pin}");
    EXPECT_EQ(fill("${pin}", {{"pin", "${pin}"}}), "${pin}");
}

TEST(TemplateTest, LeavesUnknownAndBrokenPlacesAsTheyAre) {
    for (const auto* text : {"${other}", "${", "$", "$}", "}", "${}", "${pin", "$pin", "{pin}", "${ pin }", "${PIN}"}) {
        EXPECT_EQ(fill(text, {{"pin", "1234"}}), text);
    }
    EXPECT_EQ(fill("${a${pin}}", {{"pin", "1234"}}), "${a1234}");
    EXPECT_EQ(fill("$${pin}", {{"pin", "1234"}}), "$1234");
}

RC_GTEST_PROP(TemplateTest, TextWithoutFillingsIsUnchanged, (const std::string& text)) {
    RC_ASSERT(fill(text, {}) == text);
}

}  // namespace
}  // namespace roger::message
