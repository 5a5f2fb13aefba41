// What the calls about a request have in common: mandatory parameters, and ids as clients write them.
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/v1_answer.hpp"
#include "http/parameters.hpp"

namespace roger::api::v1 {

constexpr std::size_t id_length_max = 32;  ///< longer ones are refused, and not echoed

/// The value of `name`; "" when it is not given, or is nested and so has no text.
[[nodiscard]] std::string text_of(const http::Parameters& parameters, std::string_view name);

/// Rule 5, then what of rule 6 is the same for every parameter: each is given, and is a scalar.
[[nodiscard]] std::optional<Answer> judge_mandatory(const http::Parameters& parameters,
                                                    Call call,
                                                    std::initializer_list<std::string_view> names);

/// At most 32 of [A-Za-z0-9-]: may be asked for, whether or not it is an id.
[[nodiscard]] bool is_id_text(std::string_view text) noexcept;

/// Which requests a search asks for.
struct SearchedIds {
    std::vector<std::string> ids;  ///< none is empty
    std::string_view parameter;    ///< that named them: for the text of a refusal
    bool list = false;             ///< the answer is a list even for one
};
/// `request_ids` repeated, or a JSON array; else `request_id`. A comma separates ids in both: server-sdk 3's
/// search([a, b]) sends request_id=a,b, and wants a list when it asked for more than one. Empty ids are not given.
/// @return rule 5's answer when there is none, rule 6's when they are nested deeper, or status 18 for over 10
[[nodiscard]] std::optional<Answer> read_searched(const http::Parameters& parameters, SearchedIds& out);

}  // namespace roger::api::v1
