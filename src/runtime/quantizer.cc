#include "runtime/quantizer.h"

#include <algorithm>

#include "formats/quantize.h"
#include "runtime/bit_plan.h"

namespace mw::runtime {
namespace {

using formats::GgmlType;
using formats::StoredTensor;

constexpr uint64_t kAlignment = 32;  // of the writer
constexpr int kSampledRows = 64;     // of a matrix, for the errors of types that are not probed

uint64_t padded(uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

bool is_float(GgmlType type) {
  return type == GgmlType::kF32 || type == GgmlType::kF16 || type == GgmlType::kBF16;
}

/// Where K types do not fit: the next larger type in blocks of 32; floats otherwise.
GgmlType in_small_blocks(const StoredTensor& tensor, GgmlType type) {
  GgmlType other = GgmlType::kF16;
  if (type == GgmlType::kQ4_K) other = GgmlType::kQ4_1;
  if (type == GgmlType::kQ5_K) other = GgmlType::kQ5_1;
  if (type == GgmlType::kQ6_K) other = GgmlType::kQ8_0;
  return models::row_fits(tensor, other) ? other : GgmlType::kF16;
}

std::string width_text(const StoredTensor& tensor, GgmlType type) {
  return std::string(formats::type_name(type)) + " has blocks of " +
         std::to_string(formats::block_layout(type)->elements) + ", a row has " +
         std::to_string(tensor.shape[1]);
}

}  // namespace

Quantizer::Quantizer(const formats::GgufFile& file, std::shared_ptr<const models::Model> model,
                     const tensor::ExecContext& ctx)
    : file_(file),
      model_(std::move(model)),
      ctx_(ctx),
      names_(models::quantisable_tensors(file, *model_)) {}

TensorChoice Quantizer::unchanged(const std::string& name) const {
  const StoredTensor& tensor = *file_.tensor(name);
  TensorChoice choice;
  choice.name = name;
  choice.shape = tensor.shape;
  choice.from = choice.to = choice.probe_type = tensor.type;
  choice.from_bytes = choice.bytes = tensor.bytes.size();
  return choice;
}

std::vector<TensorChoice> Quantizer::uniform(GgmlType type) const {
  std::vector<TensorChoice> choices;
  for (const std::string& name : names_) {
    const StoredTensor& tensor = *file_.tensor(name);
    TensorChoice choice = unchanged(name);
    GgmlType to = type;
    if (!models::row_fits(tensor, type)) {
      to = in_small_blocks(tensor, type);
      choice.why = width_text(tensor, type);
    }
    const uint64_t bytes = models::bytes_in(tensor, to);
    if (to != tensor.type && !is_float(type) && bytes >= choice.from_bytes) {
      choice.why = "no larger as it is";
    } else {
      choice.to = to;
      choice.bytes = bytes;
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

Result<double> Quantizer::probe_loss(const StoredTensor& tensor, GgmlType type,
                                     const DivergenceProbe& probe, double& squared_error) const {
  MW_ASSIGN(const models::Requantised rounded, models::requantise(tensor, type, ctx_));
  StoredTensor other = tensor;
  other.type = type;
  other.bytes = rounded.bytes;
  const models::ReplacedTensors replaced = {{tensor.name, other}};
  MW_ASSIGN(const auto variant, models::load_variant(file_, model_, replaced, ctx_));
  squared_error = rounded.squared_error;
  return std::max(probe.kl_nats(*variant), 0.0);
}

Result<std::vector<TensorChoice>> Quantizer::by_loss(std::span<const GgmlType> types,
                                                     uint64_t budget, const DivergenceProbe& probe,
                                                     const QuantizeProgress& progress) const {
  std::vector<TensorChoice> choices;
  std::vector<std::vector<TypeOption>> options;
  uint64_t fixed = models::writer_of(file_, {}).file_bytes();
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const StoredTensor& tensor = *file_.tensor(names_[i]);
    TensorChoice choice = unchanged(names_[i]);
    fixed -= padded(choice.from_bytes);
    std::vector<TypeOption> mine = {{tensor.type, padded(choice.from_bytes), 0}};
    for (const GgmlType type : types) {
      if (type == tensor.type || !models::row_fits(tensor, type)) continue;
      const uint64_t bytes = models::bytes_in(tensor, type);
      if (bytes < choice.from_bytes) mine.push_back({type, padded(bytes), 0});
    }
    if (mine.size() > 1) {
      const auto smallest = std::min_element(
          mine.begin(), mine.end(),
          [](const TypeOption& a, const TypeOption& b) { return a.bytes < b.bytes; });
      double probe_error = 0;
      choice.probe_type = smallest->type;
      MW_ASSIGN(choice.probe_nats, probe_loss(tensor, smallest->type, probe, probe_error));
      for (TypeOption& each : mine) {
        if (each.type == tensor.type || probe_error <= 0) continue;
        double error = probe_error;
        if (each.type != smallest->type) {
          MW_ASSIGN(error, models::sampled_error(tensor, each.type, kSampledRows, ctx_));
        }
        each.loss = choice.probe_nats * error / probe_error;
      }
    }
    choices.push_back(std::move(choice));
    options.push_back(std::move(mine));
    if (progress) progress(static_cast<int>(i + 1), static_cast<int>(names_.size()));
  }
  MW_ASSIGN(const std::vector<std::size_t> chosen,
            plan_bits(options, budget > fixed ? budget - fixed : 0));
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const TypeOption& option = options[i][chosen[i]];
    choices[i].to = option.type;
    choices[i].nats = option.loss;
    choices[i].bytes = models::bytes_in(*file_.tensor(names_[i]), option.type);
  }
  return choices;
}

Result<std::vector<double>> Quantizer::write(std::span<const TensorChoice> choices,
                                             const std::filesystem::path& path,
                                             const QuantizeProgress& progress) const {
  std::vector<models::Requantised> rounded(choices.size());
  std::vector<double> errors;
  models::ReplacedTensors replaced;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const TensorChoice& choice = choices[i];
    if (choice.to != choice.from) {
      StoredTensor tensor = *file_.tensor(choice.name);
      MW_ASSIGN(rounded[i], models::requantise(tensor, choice.to, ctx_));
      tensor.type = choice.to;
      tensor.bytes = rounded[i].bytes;
      replaced.emplace(choice.name, std::move(tensor));
    }
    errors.push_back(rounded[i].squared_error);
    if (progress) progress(static_cast<int>(i + 1), static_cast<int>(choices.size()));
  }
  MW_TRY(models::writer_of(file_, replaced).write(path));
  return errors;
}

int64_t Quantizer::parameters() const {
  int64_t sum = 0;
  for (const formats::GgufTensor& each : file_.tensors()) sum += each.elements();
  return sum;
}

uint64_t Quantizer::overhead_bytes() const {
  uint64_t bytes = models::writer_of(file_, {}).file_bytes();
  for (const formats::GgufTensor& each : file_.tensors()) bytes -= each.bytes.size();
  return bytes;
}

}  // namespace mw::runtime
