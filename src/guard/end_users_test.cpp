#include "guard/end_users.hpp"
#include "guard/start_time_test.hpp"

#include <gtest/gtest.h>

namespace roger::guard {
namespace {

TEST(EndUsersTest, TenStartsAnHourForOneAddress) {
    EndUsers users;
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(users.judge("acme 192.0.2.1", t0 + std::chrono::minutes(i)));
        users.learn("acme 192.0.2.1", t0 + std::chrono::minutes(i));
    }
    const auto refused = users.judge("acme 192.0.2.1", t0 + std::chrono::minutes(10));
    ASSERT_TRUE(refused);
    EXPECT_EQ(*refused->until, t0 + std::chrono::hours(1));
    EXPECT_FALSE(users.judge("acme 192.0.2.2", t0));
    EXPECT_FALSE(users.judge("acme 192.0.2.1", t0 + std::chrono::hours(1)));
}

TEST(EndUsersTest, BeyondTheirNumberNewAddressesAreNotCounted) {
    EndUsers users;
    for (std::size_t i = 0; i < EndUsers::sources_max; ++i) users.learn(std::to_string(i), t0);
    for (int i = 0; i < 20; ++i) users.learn("new", t0);
    EXPECT_FALSE(users.judge("new", t0));
    const TimePoint later = t0 + std::chrono::hours(2);
    for (int i = 0; i < 10; ++i) users.learn("new", later);
    EXPECT_TRUE(users.judge("new", later)) << "the old ones made room";
}

}  // namespace
}  // namespace roger::guard
