#include "api/v1_parameters.hpp"

#include <algorithm>

namespace roger::api::v1 {
namespace {

constexpr std::size_t searched_max = 10;

void append_ids(std::string_view text, std::vector<std::string>& ids) {
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (comma > 0) ids.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
}

}  // namespace

std::string text_of(const http::Parameters& parameters, std::string_view name) {
    const std::string* value = parameters.find(name);
    return value == nullptr ? "" : *value;
}

std::optional<Answer> judge_mandatory(const http::Parameters& parameters,
                                      Call call,
                                      std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        if (parameters.nested(name)) continue;
        const std::string* value = parameters.find(name);
        if (value == nullptr || value->empty()) return missing_parameter(name);
    }
    for (const auto name : names) {
        if (parameters.nested(name)) return invalid_value(call, name);
    }
    return std::nullopt;
}

bool is_id_text(std::string_view text) noexcept {
    return text.size() <= id_length_max && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
           });
}

std::optional<Answer> read_searched(const http::Parameters& parameters, SearchedIds& out) {
    out.parameter = "request_ids";
    const std::vector<std::string> given = parameters.all("request_ids");
    if (given.empty() && parameters.nested("request_ids")) return invalid_value(Call::search, "request_ids");
    for (const std::string& text : given) append_ids(text, out.ids);
    out.list = !out.ids.empty();
    if (!out.list) {
        out.parameter = "request_id";
        if (parameters.nested("request_id")) return invalid_value(Call::search, "request_id");
        append_ids(text_of(parameters, "request_id"), out.ids);
        if (out.ids.empty()) return missing_parameter("request_id");
        out.list = out.ids.size() > 1;
    }
    if (out.ids.size() > searched_max) {
        return refuse(too_many_ids, "Too many request_ids provided", "too-many-ids", out.parameter);
    }
    if (!std::ranges::all_of(out.ids, is_id_text)) return invalid_value(Call::search, out.parameter);
    return std::nullopt;
}

}  // namespace roger::api::v1
