#include "server/openai/completion_request.h"

namespace mw::server::openai {
namespace {

constexpr std::size_t kMaxPrompts = 128;
constexpr int64_t kDefaultMaxTokens = 16;  // OpenAI's description

Result<std::vector<int32_t>> read_ids(FieldReader& fields, const Json& list) {
  std::vector<int32_t> ids;
  for (const Json& item : list) {
    // Vocabulary bounds are checked where the model is known.
    if (!item.is_number_unsigned() || item.get<uint64_t>() > uint64_t{INT32_MAX}) {
      return fields.wrong("prompt", "token ids", " token 编号", item);
    }
    ids.push_back(static_cast<int32_t>(item.get<uint64_t>()));
  }
  return ids;
}

Result<void> read_prompts(FieldReader& fields, CompletionRequest& out) {
  const Json* prompt = fields.take("prompt");
  const auto refuse = [&](const Json& actual) {
    return fields.wrong("prompt", "a string, an array of up to 128 strings or token ids",
                        "字符串，或最多 128 个字符串或 token 编号的数组", actual);
  };
  if (prompt == nullptr) return refuse(Json());
  if (prompt->is_string()) {
    out.prompts.emplace_back(prompt->get<std::string>());
    return {};
  }
  if (!prompt->is_array() || prompt->empty()) return refuse(*prompt);
  if (prompt->front().is_number()) {
    MW_ASSIGN(std::vector<int32_t> ids, read_ids(fields, *prompt));
    out.prompts.emplace_back(std::move(ids));
    return {};
  }
  if (prompt->size() > kMaxPrompts) return refuse(*prompt);
  for (const Json& item : *prompt) {
    if (item.is_string()) {
      out.prompts.emplace_back(item.get<std::string>());
    } else if (item.is_array() && !item.empty()) {
      MW_ASSIGN(std::vector<int32_t> ids, read_ids(fields, item));
      out.prompts.emplace_back(std::move(ids));
    } else {
      return refuse(item);
    }
  }
  return {};
}

}  // namespace

Result<CompletionRequest> parse_completion_request(std::string_view body) {
  MW_ASSIGN(const Json object, parse_request_object(body));
  FieldReader fields(object);
  CompletionRequest out;
  MW_TRY(read_generation_fields(fields, out));
  MW_TRY(read_prompts(fields, out));
  MW_ASSIGN(const auto max_tokens, fields.integer("max_tokens", 0, INT32_MAX));
  out.max_tokens = max_tokens.value_or(kDefaultMaxTokens);
  MW_ASSIGN(const auto logprobs, fields.integer("logprobs", 0, 5));
  if (logprobs.has_value()) out.top_logprobs = static_cast<int>(*logprobs);
  MW_ASSIGN(const auto echo, fields.boolean("echo"));
  out.echo = echo.value_or(false);
  if (out.echo && logprobs.has_value()) {
    return fields.unsupported("logprobs", "not together with echo: the prompt's own are not kept",
                              "不能与 echo 同时使用");
  }
  MW_ASSIGN(const auto suffix, fields.text("suffix", SIZE_MAX));
  out.suffix = suffix.value_or("");
  MW_ASSIGN(const auto best_of, fields.integer("best_of", 0, 20));
  out.best_of = static_cast<int>(std::max<int64_t>(best_of.value_or(out.n), 1));
  if (best_of.has_value() && out.best_of < out.n) {
    return fields.wrong("best_of", "at least n", "不小于 n 的数", Json(*best_of));
  }
  if (out.best_of > out.n && out.stream) {
    return fields.unsupported("best_of", "the best can only be chosen without stream",
                              "流式输出时不能挑选最佳结果");
  }
  MW_ASSIGN(out.form, read_output_form(fields));
  for (std::string& name : fields.unknown()) {
    if (out.ignored.size() < 32) out.ignored.push_back(std::move(name));
  }
  return out;
}

}  // namespace mw::server::openai
