#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "formats/gguf.h"
#include "models/model.h"
#include "models/requantise.h"
#include "runtime/divergence_probe.h"
#include "tensor/exec_context.h"

namespace mw::runtime {

/// What becomes of one matrix.
struct TensorChoice {
  std::string name;
  formats::GgmlType from = formats::GgmlType::kF32;
  formats::GgmlType to = formats::GgmlType::kF32;
  std::vector<int64_t> shape;
  uint64_t from_bytes = 0;
  uint64_t bytes = 0;
  std::string why;  // where it is not what was asked for; else empty
  formats::GgmlType probe_type = formats::GgmlType::kF32;
  double probe_nats = 0;  // KL with this matrix alone in probe_type
  double nats = 0;        // the share of the KL that is expected of `to`
};

/// Called after each of `total` steps of equal cost.
using QuantizeProgress = std::function<void(int done, int total)>;

/// Chooses types for the matrices of a file and rounds them.
///
/// A matrix's loss is measured with it alone in the smallest type: KL divergence of the next-token
/// distributions on the probe's text. Small errors of weights enter a divergence as their square,
/// so the loss of another type is that loss times the ratio of squared errors, which are computed.
///
/// Numbers  the same choices and bytes on any thread count.
/// Threads  ctx.
class Quantizer {
 public:
  /// `model` is the file's as it is stored; both and ctx outlive this.
  Quantizer(const formats::GgufFile& file, std::shared_ptr<const models::Model> model,
            const tensor::ExecContext& ctx);

  /// One type for all: matrices that are no larger already, and those that the type does not fit,
  /// say why they are an exception. Block types alone keep what is smaller.
  std::vector<TensorChoice> uniform(formats::GgmlType type) const;

  /// Types by measured loss so that the whole file takes at most `budget` bytes. Errors: of
  /// plan_bits and requantise.
  Result<std::vector<TensorChoice>> by_loss(std::span<const formats::GgmlType> types,
                                            uint64_t budget, const DivergenceProbe& probe,
                                            const QuantizeProgress& progress) const;

  /// Rounds all matrices as chosen and writes the file. Returns the squared error of each.
  Result<std::vector<double>> write(std::span<const TensorChoice> choices,
                                    const std::filesystem::path& path,
                                    const QuantizeProgress& progress) const;

  /// Weights in the file, those that stay as they are included.
  int64_t parameters() const;
  /// Bytes of the file around its tensors.
  uint64_t overhead_bytes() const;

 private:
  TensorChoice unchanged(const std::string& name) const;
  Result<double> probe_loss(const formats::StoredTensor& tensor, formats::GgmlType type,
                            const DivergenceProbe& probe, double& squared_error) const;

  const formats::GgufFile& file_;
  std::shared_ptr<const models::Model> model_;
  const tensor::ExecContext& ctx_;
  std::vector<std::string> names_;
};

}  // namespace mw::runtime
