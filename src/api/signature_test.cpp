#include "api/signature.hpp"

#include <gtest/gtest.h>

#include "api/accounts.hpp"
#include "tests/support/fakes.hpp"

namespace roger::api {
namespace {

using account::SignatureMethod;

http::Parameters read_query(const std::string& query) {
    http::Request request;
    request.method = http::Method::get;
    request.query = query;
    return *http::read_parameters(request);
}

TEST(SignatureTest, TheBaseIsSortedAndReplacesItsSeparators) {
    EXPECT_EQ(signature_base(read_query("number=447700900000&brand=A%26B%3DC&sig=ff&api_key=k")),
              "&api_key=k&brand=A_B_C&number=447700900000");
    EXPECT_EQ(signature_base(read_query("b=2&a=1&b=1")), "&a=1&b=2&b=1");
}

// Values by another implementation (Python hashlib and hmac) of the text "&a=1&b=2" with the secret "s3cret".
TEST(SignatureTest, EveryMethodGivesItsDigest) {
    const std::string base = "&a=1&b=2";
    EXPECT_EQ(sign(SignatureMethod::md5hash, base, "s3cret"), "fce5e3cb2ae0d7d01d850b1387e9f39b");
    EXPECT_EQ(sign(SignatureMethod::md5, base, "s3cret"), "790de75fd6eacc4fc5e5abd85808bf19");
    EXPECT_EQ(sign(SignatureMethod::sha1, base, "s3cret"), "123b764489cd85ca4230326e1c297c76add7c1b0");
    EXPECT_EQ(sign(SignatureMethod::sha256, base, "s3cret"),
              "dc122ee6ab66d06490fb4c441e800516e78f4e58b13cb65f3295447d702aad4c");
    EXPECT_EQ(sign(SignatureMethod::sha512, base, "s3cret"),
              "e6a74cd97580e0553646af848546e002e7c74c3f9ef048633d63170ec7bcb823"
              "99a9875ce22e1143dc78aabbea37a462ec60f03923f093f3c3ca53adc17fd1c8");
}

class SignedTest : public testing::Test {
protected:
    SignedTest() {
        Key32 master{};
        keyring.add(1, master, true);
        account.key = "k";
        account.signature_method = SignatureMethod::sha256;
        set_signature_secret(account, "s3cret", keyring, random);
    }
    [[nodiscard]] std::string query(std::int64_t offset,
                                    const std::string& secret = "s3cret",
                                    SignatureMethod method = SignatureMethod::sha256) const {
        const auto at = std::chrono::floor<seconds>(clock.wall_now()).time_since_epoch().count() + offset;
        std::string text = "api_key=k&number=447700900000&timestamp=" + std::to_string(at);
        return text + "&sig=" + sign(method, signature_base(read_query(text)), secret);
    }
    [[nodiscard]] bool good(const std::string& text) const {
        return is_signed_by(account, read_query(text), keyring, clock.wall_now());
    }

    testing_support::FakeClock clock;
    testing_support::SeededRandom random;
    verification::Keyring keyring;
    account::Account account;
};

TEST_F(SignedTest, TheRightSignatureIsTakenInEitherCase) {
    EXPECT_TRUE(good(query(0)));
    std::string upper = query(0);
    for (char& c : upper) {
        if (&c - upper.data() > static_cast<std::ptrdiff_t>(upper.find("&sig=") + 4))
            c = static_cast<char>(std::toupper(c));
    }
    EXPECT_TRUE(good(upper));
}

TEST_F(SignedTest, AnotherSecretMethodParameterOrTimeIsRefused) {
    EXPECT_FALSE(good(query(0, "other")));
    EXPECT_FALSE(good(query(0, "s3cret", SignatureMethod::sha512)));
    EXPECT_FALSE(good(query(0) + "&brand=x"));
    EXPECT_TRUE(good(query(300)));
    EXPECT_TRUE(good(query(-300)));
    EXPECT_FALSE(good(query(301)));
    EXPECT_FALSE(good(query(-301)));
    EXPECT_FALSE(good("api_key=k&sig=00"));
    EXPECT_FALSE(good("api_key=k&sig=00&timestamp=now"));
    EXPECT_FALSE(good("api_key=k&sig=&timestamp="));
}

TEST_F(SignedTest, AnAccountWithoutASignatureSecretCannotSign) {
    account.sealed_signature_secret.clear();
    EXPECT_FALSE(good(query(0, "")));
}

}  // namespace
}  // namespace roger::api
