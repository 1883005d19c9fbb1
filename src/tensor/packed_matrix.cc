#include "tensor/packed_matrix.h"

#include <cstring>

#include "core/check.h"

namespace mw::tensor {
namespace {

constexpr int kMost = 1 << 30;  // 2^26 panels of 2^36 bytes (f32): fits 64 bits

std::size_t bytes_of_panel(WeightFormat format, int width) {
  const auto inputs = static_cast<std::size_t>(width);
  switch (format) {
    case WeightFormat::kW4:
      return inputs / kGroup * kW4GroupBytes;
    case WeightFormat::kW4Affine:
      return inputs / kGroup * kW4AffineGroupBytes;
    case WeightFormat::kW8:
      return inputs / kGroup * kW8GroupBytes;
    case WeightFormat::kW8Affine:
      return inputs / kGroup * kW8AffineGroupBytes;
    case WeightFormat::kF32:
      return inputs * kPanelRows * 4;
    case WeightFormat::kF16:
    case WeightFormat::kBf16:
      return inputs * kPanelRows * 2;
    case WeightFormat::kW12:
      return w12_panel_bytes(width);
  }
  return 0;
}

template <class T>
void put(uint8_t* base, int index, T value) {
  std::memcpy(base + static_cast<std::size_t>(index) * sizeof(T), &value, sizeof(T));
}

/// 32 nibbles of one row into [4 chunks][16 rows][4]: inputs 8c..8c+3 low, 8c+4..8c+7 high.
void put_nibbles(uint8_t* base, int row, std::span<const uint8_t, 32> q) {
  for (int chunk = 0; chunk < 4; ++chunk) {
    uint8_t* out = base + chunk * 4 * kPanelRows + 4 * row;
    for (int i = 0; i < 4; ++i) {
      const auto at = static_cast<std::size_t>(8 * chunk + i);
      out[i] = static_cast<uint8_t>(q[at] | (q[at + 4] << 4));
    }
  }
}

/// 32 bytes of one row into [8 quads][16 rows][4].
void put_bytes(uint8_t* base, int row, std::span<const uint8_t, 32> q) {
  for (int quad = 0; quad < 8; ++quad) {
    std::memcpy(base + quad * 4 * kPanelRows + 4 * row, q.data() + 4 * quad, 4);
  }
}

bool in_groups(WeightFormat format) { return is_integer(format) || format == WeightFormat::kW12; }

}  // namespace

std::string_view format_name(WeightFormat format) {
  switch (format) {
    case WeightFormat::kW4:
      return "w4";
    case WeightFormat::kW4Affine:
      return "w4-affine";
    case WeightFormat::kW8:
      return "w8";
    case WeightFormat::kW8Affine:
      return "w8-affine";
    case WeightFormat::kF32:
      return "f32";
    case WeightFormat::kF16:
      return "f16";
    case WeightFormat::kBf16:
      return "bf16";
    case WeightFormat::kW12:
      return "w12";
  }
  return "";
}

bool is_integer(WeightFormat format) {
  return format == WeightFormat::kW4 || format == WeightFormat::kW4Affine ||
         format == WeightFormat::kW8 || format == WeightFormat::kW8Affine;
}

uint64_t packed_bytes(WeightFormat format, int rows, int width) {
  MW_CHECK(rows > 0 && rows <= kMost && width > 0 && width <= kMost);
  MW_CHECK(width % kGroup == 0 || !in_groups(format));
  const int panels = (rows + kPanelRows - 1) / kPanelRows;
  return static_cast<uint64_t>(panels) * bytes_of_panel(format, width);
}

PackedMatrix::PackedMatrix(WeightFormat format, int rows, int width)
    : format_(format), rows_(rows), width_(width), panel_bytes_(bytes_of_panel(format, width)) {
  MW_CHECK(rows > 0 && width > 0);
  MW_CHECK(width % kGroup == 0 || !in_groups(format));
  buffer_ = Buffer(bytes());
  data_ = buffer_.as<uint8_t>();
}

PackedMatrix::PackedMatrix(WeightFormat format, int rows, int width,
                           std::span<const std::byte> bytes, std::shared_ptr<const void> owner)
    : format_(format),
      rows_(rows),
      width_(width),
      panel_bytes_(bytes_of_panel(format, width)),
      owner_(std::move(owner)),
      data_(reinterpret_cast<const uint8_t*>(bytes.data())) {
  MW_CHECK(owner_ != nullptr);
  MW_CHECK_EQ(bytes.size(), packed_bytes(format, rows, width));
  MW_CHECK_EQ(reinterpret_cast<uintptr_t>(data_) % 64, uintptr_t{0});
}

uint8_t* PackedMatrix::group_at(int row, int group, std::size_t group_bytes) {
  MW_DCHECK(row >= 0 && row < rows_ && group >= 0 && group < width_ / kGroup);
  return buffer_.as<uint8_t>() + static_cast<std::size_t>(row / kPanelRows) * panel_bytes_ +
         static_cast<std::size_t>(group) * group_bytes;
}

void PackedMatrix::set_w4(int row, int group, uint16_t d, uint16_t m,
                          std::span<const uint8_t, 32> q) {
  uint8_t* base = group_at(row, group, kW4GroupBytes);
  row %= kPanelRows;
  put(base, row, d);
  put(base + 2 * kPanelRows, row, m);
  put_nibbles(base + 4 * kPanelRows, row, q);
}

void PackedMatrix::set_w4_affine(int row, int group, float d, float m,
                                 std::span<const uint8_t, 32> q) {
  uint8_t* base = group_at(row, group, kW4AffineGroupBytes);
  row %= kPanelRows;
  put(base, row, d);
  put(base + 4 * kPanelRows, row, m);
  put_nibbles(base + 8 * kPanelRows, row, q);
}

void PackedMatrix::set_w8(int row, int group, uint16_t d, std::span<const uint8_t, 32> q) {
  uint8_t* base = group_at(row, group, kW8GroupBytes);
  put(base, row % kPanelRows, d);
  put_bytes(base + 2 * kPanelRows, row % kPanelRows, q);
}

void PackedMatrix::set_w8_affine(int row, int group, std::span<const float, 2> d,
                                 std::span<const float, 2> m, std::span<const uint8_t, 32> q) {
  uint8_t* base = group_at(row, group, kW8AffineGroupBytes);
  row %= kPanelRows;
  for (int half = 0; half < 2; ++half) {
    const auto index = static_cast<std::size_t>(half);
    put(base, half * kPanelRows + row, d[index]);
    put(base + 8 * kPanelRows, half * kPanelRows + row, m[index]);
  }
  put_bytes(base + 16 * kPanelRows, row, q);
}

void PackedMatrix::set_row_16(int row, std::span<const uint16_t> bits) {
  MW_CHECK(format_ == WeightFormat::kF16 || format_ == WeightFormat::kBf16);
  MW_CHECK_EQ(bits.size(), static_cast<std::size_t>(width_));
  uint8_t* panel =
      buffer_.as<uint8_t>() + static_cast<std::size_t>(row / kPanelRows) * panel_bytes_;
  for (int k = 0; k < width_; ++k) {
    put(panel, k * kPanelRows + row % kPanelRows, bits[static_cast<std::size_t>(k)]);
  }
}

void PackedMatrix::set_row_f32(int row, std::span<const float> values) {
  MW_CHECK(format_ == WeightFormat::kF32);
  MW_CHECK_EQ(values.size(), static_cast<std::size_t>(width_));
  uint8_t* panel =
      buffer_.as<uint8_t>() + static_cast<std::size_t>(row / kPanelRows) * panel_bytes_;
  for (int k = 0; k < width_; ++k) {
    put(panel, k * kPanelRows + row % kPanelRows, values[static_cast<std::size_t>(k)]);
  }
}

void PackedMatrix::set_row_w12(int row, float d, std::span<const int16_t> q) {
  MW_CHECK(format_ == WeightFormat::kW12 && std::ssize(q) == width_);
  MW_DCHECK(row >= 0 && row < rows_);
  uint8_t* panel =
      buffer_.as<uint8_t>() + static_cast<std::size_t>(row / kPanelRows) * panel_bytes_;
  row %= kPanelRows;
  put(panel, row, d);
  for (std::size_t k = 0; k < q.size(); k += 2) {
    std::memcpy(panel + 4 * kPanelRows + 2 * kPanelRows * k + 4 * static_cast<std::size_t>(row),
                &q[k], 4);
  }
}

}  // namespace mw::tensor
