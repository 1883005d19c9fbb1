# With MW_PRECOMPILE (the sanitizers' preset) the headers that most files include are read once: JSON
# alone takes 2.5 s a file, GoogleTest 2.4. The other builds do without, so that a file that forgot
# an include does not pass: release for the product's files, Clang's for the tests'.
option(MW_PRECOMPILE "precompiled headers" OFF)
set(MW_TEST_COMPILE_OPTIONS -O0
    -fno-sanitize=alignment,null,nonnull-attribute,object-size,returns-nonnull-attribute,vptr)

# mw_reuse_precompiled(<target> <mw_precompiled|mw_precompiled_test>)
function(mw_reuse_precompiled target from)
  if(MW_PRECOMPILE AND MW_DEV)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()

if(MW_PRECOMPILE AND MW_DEV)
  set(headers <algorithm> <array> <atomic> <chrono> <filesystem> <functional> <map> <memory> <mutex>
              <optional> <set> <span> <string> <string_view> <thread> <utility> <variant> <vector>
              <nlohmann/json.hpp>)
  file(WRITE "${CMAKE_BINARY_DIR}/precompiled.cc" "")
  add_library(mw_precompiled STATIC "${CMAKE_BINARY_DIR}/precompiled.cc")
  target_link_libraries(mw_precompiled PRIVATE mw_flags)
  target_precompile_headers(mw_precompiled PRIVATE ${headers})

  # An executable's code is position-independent another way, which a compiler tells apart.
  file(WRITE "${CMAKE_BINARY_DIR}/precompiled_test.cc" "int main() { return 0; }\n")
  add_executable(mw_precompiled_test "${CMAKE_BINARY_DIR}/precompiled_test.cc")
  target_link_libraries(mw_precompiled_test PRIVATE mw_flags GTest::gmock)
  target_compile_options(mw_precompiled_test PRIVATE ${MW_TEST_COMPILE_OPTIONS})
  target_precompile_headers(mw_precompiled_test PRIVATE ${headers} <gmock/gmock.h> <gtest/gtest.h>)
endif()
