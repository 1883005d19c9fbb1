#pragma once

#include <span>
#include <string_view>

namespace mw::runtime {

/// Asks for a few sentences in a language; the answer must be in its script and not loop.
struct LanguageCase {
  std::string_view language;  // "en", "zh"
  std::string_view prompt;
};
std::span<const LanguageCase> language_cases();

/// A fact to repeat; the answer must hold `expected` letter by letter.
struct CopyCase {
  std::string_view prompt;
  std::string_view expected;
};
std::span<const CopyCase> copy_cases();

/// A question and the tool that answers it, among the names of tool_names().
struct ToolCase {
  std::string_view question;
  std::string_view tool;
};
struct ToolName {
  std::string_view name;
  std::string_view description;
};
std::span<const ToolCase> tool_cases();
std::span<const ToolName> tool_names();

/// An instruction to answer in one exact form.
struct GrammarCase {
  std::string_view prompt;
  std::string_view allowed;  // alternatives, separated by '|'
};
std::span<const GrammarCase> grammar_cases();

}  // namespace mw::runtime
