#pragma once

// Helpers of the tensor tests: random data and the naive sums to compare with.

#include <array>
#include <bit>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "core/half.h"
#include "tensor/exec_context.h"
#include "tensor/packed_matrix.h"

namespace mw::tensor::testing {

inline std::vector<float> random_floats(std::size_t count, uint32_t seed, float spread = 1.0F) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0F, spread);
  std::vector<float> values(count);
  for (float& each : values) each = normal(generator);
  return values;
}

/// A matrix of random weights in a format, and the exact values it stands for.
struct RandomMatrix {
  PackedMatrix packed;
  std::vector<double> values;  // (rows, width)
};

inline RandomMatrix random_matrix(WeightFormat format, int rows, int width, uint32_t seed) {
  std::mt19937 generator(seed);
  RandomMatrix out{PackedMatrix(format, rows, width), {}};
  out.values.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(width));
  const auto draw = [&](int limit) {
    return static_cast<uint8_t>(generator() % static_cast<uint32_t>(limit));
  };
  const auto scale = [&] { return f32_to_f16(0.01F * static_cast<float>(1 + generator() % 100)); };
  for (int row = 0; row < rows; ++row) {
    if (format == WeightFormat::kW12) {
      std::vector<int16_t> q;
      const float d = 0.001F * static_cast<float>(1 + generator() % 100);
      for (int k = 0; k < width; ++k) {
        q.push_back(static_cast<int16_t>(static_cast<int>(generator() % 4095) - kMostW12));
        out.values.push_back(double{d} * q.back());
      }
      out.packed.set_row_w12(row, d, q);
      continue;
    }
    if (!is_integer(format)) {
      std::vector<float> line = random_floats(static_cast<std::size_t>(width), generator());
      std::vector<uint16_t> bits;
      for (float& each : line) {
        if (format == WeightFormat::kF16) each = f16_to_f32(f32_to_f16(each));
        if (format == WeightFormat::kBf16)
          each = bf16_to_f32(static_cast<uint16_t>(std::bit_cast<uint32_t>(each) >> 16));
        bits.push_back(format == WeightFormat::kF16
                           ? f32_to_f16(each)
                           : static_cast<uint16_t>(std::bit_cast<uint32_t>(each) >> 16));
        out.values.push_back(each);
      }
      if (format == WeightFormat::kF32)
        out.packed.set_row_f32(row, line);
      else
        out.packed.set_row_16(row, bits);
      continue;
    }
    const bool under_heads = format == WeightFormat::kW4k || format == WeightFormat::kW5k;
    uint16_t head_d = 0;
    uint16_t head_e = 0;
    for (int group = 0; group < width / kGroup; ++group) {
      std::array<uint8_t, 32> q;
      const bool bytes = format == WeightFormat::kW8 || format == WeightFormat::kW8Affine;
      const int limit = bytes                          ? 256
                        : format == WeightFormat::kW6k ? 64
                        : format == WeightFormat::kW5k ? 32
                                                       : 16;
      for (uint8_t& each : q) each = draw(limit);
      const uint16_t d = scale();
      const uint16_t m = static_cast<uint16_t>(scale() | 0x8000U);
      if (group % kHeadGroups == 0) {
        head_d = d;
        head_e = scale();
        const int head = group / kHeadGroups;
        if (under_heads) out.packed.set_w4k_head(row, head, head_d, head_e);
        if (format == WeightFormat::kW6k) out.packed.set_w6k_head(row, head, head_d);
      }
      if (format == WeightFormat::kW4) {
        out.packed.set_w4(row, group, d, m, q);
        for (const uint8_t each : q)
          out.values.push_back(double{f16_to_f32(d)} * each + f16_to_f32(m));
      } else if (format == WeightFormat::kW4Centred) {
        out.packed.set_w4_centred(row, group, d, q);
        for (const uint8_t each : q) out.values.push_back(double{f16_to_f32(d)} * (each - 8));
      } else if (under_heads) {
        const uint8_t s = draw(64), minimum = draw(64);
        out.packed.set_w4k(row, group, s, minimum, q);
        const double offset = double{f16_to_f32(head_e)} * minimum;
        for (const uint8_t each : q) {
          out.values.push_back(double{f16_to_f32(head_d)} * s * each - offset);
        }
      } else if (format == WeightFormat::kW6k) {
        const std::array<int8_t, 2> s{static_cast<int8_t>(draw(256)),
                                      static_cast<int8_t>(draw(256))};
        out.packed.set_w6k(row, group, s, q);
        for (std::size_t i = 0; i < 32; ++i) {
          out.values.push_back(double{f16_to_f32(head_d)} * s[i / 16] * (q[i] - 32));
        }
      } else if (format == WeightFormat::kW8) {
        out.packed.set_w8(row, group, d, q);
        for (const uint8_t each : q) out.values.push_back(double{f16_to_f32(d)} * (each - 128));
      } else {
        const std::array<float, 2> ds{f16_to_f32(d), f16_to_f32(scale())};
        const std::array<float, 2> ms{f16_to_f32(m), f16_to_f32(scale())};
        out.packed.set_w8_affine(row, group, ds, ms, q);
        for (std::size_t i = 0; i < 32; ++i)
          out.values.push_back(double{ds[i / 16]} * q[i] + ms[i / 16]);
      }
    }
  }
  return out;
}

inline constexpr WeightFormat kAllFormats[] = {
    WeightFormat::kW4,       WeightFormat::kW4Centred, WeightFormat::kW4k, WeightFormat::kW8,
    WeightFormat::kW8Affine, WeightFormat::kW5k,       WeightFormat::kW6k, WeightFormat::kF32,
    WeightFormat::kF16,      WeightFormat::kBf16,      WeightFormat::kW12};
/// All but the last, which is made of floats while they are loaded.
inline constexpr std::span<const WeightFormat> kFileFormats(kAllFormats, 10);
/// `width`, or more where a format knows no such width.
inline int width_for(WeightFormat format, int width) {
  const int step = width_step(format);
  return (width + step - 1) / step * step;
}

}  // namespace mw::tensor::testing
