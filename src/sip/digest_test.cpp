#include "sip/digest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roger::sip {
namespace {

using testing::HasSubstr;
using testing::Not;

const Secret password("Circle of Life");

TEST(DigestTest, AnswersTheExamplesOfRfc7616) {
    // RFC 7616 §3.9.1; its cnonce stands for a fresh one.
    constexpr std::string_view nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    constexpr std::string_view own = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    Challenge challenge{.realm = "http-auth@example.org",
                        .nonce = std::string(nonce),
                        .opaque = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
                        .auth = true};
    const DigestRequest request{.method = "GET", .uri = "/dir/index.html", .own_nonce = own};
    EXPECT_THAT(answer(challenge, "Mufasa", password, request),
                HasSubstr("response=\"8ca523f5e9506fed4657c9700eebdbec\""));
    challenge.algorithm = DigestAlgorithm::sha256;
    const std::string line = answer(challenge, "Mufasa", password, request);
    EXPECT_THAT(line, HasSubstr("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""));
    EXPECT_THAT(line, HasSubstr("qop=auth, nc=00000001"));
    EXPECT_TRUE(line.starts_with("Authorization: Digest username=\"Mufasa\""));
    EXPECT_TRUE(line.ends_with("\r\n"));
    EXPECT_THAT(line, Not(HasSubstr("Circle")));
}

TEST(DigestTest, WithoutQopTheOlderFormIsAnswered) {
    // Computed with md5sum from RFC 2617 §3.2.2: HA1 = md5(u:r:p), HA2 = md5(INVITE:sip:1@h).
    const Challenge challenge{.realm = "r", .nonce = "n", .proxy = true};
    const std::string line = answer(challenge, "u", Secret("p"), {.method = "INVITE", .uri = "sip:1@h"});
    EXPECT_THAT(line, HasSubstr("response=\"1c2de5b637ee44c5bc413aac897c68c8\""));
    EXPECT_THAT(line, Not(HasSubstr("qop")));
    EXPECT_TRUE(line.starts_with("Proxy-Authorization: "));
}

TEST(DigestTest, ReadsChallengesAsServersWriteThem) {
    const auto read = read_challenge(
        R"(Digest realm="a \"b\"", nonce="xyz",qop="auth,auth-int" , algorithm=md5, opaque="", stale=TRUE, foo=bar)");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->realm, R"(a \"b\")");
    EXPECT_EQ(read->nonce, "xyz");
    EXPECT_TRUE(read->auth);
    EXPECT_TRUE(read->stale);
    const auto sha = read_challenge("digest nonce=\"1\",algorithm=SHA-256,qop=auth");
    ASSERT_TRUE(sha);
    EXPECT_EQ(sha->algorithm, DigestAlgorithm::sha256);
}

TEST(DigestTest, RefusesWhatCannotBeAnswered) {
    const std::string huge(challenge_value_max + 1, 'x');
    const std::string refused[] = {"",
                                   "Digest",
                                   "Basic realm=\"x\"",
                                   "Digest realm=\"x\"",
                                   "Digest nonce=\"\"",
                                   "Digest nonce=\"x",
                                   "Digest nonce=\"x\\\"",
                                   "Digest nonce",
                                   "Digest nonce=\"x\", =",
                                   "Digest nonce=\"x\", a",
                                   "Digest nonce=\"x\", algorithm=SHA-512-256",
                                   "Digest nonce=\"x\", algorithm=MD5-sess",
                                   "Digest nonce=\"x\", qop=\"auth-int\"",
                                   "Digest nonce=\"a\nb\"",
                                   "Digest nonce=\"" + huge + "\""};
    for (const std::string& text : refused) {
        EXPECT_FALSE(read_challenge(text)) << text.substr(0, 60);
    }
}

TEST(DigestTest, PrefersSha256WhereverItStands) {
    const std::vector<Challenge> both{{.nonce = "1"}, {.nonce = "2", .algorithm = DigestAlgorithm::sha256}};
    EXPECT_EQ(best_of(both)->nonce, "2");
    const std::vector<Challenge> two_of_md5{{.nonce = "1"}, {.nonce = "2"}};
    EXPECT_EQ(best_of(two_of_md5)->nonce, "1");
    EXPECT_EQ(best_of({}), nullptr);
}

}  // namespace
}  // namespace roger::sip
