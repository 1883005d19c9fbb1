// What the steps of a decoder's forward pass share: the rows that they write, and the product that
// ends a part of a layer.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "models/decoder_model.h"
#include "models/internal/decoder_batch.h"
#include "tensor/activations.h"
#include "tensor/matmul.h"

namespace mw::models {

/// A product that an adapter may change; nothing for the logits.
struct DecoderModel::Changed {
  std::optional<Product> product;
  tensor::MatView<const float> x;
  tensor::MatView<float> y;
};

class DecoderModel::Buffers final : public Workspace {
 public:
  Buffers(const ModelConfig& config, int max_tokens, int max_logit_rows)
      : x(max_tokens, config.width),
        normed(std::max(max_tokens, max_logit_rows), config.width),
        query(max_tokens, config.heads * config.head_dim),
        key(max_tokens, config.kv_heads * config.head_dim),
        value(max_tokens, config.kv_heads * config.head_dim),
        attended(max_tokens, config.heads * config.head_dim),
        gate(max_tokens, config.ffn_width),
        up(max_tokens, config.ffn_width),
        input(std::max(max_tokens, max_logit_rows),
              std::max({config.width, config.ffn_width, config.heads * config.head_dim})) {}

  tensor::Matrix<float> x;
  tensor::Matrix<float> normed;
  tensor::Matrix<float> query;
  tensor::Matrix<float> key;
  tensor::Matrix<float> value;
  tensor::Matrix<float> attended;
  tensor::Matrix<float> gate;
  tensor::Matrix<float> up;
  tensor::Activations input;
  tensor::Attention attention;
  ThreadPool one_thread{1};  // for what a thread does with its own rows
};

/// y (+)= x W^T for weights that share x, which integer ones meet in `form`. make(first, count)
/// writes these rows of x before.
template <class Make>
void multiply(tensor::MatView<const float> x, std::span<const tensor::MatmulJob> jobs,
              tensor::InputForm form, tensor::Activations& input, const tensor::ExecContext& ctx,
              const Make& make) {
  const bool integers = std::any_of(jobs.begin(), jobs.end(), [](const tensor::MatmulJob& job) {
    return tensor::is_integer(job.weight->format());
  });
  input.assign(x, integers ? form : tensor::InputForm::kFloats, ctx, make);
  tensor::matmul(input, jobs, ctx);
}

/// The rows are there.
inline constexpr auto kMade = [](int, int) {};

/// x += [norm](input W^T + bias) for the input that `make` writes. The buffer `normed` is free by
/// now.
template <class Make>
void DecoderModel::add_part(const DecoderBatch& batch, int layer, Product product,
                            const Linear& linear, tensor::MatView<const float> input,
                            const Norm& post_norm, Buffers& buffers, const tensor::ExecContext& ctx,
                            const Make& make) const {
  const auto x = buffers.x.view(batch.tokens);
  const bool apart = !post_norm.weight.empty();
  const auto part = apart ? buffers.normed.view(x.rows) : x;
  const tensor::MatmulJob job{&linear.weight, part, !apart};
  multiply(input, {&job, 1}, config_.inputs, buffers.input, ctx, make);
  add_bias(linear.bias, part, ctx);
  const Changed changed{product, input, part};
  adapt(batch.adapted, layer, {&changed, 1}, ctx);
  if (!apart) return;
  normalise(part, post_norm, part, ctx);
  add_rows(part, x, ctx);
}

}  // namespace mw::models
