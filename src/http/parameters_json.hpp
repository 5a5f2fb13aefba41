// The JSON half of parameters.hpp; for parameters.cpp alone.
#pragma once
#include <string_view>
#include <vector>

#include "http/parameters.hpp"

namespace roger::http {

inline constexpr std::size_t parameter_names_max = 64;
/// Repeated names and elements of arrays together: more than any call takes, few enough to be searched one by one.
inline constexpr std::size_t parameter_pairs_max = 256;
inline constexpr std::size_t json_depth_max = 8;

/// The members of a JSON object as pairs in their order: scalars by their text as written, an array of scalars as one
/// pair for each element, null not at all. An empty array stands for an empty object (PHP writes it so).
/// @return invalid_argument: see read_parameters()
[[nodiscard]] Result<std::vector<Pair>> read_json(std::string_view body);

/// "NAME: why"; names that are no readable text are left out.
[[nodiscard]] tl::unexpected<Error> fail_parameter(std::string_view name, std::string_view why);

}  // namespace roger::http
