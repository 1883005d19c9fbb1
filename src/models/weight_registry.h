#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/gguf.h"
#include "models/model_config.h"
#include "models/packed_weights.h"
#include "tensor/exec_context.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

/// A weight as we name it, its name in GGUF ("{}" is the layer) and its shape in the letters D
/// width, F ffn, V vocabulary, Q = H*head_dim, P = K*head_dim. A one-letter shape is a vector.
struct WeightSpec {
  std::string_view name;
  std::string_view gguf_name;
  std::string_view shape;
};

/// The weights of the Llama family, the tied output left out where a file has none.
std::span<const WeightSpec> llama_weights();
/// The name in GGUF of one of our weights; `layer` is not looked at where it has none.
std::string name_in_file(std::span<const WeightSpec> specs, std::string_view name, int layer);

/// Finds weights in a file by our name and checks their shape before anything is allocated.
class WeightRegistry {
 public:
  /// Matrices come from `packed` where it has them; all three outlive this.
  WeightRegistry(const formats::GgufFile& file, const ModelConfig& config,
                 std::span<const WeightSpec> specs, const PackedWeights* packed = nullptr);

  bool has(std::string_view name, int layer = -1) const;
  /// The tensor with the shape its spec promises, or an error that names both shapes.
  Result<const formats::GgufTensor*> tensor(std::string_view name, int layer = -1) const;
  Result<tensor::PackedMatrix> matrix(std::string_view name, int layer,
                                      const tensor::ExecContext& ctx) const;
  Result<std::vector<float>> vector(std::string_view name, int layer = -1) const;

 private:
  int64_t dimension(char letter) const;

  const formats::GgufFile& file_;
  const ModelConfig& config_;
  std::span<const WeightSpec> specs_;
  const PackedWeights* packed_;
};

}  // namespace mw::models
