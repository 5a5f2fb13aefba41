#include "http/address.hpp"

#include <gtest/gtest.h>

namespace roger::http {
namespace {

TEST(AddressTest, UnreadableAddressesAreRefused) {
    for (const char* text :
         {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:80x", "127.0.0.1:-1",
          "example.org:80", "::1:80", "[127.0.0.1]:80", "[::1]80", "[]:80", "unix:", "unix:relative", "unix:/"}) {
        const auto got = parse_listen(text);
        ASSERT_FALSE(got) << text;
        EXPECT_EQ(got.error().code, Errc::invalid_argument) << text;
    }
}

TEST(AddressTest, TcpAndUnixAddressesAreRead) {
    for (const char* text : {"127.0.0.1:8080", "0.0.0.0:0", "localhost:8080", "[::1]:8080", "[::]:65535"}) {
        const auto got = parse_listen(text);
        ASSERT_TRUE(got) << text;
        EXPECT_EQ(got->unix_path, "") << text;
    }
    const auto local = parse_listen("unix:/run/roger.sock");
    ASSERT_TRUE(local);
    EXPECT_EQ(local->unix_path, "/run/roger.sock");
}

TEST(AddressTest, ALongUnixPathIsRefusedInsteadOfCut) {
    const std::string longest = "/" + std::string(106, 'x');
    EXPECT_TRUE(parse_listen("unix:" + longest));
    EXPECT_FALSE(parse_listen("unix:" + longest + "x"));
}

}  // namespace
}  // namespace roger::http
