#include "tensor/internal/panel_stream.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/half.h"
#include "tensor/kernels/limits_table.h"

namespace mw::tensor {
namespace {

/// One panel of 16 rows with weights that are of no special kind: all nibbles, small scales.
PackedMatrix make_panel() {
  PackedMatrix panel(WeightFormat::kW4, kPanelRows, PanelStream::kWidth);
  uint32_t state = 1;
  for (int row = 0; row < kPanelRows; ++row) {
    for (int group = 0; group < PanelStream::kWidth / kGroup; ++group) {
      std::array<uint8_t, kGroup> q;
      for (uint8_t& each : q) {
        state = state * 1664525 + 1013904223;
        each = static_cast<uint8_t>(state >> 28);
      }
      const float d = 0.01F * static_cast<float>(1 + (state >> 8) % 7);
      panel.set_w4(row, group, f32_to_f16(d), f32_to_f16(-7.5F * d), q);
    }
  }
  return panel;
}

}  // namespace

PanelStream::PanelStream(uint64_t bytes, int cores)
    : panel_(make_panel()),
      panels_(static_cast<int>(bytes / panel_.panel_bytes() / 4 * 4)),
      buffer_(static_cast<std::size_t>(panels_) * panel_.panel_bytes()),
      panel_sum_(kScalarLimits.read_sum(panel_.data(), panel_.panel_bytes())),
      x_(kTokens, kWidth),
      reference_(kTileTokens, kPanelRows) {
  ThreadPool pool(cores);
  pool.run(3 * cores, [&](int chunk) {
    const auto [begin, end] = share(panels_, chunk, 3 * cores);
    for (int index = begin; index < end; ++index) {
      std::memcpy(buffer_.data() + static_cast<std::size_t>(index) * panel_bytes(), panel_.data(),
                  panel_bytes());
    }
  });
  for (int token = 0; token < kTokens; ++token) {
    for (int k = 0; k < kWidth; ++k) {
      x_.row(token)[k] = static_cast<float>((token * 37 + k * 101) % 255 - 127) / 64.0F;
    }
  }
  compute_reference();
}

void PanelStream::compute_reference() {
  ThreadPool pool(1);
  const ExecContext ctx{&pool, &kScalarKernels};
  Activations x(kTileTokens, kWidth);
  x.assign(inputs(kTileTokens), InputForm::kWords, ctx);
  MatmulArgs args = product(x, reference_.row(0), kPanelRows);
  args.panel_end = 1;
  kScalarKernels.of_words.w4(args);
}

MatmulArgs PanelStream::product(const Activations& x, float* y, ptrdiff_t stride) const {
  return {.panels = buffer_.as<uint8_t>(),
          .panel_bytes = panel_bytes(),
          .groups = kWidth / kGroup,
          .tiles = x.tiles(),
          .tile_tokens = x.tile_tokens(),
          .tile_bytes = x.tile_bytes(),
          .scales = x.scales(),
          .tokens = x.tokens(),
          .y = y,
          .y_stride = stride,
          .add = false};
}

bool PanelStream::is_right(const float* y, int token) const {
  return std::memcmp(y, reference_.row(token), kPanelRows * sizeof(float)) == 0;
}

}  // namespace mw::tensor
