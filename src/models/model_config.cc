#include "models/model_config.h"

namespace mw::models {
namespace {

Error unfit(Code code, const std::string& name, const std::string& problem) {
  return Error::make(code, name + ": " + problem, {}, name);
}

}  // namespace

Result<void> check_config(const ModelConfig& config) {
  if (config.heads % config.kv_heads != 0) {
    return unfit(Code::kCorrupt, "key/value heads",
                 "expected a divisor of the " + std::to_string(config.heads) + " heads, got " +
                     std::to_string(config.kv_heads));
  }
  const std::pair<const char*, int> widths[] = {{"width", config.width},
                                                {"head width", config.head_dim},
                                                {"feed-forward width", config.ffn_width}};
  for (const auto& [name, width] : widths) {
    if (width % 16 == 0) continue;
    return unfit(Code::kUnsupported, name,
                 "expected a multiple of 16, got " + std::to_string(width));
  }
  if (config.head_dim > 256) {
    return unfit(Code::kUnsupported, "head width",
                 "expected at most 256, got " + std::to_string(config.head_dim));
  }
  if (config.rope_dims % 2 != 0 || config.rope_dims > config.head_dim) {
    return unfit(Code::kCorrupt, "rotated dimensions",
                 "expected an even number up to the head width " + std::to_string(config.head_dim) +
                     ", got " + std::to_string(config.rope_dims));
  }
  const auto pairs = static_cast<std::size_t>(config.rope_dims / 2);
  for (const RopeConfig* rope :
       {&config.rope, config.sliding_rope ? &*config.sliding_rope : &config.rope}) {
    if (rope->divisors.empty() || rope->divisors.size() == pairs) continue;
    return unfit(
        Code::kCorrupt, "RoPE factors",
        "expected " + std::to_string(pairs) + ", got " + std::to_string(rope->divisors.size()));
  }
  if (!config.sliding.empty() && config.sliding.size() != static_cast<std::size_t>(config.layers)) {
    return unfit(Code::kCorrupt, "layer kinds",
                 "expected one for each of " + std::to_string(config.layers) + " layers, got " +
                     std::to_string(config.sliding.size()));
  }
  return {};
}

}  // namespace mw::models
