#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/gguf.h"
#include "models/model_config.h"
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

/// Finds weights in a file by our name and checks their shape before anything is allocated.
class WeightRegistry {
 public:
  WeightRegistry(const formats::GgufFile& file, const ModelConfig& config,
                 std::span<const WeightSpec> specs);

  bool has(std::string_view name, int layer = -1) const;
  /// The tensor with the shape its spec promises, or an error that names both shapes.
  Result<const formats::GgufTensor*> tensor(std::string_view name, int layer = -1) const;
  Result<tensor::PackedMatrix> matrix(std::string_view name, int layer,
                                      const tensor::ExecContext& ctx) const;
  Result<std::vector<float>> vector(std::string_view name, int layer = -1) const;

 private:
  const WeightSpec& spec(std::string_view name) const;
  int64_t dimension(char letter) const;

  const formats::GgufFile& file_;
  const ModelConfig& config_;
  std::span<const WeightSpec> specs_;
};

}  // namespace mw::models
