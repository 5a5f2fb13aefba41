// What the benchmarks' clients must read of an answer: its end, its code, and single members of flat JSON.
#pragma once
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace roger::bench {

struct Response {
    int http_status = 0;
    std::string_view body;
    std::size_t size = 0;  ///< with the head
};

/// @return nullopt while it is not whole yet
inline std::optional<Response> read_response(std::string_view in) {
    const std::size_t head = in.find("\r\n\r\n");
    if (head == std::string_view::npos) return std::nullopt;
    Response response;
    std::from_chars(in.data() + 9, in.data() + 12, response.http_status);
    std::size_t length = 0;
    for (std::size_t at = in.find("\r\n"); at < head; at = in.find("\r\n", at + 2)) {
        constexpr std::string_view name = "content-length:";
        const std::string_view line = in.substr(at + 2, name.size());
        const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
        if (!std::equal(line.begin(), line.end(), name.begin(), name.end(), same)) continue;
        std::size_t digits = at + 2 + name.size();
        while (in[digits] == ' ') ++digits;
        std::from_chars(in.data() + digits, in.data() + head, length);
    }
    response.size = head + 4 + length;
    if (in.size() < response.size) return std::nullopt;
    response.body = in.substr(head + 4, length);
    return response;
}

/// The text of a member of a flat JSON object; "" when it is not there.
inline std::string_view member(std::string_view json, std::string_view name) {
    const std::size_t at = json.find(fmt::format("\"{}\":\"", name));
    if (at == std::string_view::npos) return "";
    const std::string_view rest = json.substr(at + name.size() + 4);
    return rest.substr(0, rest.find('"'));
}

}  // namespace roger::bench
