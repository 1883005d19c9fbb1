#pragma once

#include <vector>

#include "formats/gguf.h"
#include "models/model.h"
#include "tensor/packed_matrix.h"
#include "tensor/rope.h"

namespace mw::models {

/// Llama, SmolLM2: RMS norm before each part, grouped-query attention with RoPE on adjacent pairs
/// (GGUF's row order), SwiGLU, no biases, output tied to the embedding where the file has none.
///
/// Source   Touvron et al. 2023, arXiv:2302.13971; reference/engine.md 1.3.
class LlamaModel final : public Model {
 public:
  static Result<std::unique_ptr<Model>> load(const formats::GgufFile& file,
                                             const tensor::ExecContext& ctx,
                                             const PackedWeights* packed);

  const ModelConfig& config() const override { return config_; }
  std::vector<NamedMatrix> matrices() const override;
  std::unique_ptr<Workspace> make_workspace(int max_tokens, int max_logit_rows) const override;
  void forward(std::span<const ForwardSegment> segments, Workspace& workspace,
               tensor::MatView<float> logits, const tensor::ExecContext& ctx) const override;

 private:
  struct Layer {
    std::vector<float> attention_norm;
    tensor::PackedMatrix query;
    tensor::PackedMatrix key;
    tensor::PackedMatrix value;
    tensor::PackedMatrix output;
    std::vector<float> ffn_norm;
    tensor::PackedMatrix gate;
    tensor::PackedMatrix up;
    tensor::PackedMatrix down;
  };
  class Buffers;
  struct Batch;

  const char* output_weight() const { return tied_ ? "token_embedding" : "output"; }
  void embed(const Batch& batch, Buffers& buffers) const;
  void attend(const Batch& batch, int layer, Buffers& buffers,
              const tensor::ExecContext& ctx) const;
  void feed_forward(const Batch& batch, int layer, Buffers& buffers,
                    const tensor::ExecContext& ctx) const;
  void project_logits(const Batch& batch, Buffers& buffers, tensor::MatView<float> logits,
                      const tensor::ExecContext& ctx) const;

  ModelConfig config_;
  formats::GgufTensor embedding_;  // rows are dequantised as they are looked up
  std::vector<Layer> layers_;
  std::vector<float> output_norm_;
  tensor::PackedMatrix output_;
  bool tied_ = false;  // output_ is the embedding
  tensor::Rope rope_;
};

}  // namespace mw::models
