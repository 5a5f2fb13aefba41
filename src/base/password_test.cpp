#include "base/password.hpp"

#include <gtest/gtest.h>

namespace roger {
namespace {

constexpr PasswordCost quick{.operations = 1, .memory_bytes = 8192};

TEST(PasswordTest, TheSameWordsGiveTheSameHashAndNothingElseDoes) {
    const Salt salt{std::byte{1}};
    const Salt other{std::byte{2}};
    const auto hash = hash_password("correct horse", salt, quick);
    ASSERT_TRUE(hash);
    EXPECT_EQ(*hash, *hash_password("correct horse", salt, quick));
    EXPECT_NE(*hash, *hash_password("correct horsf", salt, quick));
    EXPECT_NE(*hash, *hash_password("correct horse", other, quick));
    EXPECT_NE(*hash, *hash_password("correct horse", salt, {.operations = 2, .memory_bytes = 8192}));
    EXPECT_TRUE(hash_password("", salt, quick));
}

TEST(PasswordTest, WithoutTheMemoryThereIsNoHash) {
    const auto hash = hash_password("x", Salt{}, {.operations = 1, .memory_bytes = 1});
    ASSERT_FALSE(hash);
    EXPECT_EQ(hash.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace roger
