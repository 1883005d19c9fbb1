#include "runtime/chat_template.h"

#include <algorithm>
#include <array>

#include "runtime/internal/template_interpreter.h"
#include "runtime/internal/template_parser.h"

namespace mw::runtime {
namespace {

// A role becomes part of the template's own text ("<|" + role + "|>" in some families), so it may
// not be a stranger's choice.
constexpr std::array<std::string_view, 8> kRoles = {"system", "developer", "user",  "assistant",
                                                    "tool",   "function",  "model", "ipython"};

Result<TemplateValue> to_value(const std::vector<ChatMessage>& messages) {
  std::vector<TemplateValue> list;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    if (std::find(kRoles.begin(), kRoles.end(), message.role) == kRoles.end()) {
      const std::string field = "messages[" + std::to_string(i) + "].role";
      return Error::make(Code::kInvalidArgument,
                         field + ": expected system, developer, user, assistant or tool",
                         field + "：应为 system、developer、user、assistant 或 tool", field);
    }
    std::vector<std::pair<std::string, TemplateValue>> members = {
        {"role", TemplateValue::text(message.role, false)},
        {"content", TemplateValue::text(message.content, true)}};
    if (!message.tool_calls.is_null()) {
      MW_ASSIGN(TemplateValue calls, TemplateValue::from_json(message.tool_calls));
      members.emplace_back("tool_calls", std::move(calls));
    }
    MW_ASSIGN(TemplateValue value, TemplateValue::mapping(std::move(members)));
    list.push_back(std::move(value));
  }
  return TemplateValue::list(std::move(list));
}

}  // namespace

ChatTemplate::ChatTemplate(std::string source, std::unique_ptr<TemplateSyntax> syntax,
                           std::string bos_text, std::string eos_text)
    : source_(std::move(source)),
      syntax_(std::move(syntax)),
      bos_text_(std::move(bos_text)),
      eos_text_(std::move(eos_text)) {}

ChatTemplate::~ChatTemplate() = default;

Result<std::shared_ptr<const ChatTemplate>> ChatTemplate::parse(std::string_view jinja_source,
                                                                std::string bos_text,
                                                                std::string eos_text) {
  MW_ASSIGN(std::unique_ptr<TemplateSyntax> syntax, parse_template(jinja_source));
  return std::shared_ptr<const ChatTemplate>(new ChatTemplate(
      std::string(jinja_source), std::move(syntax), std::move(bos_text), std::move(eos_text)));
}

Result<std::vector<TemplatePart>> ChatTemplate::render_parts(
    const std::vector<ChatMessage>& messages, bool add_generation_prompt,
    const Json& variables) const {
  TemplateInterpreter::Scope scope;
  // Hugging Face passes these two as None where the caller gives none.
  scope["tools"] = TemplateValue::none();
  scope["documents"] = TemplateValue::none();
  if (variables.is_object()) {
    for (const auto& [name, json] : variables.items()) {
      MW_ASSIGN(scope[name], TemplateValue::from_json(json));
    }
  }
  MW_ASSIGN(scope["messages"], to_value(messages));
  scope["add_generation_prompt"] = TemplateValue::boolean(add_generation_prompt);
  scope["bos_token"] = TemplateValue::text(bos_text_, false);
  scope["eos_token"] = TemplateValue::text(eos_text_, false);
  MW_ASSIGN(const TemplateText text, TemplateInterpreter(std::move(scope)).run(*syntax_));
  std::vector<TemplatePart> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && text.foreign_at(end) == text.foreign_at(begin)) ++end;
    parts.push_back({text.bytes().substr(begin, end - begin), text.foreign_at(begin)});
    begin = end;
  }
  return parts;
}

Result<std::string> ChatTemplate::render(const std::vector<ChatMessage>& messages,
                                         bool add_generation_prompt, const Json& variables) const {
  MW_ASSIGN(const auto parts, render_parts(messages, add_generation_prompt, variables));
  std::string text;
  for (const TemplatePart& part : parts) text += part.text;
  return text;
}

Result<std::vector<int32_t>> chat_prompt_ids(const ChatTemplate& chat_template,
                                             const tokenizers::Tokenizer& tokenizer,
                                             const std::vector<ChatMessage>& messages,
                                             bool add_generation_prompt, const Json& variables) {
  using tokenizers::Tokenizer;
  MW_ASSIGN(const auto parts,
            chat_template.render_parts(messages, add_generation_prompt, variables));
  std::vector<Tokenizer::Part> marked;
  marked.reserve(parts.size());
  for (const TemplatePart& part : parts) {
    marked.push_back(
        {part.text, part.from_message ? Tokenizer::Special::kAsText : Tokenizer::Special::kParse});
  }
  std::vector<int32_t> ids = tokenizer.encode_parts(marked);
  const auto bos = tokenizer.bos_id();
  if (tokenizer.adds_bos() && bos && (ids.empty() || ids.front() != *bos)) {
    ids.insert(ids.begin(), *bos);
  }
  return ids;
}

}  // namespace mw::runtime
