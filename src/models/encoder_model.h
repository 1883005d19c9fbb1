#pragma once

#include <memory>
#include <span>
#include <vector>

#include "formats/stored_tensor.h"
#include "models/encoder_config.h"
#include "models/model.h"
#include "tensor/exec_context.h"
#include "tensor/mat_view.h"
#include "tensor/packed_matrix.h"

namespace mw::models {

/// How weights that a file holds as floats are kept.
enum class EncoderPrecision {
  kStored,     // as they are
  kTwelveBit,  // 12 bits with a scale a row, inputs as well: twice as fast, cosines of 0.999999 and
               // more to the exact vectors (ADR 0138)
};

/// An encoder over whole texts (BERT and its relatives): every token sees every other.
///   x = norm(word[id] + position[p] + type[t])
///   x = norm(x + attention(x)), x = norm(x + down(gelu(up(x))))    a layer
/// Immutable: any number of workspaces may run it.
///
/// Numbers  a text's bits are the same in any batch, on any thread count and instruction set.
/// Source   Devlin et al. 2018, arXiv:1810.04805; Reimers & Gurevych 2019, arXiv:1908.10084.
class EncoderModel {
 public:
  struct Input {
    std::span<const int32_t> ids;       // with the model's template
    std::span<const int32_t> type_ids;  // empty: all of type 0
  };
  /// The file or folder must outlive it.
  static Result<std::unique_ptr<EncoderModel>> load(const formats::GgufFile& file,
                                                    EncoderPrecision precision,
                                                    const tensor::ExecContext& ctx);
  static Result<std::unique_ptr<EncoderModel>> load(const ModelFolder& folder,
                                                    EncoderPrecision precision,
                                                    const tensor::ExecContext& ctx);
  ~EncoderModel();

  const EncoderConfig& config() const { return config_; }
  uint64_t weight_bytes() const;
  /// Numbers a text becomes: the width, or one a label.
  int outputs() const {
    return config_.model.labels > 0 ? config_.model.labels : config_.model.width;
  }

  std::unique_ptr<Workspace> make_workspace() const;

  /// A row an input: its embedding, pooled (and normalised, where the model wants that), or the
  /// scores of the labels. Inputs are packed into passes without padding.
  ///
  /// Shapes   out (inputs, outputs()).
  /// Errors   none: an input that is empty or longer than max_tokens, and ids out of range, are a
  ///          caller's bug.
  void run(std::span<const Input> inputs, Workspace& workspace, tensor::MatView<float> out,
           const tensor::ExecContext& ctx) const;

 private:
  struct Norm {
    std::vector<float> weight;
    std::vector<float> bias;
  };
  struct Layer {
    Linear query;
    Linear key;
    Linear value;
    Linear output;
    Norm attention_norm;
    Linear up;
    Linear down;
    Norm ffn_norm;
  };
  class Buffers;
  struct Batch;
  EncoderModel();

  static Result<std::unique_ptr<EncoderModel>> load(EncoderConfig config, WeightRegistry& weights,
                                                    EncoderPrecision precision,
                                                    const tensor::ExecContext& ctx);
  Result<Layer> load_layer(int index, WeightRegistry& weights, EncoderPrecision precision,
                           const tensor::ExecContext& ctx) const;
  void embed(const Batch& batch, Buffers& workspace, const tensor::ExecContext& ctx) const;
  void attend(const Batch& batch, const Layer& layer, Buffers& workspace,
              const tensor::ExecContext& ctx) const;
  void feed_forward(const Batch& batch, const Layer& layer, const Layer* next, Buffers& workspace,
                    const tensor::ExecContext& ctx) const;
  void pool(const Batch& batch, Buffers& workspace, tensor::MatView<float> out,
            const tensor::ExecContext& ctx) const;
  void run_batch(const Batch& batch, Buffers& workspace, tensor::MatView<float> out,
                 const tensor::ExecContext& ctx) const;

  EncoderConfig config_;
  formats::StoredTensor words_;  // rows are dequantised as they are looked up
  std::vector<float> positions_;
  std::vector<float> types_;
  Norm embedding_norm_;
  std::vector<Layer> layers_;
  Linear head_dense_;
  Linear head_output_;
};

}  // namespace mw::models
