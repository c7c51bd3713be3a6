# Most of a compiler's time here goes into the standard library, fmt and GoogleTest: parsed once, used by all. For the
# same reason the presets that build everything at once compile several files as one (CMAKE_UNITY_BUILD).
# Every header still compiles alone; tools/check_headers.py checks that without these.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/precompiled)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/empty.cpp CONTENT "")
function(joust_precompiled name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/precompiled/empty.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

# Of the program, only what runs once per request is worth the time that -O3 takes; the rest waits for others.
set(joust_cool_options $<$<CONFIG:Release>:-O1>)

# The folders that a folder of src may use, of src/layers.txt, as libraries.
function(joust_layers_of name result)
  file(STRINGS ${CMAKE_SOURCE_DIR}/src/layers.txt row REGEX "^${name}:")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/layers.txt)
  if(NOT row)
    message(FATAL_ERROR "src/layers.txt has no row for ${name}")
  endif()
  string(REGEX REPLACE "^${name}: *" "" folders "${row}")
  string(REPLACE " " ";" folders "${folders}")
  list(TRANSFORM folders PREPEND joust_)
  set(${result} ${folders} PARENT_SCOPE)
endfunction()

# joust_folder(NAME [HOT] [LIBRARIES ...]): one static library for one folder (= layer) of src, with what lies below it.
# HOT: part of what handles a request.
function(joust_folder name)
  cmake_parse_arguments(ARG "HOT" "" "LIBRARIES" ${ARGN})
  joust_layers_of(${name} depends)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/cli/main\\.cpp$")
  if(sources)
    add_library(joust_${name} STATIC ${sources})
    if(ARG_HOT)
      target_precompile_headers(joust_${name} REUSE_FROM joust_precompiled_hot)
      set_target_properties(joust_${name} PROPERTIES UNITY_BUILD OFF)
    else()
      target_precompile_headers(joust_${name} REUSE_FROM joust_precompiled_sources)
      target_compile_options(joust_${name} PRIVATE ${joust_cool_options})
    endif()
    set(scope PUBLIC)
  else()
    add_library(joust_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(joust_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(joust_${name} ${scope} ${depends} ${ARG_LIBRARIES})
endfunction()

# Optimising the tests themselves takes longer than running them does; what they test is optimised.
set(joust_test_options $<$<CONFIG:Release>:-O0>)

# joust_test_binary(NAME GLOB LIBRARIES...): a GoogleTest program out of every file that matches, found by ctest.
function(joust_test_binary name glob)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${glob})
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE JOUST_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARGN} GTest::gtest GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM joust_precompiled_tests)
  target_compile_options(${name} PRIVATE ${joust_test_options})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
