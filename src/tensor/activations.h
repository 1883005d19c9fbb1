#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "tensor/buffer.h"
#include "tensor/exec_context.h"

namespace mw::tensor {

/// What integer weights are multiplied with. Words: 16 bits with one scale a row, wrong by at most
/// 1.5e-5 of a row's largest value (KL 1e-6 nats a token on the default model). Bytes: 8 bits with
/// one scale per 32, at most 0.4 % of the largest of those, and half the multiply-adds; 16 bits
/// where the largest of the 32 stands out of its row (ADR 0160).
enum class InputForm { kFloats, kWords, kBytes };
/// "f32", "int16" or "int8".
std::string_view input_form_name(InputForm form);

/// The input of matrix products: rows of f32 and, for integer weights, the same rows as integers.
class Activations {
 public:
  Activations() = default;
  Activations(int max_tokens, int max_width);

  /// Takes x (T, D) as input; `x` must stay until the next call. Quantises but for kFloats.
  void assign(MatView<const float> x, InputForm form, const ExecContext& ctx);
  /// The same for rows that make(first, count) writes first, on the thread that quantises them: it
  /// has them in its cache then, and there is one loop less to start.
  template <class Make>
  void assign(MatView<const float> x, InputForm form, const ExecContext& ctx, const Make& make) {
    const int tiles = begin(x, form, *ctx.kernels);
    // By whole tiles: tokens of one tile lie in the same cache lines, which two threads that write
    // them would take from each other (7 ticks a number instead of 1).
    parallel_for(ctx, tiles, 1, [&](int from, int to) {
      const int first = from * tile_tokens_;
      make(first, std::min(to * tile_tokens_, x.rows) - first);
      if (form != InputForm::kFloats) quantise_tiles(from, to, *ctx.kernels);
    });
  }

  /// The same as rows of 13-bit integers, for weights of kW12.
  void assign_w12(MatView<const float> x, const ExecContext& ctx);
  /// The same in parts, for rows that are made one by one: x first, then each row once it is there.
  void begin_w12(MatView<const float> x);
  void take_w12(int token, const KernelTable& kernels);

  MatView<const float> floats() const { return floats_; }
  int tokens() const { return floats_.rows; }
  int width() const { return floats_.cols; }
  InputForm form() const { return form_; }
  bool has_integers() const { return form_ != InputForm::kFloats; }
  bool has_w12() const { return has_w12_; }
  const int16_t* w12_row(int token) const {
    return tiles_.as<int16_t>() +
           static_cast<std::size_t>(token) * static_cast<std::size_t>(width());
  }
  int tile_tokens() const { return tile_tokens_; }
  std::size_t tile_bytes() const { return tile_bytes_; }
  const uint8_t* tiles() const { return tiles_.as<uint8_t>(); }
  const float* scales() const { return scales_.as<float>(); }

 private:
  /// Takes x without quantising it; how many tiles it has.
  int begin(MatView<const float> x, InputForm form, const KernelTable& kernels);
  void quantise_tiles(int from, int to, const KernelTable& kernels);

  MatView<const float> floats_;
  InputForm form_ = InputForm::kFloats;
  bool has_w12_ = false;
  int tile_tokens_ = kTileTokens;
  std::size_t tile_bytes_ = 0;
  Buffer tiles_;
  Buffer scales_;
};

}  // namespace mw::tensor
