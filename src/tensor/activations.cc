#include "tensor/activations.h"

#include <algorithm>

#include "core/check.h"

namespace mw::tensor {

std::string_view input_form_name(InputForm form) {
  if (form == InputForm::kFloats) return "f32";
  return form == InputForm::kBytes ? "int8" : "int16";
}

Activations::Activations(int max_tokens, int max_width) {
  // Room for whole tiles of the widest kind; a tile of 16 is as large as two of 8.
  const auto tiles =
      2 * static_cast<std::size_t>((max_tokens + kAmxTileTokens - 1) / kAmxTileTokens);
  const auto groups = static_cast<std::size_t>((max_width + kGroup - 1) / kGroup);
  static_assert(bytes_group_bytes(kTileTokens) >= words_group_bytes(kTileTokens));
  tiles_ = Buffer(tiles * groups * bytes_group_bytes(kTileTokens));
  scales_ = Buffer(tiles * kTileTokens * sizeof(float));
}

void Activations::assign(MatView<const float> x, InputForm form, const ExecContext& ctx) {
  if (form == InputForm::kFloats) {
    begin(x, form, *ctx.kernels);
  } else {
    assign(x, form, ctx, [](int, int) {});
  }
}

int Activations::begin(MatView<const float> x, InputForm form, const KernelTable& kernels) {
  floats_ = x;
  form_ = form;
  has_w12_ = false;
  tile_tokens_ = tile_tokens_for(x.rows, kernels.widest_tile);
  const int tiles = (x.rows + tile_tokens_ - 1) / tile_tokens_;
  if (form == InputForm::kFloats) return tiles;
  MW_CHECK(x.cols % kGroup == 0);
  tile_bytes_ = static_cast<std::size_t>(x.cols / kGroup) * (form == InputForm::kBytes
                                                                 ? bytes_group_bytes(tile_tokens_)
                                                                 : words_group_bytes(tile_tokens_));
  MW_CHECK(static_cast<std::size_t>(tiles) * tile_bytes_ <= tiles_.size());
  return tiles;
}

void Activations::quantise_tiles(int from, int to, const KernelTable& kernels) {
  for (int at = from; at < to; ++at) {
    const int first = at * tile_tokens_;
    const int tokens = std::min(tile_tokens_, floats_.rows - first);
    uint8_t* tile = tiles_.as<uint8_t>() + static_cast<std::size_t>(at) * tile_bytes_;
    float* scales = scales_.as<float>() + first;
    if (form_ == InputForm::kBytes) {
      kernels.quantise_bytes(floats_.row(first), floats_.stride, tokens, floats_.cols, tile,
                             tile_tokens_);
      std::fill_n(scales, tokens, 1.0F);
    } else {
      kernels.quantise_words(floats_.row(first), floats_.stride, tokens, floats_.cols, tile,
                             tile_tokens_, scales);
    }
  }
}

void Activations::begin_w12(MatView<const float> x) {
  floats_ = x;
  form_ = InputForm::kFloats;
  has_w12_ = true;
  MW_CHECK(x.cols % kGroup == 0);
  MW_CHECK(static_cast<std::size_t>(x.rows) * static_cast<std::size_t>(x.cols) * sizeof(int16_t) <=
           tiles_.size());
}

void Activations::take_w12(int token, const KernelTable& kernels) {
  const auto at = static_cast<std::size_t>(token) * static_cast<std::size_t>(width());
  scales_.as<float>()[token] =
      kernels.quantise_w12(floats_.row(token), width(), tiles_.as<int16_t>() + at);
}

void Activations::assign_w12(MatView<const float> x, const ExecContext& ctx) {
  begin_w12(x);
  parallel_for(ctx, x.rows, 4, [&](int begin, int end) {
    for (int token = begin; token < end; ++token) take_w12(token, *ctx.kernels);
  });
}

}  // namespace mw::tensor
