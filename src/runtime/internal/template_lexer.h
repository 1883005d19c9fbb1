#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::runtime {

enum class TemplateTokenKind {
  kData,        // text between tags, white-space control applied
  kPrintBegin,  // {{
  kPrintEnd,    // }}
  kBlockBegin,  // {%
  kBlockEnd,    // %}
  kName,
  kString,  // text with escapes resolved
  kInteger,
  kFloat,
  kOperator,
  kEnd,
};

struct TemplateToken {
  TemplateTokenKind kind = TemplateTokenKind::kEnd;
  std::string text;
  int line = 1;
};

/// Cuts a template into tokens, with trim_blocks and lstrip_blocks on and one newline at the end of
/// the source dropped, as Hugging Face sets Jinja up. The last token is kEnd.
Result<std::vector<TemplateToken>> lex_template(std::string_view source);

/// An error with the line in front: "chat template, line 3: ...".
Error template_error(Code code, int line, const std::string& problem);

}  // namespace mw::runtime
