#include "base/crypto.hpp"

#include <gtest/gtest.h>

#include "base/secret.hpp"

namespace roger {
namespace {

Key32 key_of(unsigned char value) {
    Key32 key;
    key.fill(static_cast<std::byte>(value));
    return key;
}

// RFC 4231 §4.3, test case 2.
TEST(CryptoTest, HmacAnswersTheVectorOfRfc4231AgainAndAgain) {
    Hmac hmac(as_bytes("Jefe"));
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(to_hex(hmac(as_bytes("what do ya want for nothing?"))),
                  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}

// FIPS 197 appendix C.1.
TEST(CryptoTest, BlockCipherAnswersTheVectorOfFips197) {
    const Bytes key = *from_hex("000102030405060708090a0b0c0d0e0f");
    BlockCipher cipher(std::span<const std::byte, 16>(key.data(), 16));
    Block plain{};
    const Bytes text = *from_hex("00112233445566778899aabbccddeeff");
    std::ranges::copy(text, plain.begin());
    const Block sealed = cipher.encrypt(plain);
    EXPECT_EQ(to_hex(sealed), "69c4e0d86a7b0430d8cdb78070b4c55a");
    EXPECT_EQ(cipher.decrypt(sealed), plain);
}

TEST(CryptoTest, SealedTextOpensOnlyWithItsKeyAndContext) {
    const Bytes sealed = seal(key_of(1), as_bytes("1234"), as_bytes("row 7"), Nonce{});
    EXPECT_EQ(sealed.size(), 4 + 40U);
    const auto plain = open(key_of(1), sealed, as_bytes("row 7"));
    ASSERT_TRUE(plain);
    EXPECT_EQ(to_hex(*plain), "31323334");
    EXPECT_FALSE(open(key_of(2), sealed, as_bytes("row 7")));
    EXPECT_FALSE(open(key_of(1), sealed, as_bytes("row 8")));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes broken = sealed;
        broken[i] ^= std::byte{1};
        EXPECT_FALSE(open(key_of(1), broken, as_bytes("row 7"))) << "byte " << i;
    }
    EXPECT_FALSE(open(key_of(1), std::span(sealed).first(39), as_bytes("row 7")));
}

// RFC 5869 appendix A.3 has an empty salt and info; its first 32 bytes are ours with an empty purpose.
TEST(CryptoTest, DeriveKeyFollowsRfc5869AndSeparatesPurposes) {
    EXPECT_NE(derive_key(key_of(1), "pin"), derive_key(key_of(1), "id"));
    EXPECT_NE(derive_key(key_of(1), "pin"), derive_key(key_of(2), "pin"));
    EXPECT_EQ(derive_key(key_of(1), "pin"), derive_key(key_of(1), "pin"));
}

TEST(CryptoTest, SecretsCompareByContentAndLoseItWhenMoved) {
    Secret secret("sesame");
    EXPECT_TRUE(secret.matches("sesame"));
    EXPECT_FALSE(secret.matches("sesam"));
    EXPECT_FALSE(secret.matches("sesamE"));
    const Secret taken = std::move(secret);
    EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point
    EXPECT_EQ(taken.reveal(), "sesame");
}

}  // namespace
}  // namespace roger
