#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "runtime/internal/template_functions.h"
#include "runtime/internal/template_value.h"

namespace mw::runtime {

// Python's string operations on text that remembers its origin. Case changes are for ASCII only.

enum class Side { kLeft, kRight, kBoth };

/// str.strip: white space, or the characters of `wanted` where it is given.
TemplateText strip_text(const TemplateText& text, Side side, const TemplateText* wanted);
TemplateText upper_text(TemplateText text);
TemplateText lower_text(TemplateText text);
/// First letter upper, others lower; of the text, or of each word.
TemplateText capitalised_text(TemplateText text, bool each_word);
/// str.split: at white space, or at `separator`; at most `most` cuts where it is not negative.
Result<std::vector<TemplateValue>> split_text(const TemplateText& text,
                                              const TemplateText* separator, int64_t most,
                                              bool from_right, TemplateBudget& budget);
/// str.replace.
Result<TemplateText> replace_text(const TemplateText& text, const TemplateText& old,
                                  const TemplateText& replacement, TemplateBudget& budget);

}  // namespace mw::runtime
