#include "sip/text.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

namespace roger::sip {

bool same_word(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_ip_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> out{};
    return inet_pton(AF_INET, text.c_str(), out.data()) == 1 || inet_pton(AF_INET6, text.c_str(), out.data()) == 1;
}

}  // namespace roger::sip
