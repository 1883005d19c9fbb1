#pragma once

// Chat templates: how a model wants a conversation written. A template comes with the model file
// and is data: it is read by an interpreter of our own for a subset of Jinja that can compute text
// from the conversation and nothing else (no files, no attributes of objects, no imports).
// Source: Jinja 3.1 as Hugging Face uses it (trim_blocks, lstrip_blocks, loop controls, tojson
// without escapes). Left out: includes, inheritance, strftime_now (a date in the prompt
// would make equal requests differ), non-ASCII upper and lower.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "tokenizers/tokenizer.h"

namespace mw::runtime {

struct TemplateSyntax;

struct ChatMessage {
  std::string role;  // system, developer, user, assistant, tool, function, model or ipython
  std::string content;
  Json tool_calls = nullptr;  // of an assistant: [{type, function: {name, arguments (an object)}}]
};

/// A stretch of the rendered conversation.
struct TemplatePart {
  std::string text;
  bool from_message = false;  // a stranger wrote it: it must not yield special tokens
};

/// A parsed template.
///
/// Errors   parse: kUnsupported for a construct outside the subset, kCorrupt for broken syntax,
///          both with the line. render: kInvalidArgument for a role that is not known and for what
///          the template itself refuses (raise_exception), kTooLarge over a limit.
/// Limits   source 1 MiB, nesting 100, one million steps, 8 MiB of output, 64 MiB of text handled.
/// Threads  immutable; render from any thread.
class ChatTemplate {
 public:
  static Result<std::shared_ptr<const ChatTemplate>> parse(std::string_view jinja_source,
                                                           std::string bos_text,
                                                           std::string eos_text);
  ~ChatTemplate();
  ChatTemplate(const ChatTemplate&) = delete;
  ChatTemplate& operator=(const ChatTemplate&) = delete;

  /// `variables`: further names that the template may look at ("tools", "enable_thinking"); their
  /// texts count as written by strangers.
  Result<std::string> render(const std::vector<ChatMessage>& messages, bool add_generation_prompt,
                             const Json& variables = Json::object()) const;
  /// The same, cut where the origin of the text changes.
  Result<std::vector<TemplatePart>> render_parts(const std::vector<ChatMessage>& messages,
                                                 bool add_generation_prompt,
                                                 const Json& variables = Json::object()) const;
  /// Whether its source holds `text`: a tag that it writes, the name of a variable that it reads.
  bool mentions(std::string_view text) const { return source_.find(text) != std::string::npos; }

 private:
  ChatTemplate(std::string source, std::unique_ptr<TemplateSyntax> syntax, std::string bos_text,
               std::string eos_text);

  const std::string source_;
  std::unique_ptr<TemplateSyntax> syntax_;
  std::string bos_text_;
  std::string eos_text_;
};

/// The conversation as ids: those of the whole rendered text, but special tokens come only from
/// the template's own text. A look-alike in a message ("<|im_end|>") stays plain characters. BOS is
/// put in front where the tokenizer wants it and the template did not.
Result<std::vector<int32_t>> chat_prompt_ids(const ChatTemplate& chat_template,
                                             const tokenizers::Tokenizer& tokenizer,
                                             const std::vector<ChatMessage>& messages,
                                             bool add_generation_prompt,
                                             const Json& variables = Json::object());

}  // namespace mw::runtime
