#include "server/openai/response_items.h"

#include <algorithm>
#include <array>
#include <set>

#include "server/openai/response_shapes.h"

namespace mw::server::openai {
namespace {

constexpr std::size_t kMaxItems = 4096;
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::size_t kAnyBytes = SIZE_MAX;  // the body's own limit bounds it

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
Result<void> read_call(FieldReader& item, Json& input, GenerationFields& out) {
  MW_ASSIGN(const std::string id, read_call_id(item));
  MW_ASSIGN(const ToolCall call, read_tool_call(item));
  note_without_effect(item, {"id", "status", "namespace", "caller"}, out);
  note_unknown(item, out);
  input.push_back(call_item({}, id, call.name, call.arguments, "completed"));
  return {};
}

/// What came of a call.
Result<void> read_call_output(FieldReader& item, Json& input, GenerationFields& out) {
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
  input.push_back({{"type", "function_call_output"},
                   {"call_id", id},
                   {"output", std::move(told)},
                   {"status", "completed"}});
  return {};
}

/// One item of `input`; nothing for one that adds nothing to what the model reads.
Result<void> read_item(const Json& value, std::size_t index, Json& input, GenerationFields& out) {
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
  if (type == "function_call") return read_call(item, input, out);
  if (type == "function_call_output") return read_call_output(item, input, out);
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
  input.push_back({{"type", "message"},
                   {"role", *role},
                   {"status", "completed"},
                   {"content", std::move(parts)}});
  note_unknown(item, out);
  return {};
}

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

Result<void> read_response_input(FieldReader& fields, Json& items, GenerationFields& out) {
  const Json* input = fields.take("input");
  const auto refuse = [&] {
    return fields.wrong("input", "a string or an array of 1 to 4096 items",
                        "字符串，或 1 到 4096 个条目的数组", input == nullptr ? Json() : *input);
  };
  if (input == nullptr) return refuse();
  if (input->is_string()) {
    items.push_back(
        {{"type", "message"},
         {"role", "user"},
         {"status", "completed"},
         {"content", Json::array({text_part("input_text", input->get<std::string>())})}});
    return {};
  }
  if (!input->is_array() || input->empty() || input->size() > kMaxItems) return refuse();
  for (std::size_t i = 0; i < input->size(); ++i) MW_TRY(read_item((*input)[i], i, items, out));
  return {};
}

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

}  // namespace mw::server::openai
