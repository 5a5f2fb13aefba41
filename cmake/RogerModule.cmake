# roger_module(NAME [PURE] SOURCES … [DEPENDS room …] [USES library …] [TESTS …])
#
# One room of the house: a static library roger_NAME. DEPENDS is the whole list of rooms it may include from, USES the
# whole list of third-party libraries; `fmt` and `tl::expected` are everybody's. The build stops at an #include of
# anything else. A PURE room may neither reach a clock, random device, socket, file or thread (checked in its objects),
# nor depend on a room that does. TESTS become NAME_test.
include_guard()
find_program(ROGER_NM NAMES llvm-nm-19 llvm-nm nm REQUIRED)
set(ROGER_SOURCE_PATTERNS "*.?pp" "*.h" "*.hh" "*.c" "*.cc" "*.cxx" "*.inc" "*.inl")
set(ROGER_MODULE_DIR "${CMAKE_CURRENT_LIST_DIR}")
# What these libraries are for is an effect.
set(ROGER_LIBRARIES_WITH_EFFECTS boost curl libre sqlite spdlog prometheus threads cli11)
define_property(GLOBAL PROPERTY ROGER_PURE_ROOMS BRIEF_DOCS "pure rooms" FULL_DOCS "rooms without effects")

function(roger_module name)
  cmake_parse_arguments(M "PURE" "" "SOURCES;DEPENDS;USES;TESTS" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "roger_module(${name}): unknown words: ${M_UNPARSED_ARGUMENTS}")
  endif()

  foreach(room IN LISTS M_DEPENDS)
    if(NOT TARGET roger_${room})
      message(FATAL_ERROR "roger_module(${name}): no room '${room}' below this one (see ROGER_FLOORS)")
    endif()
    get_property(pure_rooms GLOBAL PROPERTY ROGER_PURE_ROOMS)
    if(M_PURE AND NOT room IN_LIST pure_rooms)
      message(FATAL_ERROR "roger_module(${name}): a pure room may not depend on '${room}', which has effects")
    endif()
  endforeach()
  foreach(library IN LISTS M_USES)
    if(M_PURE AND library IN_LIST ROGER_LIBRARIES_WITH_EFFECTS)
      message(FATAL_ERROR "roger_module(${name}): a pure room may not use '${library}', which is made of effects")
    endif()
  endforeach()
  foreach(source IN LISTS M_SOURCES)
    if(source MATCHES "_test\\.")  # the checks are milder for tests, so none may slip into the room itself
      message(FATAL_ERROR "roger_module(${name}): ${source} is a test: name it under TESTS")
    endif()
  endforeach()
  if(M_PURE)
    set_property(GLOBAL APPEND PROPERTY ROGER_PURE_ROOMS ${name})
  endif()

  set(libraries "")
  foreach(library IN LISTS M_USES)
    list(APPEND libraries roger::${library})
  endforeach()
  set(rooms "")
  foreach(room IN LISTS M_DEPENDS)
    list(APPEND rooms roger_${room})
  endforeach()

  add_library(roger_${name} STATIC ${M_SOURCES})
  target_link_libraries(roger_${name} PUBLIC roger_flags tl::expected fmt::fmt ${rooms} ${libraries})
  if(TARGET roger_pch)
    target_precompile_headers(roger_${name} REUSE_FROM roger_pch)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      target_compile_options(roger_${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
  endif()

  # The stamps make the checks part of every build and rerun them only when a file of the room changed.
  list(TRANSFORM ROGER_SOURCE_PATTERNS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/" OUTPUT_VARIABLE patterns)
  file(GLOB_RECURSE room_files CONFIGURE_DEPENDS ${patterns})
  set(include_stamp "${CMAKE_CURRENT_BINARY_DIR}/${name}.includes")
  add_custom_command(
    OUTPUT "${include_stamp}"
    COMMAND ${CMAKE_COMMAND} "-DROOM=${name}" "-DSRC=${PROJECT_SOURCE_DIR}/src" "-DDEPENDS=${M_DEPENDS}" "-DUSES=${M_USES}"
            "-DPURE=${M_PURE}" -P "${ROGER_MODULE_DIR}/check_room.cmake"
    COMMAND ${CMAKE_COMMAND} -E touch "${include_stamp}"
    DEPENDS ${room_files} "${ROGER_MODULE_DIR}/check_room.cmake"
    COMMENT "Checking the arrows of ${name}"
    VERBATIM)
  add_custom_target(roger_${name}_includes DEPENDS "${include_stamp}")
  add_dependencies(roger_${name} roger_${name}_includes)

  if(M_PURE)
    # After linking the archive, so that an effect breaks the build itself and not a test run later.
    add_custom_command(
      TARGET roger_${name} POST_BUILD
      COMMAND ${CMAKE_COMMAND} "-DROOM=${name}" "-DNM=${ROGER_NM}" "-DARCHIVE=$<TARGET_FILE:roger_${name}>" -P
              "${ROGER_MODULE_DIR}/check_pure.cmake"
      VERBATIM)
  endif()

  if(ROGER_TESTS AND M_TESTS)
    roger_test(${name}_test SOURCES ${M_TESTS} ROOMS ${name})
  endif()
endfunction()

# roger_test(NAME SOURCES … ROOMS … [USES …]): one GoogleTest binary, each TEST a test of ctest.
function(roger_test name)
  cmake_parse_arguments(T "" "" "SOURCES;ROOMS;USES" ${ARGN})
  set(links "")
  foreach(room IN LISTS T_ROOMS)
    list(APPEND links roger_${room})
  endforeach()
  foreach(library IN LISTS T_USES)
    list(APPEND links roger::${library})
  endforeach()
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${links} rapidcheck rapidcheck_gtest GTest::gtest_main GTest::gmock)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_precompile_headers(${name} REUSE_FROM roger_pch)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
