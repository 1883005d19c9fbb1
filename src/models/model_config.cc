#include "models/model_config.h"

#include <algorithm>
#include <cmath>

namespace mw::models {
namespace {

/// Reads `key` within [least, most]; `fallback` < 0 makes it required.
Result<int> bounded(const formats::GgufFile& file, const std::string& key, int64_t least,
                    int64_t most, int64_t fallback) {
  if (!file.has(key)) {
    if (fallback >= 0) return static_cast<int>(fallback);
    return Error::make(Code::kCorrupt, "GGUF key " + key + " is missing", "GGUF 缺少字段 " + key,
                       key);
  }
  MW_ASSIGN(const uint64_t value, file.integer(key));
  if (value < static_cast<uint64_t>(least) || value > static_cast<uint64_t>(most)) {
    return Error::make(Code::kCorrupt,
                       "GGUF key " + key + ": expected " + std::to_string(least) + ".." +
                           std::to_string(most) + ", got " + std::to_string(value),
                       {}, key);
  }
  return static_cast<int>(value);
}

Error unfit(const std::string& what, const std::string& key) {
  return Error::make(Code::kUnsupported, what, {}, key);
}

}  // namespace

Result<ModelConfig> read_llama_config(const formats::GgufFile& file) {
  ModelConfig config;
  MW_ASSIGN(config.architecture, file.text("general.architecture"));
  if (config.architecture != "llama") {
    return Error::make(Code::kUnsupported,
                       "architecture '" + config.architecture +
                           "' is not supported by this version; supported: llama (SmolLM2, Llama)",
                       "本版本不支持架构 " + config.architecture, "general.architecture");
  }
  const std::string prefix = config.architecture + ".";
  MW_ASSIGN(config.layers, bounded(file, prefix + "block_count", 1, 512, -1));
  MW_ASSIGN(config.width, bounded(file, prefix + "embedding_length", 16, 65536, -1));
  MW_ASSIGN(config.heads, bounded(file, prefix + "attention.head_count", 1, 1024, -1));
  MW_ASSIGN(config.kv_heads,
            bounded(file, prefix + "attention.head_count_kv", 1, 1024, config.heads));
  MW_ASSIGN(config.ffn_width, bounded(file, prefix + "feed_forward_length", 16, 1 << 20, -1));
  MW_ASSIGN(config.context_length, bounded(file, prefix + "context_length", 1, 1 << 20, -1));
  MW_ASSIGN(config.head_dim,
            bounded(file, prefix + "attention.key_length", 16, 256, config.width / config.heads));
  MW_ASSIGN(config.rope_dims,
            bounded(file, prefix + "rope.dimension_count", 2, 256, config.head_dim));

  const std::string epsilon_key = prefix + "attention.layer_norm_rms_epsilon";
  MW_ASSIGN(const double epsilon, file.number(epsilon_key));
  if (!(epsilon > 0) || epsilon > 0.1) {
    return Error::make(Code::kCorrupt, "GGUF key " + epsilon_key + ": expected 0 < eps <= 0.1", {},
                       epsilon_key);
  }
  config.rms_epsilon = static_cast<float>(epsilon);
  if (file.has(prefix + "rope.freq_base")) {
    MW_ASSIGN(config.rope_base, file.number(prefix + "rope.freq_base"));
    if (!(config.rope_base >= 1.0) || config.rope_base > 1e12) {
      return Error::make(Code::kCorrupt, "GGUF key rope.freq_base is out of range", {},
                         prefix + "rope.freq_base");
    }
  }
  for (const char* key : {"rope.scaling.type", "attention.sliding_window"}) {
    const std::string name = prefix + key;
    if (!file.has(name)) continue;
    const auto text = file.text(name);
    if (text && (*text == "none" || text->empty())) continue;
    return unfit("GGUF key " + name + ": not supported by this version", name);
  }

  const formats::GgufTensor* embedding = file.tensor("token_embd.weight");
  if (embedding == nullptr || embedding->shape.size() != 2 || embedding->shape[0] > (1 << 22)) {
    return Error::make(Code::kCorrupt, "tensor token_embd.weight is missing or not a matrix", {},
                       "token_embd.weight");
  }
  config.vocabulary = static_cast<int>(embedding->shape[0]);
  if (config.heads % config.kv_heads != 0) {
    return Error::make(Code::kCorrupt, "head_count is not a multiple of head_count_kv", {},
                       prefix + "attention.head_count_kv");
  }
  if (config.head_dim % 16 != 0 || config.width % 16 != 0 || config.ffn_width % 16 != 0 ||
      config.rope_dims % 2 != 0 || config.rope_dims > config.head_dim) {
    return unfit("widths must be multiples of 16: head_dim " + std::to_string(config.head_dim) +
                     ", width " + std::to_string(config.width) + ", ffn " +
                     std::to_string(config.ffn_width),
                 prefix + "embedding_length");
  }
  return config;
}

}  // namespace mw::models
