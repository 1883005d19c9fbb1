#include "server/openai/response_request.h"

#include <algorithm>
#include <array>
#include <set>

#include "server/openai/response_shapes.h"

namespace mw::server::openai {
namespace {

constexpr std::size_t kMaxItems = 4096;
constexpr std::size_t kMaxLabels = 16;  // OpenAI's description, as the two after it
constexpr std::size_t kMaxLabelNameBytes = 64;
constexpr std::size_t kMaxLabelBytes = 512;
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::size_t kAnyBytes = SIZE_MAX;  // the body's own limit bounds it

void note_unknown(const FieldReader& fields, GenerationFields& out) {
  for (std::string& name : fields.unknown()) {
    if (out.ignored.size() < 32) out.ignored.push_back(std::move(name));
  }
}

void note_without_effect(FieldReader& item, std::initializer_list<const char*> names,
                         GenerationFields& out) {
  for (const char* name : names) {
    if (item.take(name) != nullptr) out.without_effect.push_back(item.full_name(name));
  }
}

/// The text parts of one message as canonical content. `own` is what its role calls its text.
Result<Json> read_content(FieldReader& item, const std::string& member, const Json& content,
                          const std::string& own, GenerationFields& out) {
  Json parts = Json::array();
  if (content.is_string()) {
    parts.push_back(text_part(own, content.get<std::string>()));
    return parts;
  }
  if (!content.is_array()) {
    return item.wrong(member, "a string or an array of text parts", "字符串或文本片段数组",
                      content);
  }
  for (std::size_t i = 0; i < content.size(); ++i) {
    const std::string name = member + "[" + std::to_string(i) + "]";
    if (!content[i].is_object()) {
      return item.wrong(name, "an object with type and text", "含 type 和 text 的对象", content[i]);
    }
    FieldReader part(content[i], item.full_name(name) + ".");
    MW_ASSIGN(const auto type, part.text("type", 64));
    for (const char* known : {"input_image", "input_file", "input_audio"}) {
      if (type == known) {
        return part.unsupported("type", "this model reads text only", "该模型只能读取文本");
      }
    }
    const bool refusal = type == "refusal";
    if (type != "input_text" && type != "output_text" && type != "text" && !refusal) {
      return part.wrong("type", "\"input_text\" or \"output_text\"", " input_text 或 output_text",
                        content[i].value("type", Json()));
    }
    const char* says = refusal ? "refusal" : "text";
    MW_ASSIGN(const auto text, part.text(says, kAnyBytes));
    if (!text) return part.wrong(says, "a string", "字符串", Json());
    note_without_effect(part, {"annotations", "logprobs", "prompt_cache_breakpoint"}, out);
    parts.push_back(text_part(own, *text));
    note_unknown(part, out);
  }
  return parts;
}

Result<std::string> read_call_id(FieldReader& item) {
  MW_ASSIGN(const auto id, item.text("call_id", kMaxIdBytes));
  if (!id || id->empty()) {
    return item.wrong("call_id", "the id of a call, 1 to 64 bytes", "调用编号（1 到 64 字节）",
                      id ? Json(*id) : Json());
  }
  return *id;
}

/// A call that the model made before.
Result<void> read_call(FieldReader& item, ResponseRequest& out) {
  MW_ASSIGN(const std::string id, read_call_id(item));
  MW_ASSIGN(const ToolCall call, read_tool_call(item));
  note_without_effect(item, {"id", "status", "namespace", "caller"}, out);
  note_unknown(item, out);
  out.input.push_back(call_item({}, id, call.name, call.arguments, "completed"));
  return {};
}

/// What came of a call.
Result<void> read_call_output(FieldReader& item, ResponseRequest& out) {
  MW_ASSIGN(const std::string id, read_call_id(item));
  const Json* output = item.take("output");
  if (output == nullptr) {
    return item.wrong("output", "a string or an array of text parts", "字符串或文本片段数组",
                      Json());
  }
  Json told = *output;
  if (!output->is_string()) {
    MW_ASSIGN(told, read_content(item, "output", *output, "input_text", out));
  }
  note_without_effect(item, {"id", "status", "name", "namespace", "caller"}, out);
  note_unknown(item, out);
  out.input.push_back({{"type", "function_call_output"},
                       {"call_id", id},
                       {"output", std::move(told)},
                       {"status", "completed"}});
  return {};
}

/// One item of `input`; nothing for one that adds nothing to what the model reads.
Result<void> read_item(const Json& value, std::size_t index, ResponseRequest& out) {
  const std::string path = "input[" + std::to_string(index) + "]";
  if (!value.is_object()) {
    return Error::make(Code::kInvalidArgument,
                       "'" + path + "': expected an object, got " + describe(value),
                       "“" + path + "”应为对象", path);
  }
  FieldReader item(value, path + ".");
  MW_ASSIGN(const auto given_type, item.text("type", 64));
  const std::string type = given_type.value_or(value.contains("role") ? "message" : "");
  if (type == "reasoning") {
    out.without_effect.push_back(path);  // a replayed thought: models are not shown their old ones
    return {};
  }
  if (type.empty()) {
    return item.wrong("type", "\"message\"", " message", Json());
  }
  if (type == "function_call") return read_call(item, out);
  if (type == "function_call_output") return read_call_output(item, out);
  if (type != "message") {
    return item.unsupported(
        "type",
        type == "item_reference"
            ? "items are not found by id: send them, or previous_response_id"
            : "only message, reasoning, function_call and function_call_output are supported",
        "仅支持 message、reasoning、function_call 和 function_call_output");
  }
  MW_ASSIGN(const auto role, item.text("role", 64));
  static constexpr std::array kRoles = {"developer", "system", "user", "assistant"};
  if (!role || std::find(kRoles.begin(), kRoles.end(), *role) == kRoles.end()) {
    return item.wrong("role", "\"system\", \"developer\", \"user\" or \"assistant\"",
                      " system、developer、user 或 assistant", value.value("role", Json()));
  }
  note_without_effect(item, {"id", "status", "phase"}, out);
  const Json* content = item.take("content");
  if (content == nullptr) {
    return item.wrong("content", "a string or an array of text parts", "字符串或文本片段数组",
                      Json());
  }
  const bool model = *role == "assistant";
  MW_ASSIGN(Json parts,
            read_content(item, "content", *content, model ? "output_text" : "input_text", out));
  out.input.push_back({{"type", "message"},
                       {"role", *role},
                       {"status", "completed"},
                       {"content", std::move(parts)}});
  note_unknown(item, out);
  return {};
}

Result<void> read_input(FieldReader& fields, ResponseRequest& out) {
  const Json* input = fields.take("input");
  const auto refuse = [&] {
    return fields.wrong("input", "a string or an array of 1 to 4096 items",
                        "字符串，或 1 到 4096 个条目的数组", input == nullptr ? Json() : *input);
  };
  if (input == nullptr) return refuse();
  if (input->is_string()) {
    out.input.push_back(
        {{"type", "message"},
         {"role", "user"},
         {"status", "completed"},
         {"content", Json::array({text_part("input_text", input->get<std::string>())})}});
    return {};
  }
  if (!input->is_array() || input->empty() || input->size() > kMaxItems) return refuse();
  for (std::size_t i = 0; i < input->size(); ++i) MW_TRY(read_item((*input)[i], i, out));
  return {};
}

Result<void> read_metadata(FieldReader& fields, Json& out) {
  const Json* metadata = fields.take("metadata");
  if (metadata == nullptr) return {};
  const auto refuse = [&] {
    return fields.wrong(
        "metadata", "an object of up to 16 strings of 512 bytes under names of 64 bytes",
        "最多 16 个字符串的对象（名称不超过 64 字节，值不超过 512 字节）", *metadata);
  };
  if (!metadata->is_object() || metadata->size() > kMaxLabels) return refuse();
  for (const auto& [name, value] : metadata->items()) {
    if (name.size() > kMaxLabelNameBytes || !value.is_string() ||
        value.get_ref<const std::string&>().size() > kMaxLabelBytes) {
      return refuse();
    }
  }
  out = *metadata;
  return {};
}

// The form of the text. JSON schemas come in here, through the fields that chat has for them.
Result<void> read_text(FieldReader& fields, ResponseRequest& out) {
  const Json* text = fields.take("text");
  if (text == nullptr) return {};
  if (!text->is_object()) return fields.wrong("text", "an object", "对象", *text);
  FieldReader inner(*text, "text.");
  if (const Json* format = inner.take("format")) {
    if (!format->is_object()) return inner.wrong("format", "an object", "对象", *format);
    MW_ASSIGN(out.form, read_text_format(*format, "text.format"));
    out.text_format = *format;
  }
  MW_TRY(accept_only(inner, "verbosity", {"medium"}, out));
  note_unknown(inner, out);
  return {};
}

Result<void> read_reasoning(FieldReader& fields, ResponseRequest& out) {
  const Json* reasoning = fields.take("reasoning");
  if (reasoning == nullptr) return {};
  if (!reasoning->is_object()) return fields.wrong("reasoning", "an object", "对象", *reasoning);
  FieldReader inner(*reasoning, "reasoning.");
  MW_TRY(read_reasoning_effort(inner, "effort", out));
  // The whole of the reasoning is given: there is no shorter form of it.
  MW_TRY(accept_only(inner, "summary", {"auto"}, out));
  MW_TRY(accept_only(inner, "generate_summary", {"auto"}, out));
  MW_TRY(accept_only(inner, "context", {"auto", "current_turn"}, out));
  MW_TRY(accept_only(inner, "mode", {"standard"}, out));
  note_unknown(inner, out);
  return {};
}

Result<void> read_include(FieldReader& fields, ResponseRequest& out) {
  MW_ASSIGN(const auto top, fields.integer("top_logprobs", 0, 20));
  if (top) out.top_logprobs = static_cast<int>(*top);
  const Json* include = fields.take("include");
  if (include == nullptr) return {};
  if (!include->is_array()) {
    return fields.wrong("include", "an array of strings", "字符串数组", *include);
  }
  for (const Json& each : *include) {
    if (!each.is_string()) return fields.wrong("include", "strings", "字符串", each);
    if (each == "message.output_text.logprobs") {
      out.top_logprobs = std::max(out.top_logprobs, 0);
    } else if (each == "reasoning.encrypted_content") {
      return fields.unsupported("include", "reasoning is given in plain text, never encrypted",
                                "推理内容以明文给出，不支持加密");
    } else {
      // Results of tools and images, of which there are none here.
      out.without_effect.emplace_back("include");
    }
  }
  return {};
}

/// The choice as the response tells it again: what was sent, in OpenAI's own spelling.
Json told_choice(const ToolUse& tools, const Json& sent) {
  if (!sent.is_object()) return sent;
  Json names = Json::array();
  for (const Tool& tool : tools.tools) {
    names.push_back({{"type", "function"}, {"name", tool.name}});
  }
  if (sent["type"] == "function") return names.front();
  const bool required = tools.choice == ToolUse::Choice::kRequired;
  return {{"type", "allowed_tools"}, {"mode", required ? "required" : "auto"}, {"tools", names}};
}

Result<void> read_tool_fields(FieldReader& fields, ResponseRequest& out) {
  MW_ASSIGN(out.tools, read_tools(fields, out.without_effect));
  if (const Json* choice = fields.take("tool_choice")) {
    out.tool_choice = told_choice(out.tools, *choice);
    if (out.tools.all.empty()) out.without_effect.emplace_back("tool_choice");
  }
  if (out.tools.active() && out.form.kind != OutputForm::Kind::kAnyText) {
    return fields.unsupported(
        out.form.field,
        "not together with tools that may be called; send tool_choice \"none\" or leave it out",
        "不能与可调用的工具同时使用");
  }
  MW_ASSIGN(const auto most, fields.integer("max_tool_calls", 0, INT32_MAX));
  if (most) out.without_effect.emplace_back("max_tool_calls");  // of hosted tools: there are none
  return {};
}

Result<void> refuse_what_is_not_done(FieldReader& fields, ResponseRequest& out) {
  for (const char* name : {"conversation", "prompt", "moderation", "context_management"}) {
    if (fields.take(name) != nullptr) return fields.unsupported(name, "is not supported", "不支持");
  }
  MW_ASSIGN(const auto background, fields.boolean("background"));
  if (background.value_or(false)) {
    return fields.unsupported("background",
                              "answers are not written in the background: wait or use stream",
                              "不支持后台生成：请等待结果或使用 stream");
  }
  if (background) out.without_effect.emplace_back("background");
  MW_ASSIGN(const auto truncation, fields.text("truncation", 64));
  if (!truncation || *truncation == "disabled") return {};
  if (*truncation != "auto") {
    return fields.wrong("truncation", "\"disabled\"", " disabled", Json(*truncation));
  }
  return fields.unsupported(
      "truncation",
      "nothing is ever cut silently: only disabled is supported; send a shorter input",
      "不会自动截断：仅支持 disabled，请缩短输入");
}

/// The member when it is a text; else nothing.
std::string text_of(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name) || !object[name].is_string()) return {};
  return object[name].get<std::string>();
}

/// Text, or parts of it. Parts are blocks of their own, as in chat.
std::string joined_parts(const Json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string out;
  for (const Json& part : content) {
    if (!out.empty()) out += '\n';
    out += text_of(part, "text");
  }
  return out;
}

}  // namespace

std::vector<ChatTurn> turns_of(const Json& items) {
  std::vector<ChatTurn> out;
  for (const Json& item : items) {
    const std::string type = text_of(item, "type");
    ChatTurn turn;
    if (type == "message" && item.contains("content")) {
      turn.role = text_of(item, "role");
      if (turn.role == "developer") turn.role = "system";
      turn.content = joined_parts(item["content"]);
    } else if (type == "function_call" && text_of(item, "status") == "completed") {
      ToolCall call = {text_of(item, "call_id"), text_of(item, "name"), text_of(item, "arguments")};
      if (!out.empty() && out.back().role == "assistant") {
        out.back().calls.push_back(std::move(call));
        continue;
      }
      turn.role = "assistant";
      turn.calls.push_back(std::move(call));
    } else if (type == "function_call_output" && item.contains("output")) {
      turn.role = "tool";
      turn.content = joined_parts(item["output"]);
      turn.call_id = text_of(item, "call_id");
    } else {
      continue;
    }
    out.push_back(std::move(turn));
  }
  return out;
}

Result<void> check_call_ids(const std::vector<ChatTurn>& turns) {
  std::set<std::string> made;
  for (const ChatTurn& turn : turns) {
    for (const ToolCall& call : turn.calls) made.insert(call.id);
    if (turn.role != "tool" || made.count(turn.call_id) > 0) continue;
    return Error::make(Code::kInvalidArgument,
                       "'input': there is no function_call with call_id '" + turn.call_id +
                           "' before its function_call_output: send it too, or "
                           "previous_response_id",
                       "“input”：function_call_output 之前没有 call_id 为“" + turn.call_id +
                           "”的 function_call，请一并发送，或使用 previous_response_id",
                       "input");
  }
  return {};
}

Result<ResponseRequest> parse_response_request(std::string_view body) {
  MW_ASSIGN(const Json object, parse_request_object(body));
  FieldReader fields(object);
  ResponseRequest out;
  MW_TRY(read_generation_fields(fields, out));
  if (out.n != 1) return fields.unsupported("n", "a response has one answer", "只有一个回答");
  MW_TRY(read_input(fields, out));
  MW_ASSIGN(out.instructions, fields.text("instructions", kAnyBytes));
  MW_ASSIGN(const auto previous, fields.text("previous_response_id", kMaxIdBytes));
  out.previous_response_id = previous.value_or("");
  MW_ASSIGN(out.max_tokens, fields.integer("max_output_tokens", 1, INT32_MAX));
  MW_ASSIGN(const auto store, fields.boolean("store"));
  out.store = store.value_or(true);
  MW_TRY(read_metadata(fields, out.metadata));
  MW_TRY(read_text(fields, out));
  MW_TRY(read_reasoning(fields, out));
  MW_TRY(read_include(fields, out));
  MW_TRY(read_tool_fields(fields, out));
  MW_TRY(refuse_what_is_not_done(fields, out));
  MW_TRY(read_service_tier(fields, out));
  using Type = Json::value_t;
  MW_TRY(accept_without_effect(fields, "safety_identifier", Type::string, out));
  MW_TRY(accept_without_effect(fields, "prompt_cache_key", Type::string, out));
  MW_TRY(accept_without_effect(fields, "prompt_cache_options", Type::object, out));
  MW_TRY(accept_without_effect(fields, "prompt_cache_retention", Type::string, out));
  note_unknown(fields, out);
  return out;
}

}  // namespace mw::server::openai
