#include "verification/request_id.hpp"

#include <gtest/gtest.h>

namespace roger::verification {
namespace {

constexpr TimePoint now{seconds(1'800'000'000)};

TEST(RequestIdTest, ReadsBothFormsAndWritesHex) {
    const auto* hex = "00112233445566778899aabbccddeeff";
    EXPECT_EQ(RequestId::parse(hex)->to_string(), hex);
    EXPECT_EQ(RequestId::parse("00112233445566778899AABBCCDDEEFF")->to_string(), hex);
    EXPECT_EQ(RequestId::parse("00112233-4455-6677-8899-aabbccddeeff")->to_string(), hex);
    for (const auto* text : {"", "0011", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeefff",
                             "00112233445566778899aabbccddeefg", "0011223344556677-8899-aabbccddeeff--",
                             "00112233-4455-6677-8899aabbccddeeff-", "------------------------------------"}) {
        EXPECT_FALSE(RequestId::parse(text)) << text;
    }
}

TEST(KeyMakerTest, KeysCarryTheirTimeAndRise) {
    KeyMaker keys(7);
    RowKey last;
    for (int i = 0; i < 10'000; ++i) {
        const RowKey key = keys.next(now);
        EXPECT_LT(last, key);
        EXPECT_EQ(key.value >> 12 & 1023, 7) << "the node's bits";
        last = key;
    }
    EXPECT_EQ(made_at(KeyMaker(7).next(now)), now);
    EXPECT_GE(keys.next(now).value, first_key_at(now).value);
}

TEST(KeyMakerTest, KeysRiseWhenTheWallClockStepsBackAndAfterARestart) {
    KeyMaker keys(0);
    const RowKey before = keys.next(now);
    EXPECT_LT(before, keys.next(now - std::chrono::hours(1)));
    EXPECT_LT(before, KeyMaker(0, before).next(now - std::chrono::hours(1)));
    EXPECT_EQ(KeyMaker(5, before).next(now).value >> 12 & 1023, 5);
}

}  // namespace
}  // namespace roger::verification
