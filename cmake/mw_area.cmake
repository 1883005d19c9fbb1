# mw_add_area(<area> SOURCES ... [TESTS ...] [SLOW_TESTS ...] [GOLDEN_TESTS ...] [LINK ...]
#             [TEST_LINK ...])
#   one static library mw_<area> (alias mw::<area>); one test program mw_<area>_test (label unit), and
#   mw_<area>_slow_test, mw_<area>_golden_test (labels slow, golden) where there are such tests.
#   Sources are listed by hand.
function(mw_add_area area)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;SLOW_TESTS;GOLDEN_TESTS;LINK;TEST_LINK" ${ARGN})
  add_library(mw_${area} STATIC ${ARG_SOURCES})
  add_library(mw::${area} ALIAS mw_${area})
  target_link_libraries(mw_${area} PUBLIC mw_flags ${ARG_LINK})
  mw_reuse_precompiled(mw_${area} mw_precompiled)
  mw_unity(mw_${area})
  if(NOT MW_DEV)
    return()
  endif()
  foreach(kind unit slow golden)
    if(kind STREQUAL "unit")
      set(files ${ARG_TESTS})
      set(program mw_${area}_test)
    elseif(kind STREQUAL "slow")
      set(files ${ARG_SLOW_TESTS})
      set(program mw_${area}_slow_test)
    else()
      set(files ${ARG_GOLDEN_TESTS})
      set(program mw_${area}_golden_test)
    endif()
    if(files)
      mw_add_test_program(${program} ${area}.${kind} LABEL ${kind} SOURCES ${files}
                          LINK mw_${area} ${ARG_TEST_LINK})
    endif()
  endforeach()
endfunction()

# mw_add_test_program(<program> <test name> LABEL <label> [TIMEOUT <s>] SOURCES ... LINK ...)
#   a GoogleTest program that CTest runs. What the sanitizers cost is in the tests' own code, not in
#   what they test: GCC takes 23 s for alarms_test.cc with all checks of undefined behaviour and 14 s
#   without those of each pointer, which address sanitizer's own trap on a bad address makes up for,
#   and 8 s not optimised, with precompiled headers. The product's code keeps them all.
function(mw_add_test_program program test)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  add_executable(${program} ${ARG_SOURCES})
  if(MW_SANITIZE MATCHES "undefined")
    target_compile_options(${program} PRIVATE ${MW_TEST_COMPILE_OPTIONS})
  endif()
  mw_reuse_precompiled(${program} mw_precompiled_test)
  mw_unity(${program})
  if(NOT DEFINED ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  add_test(NAME ${test} COMMAND ${program})
  set_tests_properties(${test} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  target_include_directories(${program} PRIVATE "${CMAKE_SOURCE_DIR}")  # tests/support
  target_link_libraries(${program} PRIVATE ${ARG_LINK} mw_source_dir GTest::gmock GTest::gtest_main)
endfunction()

# mw_isa_sources(<scalar|avx2|avxvnni|avx512|amx> files...): only these files get instruction-set flags,
# and are optimised as far as the compiler can.
function(mw_isa_sources isa)
  if(isa STREQUAL "scalar")
    set(flags -O3)
  elseif(isa STREQUAL "avx2")
    set(flags -O3 -mavx2 -mfma -mf16c)
  elseif(isa STREQUAL "avx512")
    set(flags -O3 -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mprefer-vector-width=512)
  elseif(isa STREQUAL "avxvnni")
    set(flags -O3 -mavx2 -mfma -mf16c -mavxvnni)
  elseif(isa STREQUAL "amx")
    set(flags -O3 -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mamx-tile -mamx-int8 -mprefer-vector-width=512)
  else()
    message(FATAL_ERROR "mw_isa_sources: expected scalar, avx2, avxvnni, avx512 or amx, got '${isa}'")
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT isa STREQUAL "scalar")
    # GCC 12's own intrinsics headers set off both (GCC bug 105593).
    list(APPEND flags -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "${flags}" SKIP_PRECOMPILE_HEADERS ON)
endfunction()

include(mw_precompiled)
include(mw_unity)

# Where tests find the checkout's files: the one object that differs between two checkouts, so that
# a compiler cache shares all others.
if(MW_DEV)
  add_library(mw_source_dir STATIC "${CMAKE_SOURCE_DIR}/tests/support/source_dir.cc")
  target_include_directories(mw_source_dir PUBLIC "${CMAKE_SOURCE_DIR}")
  target_compile_definitions(mw_source_dir PRIVATE MW_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(mw_source_dir PRIVATE mw_flags)
endif()
