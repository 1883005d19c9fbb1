#include "models/internal/rope_factors.h"

#include <algorithm>
#include <cmath>

namespace mw::models {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int kMostPositions = 1 << 24;

double frequency(double base, int pair, int dims) { return std::pow(base, -2.0 * pair / dims); }

std::vector<float> linear_divisors(double factor, int dims) {
  return std::vector<float>(static_cast<std::size_t>(dims / 2), static_cast<float>(factor));
}

/// Llama 3: long waves are stretched by the factor, short ones stay, those between are mixed.
Result<std::vector<float>> llama3_divisors(const ConfigKeys& keys, double base, int dims) {
  MW_ASSIGN(const double factor, keys.number("factor", 1, 1e4));
  MW_ASSIGN(const double low, keys.number("low_freq_factor", 1e-3, 1e4));
  MW_ASSIGN(const double high, keys.number("high_freq_factor", 1e-3, 1e4));
  MW_ASSIGN(const int original,
            keys.integer("original_max_position_embeddings", 1, kMostPositions));
  if (!(high > low)) return keys.corrupt("high_freq_factor", "expected more than low_freq_factor");
  std::vector<float> divisors;
  for (int pair = 0; pair < dims / 2; ++pair) {
    const double wave = 2 * kPi / frequency(base, pair, dims);
    const double smooth = std::clamp((original / wave - low) / (high - low), 0.0, 1.0);
    divisors.push_back(static_cast<float>(1.0 / ((1 - smooth) / factor + smooth)));
  }
  return divisors;
}

struct Yarn {
  double factor = 1;
  double original = 0;
  double beta_fast = 32;
  double beta_slow = 1;
  bool truncate = true;
};

/// YaRN: fast waves stay, slow ones are divided, with a ramp between (arXiv:2309.00071).
std::vector<float> yarn_divisors(const Yarn& yarn, double base, int dims) {
  const auto turns_at = [&](double turns) {
    return dims * std::log(yarn.original / (turns * 2 * kPi)) / (2 * std::log(base));
  };
  double low = turns_at(yarn.beta_fast);
  double high = turns_at(yarn.beta_slow);
  if (yarn.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dims - 1.0);
  if (low == high) high += 0.001;
  std::vector<float> divisors;
  for (int pair = 0; pair < dims / 2; ++pair) {
    const double kept = 1 - std::clamp((pair - low) / (high - low), 0.0, 1.0);
    divisors.push_back(static_cast<float>(1.0 / ((1 - kept) / yarn.factor + kept)));
  }
  return divisors;
}

double yarn_magnitude(double factor) { return factor <= 1 ? 1.0 : 0.1 * std::log(factor) + 1.0; }

Result<void> read_yarn(const ConfigKeys& keys, const ModelConfig& config, RopeConfig& rope) {
  Yarn yarn;
  MW_ASSIGN(yarn.factor, keys.number("factor", 1, 1e4));
  MW_ASSIGN(yarn.original, keys.number("original_max_position_embeddings", 1, kMostPositions,
                                       config.context_length));
  MW_ASSIGN(yarn.beta_fast, keys.number("beta_fast", 1e-3, 1e4, 32));
  MW_ASSIGN(yarn.beta_slow, keys.number("beta_slow", 1e-3, 1e4, 1));
  MW_ASSIGN(yarn.truncate, keys.flag("truncate", true));
  MW_TRY(keys.refuse({"mscale", "mscale_all_dim"}));
  MW_ASSIGN(rope.magnitude,
            keys.number("attention_factor", 1e-3, 1e3, yarn_magnitude(yarn.factor)));
  rope.divisors = yarn_divisors(yarn, rope.base, config.rope_dims);
  return {};
}

/// Long RoPE has two sets of factors, by the length of the sequence. One sequence has one: the
/// short set, and no more positions than it is for.
Result<void> read_long(const ConfigKeys& keys, const ConfigKeys& whole, ModelConfig& config,
                       RopeConfig& rope) {
  MW_ASSIGN(int original, keys.integer("original_max_position_embeddings", 1, kMostPositions, 0));
  if (original == 0) {
    MW_ASSIGN(original, whole.integer("original_max_position_embeddings", 1, kMostPositions, 0));
  }
  if (original == 0) original = config.context_length;
  MW_ASSIGN(rope.divisors, keys.numbers("short_factor"));
  if (keys.has("long_factor")) {
    MW_ASSIGN(const auto unused, keys.numbers("long_factor"));
    (void)unused;
  }
  const double stretch = static_cast<double>(config.context_length) / original;
  MW_ASSIGN(const double factor, keys.number("factor", 1e-3, 1e4, stretch));
  const double magnitude =
      factor <= 1 ? 1.0 : std::sqrt(1 + std::log(factor) / std::log(static_cast<double>(original)));
  MW_ASSIGN(rope.magnitude, keys.number("attention_factor", 1e-3, 1e3, magnitude));
  config.context_length = std::min(config.context_length, original);
  return {};
}

Result<void> read_scaling(const ConfigKeys& keys, const ConfigKeys& whole, ModelConfig& config,
                          RopeConfig& rope) {
  const char* key = keys.has("rope_type") ? "rope_type" : "type";
  MW_ASSIGN(const std::string type, keys.text(key, "default"));
  if (type == "default") return {};
  if (type == "linear") {
    MW_ASSIGN(const double factor, keys.number("factor", 1, 1e4));
    rope.divisors = linear_divisors(factor, config.rope_dims);
    return {};
  }
  if (type == "llama3") {
    MW_ASSIGN(rope.divisors, llama3_divisors(keys, rope.base, config.rope_dims));
    return {};
  }
  if (type == "yarn") return read_yarn(keys, config, rope);
  if (type == "longrope" || type == "su") return read_long(keys, whole, config, rope);
  return keys.unsupported(key, "'" + type +
                                   "' is not supported by this version; supported: default, "
                                   "linear, llama3, yarn, longrope");
}

}  // namespace

Result<RopeConfig> read_folder_rope(const ConfigKeys& keys, ModelConfig& config,
                                    std::string_view kind) {
  RopeConfig rope;
  if (keys.has("rope_parameters")) {
    MW_ASSIGN(const ConfigKeys all, keys.object("rope_parameters"));
    if (!kind.empty() && all.has(kind)) {
      MW_ASSIGN(const ConfigKeys parameters, all.object(kind));
      MW_ASSIGN(rope.base, parameters.number("rope_theta", 1, 1e12, 10000.0));
      MW_TRY(read_scaling(parameters, keys, config, rope));
      return rope;
    }
    MW_ASSIGN(rope.base, all.number("rope_theta", 1, 1e12, 10000.0));
    MW_TRY(read_scaling(all, keys, config, rope));
    return rope;
  }
  MW_ASSIGN(rope.base, keys.number("rope_theta", 1, 1e12, 10000.0));
  if (keys.has("rope_scaling")) {
    MW_ASSIGN(const ConfigKeys scaling, keys.object("rope_scaling"));
    MW_TRY(read_scaling(scaling, keys, config, rope));
  }
  return rope;
}

Result<RopeConfig> read_gguf_rope(const ConfigKeys& keys, ModelConfig& config) {
  RopeConfig rope;
  MW_ASSIGN(rope.base, keys.number("rope.freq_base", 1, 1e12, 10000.0));
  MW_ASSIGN(const int original, keys.integer("rope.scaling.original_context_length", 1,
                                             kMostPositions, config.context_length));
  MW_ASSIGN(const double magnitude, keys.number("rope.scaling.attn_factor", 0, 1e3, 0));
  (void)keys.has("rope.scaling.finetuned");
  MW_ASSIGN(double factor, keys.number("rope.scaling.factor", 1e-3, 1e4, 0));
  MW_ASSIGN(const double old_factor, keys.number("rope.scale_linear", 1e-3, 1e4, 0));
  // Converters of Phi-3 give the magnitude, and no type.
  const char* implied =
      factor > 0 || old_factor > 0 ? "linear" : (magnitude > 0 ? "longrope" : "none");
  MW_ASSIGN(const std::string type, keys.text("rope.scaling.type", implied));
  if (factor == 0) factor = old_factor == 0 ? 1 : old_factor;
  if (type == "none" || type.empty()) return rope;
  if (type == "linear") {
    rope.divisors = linear_divisors(factor, config.rope_dims);
    return rope;
  }
  if (type == "yarn") {
    rope.divisors = yarn_divisors({.factor = factor, .original = static_cast<double>(original)},
                                  rope.base, config.rope_dims);
    rope.magnitude = yarn_magnitude(factor) * (magnitude > 0 ? magnitude : 1.0);
    return rope;
  }
  if (type == "longrope") {
    config.context_length = std::min(config.context_length, original);
    if (magnitude > 0) rope.magnitude = magnitude;
    return rope;
  }
  return keys.unsupported("rope.scaling.type",
                          "'" + type +
                              "' is not supported by this version; supported: none, linear, yarn, "
                              "longrope");
}

}  // namespace mw::models
