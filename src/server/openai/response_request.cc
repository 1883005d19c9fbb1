#include "server/openai/response_request.h"

#include <algorithm>

#include "server/openai/response_items.h"

namespace mw::server::openai {
namespace {

constexpr std::size_t kMaxLabels = 16;  // OpenAI's description, as the two after it
constexpr std::size_t kMaxLabelNameBytes = 64;
constexpr std::size_t kMaxLabelBytes = 512;
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::size_t kAnyBytes = SIZE_MAX;  // the body's own limit bounds it

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
}  // namespace

Result<ResponseRequest> parse_response_request(std::string_view body) {
  MW_ASSIGN(const Json object, parse_request_object(body));
  FieldReader fields(object);
  ResponseRequest out;
  MW_TRY(read_generation_fields(fields, out));
  if (out.n != 1) return fields.unsupported("n", "a response has one answer", "只有一个回答");
  MW_TRY(read_response_input(fields, out.input, out));
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
