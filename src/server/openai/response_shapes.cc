#include "server/openai/response_shapes.h"

#include <charconv>

namespace mw::server::openai {
namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// The number as it was sent: 0.7, not 0.699999988 which is what a float of it holds.
double as_sent(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  double out = 0;
  std::from_chars(text, end, out);
  return out;
}

Json tool_json(const Tool& tool) {
  Json out = {{"type", "function"}};
  out.update(tool.description);
  out["parameters"] = tool.parameters;
  out["strict"] = tool.strict.value_or(true);
  return out;
}

Json usage_json(const Usage& usage) {
  return {{"input_tokens", usage.prompt_tokens},
          {"input_tokens_details",
           {{"cached_tokens", usage.cached_prompt_tokens}, {"cache_write_tokens", 0}}},
          {"output_tokens", usage.completion_tokens},
          {"output_tokens_details", {{"reasoning_tokens", usage.reasoning_tokens}}},
          {"total_tokens", usage.prompt_tokens + usage.completion_tokens}};
}

}  // namespace

Json text_part(const std::string& type, std::string text) {
  Json out = {{"type", type}, {"text", std::move(text)}};
  if (type == "output_text") {
    out["annotations"] = Json::array();
    out["logprobs"] = Json::array();
  }
  return out;
}

Json reasoning_part(std::string text) {
  return {{"type", "reasoning_text"}, {"text", std::move(text)}};
}

Json message_item(const std::string& id, const char* status, Json content) {
  return {{"id", id},
          {"type", "message"},
          {"status", status},
          {"role", "assistant"},
          {"content", std::move(content)}};
}

Json reasoning_item(const std::string& id, const char* status, Json content) {
  return {{"id", id},
          {"type", "reasoning"},
          {"status", status},
          {"summary", Json::array()},
          {"content", std::move(content)}};
}

Json call_item(const std::string& id, const std::string& call_id, const std::string& name,
               const std::string& arguments, const char* status) {
  Json out;
  if (!id.empty()) out["id"] = id;
  out.update({{"type", "function_call"},
              {"call_id", call_id},
              {"name", name},
              {"arguments", arguments},
              {"status", status}});
  return out;
}

Json with_ids(Json items, const std::string& response_id) {
  Json out = Json::array();
  const std::string suffix = response_id.substr(response_id.find('_') + 1);
  for (Json& item : items) {
    const Json& type = item["type"];
    const char* prefix = type == "function_call" ? "fc_" : type == "message" ? "msg_" : "fco_";
    Json with = {{"id", prefix + suffix + "_" + std::to_string(out.size())}};
    with.update(item);
    out.push_back(std::move(with));
  }
  return out;
}

Json response_object(const ResponseRequest& request, const AnswerIdentity& identity) {
  const bool batch = request.priority == runtime::Priority::kBatch;
  const std::string& previous = request.previous_response_id;
  const std::string& effort = request.reasoning_effort;
  Json out;
  out["id"] = identity.id;
  out["object"] = "response";
  out["created_at"] = identity.created_s;
  out["status"] = "in_progress";
  out["background"] = false;
  out["error"] = nullptr;
  out["incomplete_details"] = nullptr;
  out["instructions"] = or_null(request.instructions);
  out["max_output_tokens"] = or_null(request.max_tokens);
  out["model"] = identity.model;
  out["output"] = Json::array();
  out["parallel_tool_calls"] = request.tools.parallel;
  out["previous_response_id"] = previous.empty() ? Json() : Json(previous);
  out["reasoning"] = {{"effort", effort.empty() ? Json() : Json(effort)}, {"summary", nullptr}};
  out["service_tier"] = batch ? "flex" : "default";
  out["store"] = request.store;
  out["temperature"] = as_sent(request.sampling.temperature);
  out["text"] = {{"format", request.text_format}, {"verbosity", "medium"}};
  out["tool_choice"] = request.tool_choice;
  out["tools"] = Json::array();
  for (const Tool& tool : request.tools.all) out["tools"].push_back(tool_json(tool));
  if (request.top_logprobs >= 0) out["top_logprobs"] = request.top_logprobs;
  out["top_p"] = as_sent(request.sampling.top_p);
  out["truncation"] = "disabled";
  out["metadata"] = request.metadata;
  return out;
}

Json finished_response(Json response, Json output, const char* cut_by, const Usage& usage,
                       int64_t now_s) {
  const bool cut = cut_by != nullptr;
  response["status"] = cut ? "incomplete" : "completed";
  if (cut) response["incomplete_details"] = {{"reason", cut_by}};
  if (!cut) response["completed_at"] = now_s;
  response["output"] = std::move(output);
  response["usage"] = usage_json(usage);
  return response;
}

Json failed_response(Json response, const Error& error) {
  const bool busy = error.code == Code::kResourceExhausted;
  response["status"] = "failed";
  response["error"] = {{"code", busy ? "rate_limit_exceeded" : "server_error"},
                       {"message", error.message.en}};
  return response;
}

}  // namespace mw::server::openai
