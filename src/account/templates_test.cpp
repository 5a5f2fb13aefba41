#include "account/templates.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace roger::account {
namespace {

using message::Channel;

const TimePoint t0{seconds(1'800'000'000)};
const TemplateSlot english{Channel::sms, "en-gb"};
const TemplateSlot spoken{Channel::tts, "en-gb"};

Template draft(const TemplateSlot& slot, std::string text) {
    Template one;
    one.slot = slot;
    one.text = std::move(text);
    return one;
}

Adding at(TimePoint now, bool review = false) {
    return {.review = review, .now = now, .forget_before = now - std::chrono::days(31)};
}

Template add(Templates& all, const TemplateSlot& slot, std::string text, bool review = false, TimePoint now = t0) {
    auto added = add_template(all, draft(slot, std::move(text)), at(now, review));
    EXPECT_TRUE(added);
    return added.value_or(Template{});
}

TEST(TemplatesTest, ANewVersionIsUsedAtOnceAndTheOlderRetired) {
    Templates all;
    EXPECT_EQ(add(all, english, "first").version, 1U);
    EXPECT_EQ(add(all, english, "second").version, 2U);
    EXPECT_EQ(add(all, spoken, "call").version, 1U) << "each slot counts for itself";
    EXPECT_EQ(active_template(all, english)->text, "second");
    EXPECT_EQ(all[0].state, TemplateState::retired);
    EXPECT_EQ(template_text(all, english, 1), "first") << "requests that began with it still say it";
    EXPECT_EQ(active_template(all, {Channel::sms, "de-de"}), nullptr);
}

TEST(TemplatesTest, UnderReviewAVersionWaitsAndTheOlderGoesOn) {
    Templates all;
    add(all, english, "first");
    EXPECT_EQ(add(all, english, "second", true).state, TemplateState::pending);
    EXPECT_EQ(active_template(all, english)->text, "first");
    add(all, english, "third", true);
    EXPECT_EQ(all[1].state, TemplateState::retired) << "one waits at a time";
    EXPECT_FALSE(approve_template(all, english, 2, t0)) << "it is not what was looked at";
    EXPECT_FALSE(approve_template(all, spoken, std::nullopt, t0));
    EXPECT_TRUE(approve_template(all, english, 3, t0));
    EXPECT_EQ(active_template(all, english)->text, "third");
    EXPECT_EQ(all[0].state, TemplateState::retired);
    EXPECT_EQ(approve_template(all, english, std::nullopt, t0).error().code, Errc::not_found);
}

TEST(TemplatesTest, WhatIsRemovedIsNotUsedAndItsNumberNeverComesAgain) {
    Templates all;
    add(all, english, "first");
    add(all, english, "second");
    EXPECT_EQ(remove_templates(all, english, 2, t0), 1U);
    EXPECT_EQ(active_template(all, english), nullptr) << "the older one does not come back by itself";
    EXPECT_EQ(remove_templates(all, english, std::nullopt, t0), 1U);
    EXPECT_EQ(remove_templates(all, english, std::nullopt, t0), 0U);
    EXPECT_EQ(template_text(all, english, 2), "second");
    EXPECT_EQ(add(all, english, "third").version, 3U);
}

TEST(TemplatesTest, OldVersionsGoWhenNoRequestCanNameThem) {
    Templates all;
    add(all, english, "first");
    add(all, english, "second");
    EXPECT_EQ(remove_templates(all, english, std::nullopt, t0), 2U);
    const TimePoint later = t0 + std::chrono::days(32);
    add(all, spoken, "call", false, later);
    EXPECT_EQ(template_text(all, english, 1), "");
    EXPECT_EQ(add(all, english, "third", false, later).version, 3U) << "the newest is kept for its number";
    add(all, spoken, "call again", false, later + std::chrono::days(1));
    EXPECT_EQ(template_text(all, spoken, 1), "call") << "retired a moment ago";
}

TEST(TemplatesTest, ThereAreNotMoreThanTwoHundred) {
    Templates all;
    for (std::size_t i = 0; i < templates_max; ++i) add(all, english, "text");
    const auto refused = add_template(all, draft(spoken, "call"), at(t0));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_EQ(all.size(), templates_max);
    const TimePoint later = t0 + std::chrono::days(60);
    EXPECT_TRUE(add_template(all, draft(spoken, "call"), at(later)));
    EXPECT_EQ(all.size(), 2U);
}

TEST(TemplatesTest, StatesReadWhatTheyWrite) {
    for (const auto state :
         {TemplateState::active, TemplateState::pending, TemplateState::retired, TemplateState::deleted}) {
        EXPECT_EQ(parse_template_state(to_string(state)), state);
    }
    for (const auto* text : {"", "active", "GONE"}) EXPECT_FALSE(parse_template_state(text)) << text;
}

RC_GTEST_PROP(TemplatesTest, NeverTwoActiveNorTwoPendingNorANumberTwice, (const std::vector<std::uint8_t>& steps)) {
    Templates all;
    TimePoint now = t0;
    std::set<std::uint32_t> versions;
    for (const std::uint8_t step : steps) {
        now += std::chrono::days(step % 7);
        const TemplateSlot& slot = english;
        if (step % 4 == 0) (void)approve_template(all, slot, std::nullopt, now);
        if (step % 4 == 1) (void)remove_templates(all, slot, std::nullopt, now);
        if (step % 4 >= 2) {
            const auto added = add_template(all, draft(slot, "x"), at(now, step % 4 == 2));
            RC_ASSERT(added.has_value());
            RC_ASSERT(versions.insert(added->version).second);
        }
        const auto in = [&](TemplateState state) {
            return std::ranges::count_if(all, [state](const Template& one) { return one.state == state; });
        };
        RC_ASSERT(in(TemplateState::active) <= 1);
        RC_ASSERT(in(TemplateState::pending) <= 1);
    }
}

}  // namespace
}  // namespace roger::account
