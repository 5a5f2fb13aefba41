// The JSON object that an admin call brings, read member by member; the first that is wrong is remembered.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "http/message.hpp"

namespace roger::api {

class Body {
public:
    /// An empty body is an empty object.
    explicit Body(const http::Request& request);

    [[nodiscard]] bool has(const char* name) const { return body_.contains(name); }
    /// "" when it is not given. @param rule  how it must be, as "is sms or tts"
    [[nodiscard]] std::string text(const char* name, const char* rule, bool (*good)(const std::string&));
    /// Complains when it is not given.
    [[nodiscard]] std::string needed(const char* name, const char* rule, bool (*good)(const std::string&));
    [[nodiscard]] bool flag(const char* name, bool otherwise);
    [[nodiscard]] std::optional<std::int64_t> number(const char* name, std::int64_t low, std::int64_t high);

    /// After the last member was read: 400 for what is wrong, members that nobody asked for among it.
    [[nodiscard]] std::optional<http::Response> wrong() const;

private:
    const nlohmann::json* find(const char* name);
    void complain(const char* name, std::string_view rule);

    nlohmann::json body_;
    std::vector<std::string> known_;
    std::string problem_;
};

}  // namespace roger::api
