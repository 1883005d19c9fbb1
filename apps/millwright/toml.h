#pragma once

// toml++ as all of us include it: one set of its options in the whole program.
#define TOML_EXCEPTIONS 0
// Its parser checks itself with assert() (fuzzing: "[" and a line feed before "["), which would end
// a development build on a mistake in a file; without it, that is an error of the file.
#define TOML_ASSERT(expr) static_cast<void>(0)
#include <toml++/toml.h>
