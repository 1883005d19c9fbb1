#include "models/weight_registry.h"

#include "core/check.h"
#include "formats/dequantize.h"
#include "models/pack_weight.h"

namespace mw::models {
namespace {

constexpr WeightSpec kLlamaWeights[] = {
    {"token_embedding", "token_embd.weight", "VD"},
    {"attention_norm", "blk.{}.attn_norm.weight", "D"},
    {"attention_query", "blk.{}.attn_q.weight", "QD"},
    {"attention_key", "blk.{}.attn_k.weight", "PD"},
    {"attention_value", "blk.{}.attn_v.weight", "PD"},
    {"attention_output", "blk.{}.attn_output.weight", "DQ"},
    {"ffn_norm", "blk.{}.ffn_norm.weight", "D"},
    {"ffn_gate", "blk.{}.ffn_gate.weight", "FD"},
    {"ffn_up", "blk.{}.ffn_up.weight", "FD"},
    {"ffn_down", "blk.{}.ffn_down.weight", "DF"},
    {"output_norm", "output_norm.weight", "D"},
    {"output", "output.weight", "VD"},
    {"rope_divisors", "rope_freqs.weight", "R"},
};

const WeightSpec& spec_of(std::span<const WeightSpec> specs, std::string_view name) {
  for (const WeightSpec& each : specs) {
    if (each.name == name) return each;
  }
  MW_CHECK(false && "a weight that is not in the registry");
  return specs.front();
}

}  // namespace

std::span<const WeightSpec> llama_weights() { return kLlamaWeights; }

std::string name_in_file(std::span<const WeightSpec> specs, std::string_view name, int layer) {
  std::string text(spec_of(specs, name).gguf_name);
  const auto brace = text.find("{}");
  if (brace != std::string::npos) text.replace(brace, 2, std::to_string(layer));
  return text;
}

WeightRegistry::WeightRegistry(const formats::GgufFile& file, const ModelConfig& config,
                               std::span<const WeightSpec> specs, const PackedWeights* packed)
    : file_(file), config_(config), specs_(specs), packed_(packed) {}

int64_t WeightRegistry::dimension(char letter) const {
  switch (letter) {
    case 'D':
      return config_.width;
    case 'F':
      return config_.ffn_width;
    case 'V':
      return config_.vocabulary;
    case 'Q':
      return int64_t{config_.heads} * config_.head_dim;
    case 'P':
      return int64_t{config_.kv_heads} * config_.head_dim;
    case 'R':
      return config_.rope_dims / 2;
    default:
      MW_CHECK(false && "unknown shape letter");
      return 0;
  }
}

bool WeightRegistry::has(std::string_view name, int layer) const {
  return file_.tensor(name_in_file(specs_, name, layer)) != nullptr;
}

Result<const formats::GgufTensor*> WeightRegistry::tensor(std::string_view name, int layer) const {
  const std::string key = name_in_file(specs_, name, layer);
  const formats::GgufTensor* found = file_.tensor(key);
  if (found == nullptr) {
    return Error::make(Code::kCorrupt, "tensor " + key + " is missing", "缺少张量 " + key, key);
  }
  std::vector<int64_t> shape;
  for (const char letter : spec_of(specs_, name).shape) shape.push_back(dimension(letter));
  if (found->shape != shape) {
    const auto text = [](const std::vector<int64_t>& dims) {
      std::string out = "(";
      for (const int64_t each : dims) out += (out.size() > 1 ? ", " : "") + std::to_string(each);
      return out + ")";
    };
    return Error::make(
        Code::kCorrupt,
        "tensor " + key + ": expected shape " + text(shape) + ", got " + text(found->shape),
        "张量 " + key + " 的形状不符：应为 " + text(shape) + "，实际为 " + text(found->shape), key);
  }
  return found;
}

Result<tensor::PackedMatrix> WeightRegistry::matrix(std::string_view name, int layer,
                                                    const tensor::ExecContext& ctx) const {
  MW_ASSIGN(const formats::GgufTensor* found, tensor(name, layer));
  if (packed_ != nullptr) {
    MW_ASSIGN(const tensor::WeightFormat format, packed_format(*found));
    auto kept = packed_->matrix(found->name, format, found->shape[0], found->shape[1]);
    if (kept) return *std::move(kept);
  }
  return pack_weight(*found, ctx);
}

Result<std::vector<float>> WeightRegistry::vector(std::string_view name, int layer) const {
  MW_ASSIGN(const formats::GgufTensor* found, tensor(name, layer));
  if (!formats::can_dequantize(found->type)) {
    return Error::make(Code::kUnsupported,
                       "tensor " + found->name + ": no reader for type " +
                           std::string(formats::type_name(found->type)),
                       {}, found->name);
  }
  std::vector<float> values(static_cast<std::size_t>(found->shape[0]));
  formats::dequantize(found->type, found->bytes, values);
  return values;
}

}  // namespace mw::models
