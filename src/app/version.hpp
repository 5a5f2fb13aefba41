#pragma once
#include <string_view>

namespace roger::app {

inline constexpr std::string_view version = ROGER_VERSION;  ///< from CMakeLists.txt

}  // namespace roger::app
