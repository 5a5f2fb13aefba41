// An attacker with unlimited requests, accounts' keys and addresses guesses at one number's PINs, as fast as the rules
// let it, for ten thousand days of virtual time. The machine and the guard are the real ones.
#include <random>

#include <gtest/gtest.h>

#include "guard/guard.hpp"
#include "verification/machine.hpp"

namespace roger::guard {
namespace {

using verification::Request;

constexpr int days = 10'000;

/// The least n with P(X ≤ n) ≥ 99.9 % for a Poisson of that mean.
int poisson_bound(double mean) {
    double term = std::exp(-mean);
    double sum = term;
    int n = 0;
    while (sum < 0.999) {
        term *= mean / ++n;
        sum += term;
    }
    return n;
}

class Attack {
public:
    Attack(unsigned digits, bool fresh_number_each_day, std::uint64_t seed)
        : digits_(digits), fresh_(fresh_number_each_day), random_(seed) {
        account_.key = "acme";
        modes_.set(RuleId::number_window, Mode::off);  // unlimited requests
    }

    /// @return how many days had a right guess
    int run() {
        int successes = 0;
        for (int day = 0; day < days; ++day) {
            const TimePoint end = start_ + std::chrono::days(day + 1);
            if (fresh_) {
                marks_.clear();
                verified_.reset();
            }
            if (one_day(end)) ++successes;
            now_ = std::max(now_, end);
        }
        return successes;
    }
    [[nodiscard]] std::uint64_t most_wrong_in_a_day() const { return most_; }
    [[nodiscard]] std::uint64_t wrong() const { return wrong_; }

private:
    [[nodiscard]] Facts facts() const { return {{}, marks_, verified_}; }
    [[nodiscard]] Asked asked() const {
        return {.account = account_,
                .number = "447700900001",
                .now = now_,
                .code_length = static_cast<std::uint8_t>(digits_)};
    }
    bool one_day(TimePoint end) {
        bool succeeded = false;
        while (now_ < end) {
            std::erase_if(marks_, [this](const Mark& one) { return one.at <= now_ - marks_kept; });
            if (const auto refused = judge(modes_, asked(), facts()).refused) {
                now_ = std::max(now_ + seconds(1), std::min(*refused->until, end));
                continue;
            }
            succeeded = one_request() || succeeded;
            note_most();
        }
        return succeeded;
    }
    /// Guesses until the request ends; never the same code twice.
    bool one_request() {
        Request row;
        row.key = {1};
        row.account = account_.key;
        row.number = "447700900001";
        row.plan = verification::make_plan(1, {}, {});
        row.submitted = now_;
        row = verification::begin(std::move(row), 1).next;
        const std::uint64_t codes = digits_ == 4 ? 10'000 : 1'000'000;
        const std::uint64_t pin = random_() % codes;
        for (std::uint64_t guess = random_() % codes; row.status == verification::Status::in_progress; ++guess) {
            now_ += milliseconds(200);
            const bool right = guess % codes == pin;
            verification::PinChecked check{.right = right};
            if (!right) check.last_wrong = judge_wrong(modes_, asked(), facts()).refused.has_value();
            row = verification::step(row, check, 1, now_).next;
            if (right) {
                verified_ = verified_again(verified_, {1}, account_.key, "", now_);
                return true;
            }
            marks_.push_back({.kind = digits_ >= 6 ? Mark::Kind::wrong_long_code : Mark::Kind::wrong_code,
                              .number = {},
                              .account = account_.key,
                              .at = now_});
            ++wrong_;
        }
        return false;
    }
    void note_most() {
        const auto in_a_day =
            std::ranges::count_if(marks_, [this](const Mark& one) { return one.at > now_ - std::chrono::hours(24); });
        most_ = std::max(most_, static_cast<std::uint64_t>(in_a_day));
    }

    unsigned digits_;
    bool fresh_;
    std::mt19937_64 random_;
    account::Account account_;
    Modes modes_ = Modes::all(Mode::enforce);
    TimePoint start_{std::chrono::seconds(1'800'000'000)};
    TimePoint now_ = start_;
    std::vector<Mark> marks_;
    std::optional<Verified> verified_;
    std::uint64_t most_ = 0;
    std::uint64_t wrong_ = 0;
};

TEST(GuessingTest, FourDigitsHoldAgainstAnyNumberOfRequests) {
    Attack attack(4, true, 1);
    const int successes = attack.run();
    EXPECT_LE(successes, poisson_bound(days * 9e-4));
    EXPECT_GE(successes, 1) << "the attack is a real one: nine are to be expected";
    EXPECT_EQ(attack.most_wrong_in_a_day(), wrong_codes_a_day);
}

TEST(GuessingTest, SixDigitsHoldAHundredTimesLonger) {
    Attack attack(6, true, 2);
    EXPECT_LE(attack.run(), poisson_bound(days * 1e-5));
    EXPECT_EQ(attack.most_wrong_in_a_day(), wrong_codes_a_day);
}

TEST(GuessingTest, OneNumberIsGuessedAtOnceADayOnAverage) {
    Attack attack(4, false, 3);
    const int successes = attack.run();
    EXPECT_LE(successes, poisson_bound(days * 1e-4 * 1.01));
    // Thirty in thirty days; a success forgives, and there are few.
    EXPECT_LE(attack.wrong(), static_cast<std::uint64_t>(days) + 30U * static_cast<std::uint64_t>(1 + successes));
    EXPECT_GE(attack.wrong(), static_cast<std::uint64_t>(days) * 9 / 10);
}

}  // namespace
}  // namespace roger::guard
