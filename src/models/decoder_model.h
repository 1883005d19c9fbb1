#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/stored_tensor.h"
#include "models/adapter.h"
#include "models/model.h"
#include "models/weight_registry.h"
#include "tensor/attention.h"
#include "tensor/rope.h"

namespace mw::models {

struct AdaptedRows;
struct DecoderBatch;

/// The decoder that GPT-2, Llama, Mistral, Qwen, Gemma and Phi-3 have in common. What differs is in
/// its ModelConfig and in which weights its file has:
///   x = embedding[id] * scale (+ position[p])
///   x += [norm](attention(rope([norm](q)), rope([norm](k)), v) W_o)      q, k, v = norm(x) W (+ b)
///   x += [norm](down(activation(gate(h)) * up(h)))                       h = norm(x)
///   logits = cap(norm(x) W_out)
/// with what stands in brackets where there are weights for it. Rows of a segment with an adapter
/// get its changes added to each product (after the bias).
///
/// Source   Vaswani et al. 2017, arXiv:1706.03762; Touvron et al. 2023, arXiv:2302.13971; the
///          families' differences: models/architectures.
class DecoderModel final : public Model {
 public:
  /// The file that `weights` reads from must outlive the model.
  static Result<std::unique_ptr<Model>> load(ModelConfig config, WeightRegistry& weights,
                                             const tensor::ExecContext& ctx);

  const ModelConfig& config() const override { return config_; }
  std::vector<NamedMatrix> matrices() const override;
  std::unique_ptr<Workspace> make_workspace(int max_tokens, int max_logit_rows) const override;
  void forward(std::span<const ForwardSegment> segments, Workspace& workspace,
               tensor::MatView<float> logits, const tensor::ExecContext& ctx) const override;

 private:
  struct Norm {
    std::vector<float> weight;  // empty: no norm in this place
    std::vector<float> bias;    // of layer norms
  };
  struct Layer {
    Norm attention_norm;
    Linear query;
    Linear key;
    Linear value;
    Norm query_norm;  // of each head
    Norm key_norm;
    Linear output;
    Norm post_attention_norm;
    Norm ffn_norm;
    Linear gate;  // of gated feed-forward parts
    Linear up;
    Linear down;
    Norm post_ffn_norm;
  };
  class Buffers;
  struct Changed;
  enum class Rows { kAll, kQueries, kKeys };  // of a layer's queries, keys and values

  Result<Layer> load_layer(int index, WeightRegistry& weights,
                           const tensor::ExecContext& ctx) const;
  Result<Norm> load_norm(const char* name, int layer, WeightRegistry& weights) const;
  Result<void> load_positions(WeightRegistry& weights);
  void normalise(tensor::MatView<const float> x, const Norm& norm, tensor::MatView<float> y,
                 const tensor::ExecContext& ctx) const;
  void adapt(std::span<const AdaptedRows> rows, int layer, std::span<const Changed> products,
             const tensor::ExecContext& ctx) const;
  template <class Make>
  void add_part(const DecoderBatch& batch, int layer, Product product, const Linear& linear,
                tensor::MatView<const float> input, const Norm& post_norm, Buffers& buffers,
                const tensor::ExecContext& ctx, const Make& make) const;
  void embed(std::span<const ForwardSegment> segments, Buffers& buffers) const;
  void project(const DecoderBatch& batch, int layer, Rows rows, Buffers& buffers,
               const tensor::ExecContext& ctx) const;
  void place(const DecoderBatch& batch, int layer, Rows rows, Buffers& buffers,
             const tensor::ExecContext& ctx) const;
  void look_back(const DecoderBatch& batch, int layer, Buffers& buffers,
                 const tensor::ExecContext& ctx) const;
  void attend(const DecoderBatch& batch, int layer, Buffers& buffers,
              const tensor::ExecContext& ctx) const;
  void attend_last(const DecoderBatch& batch, const DecoderBatch& ends, Buffers& buffers,
                   const tensor::ExecContext& ctx) const;
  void feed_forward(const DecoderBatch& batch, int layer, Buffers& buffers,
                    const tensor::ExecContext& ctx) const;
  void project_logits(const DecoderBatch& ends, Buffers& buffers, tensor::MatView<float> logits,
                      const tensor::ExecContext& ctx) const;
  tensor::AttentionShape attention_shape(int layer) const;

  ModelConfig config_;
  formats::StoredTensor embedding_;  // rows are dequantised as they are looked up
  std::vector<float> positions_;     // (C,D) where they are learned
  std::vector<Layer> layers_;
  Norm output_norm_;
  Linear output_;
  tensor::Rope rope_;
  tensor::Rope sliding_rope_;  // where it differs
};

}  // namespace mw::models
