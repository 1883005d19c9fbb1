#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::tokenizers {

/// Reads large JSON a level at a time, without a tree of it: a tokenizer.json holds objects of
/// 262,144 members, which core/json.h refuses. Values are handed on as their text.
///
/// Limits  nesting of 64 levels.
/// Errors  kCorrupt, naming the byte.

/// Calls `use` for each member of the object that `text` is, in order; stops at the first error.
Result<void> for_each_member(
    std::string_view text,
    const std::function<Result<void>(std::string key, std::string_view value)>& use);

/// The same for the elements of an array.
Result<void> for_each_element(std::string_view text,
                              const std::function<Result<void>(std::string_view value)>& use);

/// The value of a JSON string: escapes decoded, valid UTF-8.
Result<std::string> json_text_of(std::string_view value);
Result<int64_t> json_integer_of(std::string_view value);
Result<double> json_number_of(std::string_view value);

}  // namespace mw::tokenizers
