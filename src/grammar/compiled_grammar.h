#pragma once

// What text a model may write: from a JSON Schema, a regular expression, a grammar or a list of
// choices to a Grammar, which a Matcher walks with a sequence's tokens (matcher.h).
//
// Goals      a feature is enforced or refused at compile time, naming its place; whatever the
//            grammar allows so far can be completed; hostile input costs at most a bounded time.
// Non-goals  semantics beyond the text (uniqueness of composite items is refused, not checked).

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"

namespace mw::grammar {

enum class SchemaDraft { k7, k2020 };

struct SchemaOptions {
  SchemaDraft draft = SchemaDraft::k2020;  // where the document names none in $schema
  /// `format` is held to (unknown formats are refused). Off: an annotation without effect, which
  /// is the default reading of the standard.
  bool assert_formats = true;
};

struct GrammarState;  // internal/grammar_state.h

/// A compiled grammar with the states that texts have reached so far. Shared by the sequences that
/// use it; grows with use, within a limit.
class Grammar {
 public:
  explicit Grammar(std::unique_ptr<GrammarState> state);
  ~Grammar();
  Grammar(const Grammar&) = delete;
  Grammar& operator=(const Grammar&) = delete;

  GrammarState& state() { return *state_; }
  /// Expressions that it holds; whoever keeps grammars drops those that have grown large.
  std::size_t size() const;

 private:
  std::unique_ptr<GrammarState> state_;
};

using GrammarPtr = std::shared_ptr<Grammar>;

// Errors of all: kInvalidArgument (not well formed), kUnsupported (a feature that is not enforced,
// nothing can match, or too costly). `param` names the place: a JSON pointer, a rule, "regex".
Result<GrammarPtr> compile_schema(const Json& schema, const SchemaOptions& options = {});
/// The whole text matches.
Result<GrammarPtr> compile_regex(std::string_view pattern);
/// Rules in Lark's or in llama.cpp's (GBNF) notation; see docs/guide/structured_output.md.
Result<GrammarPtr> compile_lark(std::string_view text);
Result<GrammarPtr> compile_choice(const std::vector<std::string>& choices);
/// Any JSON object.
Result<GrammarPtr> compile_json_object();

/// A function that a model may call: its arguments are an object that fulfils the schema.
struct ToolForm {
  std::string name;
  Json parameters = nullptr;  // null: no arguments
};

/// Text with calls, as Hermes and Qwen write them:
///   <tool_call>\n{"name": "NAME", "arguments": {...}}\n</tool_call>
/// `required`: nothing but calls, at least one; else text that may end with calls. `several`: more
/// than one, with a line break between them. Errors name the tool: param is "INDEX POINTER".
Result<GrammarPtr> compile_tool_calls(const std::vector<ToolForm>& tools, bool required,
                                      bool several);
inline constexpr std::string_view kToolCallOpen = "<tool_call>";
inline constexpr std::string_view kToolCallClose = "</tool_call>";

}  // namespace mw::grammar
