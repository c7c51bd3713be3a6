# Compiler flags that every target shares.
find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers need the sloppiness; without the hash of the folder several build folders share what they made.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-missing-designated-field-initializers)
  # Inside GCC 12's own std::stable_sort; what Joust itself calls, GCC would tell.
  add_compile_options(-Wno-deprecated-declarations)
else()
  add_compile_options(-Wno-missing-field-initializers)
  # Files compiled as one (CMAKE_UNITY_BUILD) are included ones to GCC, their anonymous namespaces those of headers.
  add_compile_options(-Wno-subobject-linkage)
  # GCC 12 sees these in its own inlined std::string and std::optional (GCC bugs 105329, 105651, 80635).
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized)
endif()
if(JOUST_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-g1)
endif()
if(JOUST_SANITIZE)
  add_compile_options(-fsanitize=${JOUST_SANITIZE} -fno-omit-frame-pointer)
  # Checks of addresses make -O1 slow to compile. The fuzzers want the speed all the same.
  if(NOT JOUST_FUZZ)
    add_compile_options(-O0)
  else()
    add_compile_options(-O1)
  endif()
  add_link_options(-fsanitize=${JOUST_SANITIZE})
  if(JOUST_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
if(JOUST_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# Reproducible binaries: no path of the building machine inside.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
