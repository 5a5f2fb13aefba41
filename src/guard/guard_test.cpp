#include "guard/guard.hpp"
#include "guard/start_time_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roger::guard {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Modes enforced = Modes::all(Mode::enforce);

account::Account account_of(account::Policy policy = account::Policy::standard) {
    account::Account account;
    account.key = "acme";
    account.policy = policy;
    return account;
}

class GuardTest : public testing::Test {
protected:
    void wrong(TimePoint at, const char* who = "acme", bool is_long = false) {
        marks.push_back({.kind = is_long ? Mark::Kind::wrong_long_code : Mark::Kind::wrong_code,
                         .number = {},
                         .account = who,
                         .at = at});
    }
    void lift(TimePoint at, const char* who = "") {
        marks.push_back({.kind = Mark::Kind::lifted, .number = {}, .account = who, .at = at});
    }
    [[nodiscard]] Facts facts() const { return {starts, marks, verified}; }
    [[nodiscard]] std::optional<Reason> start(TimePoint now, const Modes& modes = enforced) const {
        return judge(modes, {.account = account, .number = "447700900001", .now = now, .on_allow_list = allowed},
                     facts())
            .refused;
    }
    [[nodiscard]] std::optional<Reason> one_more_wrong(TimePoint now, std::uint8_t length = 4) const {
        return judge_wrong(enforced, {.account = account, .number = "447700900001", .now = now, .code_length = length},
                           facts())
            .refused;
    }

    account::Account account = account_of();
    std::vector<TimePoint> starts;
    std::vector<Mark> marks;
    std::optional<Verified> verified;
    bool allowed = false;
};

TEST_F(GuardTest, TwoStartsInThirtySeconds) {
    starts = {t0, t0 + seconds(1)};
    const auto refused = start(t0 + seconds(2));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->rule, "number-window");
    EXPECT_EQ(*refused->seen, 2U);
    EXPECT_EQ(*refused->limit, 2U);
    EXPECT_EQ(*refused->until, t0 + seconds(30));
    EXPECT_TRUE(refused->over_all_accounts);
    EXPECT_TRUE(start(t0 + seconds(30) - milliseconds(1)));
    EXPECT_FALSE(start(t0 + seconds(30)));
    allowed = true;
    EXPECT_FALSE(start(t0 + seconds(2)));
}

TEST_F(GuardTest, TheLongestWaitIsSaidWhenSeveralWindowsAreFull) {
    for (int i = 0; i < 5; ++i) starts.push_back(t0 + minutes(i));
    EXPECT_EQ(*start(t0 + minutes(5))->until, t0 + hours(1));
    starts.clear();
    for (int i = 0; i < 10; ++i) starts.push_back(t0 + hours(i));
    EXPECT_EQ(*start(t0 + hours(10))->until, t0 + hours(24));
    EXPECT_FALSE(start(t0 + hours(24)));
}

TEST_F(GuardTest, AnOperatorLiftsAWindow) {
    starts = {t0, t0 + seconds(1)};
    lift(t0 + seconds(2));
    EXPECT_FALSE(start(t0 + seconds(3)));
    marks.clear();
    lift(t0 + seconds(2), "acme");
    EXPECT_TRUE(start(t0 + seconds(3))) << "one account's word cannot lift what protects the number";
}

TEST_F(GuardTest, RulesThatAreOffOrObserveRefuseNothing) {
    starts = {t0, t0 + seconds(1)};
    EXPECT_FALSE(start(t0 + seconds(2), Modes()));
    EXPECT_EQ(needs(Modes(), account), Needs{});
    const auto judged = judge(enforced.at_most(Mode::observe), {.account = account, .number = "1", .now = t0}, facts());
    EXPECT_FALSE(judged.refused);
    ASSERT_TRUE(judged.observed);
    EXPECT_EQ(judged.observed->rule, "number-window");
}

TEST_F(GuardTest, NineWrongCodesADay) {
    for (int i = 0; i < 8; ++i) wrong(t0 + minutes(i));
    EXPECT_FALSE(start(t0 + hours(1)));
    const auto last = one_more_wrong(t0 + hours(1));
    ASSERT_TRUE(last) << "the ninth is the last of its request";
    EXPECT_EQ(last->rule, "wrong-codes");
    EXPECT_EQ(*last->seen, 9U);
    wrong(t0 + hours(1));
    EXPECT_EQ(*start(t0 + hours(2))->until, t0 + hours(24));
    EXPECT_FALSE(start(t0 + hours(24)));
    account.key = "other";
    EXPECT_FALSE(start(t0 + hours(2))) << "each account for itself";
}

TEST_F(GuardTest, ThirtyWrongCodesAMonthOrAHundredLongOnes) {
    for (int i = 0; i < 29; ++i) wrong(t0 + hours(20 * i), "acme", true);
    const TimePoint later = t0 + hours(20 * 29);
    EXPECT_FALSE(one_more_wrong(later, 6));
    EXPECT_TRUE(one_more_wrong(later, 4)) << "one short code makes the month short";
    wrong(later, "acme", true);
    EXPECT_FALSE(start(later + hours(12)));
    marks.front().kind = Mark::Kind::wrong_code;
    EXPECT_EQ(*start(later + hours(12))->until, t0 + marks_kept);
}

TEST_F(GuardTest, ADayAfterASuccessTheMonthBeginsAnew) {
    for (int i = 0; i < 30; ++i) wrong(t0 + hours(10 * i));
    const TimePoint success = t0 + hours(300);
    EXPECT_TRUE(start(success));
    verified = Verified{.count = 1, .first = success, .last = success};
    EXPECT_TRUE(start(success + hours(23)));
    EXPECT_FALSE(start(success + hours(24)));
}

TEST_F(GuardTest, OverAllAccountsStartsAreRefusedAndRunningRequestsGoOn) {
    const char* const accounts[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 27; ++i) wrong(t0 + minutes(i), accounts[i % 4]);
    const auto refused = start(t0 + hours(1));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->rule, "number-wrong-codes");
    EXPECT_TRUE(refused->over_all_accounts);
    EXPECT_FALSE(one_more_wrong(t0 + hours(1)));
    EXPECT_FALSE(start(t0 + hours(24)));
    lift(t0 + hours(2));
    EXPECT_FALSE(start(t0 + hours(3)));
}

TEST_F(GuardTest, Psd2BlocksAfterFiveInARowAndLongerEachTime) {
    account = account_of(account::Policy::psd2);
    for (int i = 0; i < 4; ++i) wrong(t0 + seconds(i));
    EXPECT_FALSE(start(t0 + minutes(1)));
    EXPECT_TRUE(one_more_wrong(t0 + seconds(4)));
    wrong(t0 + seconds(4));
    EXPECT_EQ(*start(t0 + minutes(1))->until, t0 + seconds(4) + minutes(15));
    EXPECT_FALSE(start(t0 + seconds(4) + minutes(15)));
    verified = Verified{.count = 1, .first = t0 + seconds(4), .last = t0 + seconds(4)};
    EXPECT_FALSE(start(t0 + minutes(1))) << "a success ends the row";
    verified.reset();
    for (int i = 5; i < 10; ++i) wrong(t0 + hours(24 + i));
    EXPECT_EQ(*start(t0 + hours(33))->until, t0 + hours(33) + minutes(30));
    for (int i = 10; i < 60; ++i) wrong(t0 + hours(24 * i));
    EXPECT_EQ(*start(t0 + hours(24 * 59))->until, t0 + hours(24 * 60)) << "a day at most";
}

TEST_F(GuardTest, OneSuccessInAWhile) {
    verified = Verified{.count = 2, .first = t0, .last = t0};
    EXPECT_FALSE(start(t0));
    EXPECT_FALSE(needs(enforced, account).verified);
    account.one_success_within = hours(24 * 90);
    EXPECT_TRUE(needs(enforced, account).verified);
    EXPECT_EQ(start(t0 + hours(1))->rule, "one-success");
    EXPECT_EQ(*start(t0 + hours(1))->until, t0 + hours(24 * 90));
    EXPECT_FALSE(start(t0 + hours(24 * 90)));
}

TEST_F(GuardTest, HistorySaysWhetherTheNetworkChanged) {
    EXPECT_EQ(to_history(std::nullopt, "23415"), "verified=0");
    auto once = verified_again(std::nullopt, {7}, "acme", "23415", t0);
    EXPECT_EQ(once.count, 1U);
    EXPECT_EQ(to_history(once, "23415"),
              "verified=1; first=2027-01-15T08:00:00.000Z; last=2027-01-15T08:00:00.000Z; network_changed=no");
    EXPECT_EQ(network_changed(once, "23420"), NetworkChanged::yes);
    EXPECT_EQ(network_changed(once, ""), NetworkChanged::unknown);
    once = verified_again(once, {7}, "acme", "", t0 + hours(1));
    EXPECT_EQ(once.first, t0);
    EXPECT_EQ(once.count, 2U);
    EXPECT_EQ(network_changed(once, "23420"), NetworkChanged::unknown);
}

TEST(RulesTest, NamesReadBack) {
    for (const RuleId rule : all_rules()) EXPECT_EQ(find_rule(name_of(rule)), rule);
    EXPECT_FALSE(find_rule("number-window"));
    for (const Mode mode : {Mode::off, Mode::observe, Mode::enforce}) EXPECT_EQ(parse_mode(to_string(mode)), mode);
    EXPECT_FALSE(parse_mode("on"));
}

/// Whoever starts as fast as it is let, no window ever holds more than its starts.
RC_GTEST_PROP(WindowProperty, NoWindowIsEverOverfull, (const std::vector<std::uint16_t>& pauses)) {
    std::vector<TimePoint> starts;
    TimePoint now = t0;
    for (const std::uint16_t pause : pauses) {
        now += milliseconds(std::uint32_t{pause} * 500);
        const auto refused = judge_windows(starts, now);
        if (refused) {
            RC_ASSERT(*refused->until > now);
            RC_ASSERT(!judge_windows(starts, *refused->until));
            RC_ASSERT(judge_windows(starts, *refused->until - milliseconds(1)));
            continue;
        }
        starts.push_back(now);
    }
    for (const Window& window : start_windows) {
        for (const TimePoint end : starts) {
            const auto in =
                std::ranges::count_if(starts, [&](TimePoint at) { return at <= end && at > end - window.within; });
            RC_ASSERT(static_cast<std::uint64_t>(in) <= window.starts);
        }
    }
}

}  // namespace
}  // namespace roger::guard
