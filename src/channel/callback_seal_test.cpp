#include "channel/callback_seal.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace roger::channel {
namespace {

TEST(CallbackSealTest, OpensWhatItSealedAlsoAfterARestart) {
    testing_support::SeededRandom random;
    const std::string reference = make_reference(random);
    EXPECT_EQ(reference.size(), 32U);
    EXPECT_NE(make_reference(random), reference);
    const std::string sealed = CallbackSeal(Key32{}).seal("gw", reference);
    EXPECT_EQ(CallbackSeal(Key32{}).open("gw", sealed), reference);
}

TEST(CallbackSealTest, NothingElseOpens) {
    CallbackSeal seal{Key32{}};
    const std::string sealed = seal.seal("gw", std::string(32, 'a'));
    EXPECT_FALSE(seal.open("gw-b", sealed)) << "another route's";
    Key32 other{};
    other[31] = std::byte{1};
    EXPECT_FALSE(CallbackSeal(other).open("gw", sealed)) << "another installation's";
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = changed[i] == '0' ? '1' : '0';
        EXPECT_FALSE(seal.open("gw", changed)) << i;
        EXPECT_FALSE(seal.open("gw", sealed.substr(0, i))) << i;
    }
    EXPECT_FALSE(seal.open("gw", sealed + "0"));
    EXPECT_FALSE(seal.open("g", "w" + sealed));
}

}  // namespace
}  // namespace roger::channel
