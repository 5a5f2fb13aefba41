#include "http/public_address.hpp"

#include <gtest/gtest.h>
#include <netdb.h>

namespace roger::http {
namespace {

TEST(PublicAddressTest, OnlyThePublicInternetMayBeReached) {
    for (const char* address : {"0.0.0.0",
                                "0.1.2.3",
                                "10.0.0.1",
                                "10.255.255.255",
                                "100.64.0.1",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.255.254",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.8",
                                "192.0.2.1",
                                "192.88.99.1",
                                "192.168.0.1",
                                "198.18.0.1",
                                "198.19.255.255",
                                "198.51.100.7",
                                "203.0.113.9",
                                "224.0.0.1",
                                "239.1.1.1",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::ffff:127.0.0.1",
                                "::ffff:8.8.8.8",
                                "::127.0.0.1",
                                "64:ff9b::7f00:1",
                                "64:ff9b::808:808",
                                "64:ff9b:1::a00:1",
                                "100::1",
                                "2001::1",
                                "2001:1ff:ffff::1",
                                "2001:db8::1",
                                "2002:7f00:1::",
                                "3fff::1",
                                "fc00::1",
                                "fd00:ec2::254",
                                "fe80::1",
                                "fec0::1",
                                "ff02::1",
                                "5f00::1"}) {
        EXPECT_FALSE(is_public_address(std::string(address))) << address;
    }
    for (const char* address : {"1.1.1.1",
                                "8.8.8.8",
                                "9.255.255.255",
                                "11.0.0.0",
                                "100.63.255.255",
                                "100.128.0.0",
                                "126.255.255.255",
                                "128.0.0.1",
                                "169.253.255.255",
                                "172.15.255.255",
                                "172.32.0.0",
                                "192.167.255.255",
                                "192.169.0.0",
                                "198.17.255.255",
                                "198.20.0.0",
                                "223.255.255.255",
                                "2001:4860:4860::8888",
                                "2606:4700::1111",
                                "2a00:1450::1",
                                "2003::1"}) {
        EXPECT_TRUE(is_public_address(std::string(address))) << address;
    }
}

TEST(PublicAddressTest, WhatIsNoAddressIsNotPublic) {
    for (const char* text :
         {"", "localhost", "8.8.8", "8.8.8.8.8", "0x08080808", "8.8.8.8 ", "[2606:4700::1]", "134744072"}) {
        EXPECT_FALSE(is_public_address(std::string(text))) << text;
    }
    sockaddr unix_socket{};
    unix_socket.sa_family = AF_UNIX;
    EXPECT_FALSE(is_public_address(unix_socket));
}

TEST(PublicAddressTest, ReadsWhatTheResolverGives) {
    const addrinfo hints{.ai_flags = AI_NUMERICHOST};
    for (const auto& [text, good] :
         {std::pair{"8.8.8.8", true}, {"127.0.0.1", false}, {"2606:4700::1111", true}, {"::1", false}}) {
        addrinfo* found = nullptr;
        ASSERT_EQ(::getaddrinfo(text, nullptr, &hints, &found), 0);
        EXPECT_EQ(is_public_address(*found->ai_addr), good) << text;
        ::freeaddrinfo(found);
    }
}

}  // namespace
}  // namespace roger::http
