# Flags that every target of ours takes, on one interface library.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(MW_CCACHE ccache)
if(MW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${MW_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${MW_CCACHE}")
endif()

find_package(Threads REQUIRED)
add_library(mw_flags INTERFACE)
target_include_directories(mw_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_link_libraries(mw_flags INTERFACE Threads::Threads)
# Designated initialisers leave members at their declared defaults: not worth a warning.
# -ffp-contract=off: a*b+c is fused only where we write fma, so that every ISA gives the same bits.
target_compile_options(mw_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers
                                          -ffp-contract=off
                                          -fno-math-errno -fno-omit-frame-pointer)
if(MW_DEV)
  target_compile_options(mw_flags INTERFACE -Werror)
endif()
if(MW_SANITIZE)
  add_compile_options(-fsanitize=${MW_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MW_SANITIZE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 takes the payload of an empty std::optional for read (GCC bug 80635) and short string
  # copies for overlapping ones (GCC bug 105651).
  target_compile_options(mw_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
  if(MW_SANITIZE)
    # ... and finds more of the kind in its own headers when sanitizers reshape the code.
    target_compile_options(mw_flags INTERFACE -Wno-stringop-overflow -Wno-array-bounds)
  endif()
  if(MW_SANITIZE MATCHES "thread")
    # Boost.Asio has a fence that the thread sanitizer does not follow; its handlers go through locks too.
    target_compile_options(mw_flags INTERFACE -Wno-tsan)
  endif()
endif()
