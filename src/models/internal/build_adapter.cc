// Not here: what a file says of itself (adapter_source.cc). Changes are packed as the kernels of
// the base need them, whatever kind of file either is from.
#include "models/internal/build_adapter.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <set>

#include "core/sha256.h"
#include "formats/dequantize.h"
#include "models/architectures/architecture.h"

namespace mw::models {
namespace {

using formats::StoredTensor;

/// Our name of each product's weight, in the order of Product.
constexpr const char* kProductWeights[kLayerProducts] = {
    "attention_query", "attention_key", "attention_value", "attention_output",
    "ffn_gate",        "ffn_up",        "ffn_down"};

/// Of names such as "https://huggingface.co/unsloth/Llama-3.2-1B-bnb-4bit": "llama321b". Empty for
/// a path of somebody's disk, which says nothing.
std::string plain_name(std::string name) {
  constexpr std::string_view kHub = "huggingface.co/";
  const auto hub = name.find(kHub);
  if (hub != std::string::npos) name.erase(0, hub + kHub.size());
  const auto slash = name.find('/');
  if (slash == std::string::npos || slash == 0 || name[0] == '.' || name[0] == '~' ||
      slash + 1 == name.size() || name.find('/', slash + 1) != std::string::npos) {
    return {};
  }
  name.erase(0, slash + 1);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view form :
       {"-bnb-4bit", "-unsloth", "-4bit", "-8bit", "-gptq", "-awq", "-gguf", "-hf"}) {
    if (name.ends_with(form)) name.resize(name.size() - form.size());
  }
  std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
  return name;
}

std::string shape_text(const std::vector<int64_t>& dims) {
  std::string out = "(";
  for (const int64_t each : dims) out += (out.size() > 1 ? ", " : "") + std::to_string(each);
  return out + ")";
}

Error of_another_base(const StoredTensor& tensor, const std::string& expected) {
  return Error::make(Code::kUnsupported,
                     "tensor " + tensor.name + ": expected shape " + expected +
                         " for this base model, got " + shape_text(tensor.shape) +
                         "; is the adapter of another model?",
                     "张量 " + tensor.name + " 的形状 " + shape_text(tensor.shape) +
                         " 与基础模型不符（应为 " + expected + "）：该适配器可能属于其他模型",
                     tensor.name);
}

/// The numbers times `factor`.
Result<std::vector<float>> values_of(const StoredTensor& tensor, float factor) {
  if (!formats::can_dequantize(tensor.type)) {
    return Error::make(Code::kUnsupported,
                       "tensor " + tensor.name + ": no reader for type " +
                           std::string(formats::type_name(tensor.type)),
                       {}, tensor.name);
  }
  std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
  formats::dequantize(tensor.type, tensor.bytes, values);
  for (float& each : values) each *= factor;
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    return Error::make(Code::kCorrupt, "tensor " + tensor.name + ": a number is not finite",
                       "张量 " + tensor.name + " 含有非有限数值", tensor.name);
  }
  return values;
}

/// Where row `row` of a head lies in files whose rows go from halves to pairs.
int64_t pair_to_half(int64_t row, int64_t dim) { return row / 2 + row % 2 * (dim / 2); }
int64_t half_to_pair(int64_t row, int64_t dim) { return row % (dim / 2) * 2 + row / (dim / 2); }

}  // namespace

/// Finds the weights that a source's pairs change, and packs the changes as the base needs them.
class AdapterBuilder {
 public:
  AdapterBuilder(const AdapterSource& source, const ModelConfig& base)
      : source_(source), base_(base) {
    for (const Architecture* each : architectures()) {
      if (each->name == base.architecture) architecture_ = each;
    }
  }

  Result<std::shared_ptr<const Adapter>> build() {
    MW_TRY(check_base());
    auto adapter = std::shared_ptr<Adapter>(new Adapter);
    adapter->layers_.resize(static_cast<std::size_t>(base_.layers));
    adapter->base_name_ = source_.base_name;
    for (int layer = 0; layer < base_.layers; ++layer) {
      for (std::size_t i = 0; i < kLayerProducts; ++i) {
        if (static_cast<Product>(i) == Product::kGate && !base_.gated_ffn) continue;
        MW_ASSIGN(adapter->layers_[static_cast<std::size_t>(layer)][i],
                  change(kProductWeights[i], layer, static_cast<Product>(i)));
      }
    }
    MW_ASSIGN(adapter->logits_, change("output", -1, std::nullopt));
    for (const auto& [name, pair] : source_.pairs) {
      if (used_.contains(name)) continue;
      return Error::make(Code::kUnsupported,
                         "tensor " + pair.down.name + ": a model of architecture " +
                             base_.architecture + " with " + std::to_string(base_.layers) +
                             " layers has no product of that name that an adapter could change",
                         "张量 " + pair.down.name + "：架构 " + base_.architecture + "（" +
                             std::to_string(base_.layers) + " 层）中没有可由适配器修改的同名矩阵",
                         pair.down.name);
    }
    if (source_.pairs.empty()) {
      return Error::make(Code::kCorrupt, "the adapter holds no tensor", "适配器中没有张量",
                         "tensors");
    }
    adapter->rank_ = rank_;
    adapter->bytes_ = bytes_;
    adapter->digest_ = to_hex(hash_.digest());
    return std::shared_ptr<const Adapter>(std::move(adapter));
  }

 private:
  Result<void> check_base() const {
    if (architecture_ == nullptr) {
      return Error::make(Code::kUnsupported,
                         "models of architecture " + base_.architecture + " take no adapters",
                         "架构 " + base_.architecture + " 的模型不支持适配器", "base");
    }
    if (source_.gguf && source_.architecture != base_.architecture) {
      return Error::make(
          Code::kUnsupported,
          "GGUF key general.architecture: the adapter is for '" + source_.architecture +
              "', the model is '" + base_.architecture + "'",
          "适配器的架构为 " + source_.architecture + "，而模型为 " + base_.architecture,
          "general.architecture");
    }
    const std::string wanted = plain_name(source_.base_name);
    const std::string given = plain_name(base_.origin);
    if (wanted.empty() || given.empty() || wanted == given) return {};
    return Error::make(Code::kUnsupported,
                       "the adapter was made for '" + source_.base_name + "', this model is '" +
                           base_.origin + "'; load it beside its own base model, or remove the " +
                           "base model's name from the adapter if it is wrong",
                       "该适配器属于“" + source_.base_name + "”，而当前模型是“" + base_.origin +
                           "”；请与其基础模型一起加载，若名称有误请从适配器中删除该名称",
                       "base_model_name_or_path");
  }

  const WeightNames& names() const {
    return source_.gguf ? architecture_->gguf_weights : architecture_->folder_weights;
  }

  /// The pair that changes this weight; nullptr where none does.
  Result<const AdapterPair*> find(const WeightSpec& spec, int layer) {
    const std::string plain = file_name_of(spec, layer);
    const std::string full = std::string(names().prefix) + plain;
    for (const std::string& name : {full, plain}) {
      const auto found = source_.pairs.find(name);
      if (found == source_.pairs.end()) continue;
      used_.insert(name);
      return &found->second;
    }
    const std::string module = full.substr(0, full.size() - std::string(".weight").size());
    for (const std::string& target : source_.targets) {
      if (module != target && !module.ends_with("." + target)) continue;
      const std::string name = "base_model.model." + module + ".lora_A.weight";
      return Error::make(Code::kCorrupt,
                         "tensor " + name + " is missing: target_modules has '" + target + "'",
                         "缺少张量 " + name + "：target_modules 中有“" + target + "”", name);
    }
    return static_cast<const AdapterPair*>(nullptr);
  }

  /// Row of the file for row `row` of ours.
  int64_t source_row(std::optional<Product> product, int64_t row) const {
    const bool turned = product == Product::kQuery || product == Product::kKey;
    const bool paired = source_.gguf && architecture_->gguf_pairs_rows;
    const bool wanted = base_.rope_pairing == tensor::RopePairing::kAdjacent;
    if (!turned || paired == wanted) return row;
    const int64_t in_head = row % base_.head_dim;
    return row - in_head +
           (wanted ? pair_to_half(in_head, base_.head_dim) : half_to_pair(in_head, base_.head_dim));
  }

  Result<tensor::LowRank> change(const char* name, int layer, std::optional<Product> product) {
    const WeightSpec* spec = names().find(name);
    if (spec == nullptr) return tensor::LowRank();
    MW_ASSIGN(const AdapterPair* pair, find(*spec, layer));
    if (pair == nullptr) return tensor::LowRank();
    const int64_t width = dimension_of(base_, spec->shape[1]);
    const int64_t rows = dimension_of(base_, spec->shape[0]);
    const int64_t all_rows = stored_rows(base_, *spec);
    const auto& down_shape = pair->down.shape;
    if (down_shape.size() != 2 || down_shape[1] != width) {
      return of_another_base(pair->down, "(rank, " + std::to_string(width) + ")");
    }
    const int64_t rank = down_shape[0];
    if (rank < 1 || rank > tensor::kMaxRank) {
      return Error::make(Code::kUnsupported,
                         "tensor " + pair->down.name + ": expected a rank of 1 to " +
                             std::to_string(tensor::kMaxRank) + ", got " + std::to_string(rank),
                         "张量 " + pair->down.name + " 的秩应为 1 到 " +
                             std::to_string(tensor::kMaxRank) + "，实际为 " + std::to_string(rank),
                         pair->down.name);
    }
    if (pair->up.shape != std::vector<int64_t>{all_rows, rank}) {
      return of_another_base(pair->up, shape_text({all_rows, rank}));
    }
    MW_ASSIGN(std::vector<float> down, values_of(pair->down, 1));
    MW_ASSIGN(std::vector<float> up, values_of(pair->up, pair->scale));
    tensor::LowRank out{
        {tensor::WeightFormat::kF32, static_cast<int>(rank), static_cast<int>(width)},
        {tensor::WeightFormat::kF32, static_cast<int>(rows), static_cast<int>(rank)}};
    hash_.update(std::string(name) + " " + std::to_string(layer) + " " + std::to_string(rank) +
                 ";");
    fill(out.down, down, [](int64_t row) { return row; });
    const int64_t first = rows_before(base_, *spec);
    fill(out.up, up, [&](int64_t row) { return first + source_row(product, row); });
    rank_ = std::max(rank_, static_cast<int>(rank));
    bytes_ += out.bytes();
    return out;
  }

  template <class RowOf>
  void fill(tensor::PackedMatrix& matrix, const std::vector<float>& values, const RowOf& row_of) {
    const auto width = static_cast<std::size_t>(matrix.width());
    for (int row = 0; row < matrix.rows(); ++row) {
      const std::span<const float> line(
          values.data() + static_cast<std::size_t>(row_of(row)) * width, width);
      matrix.set_row_f32(row, line);
      hash_.update({reinterpret_cast<const char*>(line.data()), line.size_bytes()});
    }
  }

  const AdapterSource& source_;
  const ModelConfig& base_;
  const Architecture* architecture_ = nullptr;
  std::set<std::string> used_;
  Sha256 hash_;
  int rank_ = 0;
  uint64_t bytes_ = 0;
};

Result<void> check_adapter_memory(const AdapterSource& source, std::optional<uint64_t> free_bytes) {
  uint64_t bytes = 0;  // the files hold them, so the sum is far from overflowing
  for (const auto& [name, pair] : source.pairs) {
    bytes += sizeof(float) * static_cast<uint64_t>(pair.down.elements() + pair.up.elements());
  }
  if (!free_bytes || bytes <= *free_bytes) return {};
  const auto mb = [](uint64_t count) { return std::to_string(count / 1'000'000) + " MB"; };
  return Error::make(
      Code::kResourceExhausted,
      "the adapter takes " + mb(bytes) + " of memory and " + mb(*free_bytes) +
          " are free; unload another one first",
      "适配器需要 " + mb(bytes) + " 内存，可用 " + mb(*free_bytes) + "；请先卸载其他适配器",
      "memory");
}

Result<std::shared_ptr<const Adapter>> build_adapter(const AdapterSource& source,
                                                     const ModelConfig& base) {
  return AdapterBuilder(source, base).build();
}

}  // namespace mw::models
