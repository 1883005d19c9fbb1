#include "models/weight_registry.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"
#include "formats/dequantize.h"
#include "models/pack_weight.h"

namespace mw::models {
namespace {

using formats::StoredTensor;

std::string shape_text(const std::vector<int64_t>& dims) {
  std::string out = "(";
  for (const int64_t each : dims) out += (out.size() > 1 ? ", " : "") + std::to_string(each);
  return out + ")";
}

/// (in, out) as (out, in), in memory of its own.
std::vector<std::byte> transpose(const StoredTensor& stored, std::size_t element) {
  const auto inputs = static_cast<std::size_t>(stored.shape[0]);
  const auto outputs = static_cast<std::size_t>(stored.shape[1]);
  std::vector<std::byte> out(stored.bytes.size());
  for (std::size_t i = 0; i < inputs; ++i) {
    for (std::size_t o = 0; o < outputs; ++o) {
      std::memcpy(&out[(o * inputs + i) * element], &stored.bytes[(i * outputs + o) * element],
                  element);
    }
  }
  return out;
}

/// Rows [first, first + count) of a tensor, which lie together whatever its type.
StoredTensor rows_of(const StoredTensor& whole, int64_t first, int64_t count) {
  const std::size_t row_bytes = whole.bytes.size() / static_cast<std::size_t>(whole.shape[0]);
  StoredTensor part = whole;
  part.shape[0] = count;
  part.bytes = whole.bytes.subspan(static_cast<std::size_t>(first) * row_bytes,
                                   static_cast<std::size_t>(count) * row_bytes);
  return part;
}

}  // namespace

int64_t dimension_of(const ModelConfig& config, char letter) {
  switch (letter) {
    case 'D':
      return config.width;
    case 'F':
      return config.ffn_width;
    case 'V':
      return config.vocabulary;
    case 'Q':
      return int64_t{config.heads} * config.head_dim;
    case 'P':
      return int64_t{config.kv_heads} * config.head_dim;
    case 'H':
      return config.head_dim;
    case 'C':
      return config.context_length;
    case 'R':
      return config.rope_dims / 2;
    case 'T':
      return config.token_types;
    case 'L':
      return config.labels;
    default:
      MW_CHECK(false && "unknown shape letter");
      return 0;
  }
}

const WeightSpec* WeightNames::find(std::string_view name) const {
  for (const auto& each_specs : {specs, more}) {
    for (const WeightSpec& each : each_specs) {
      if (each.name == name) return &each;
    }
  }
  return nullptr;
}

std::string file_name_of(const WeightSpec& spec, int layer) {
  std::string text(spec.file_name);
  const auto brace = text.find("{}");
  if (brace != std::string::npos) text.replace(brace, 2, std::to_string(layer));
  return text;
}

int64_t rows_before(const ModelConfig& config, const WeightSpec& spec) {
  int64_t rows = 0;
  for (const char letter : spec.parts.substr(0, static_cast<std::size_t>(spec.part))) {
    rows += dimension_of(config, letter);
  }
  return rows;
}

int64_t stored_rows(const ModelConfig& config, const WeightSpec& spec) {
  if (spec.parts.empty()) return dimension_of(config, spec.shape[0]);
  int64_t rows = 0;
  for (const char letter : spec.parts) rows += dimension_of(config, letter);
  return rows;
}

WeightRegistry::WeightRegistry(const WeightFile& file, const ModelConfig& config,
                               const WeightNames& names, const PackedWeights* packed)
    : file_(file), config_(config), names_(names), packed_(packed) {}

std::string WeightRegistry::name_in_file(const WeightSpec& spec, int layer) const {
  const std::string text = file_name_of(spec, layer);
  std::string with_prefix = std::string(names_.prefix) + text;
  return file_.has(with_prefix) || !file_.has(text) ? with_prefix : text;
}

bool WeightRegistry::has(std::string_view name, int layer) const {
  const WeightSpec* spec = names_.find(name);
  return spec != nullptr && file_.has(name_in_file(*spec, layer));
}

Result<StoredTensor> WeightRegistry::tensor(std::string_view name, int layer) {
  const WeightSpec* spec = names_.find(name);
  MW_CHECK(spec != nullptr);
  const std::string key = name_in_file(*spec, layer);
  used_.insert(key);
  MW_ASSIGN(StoredTensor found, file_.tensor(key));
  std::vector<int64_t> shape;
  for (const char letter : spec->shape) shape.push_back(dimension(letter));
  shape[0] = stored_rows(config_, *spec);
  if (spec->transposed) std::swap(shape[0], shape[1]);
  if (found.shape != shape) {
    return Error::make(Code::kCorrupt,
                       "tensor " + key + ": expected shape " + shape_text(shape) + ", got " +
                           shape_text(found.shape),
                       "张量 " + key + " 的形状不符：应为 " + shape_text(shape) + "，实际为 " +
                           shape_text(found.shape),
                       key);
  }
  return found;
}

Result<tensor::PackedMatrix> WeightRegistry::pack(const WeightSpec& spec,
                                                  const StoredTensor& stored,
                                                  const tensor::ExecContext& ctx) const {
  StoredTensor whole = stored;
  std::vector<std::byte> turned;
  if (spec.transposed) {
    MW_ASSIGN(const formats::BlockLayout layout, formats::block_layout(stored.type));
    if (layout.elements != 1) {
      return Error::make(Code::kUnsupported,
                         "tensor " + stored.name + ": stored inputs first, which is read in " +
                             "F32, F16 and BF16 only",
                         {}, stored.name);
    }
    turned = transpose(stored, static_cast<std::size_t>(layout.bytes));
    std::swap(whole.shape[0], whole.shape[1]);
    whole.bytes = turned;
  }
  if (!spec.parts.empty()) {
    whole = rows_of(whole, rows_before(config_, spec), dimension(spec.shape[0]));
  }
  MW_ASSIGN(const tensor::WeightFormat format, packed_format(whole));
  const bool rounds = round_floats_ && !tensor::is_integer(format) &&
                      dimension(spec.shape[1]) % tensor::kGroup == 0;
  return rounds ? pack_rounded(whole, ctx) : pack_weight(whole, ctx);
}

Result<Linear> WeightRegistry::linear(std::string_view name, int layer,
                                      const tensor::ExecContext& ctx) {
  MW_ASSIGN(const StoredTensor stored, tensor(name, layer));
  const WeightSpec& spec = *names_.find(name);
  Linear out;
  out.name = stored.name;
  if (!spec.parts.empty()) out.name += "#" + std::to_string(spec.part);
  MW_ASSIGN(out.bias, maybe_vector(std::string(name) + "_bias", layer));
  if (packed_ != nullptr && !round_floats_) {
    MW_ASSIGN(const tensor::WeightFormat format, packed_format(stored));
    auto kept =
        packed_->matrix(out.name, format, dimension(spec.shape[0]), dimension(spec.shape[1]));
    if (kept) {
      out.weight = *std::move(kept);
      return out;
    }
  }
  MW_ASSIGN(out.weight, pack(spec, stored, ctx));
  return out;
}

Result<std::vector<float>> WeightRegistry::vector(std::string_view name, int layer) {
  MW_ASSIGN(StoredTensor found, tensor(name, layer));
  const WeightSpec& spec = *names_.find(name);
  if (!formats::can_dequantize(found.type)) {
    return Error::make(Code::kUnsupported,
                       "tensor " + found.name + ": no reader for type " +
                           std::string(formats::type_name(found.type)),
                       {}, found.name);
  }
  if (!spec.parts.empty())
    found = rows_of(found, rows_before(config_, spec), dimension(spec.shape[0]));
  std::vector<float> values(static_cast<std::size_t>(found.elements()));
  formats::dequantize(found.type, found.bytes, values);
  for (float& each : values) each += spec.plus;
  return values;
}

Result<std::vector<float>> WeightRegistry::maybe_vector(std::string_view name, int layer) {
  const WeightSpec* spec = names_.find(name);
  if (spec == nullptr || (spec->optional && !has(name, layer))) return std::vector<float>();
  return vector(name, layer);
}

Result<void> WeightRegistry::skip(std::string_view name) {
  MW_ASSIGN(const StoredTensor unused, tensor(name));
  (void)unused;
  return {};
}

Result<void> WeightRegistry::refuse_unused() const {
  for (const std::string& name : file_.names()) {
    const bool ignored =
        std::any_of(names_.ignored.begin(), names_.ignored.end(),
                    [&](std::string_view ending) { return name.ends_with(ending); });
    if (ignored || used_.contains(name)) continue;
    return Error::make(Code::kUnsupported,
                       "tensor " + name + ": a model of architecture " + config_.architecture +
                           " with such a tensor is not understood, and would answer wrongly " +
                           "without it",
                       "张量 " + name + "：架构 " + config_.architecture +
                           " 的模型中出现无法识别的张量，忽略它会得到错误的结果",
                       name);
  }
  return {};
}

}  // namespace mw::models
