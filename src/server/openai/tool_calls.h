#pragma once

// Tools: what a request says about them, how a model that has no words for them of its own is told,
// and how its calls are read out of its text. Calls are held to their schemas by the grammar
// (compile_tool_calls), so what is read here is whole by construction unless a limit cut it.

#include <optional>
#include <string>
#include <vector>

#include "grammar/compiled_grammar.h"
#include "grammar/grammar_cache.h"
#include "server/openai/field_reader.h"

namespace mw::server::openai {

struct Tool {
  std::string name;
  Json description;  // as given: name, description and parameters
  Json parameters = nullptr;
  std::string field;           // that the parameters stand in, for errors
  std::optional<bool> strict;  // as given; here the parameters are held to either way
};

struct ToolUse {
  enum class Choice { kNone, kAuto, kRequired };
  std::vector<Tool> tools;  // those that may be called
  std::vector<Tool> all;    // those that were sent; nothing when none may be called
  Choice choice = Choice::kAuto;
  bool parallel = true;

  bool active() const { return !tools.empty() && choice != Choice::kNone; }
};

/// tools, tool_choice (none, auto, required, a function, allowed_tools), parallel_tool_calls, of
/// chat completions and of responses, which put a function's members beside the type. Errors:
/// kInvalidArgument, kUnsupported (custom and hosted tools), by name.
Result<ToolUse> read_tools(FieldReader& fields, std::vector<std::string>& without_effect);
/// functions and function_call, which chat completions had before.
Result<void> refuse_old_functions(FieldReader& fields, std::vector<std::string>& without_effect);

/// What answers may be; nothing without tools. Errors name where the parameters stand.
Result<grammar::GrammarPtr> compile_tool_use(const ToolUse& use, grammar::GrammarCache& cache);

/// A call as assistant turns of a conversation carry it. Errors: kInvalidArgument.
struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // JSON text
};
Result<std::vector<ToolCall>> read_tool_calls(const Json& calls, const std::string& path);
/// The name and arguments in one object.
Result<ToolCall> read_tool_call(FieldReader& call);
/// The call as the model writes it.
std::string call_text(const ToolCall& call);
/// What a model is told whose template knows no tools.
std::string tool_instructions(const ToolUse& use);

/// Cuts the text of an answer into what is said and what is called.
class ToolCallReader {
 public:
  struct Event {
    enum class Kind { kText, kCall, kArguments };
    Kind kind = Kind::kText;
    std::string text;  // said; the name of what is called; a further part of its arguments
  };
  std::vector<Event> push(std::string_view text);
  /// At the end: text that looked as if a call might begin.
  std::vector<Event> finish();
  int calls() const { return calls_; }

 private:
  enum class State { kText, kHead, kArguments, kTail };
  bool step(std::vector<Event>& out);

  State state_ = State::kText;
  std::string held_;
  int calls_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace mw::server::openai
