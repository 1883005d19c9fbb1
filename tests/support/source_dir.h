#pragma once

#include <string>
#include <string_view>

namespace mw::testing_support {

/// The root of the checkout that the tests were built from, for the files they read. A function
/// and no macro, so that a compiler cache shares the tests' objects between checkouts.
std::string source_dir();

/// `relative` under it: source_path("tests/golden/tokenizers/texts.json").
std::string source_path(std::string_view relative);

}  // namespace mw::testing_support
