# Copies the project beside this file, puts TEXT at the end of FILE, builds, and wants the build to end as EXPECT says:
# with the words of a regular expression in its output, or well when EXPECT is empty.
# cmake -DCASE=… -DFILE=src/… -DTEXT=… -DEXPECT=… -DBINARY=… -DCOMPILER=… -DCOMPILER_FACTS=… -DROGER_CMAKE=… -P check_case.cmake
cmake_policy(VERSION 3.25)
set(work "${BINARY}/${CASE}")
file(REMOVE_RECURSE "${work}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/project/" DESTINATION "${work}/source")
if(FILE)
  if(NOT EXISTS "${work}/source/${FILE}")
    message(FATAL_ERROR "the project has no ${FILE}")
  endif()
  string(REPLACE "\\n" "\n" TEXT "${TEXT}")
  string(REPLACE "@" ";" TEXT "${TEXT}")  # a semicolon would be the end of an argument on its way here
  if(FILE MATCHES "CMakeLists.txt$")
    file(WRITE "${work}/source/${FILE}" "${TEXT}\n")
  else()
    file(APPEND "${work}/source/${FILE}" "${TEXT}\n")
  endif()
endif()

# What CMake found out about the compiler is taken over from the build that this test belongs to.
file(COPY "${COMPILER_FACTS}" DESTINATION "${work}/build/CMakeFiles")
execute_process(
  COMMAND ${CMAKE_COMMAND} -G Ninja -S "${work}/source" -B "${work}/build" "-DCMAKE_CXX_COMPILER=${COMPILER}"
          "-DROGER_CMAKE=${ROGER_CMAKE}"
  OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE failed)
if(NOT failed)
  execute_process(COMMAND ${CMAKE_COMMAND} --build "${work}/build" -j 1 OUTPUT_VARIABLE said ERROR_VARIABLE said
                  RESULT_VARIABLE failed)
  # A second build must not find the broken archive fresh and pass.
  if(failed)
    execute_process(COMMAND ${CMAKE_COMMAND} --build "${work}/build" -j 1 OUTPUT_QUIET ERROR_QUIET RESULT_VARIABLE again)
    if(NOT again)
      message(FATAL_ERROR "the build failed, as it should, but passed when it was repeated:\n${said}")
    endif()
  endif()
endif()
string(REGEX REPLACE "[ \n]+" " " said "${said}")  # CMake wraps its messages

if(EXPECT STREQUAL "")
  if(failed)
    message(FATAL_ERROR "the build should have passed:\n${said}")
  endif()
elseif(NOT failed)
  message(FATAL_ERROR "the build passed, but should have failed with: ${EXPECT}")
elseif(NOT said MATCHES "${EXPECT}")
  message(FATAL_ERROR "the build failed without saying: ${EXPECT}\n${said}")
endif()
file(REMOVE_RECURSE "${work}")
