#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "models/model_config.h"
#include "models/packed_weights.h"
#include "models/weight_file.h"
#include "tensor/exec_context.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

/// A weight as we name it, its name in a file ("{}" is the layer) and its shape in the letters D
/// width, F ffn, V vocabulary, Q = H*head_dim, P = K*head_dim, H head_dim, C context, R rotated
/// pairs, T token types, L labels. A one-letter shape is a vector.
struct WeightSpec {
  std::string_view name;
  std::string_view file_name;
  std::string_view shape;
  /// Where files keep several weights as one: the rows of each ("QPP"), and which of them this is.
  std::string_view parts = {};
  int part = 0;
  bool transposed = false;  // stored (in, out)
  float plus = 0;           // added to each value: norms that are stored around 0
  bool optional = false;    // a file without it is complete
};

/// What a shape letter stands for.
int64_t dimension_of(const ModelConfig& config, char letter);

/// How the files of one kind name the weights of one architecture.
struct WeightNames {
  std::span<const WeightSpec> specs;
  std::span<const WeightSpec> more;                // of the same kind
  std::string_view prefix = {};                    // of names; some files leave it out
  std::span<const std::string_view> ignored = {};  // ends of names that hold no weight

  const WeightSpec* find(std::string_view name) const;
};

/// The name in files without the prefix.
std::string file_name_of(const WeightSpec& spec, int layer);

/// Rows of the tensor that holds this weight, and those of them before it.
int64_t stored_rows(const ModelConfig& config, const WeightSpec& spec);
int64_t rows_before(const ModelConfig& config, const WeightSpec& spec);

/// A product's weight and, where the file has one, its bias.
struct Linear {
  std::string name;  // in the file
  tensor::PackedMatrix weight;
  std::vector<float> bias;
};

/// Finds weights in a file by our name and checks their shape before anything is allocated.
///
/// Errors   kCorrupt or kUnsupported, naming the file's tensor.
class WeightRegistry {
 public:
  /// Matrices come from `packed` where it has them; all outlive this.
  WeightRegistry(const WeightFile& file, const ModelConfig& config, const WeightNames& names,
                 const PackedWeights* packed = nullptr);

  /// From now on matrices of floats are rounded to 8 bits while packing.
  void round_floats() { round_floats_ = true; }
  bool rounds_floats() const { return round_floats_; }

  bool has(std::string_view name, int layer = -1) const;
  /// The tensor as the file holds it, with the shape its spec promises.
  Result<formats::StoredTensor> tensor(std::string_view name, int layer = -1);
  /// The weight `name` and the bias `<name>_bias`.
  Result<Linear> linear(std::string_view name, int layer, const tensor::ExecContext& ctx);
  Result<std::vector<float>> vector(std::string_view name, int layer = -1);
  /// The vector, or an empty one where the architecture has none, or the file no optional one.
  Result<std::vector<float>> maybe_vector(std::string_view name, int layer = -1);
  /// A weight that is there and not needed.
  Result<void> skip(std::string_view name);
  /// A tensor that we would have to leave out is one that we do not understand: kUnsupported.
  Result<void> refuse_unused() const;

 private:
  std::string name_in_file(const WeightSpec& spec, int layer) const;
  int64_t dimension(char letter) const { return dimension_of(config_, letter); }
  Result<tensor::PackedMatrix> pack(const WeightSpec& spec, const formats::StoredTensor& stored,
                                    const tensor::ExecContext& ctx) const;

  const WeightFile& file_;
  const ModelConfig& config_;
  WeightNames names_;
  const PackedWeights* packed_;
  std::set<std::string> used_;
  bool round_floats_ = false;
};

}  // namespace mw::models
