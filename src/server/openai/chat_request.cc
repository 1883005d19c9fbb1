#include "server/openai/chat_request.h"

#include <algorithm>
#include <array>

namespace mw::server::openai {
namespace {

constexpr std::size_t kMaxMessages = 4096;
constexpr std::size_t kAnyBytes = SIZE_MAX;  // the body's own limit bounds it

Result<std::string> read_parts(FieldReader& message, const Json& parts, GenerationFields& out) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string name = "content[" + std::to_string(i) + "]";
    if (!parts[i].is_object()) {
      return message.wrong(name, "an object with type and text", "含 type 和 text 的对象",
                           parts[i]);
    }
    FieldReader part(parts[i], message.full_name(name) + ".");
    MW_ASSIGN(const auto type, part.text("type", 64));
    const bool refusal = type == "refusal";
    if (type != "text" && !refusal) {
      for (const char* known : {"image_url", "input_audio", "file"}) {
        if (type == known) {
          return part.unsupported("type", "this model reads text only", "该模型只能读取文本");
        }
      }
      return part.wrong("type", "\"text\"", "“text”", parts[i].value("type", Json()));
    }
    MW_ASSIGN(const auto value, part.text(refusal ? "refusal" : "text", kAnyBytes));
    if (!value.has_value()) {
      return part.wrong(refusal ? "refusal" : "text", "a string", "字符串", Json());
    }
    // Parts are blocks of their own; without a break the last word of one runs into the next.
    if (i > 0 && !text.empty()) text += '\n';
    text += *value;
    note_unknown(part, out);
  }
  return text;
}

Result<ChatTurn> read_message(const Json& value, std::size_t index, GenerationFields& out) {
  const std::string path = "messages[" + std::to_string(index) + "]";
  if (!value.is_object()) {
    return Error::make(Code::kInvalidArgument,
                       "'" + path + "': expected an object, got " + describe(value),
                       "“" + path + "”应为对象", path);
  }
  FieldReader message(value, path + ".");
  MW_ASSIGN(const auto role, message.text("role", 64));
  static constexpr std::array kRoles = {"developer", "system", "user", "assistant", "tool"};
  if (!role.has_value() || std::find(kRoles.begin(), kRoles.end(), *role) == kRoles.end()) {
    if (role == "function") {
      return message.unsupported("role", "has been replaced: send \"tool\"",
                                 "已被取代：请使用 tool");
    }
    return message.wrong("role", "\"system\", \"developer\", \"user\", \"assistant\" or \"tool\"",
                         " system、developer、user、assistant 或 tool",
                         value.value("role", Json()));
  }
  ChatTurn turn;
  turn.role = *role == "developer" ? "system" : *role;
  const Json* calls = message.take("tool_calls");
  if (calls != nullptr) {
    if (turn.role != "assistant") {
      return message.wrong("tool_calls", "nothing but in a turn of the assistant",
                           "空（仅助手消息可用）", *calls);
    }
    MW_ASSIGN(turn.calls, read_tool_calls(*calls, message.full_name("tool_calls")));
  }
  for (const char* name : {"function_call", "audio"}) {
    if (message.take(name) != nullptr) {
      return message.unsupported(name, "is not supported", "不支持");
    }
  }
  // Replayed answers carry these; they add nothing to what the model reads.
  for (const char* name :
       {"name", "refusal", "annotations", "tool_call_id", "reasoning_content", "reasoning"}) {
    if (message.take(name) != nullptr) out.without_effect.push_back(message.full_name(name));
  }
  const Json* content = message.take("content");
  if (content == nullptr) {
    // A replayed assistant turn may have none; anybody else has to say something.
    if (turn.role != "assistant") {
      return message.wrong("content", "a string or an array of text parts", "字符串或文本片段数组",
                           Json());
    }
  } else if (content->is_string()) {
    turn.content = content->get<std::string>();
  } else if (content->is_array()) {
    MW_ASSIGN(turn.content, read_parts(message, *content, out));
  } else {
    return message.wrong("content", "a string or an array of text parts", "字符串或文本片段数组",
                         *content);
  }
  note_unknown(message, out);
  return turn;
}

Result<void> read_messages(FieldReader& fields, ChatRequest& out) {
  const Json* messages = fields.take("messages");
  if (messages == nullptr || !messages->is_array() || messages->empty() ||
      messages->size() > kMaxMessages) {
    return fields.wrong("messages", "an array of 1 to 4096 messages", " 1 到 4096 条消息的数组",
                        messages == nullptr ? Json() : *messages);
  }
  for (std::size_t i = 0; i < messages->size(); ++i) {
    MW_ASSIGN(ChatTurn turn, read_message((*messages)[i], i, out));
    out.messages.push_back(std::move(turn));
  }
  return {};
}

Result<void> read_lengths(FieldReader& fields, ChatRequest& out) {
  MW_ASSIGN(const auto old_name, fields.integer("max_tokens", 1, INT32_MAX));
  MW_ASSIGN(const auto new_name, fields.integer("max_completion_tokens", 1, INT32_MAX));
  if (old_name.has_value() && new_name.has_value() && *old_name != *new_name) {
    return fields.wrong("max_tokens", "one of max_tokens and max_completion_tokens",
                        " max_tokens 与 max_completion_tokens 之一", Json(*old_name));
  }
  out.max_tokens = new_name.has_value() ? new_name : old_name;
  MW_ASSIGN(const auto logprobs, fields.boolean("logprobs"));
  MW_ASSIGN(const auto top, fields.integer("top_logprobs", 0, 20));
  if (top.has_value() && !logprobs.value_or(false)) {
    return fields.wrong("top_logprobs", "nothing unless logprobs is true",
                        "空（仅在 logprobs 为 true 时可用）", Json(*top));
  }
  if (logprobs.value_or(false)) out.top_logprobs = static_cast<int>(top.value_or(0));
  return {};
}

Result<void> check_modalities(FieldReader& fields) {
  if (const Json* modalities = fields.take("modalities")) {
    if (!modalities->is_array()) return fields.wrong("modalities", "an array", "数组", *modalities);
    for (const Json& item : *modalities) {
      if (item != "text") {
        return fields.unsupported("modalities", "this model writes text only",
                                  "该模型只能输出文本");
      }
    }
  }
  return {};
}

}  // namespace

Result<ChatRequest> parse_chat_request(std::string_view body) {
  MW_ASSIGN(const Json object, parse_request_object(body));
  FieldReader fields(object);
  ChatRequest out;
  MW_TRY(read_generation_fields(fields, out));
  MW_TRY(read_messages(fields, out));
  MW_TRY(read_lengths(fields, out));
  MW_ASSIGN(out.tools, read_tools(fields, out.without_effect));
  MW_TRY(refuse_old_functions(fields, out.without_effect));
  MW_ASSIGN(out.form, read_output_form(fields));
  if (out.tools.active() && out.form.kind != OutputForm::Kind::kAnyText) {
    return Error::make(Code::kUnsupported,
                       "'" + out.form.field +
                           "': not together with tools that may be called; send "
                           "tool_choice \"none\" or leave it out",
                       "“" + out.form.field + "”不能与可调用的工具同时使用", out.form.field);
  }
  MW_TRY(check_modalities(fields));
  for (const char* name : {"audio", "web_search_options", "moderation"}) {
    if (fields.take(name) != nullptr) return fields.unsupported(name, "is not supported", "不支持");
  }
  MW_ASSIGN(const auto store, fields.boolean("store"));
  if (store.value_or(false)) {
    return fields.unsupported("store", "answers are not stored", "不保存回答");
  }
  MW_TRY(read_service_tier(fields, out));
  MW_TRY(accept_only(fields, "verbosity", {"medium"}, out));
  MW_TRY(read_reasoning_effort(fields, "reasoning_effort", out));
  // Hints and labels: whatever they say, the answer is the same.
  using Type = Json::value_t;
  MW_TRY(accept_without_effect(fields, "metadata", Type::object, out));
  MW_TRY(accept_without_effect(fields, "prediction", Type::object, out));
  MW_TRY(accept_without_effect(fields, "safety_identifier", Type::string, out));
  MW_TRY(accept_without_effect(fields, "prompt_cache_key", Type::string, out));
  MW_TRY(accept_without_effect(fields, "prompt_cache_options", Type::object, out));
  MW_TRY(accept_without_effect(fields, "prompt_cache_retention", Type::string, out));
  note_unknown(fields, out);
  return out;
}

}  // namespace mw::server::openai
