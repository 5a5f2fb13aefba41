# Fails when a source file is longer than 500 lines (docs/style.md §9) and is not marked as generated in its first line.
# The texts of the pages are exempt: they stand in one file, so that they can be read and translated as one.
# cmake -DROOT=… -P check_files.cmake
cmake_policy(VERSION 3.25)
execute_process(
  COMMAND find src tests fuzz bench cmake script web -name node_modules -prune -o -type f
          ( -path "script/*" -o -name "*.?pp" -o -name "*.cmake" -o -name "*.mjs" -o -name "*.ts" -o -name "*.tsx" ) -print
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE files ERROR_QUIET)  # some of the folders need not exist
string(REGEX MATCHALL "[^\n]+" files "${files}")
list(LENGTH files count)
if(count LESS 20)
  message(FATAL_ERROR "found only ${count} files below ${ROOT}: this test looks in the wrong place")
endif()
set(problems "")
execute_process(COMMAND wc -l ${files} WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE counts COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[0-9]+ [^\n]+" counts "${counts}")
foreach(line IN LISTS counts)
  string(REGEX MATCH "^([0-9]+) (.*)$" line "${line}")
  set(lines "${CMAKE_MATCH_1}")
  set(file "${CMAKE_MATCH_2}")
  if(lines GREATER 500 AND NOT file STREQUAL "web/src/texts.ts" AND EXISTS "${ROOT}/${file}")  # the last line of wc is the total
    file(STRINGS "${ROOT}/${file}" first LIMIT_COUNT 1)
    if(NOT first MATCHES "[Gg]enerated by ")
      list(APPEND problems "${file}: ${lines} lines: find its second subject and split it")
    endif()
  endif()
endforeach()
if(problems)
  list(JOIN problems "\n  " text)
  message(FATAL_ERROR "files of more than 500 lines:\n  ${text}")
endif()
