#include "server/openai/generation_fields.h"

#include <charconv>

namespace mw::server::openai {
namespace {

constexpr int kMaxChoices = 128;      // OpenAI's description
constexpr std::size_t kMaxStops = 4;  // OpenAI's description
constexpr std::size_t kMaxStopBytes = 256;
constexpr std::size_t kMaxBiases = 1024;
constexpr int kMaxJsonDepth = 100;  // schemas may be that deep; all else needs 6

Result<void> read_stop(FieldReader& fields, std::vector<std::string>& out) {
  const Json* stop = fields.take("stop");
  if (stop == nullptr) return {};
  const auto refuse = [&] {
    return fields.wrong("stop", "a string or up to 4 strings of 1 to 256 bytes",
                        "一个字符串或最多 4 个字符串（每个 1 到 256 字节）", *stop);
  };
  std::vector<const Json*> items;
  if (stop->is_string()) {
    items.push_back(stop);
  } else if (stop->is_array() && stop->size() <= kMaxStops) {
    for (const Json& item : *stop) items.push_back(&item);
  } else {
    return refuse();
  }
  for (const Json* item : items) {
    if (!item->is_string()) return refuse();
    const auto& text = item->get_ref<const std::string&>();
    if (text.empty() || text.size() > kMaxStopBytes) return refuse();
    out.push_back(text);
  }
  return {};
}

Result<void> read_logit_bias(FieldReader& fields, std::vector<std::pair<int32_t, float>>& out) {
  const Json* bias = fields.take("logit_bias");
  if (bias == nullptr) return {};
  const auto refuse = [&] {
    return fields.wrong("logit_bias", "an object of token ids to numbers from -100 to 100",
                        "由 token 编号到 -100 至 100 的数组成的对象", *bias);
  };
  if (!bias->is_object() || bias->size() > kMaxBiases) return refuse();
  for (const auto& [key, value] : bias->items()) {
    int32_t id = -1;
    const auto parsed = std::from_chars(key.data(), key.data() + key.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != key.data() + key.size() || id < 0) {
      return refuse();
    }
    if (!value.is_number()) return refuse();
    const double amount = value.get<double>();
    if (!(amount >= -100 && amount <= 100)) return refuse();
    out.emplace_back(id, static_cast<float>(amount));
  }
  return {};
}

Result<void> read_stream(FieldReader& fields, GenerationFields& out) {
  MW_ASSIGN(const auto stream, fields.boolean("stream"));
  out.stream = stream.value_or(false);
  const Json* options = fields.take("stream_options");
  if (options == nullptr) return {};
  if (!options->is_object()) return fields.wrong("stream_options", "an object", "对象", *options);
  if (!out.stream) {
    return fields.wrong("stream_options", "nothing unless stream is true",
                        "空（仅在 stream 为 true 时可用）", *options);
  }
  FieldReader inner(*options, "stream_options.");
  MW_ASSIGN(const auto usage, inner.boolean("include_usage"));
  MW_ASSIGN(const auto obfuscation, inner.boolean("include_obfuscation"));
  out.include_usage = usage.value_or(false);
  out.include_obfuscation = obfuscation.value_or(false);
  for (std::string& name : inner.unknown()) out.ignored.push_back(std::move(name));
  return {};
}

Result<void> read_sampling(FieldReader& fields, GenerationFields& out) {
  MW_ASSIGN(const auto temperature, fields.number("temperature", 0, 2));
  MW_ASSIGN(const auto top_p, fields.number("top_p", 0, 1));
  MW_ASSIGN(const auto presence, fields.number("presence_penalty", -2, 2));
  MW_ASSIGN(const auto frequency, fields.number("frequency_penalty", -2, 2));
  MW_ASSIGN(const auto top_k, fields.integer("top_k", -1, 1'000'000));
  MW_ASSIGN(const auto min_p, fields.number("min_p", 0, 1));
  MW_ASSIGN(const auto repeat, fields.number("repeat_penalty", 0.01, 10));
  MW_ASSIGN(const auto ignore_eos, fields.boolean("ignore_eos"));
  MW_ASSIGN(const auto seed, fields.integer("seed", INT64_MIN, INT64_MAX));
  runtime::SamplingOptions& sampling = out.sampling;
  sampling.temperature = static_cast<float>(temperature.value_or(1.0));
  sampling.top_p = static_cast<float>(top_p.value_or(1.0));
  sampling.presence_penalty = static_cast<float>(presence.value_or(0));
  sampling.frequency_penalty = static_cast<float>(frequency.value_or(0));
  sampling.top_k = static_cast<int>(std::max<int64_t>(0, top_k.value_or(0)));  // -1 keeps all
  sampling.min_p = static_cast<float>(min_p.value_or(0));
  sampling.repeat_penalty = static_cast<float>(repeat.value_or(1.0));
  out.ignore_eos = ignore_eos.value_or(false);
  if (seed.has_value()) out.seed = static_cast<uint64_t>(*seed);
  return read_logit_bias(fields, sampling.logit_bias);
}

}  // namespace

Result<Json> parse_request_object(std::string_view body) {
  if (body.empty()) {
    return Error::make(Code::kInvalidArgument, "the request has no body: expected a JSON object",
                       "请求体为空：应为 JSON 对象", "body");
  }
  Result<Json> parsed = parse_json(body, kMaxJsonDepth);
  if (!parsed) {
    Error error = parsed.error();
    error.param = "body";
    return error;
  }
  if (!parsed->is_object()) {
    return Error::make(Code::kInvalidArgument,
                       "the request: expected a JSON object, got " + describe(*parsed),
                       "请求应为 JSON 对象，实际为 " + describe(*parsed), "body");
  }
  return parsed;
}

Result<void> read_generation_fields(FieldReader& fields, GenerationFields& out) {
  MW_ASSIGN(const auto model, fields.text("model", 1024));
  if (!model.has_value() || model->empty()) {
    return Error::make(Code::kInvalidArgument,
                       "'model' is missing: give the name of a model from GET /v1/models",
                       "缺少“model”：请填写 GET /v1/models 列出的模型名称", "model");
  }
  out.model = *model;
  MW_ASSIGN(const auto n, fields.integer("n", 1, kMaxChoices));
  out.n = static_cast<int>(n.value_or(1));
  MW_TRY(read_stream(fields, out));
  MW_TRY(read_stop(fields, out.stop));
  MW_TRY(read_sampling(fields, out));
  MW_TRY(accept_without_effect(fields, "user", Json::value_t::string, out));
  return accept_without_effect(fields, "cache_prompt", Json::value_t::boolean, out);
}

Result<void> read_service_tier(FieldReader& fields, GenerationFields& out) {
  MW_ASSIGN(const auto tier, fields.text("service_tier", 32));
  if (!tier || *tier == "auto" || *tier == "default" || *tier == "priority") return {};
  if (*tier != "flex") {
    return fields.unsupported("service_tier", "must be 'auto', 'default', 'priority' or 'flex'",
                              "必须是 'auto'、'default'、'priority' 或 'flex'");
  }
  out.priority = runtime::Priority::kBatch;
  return {};
}

Result<void> read_reasoning_effort(FieldReader& fields, const char* name, GenerationFields& out) {
  MW_ASSIGN(const auto effort, fields.text(name, 32));
  if (!effort) return {};
  for (const char* known : {"none", "minimal", "low", "medium", "high", "xhigh", "max"}) {
    if (*effort == known) {
      out.reasoning_effort = *effort;
      return {};
    }
  }
  return fields.wrong(name, "none, minimal, low, medium, high, xhigh or max",
                      " none、minimal、low、medium、high、xhigh 或 max", Json(*effort));
}

Result<void> accept_without_effect(FieldReader& fields, const char* name, Json::value_t type,
                                   GenerationFields& out) {
  const Json* value = fields.take(name);
  if (value == nullptr) return {};
  if (value->type() != type) {
    const std::string expected(Json(type).type_name());
    return fields.wrong(name, "a value of type " + expected, " " + expected + " 类型的值", *value);
  }
  out.without_effect.emplace_back(name);
  return {};
}

Result<void> accept_only(FieldReader& fields, const char* name,
                         std::initializer_list<const char*> values, GenerationFields& out) {
  MW_ASSIGN(const auto value, fields.text(name, 64));
  if (!value.has_value()) return {};
  std::string allowed;
  for (const char* one : values) {
    if (*value == one) {
      out.without_effect.push_back(fields.full_name(name));
      return {};
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(one);
  }
  return fields.unsupported(name, "only " + allowed + " is supported", "仅支持 " + allowed);
}

void note_unknown(const FieldReader& fields, GenerationFields& out) {
  constexpr std::size_t kMostNames = 32;
  for (std::string& name : fields.unknown()) {
    if (out.ignored.size() < kMostNames) out.ignored.push_back(std::move(name));
  }
}

uint64_t choice_seed(uint64_t seed, int index) {
  if (index == 0) return seed;
  uint64_t x = seed + static_cast<uint64_t>(index) * 0x9e3779b97f4a7c15u;  // SplitMix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace mw::server::openai
