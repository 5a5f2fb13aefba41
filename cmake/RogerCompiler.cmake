# Flags of our own targets, ccache and the shared precompiled header.
find_program(ROGER_CCACHE ccache)
if(ROGER_CCACHE)
  # Without the sloppiness every file that sees the precompiled header would miss the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${ROGER_CCACHE})
endif()

add_library(roger_flags INTERFACE)
target_include_directories(roger_flags INTERFACE "${PROJECT_SOURCE_DIR}/src")
# Designated initialisers name what matters here; the other members have their defaults.
target_compile_options(roger_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror
                                             -Wno-missing-designated-field-initializers)

set(ROGER_PCH_FILE "${PROJECT_SOURCE_DIR}/cmake/pch.hpp")
add_library(roger_pch OBJECT "${PROJECT_SOURCE_DIR}/cmake/pch.cpp")
target_link_libraries(roger_pch PUBLIC roger_flags tl::expected fmt::fmt)
target_precompile_headers(roger_pch PUBLIC "${ROGER_PCH_FILE}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(roger_pch PUBLIC "SHELL:-Xclang -fno-pch-timestamp")
endif()
