#include "tensor/packed_matrix.h"

#include <array>
#include <cstring>

#include "core/check.h"

namespace mw::tensor {
namespace {

constexpr int kMost = 1 << 30;  // 2^26 panels of 2^36 bytes (f32): fits 64 bits

/// Bytes of a group and of a head of the integer formats.
struct GroupBytes {
  std::size_t group = 0;
  std::size_t head = 0;
};
GroupBytes group_bytes_of(WeightFormat format) {
  switch (format) {
    case WeightFormat::kW4:
      return {kW4GroupBytes};
    case WeightFormat::kW4Centred:
      return {kW4CentredGroupBytes};
    case WeightFormat::kW4k:
      return {kW4kGroupBytes, kW4kHeadBytes};
    case WeightFormat::kW5k:
      return {kW5kGroupBytes, kW5kHeadBytes};
    case WeightFormat::kW8:
      return {kW8GroupBytes};
    case WeightFormat::kW8Affine:
      return {kW8AffineGroupBytes};
    case WeightFormat::kW6k:
      return {kW6kGroupBytes, kW6kHeadBytes};
    default:
      return {};
  }
}

std::size_t bytes_of_panel(WeightFormat format, int width) {
  const auto inputs = static_cast<std::size_t>(width);
  if (format == WeightFormat::kF32) return inputs * kPanelRows * 4;
  if (format == WeightFormat::kF16 || format == WeightFormat::kBf16) return inputs * kPanelRows * 2;
  if (format == WeightFormat::kW12) return w12_panel_bytes(width);
  const GroupBytes bytes = group_bytes_of(format);
  return inputs / kGroup * bytes.group + inputs / kGroup / kHeadGroups * bytes.head;
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

/// The low four bits of 32 inputs, as put_nibbles.
void put_low_nibbles(uint8_t* base, int row, std::span<const uint8_t, 32> q) {
  std::array<uint8_t, 32> lower;
  for (std::size_t k = 0; k < lower.size(); ++k) lower[k] = q[k] & 15;
  put_nibbles(base, row, lower);
}

/// The fifth bits of 32 inputs of one row into [16 rows][4].
void put_fifth_bits(uint8_t* base, int row, std::span<const uint8_t, 32> q) {
  for (std::size_t i = 0; i < 4; ++i) {
    unsigned bits = 0;
    for (std::size_t quad = 0; quad < 8; ++quad) bits |= (q[4 * quad + i] >> 4 & 1U) << quad;
    base[4 * static_cast<std::size_t>(row) + i] = static_cast<uint8_t>(bits);
  }
}

/// The upper two of six bits of 32 inputs of one row into [2 parts][16 rows][4].
void put_upper_bits(uint8_t* base, int row, std::span<const uint8_t, 32> q) {
  for (int k = 0; k < kGroup; ++k) {
    uint8_t& out = base[k / 16 * 4 * kPanelRows + 4 * row + k % 4];
    const int bits = q[static_cast<std::size_t>(k)] >> 4 << (2 * (k / 4 % 4));
    out = static_cast<uint8_t>(k / 4 % 4 == 0 ? bits : out | bits);
  }
}

}  // namespace

std::string_view format_name(WeightFormat format) {
  switch (format) {
    case WeightFormat::kW4:
      return "w4";
    case WeightFormat::kW4Centred:
      return "w4-centred";
    case WeightFormat::kW4k:
      return "w4k";
    case WeightFormat::kW5k:
      return "w5k";
    case WeightFormat::kW6k:
      return "w6k";
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

bool is_integer(WeightFormat format) { return group_bytes_of(format).group > 0; }

int width_step(WeightFormat format) {
  if (group_bytes_of(format).head > 0) return kGroup * kHeadGroups;
  return is_integer(format) || format == WeightFormat::kW12 ? kGroup : 1;
}

uint64_t packed_bytes(WeightFormat format, int rows, int width) {
  MW_CHECK(rows > 0 && rows <= kMost && width > 0 && width <= kMost);
  MW_CHECK_EQ(width % width_step(format), 0);
  const int panels = (rows + kPanelRows - 1) / kPanelRows;
  return static_cast<uint64_t>(panels) * bytes_of_panel(format, width);
}

PackedMatrix::PackedMatrix(WeightFormat format, int rows, int width)
    : format_(format), rows_(rows), width_(width), panel_bytes_(bytes_of_panel(format, width)) {
  MW_CHECK(rows > 0 && width > 0);
  MW_CHECK_EQ(width % width_step(format), 0);
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

uint8_t* PackedMatrix::panel_of(int row) {
  MW_DCHECK(row >= 0 && row < rows_);
  return buffer_.as<uint8_t>() + static_cast<std::size_t>(row / kPanelRows) * panel_bytes_;
}

uint8_t* PackedMatrix::group_at(int row, int group) {
  MW_DCHECK(group >= 0 && group < width_ / kGroup);
  const GroupBytes bytes = group_bytes_of(format_);
  return panel_of(row) + group_offset(bytes.head, bytes.group, group);
}

uint8_t* PackedMatrix::head_at(int row, int head) {
  MW_DCHECK(head >= 0 && head < width_ / kGroup / kHeadGroups);
  const GroupBytes bytes = group_bytes_of(format_);
  return panel_of(row) + head_offset(bytes.head, bytes.group, head * kHeadGroups);
}

void PackedMatrix::set_w4(int row, int group, uint16_t d, uint16_t m,
                          std::span<const uint8_t, 32> q) {
  MW_DCHECK(format_ == WeightFormat::kW4);
  uint8_t* base = group_at(row, group);
  row %= kPanelRows;
  put(base, row, d);
  put(base + 2 * kPanelRows, row, m);
  put_nibbles(base + 4 * kPanelRows, row, q);
}

void PackedMatrix::set_w4_centred(int row, int group, uint16_t d, std::span<const uint8_t, 32> q) {
  MW_DCHECK(format_ == WeightFormat::kW4Centred);
  uint8_t* base = group_at(row, group);
  row %= kPanelRows;
  put(base, row, d);
  put_nibbles(base + 2 * kPanelRows, row, q);
}

void PackedMatrix::set_w4k_head(int row, int head, uint16_t d, uint16_t e) {
  MW_DCHECK(format_ == WeightFormat::kW4k || format_ == WeightFormat::kW5k);
  uint8_t* base = head_at(row, head);
  put(base, row % kPanelRows, d);
  put(base + 2 * kPanelRows, row % kPanelRows, e);
}

void PackedMatrix::set_w4k(int row, int group, uint8_t s, uint8_t m,
                           std::span<const uint8_t, 32> q) {
  MW_DCHECK(format_ == WeightFormat::kW4k || format_ == WeightFormat::kW5k);
  uint8_t* base = group_at(row, group);
  row %= kPanelRows;
  put(base, row, s);
  put(base + kPanelRows, row, m);
  put_low_nibbles(base + 2 * kPanelRows, row, q);
  if (format_ == WeightFormat::kW5k) put_fifth_bits(base + 2 * kPanelRows + kNibbleBytes, row, q);
}

void PackedMatrix::set_w8(int row, int group, uint16_t d, std::span<const uint8_t, 32> q) {
  MW_DCHECK(format_ == WeightFormat::kW8);
  uint8_t* base = group_at(row, group);
  put(base, row % kPanelRows, d);
  put_bytes(base + 2 * kPanelRows, row % kPanelRows, q);
}

void PackedMatrix::set_w8_affine(int row, int group, std::span<const float, 2> d,
                                 std::span<const float, 2> m, std::span<const uint8_t, 32> q) {
  MW_DCHECK(format_ == WeightFormat::kW8Affine);
  uint8_t* base = group_at(row, group);
  row %= kPanelRows;
  for (int half = 0; half < 2; ++half) {
    const auto index = static_cast<std::size_t>(half);
    put(base, half * kPanelRows + row, d[index]);
    put(base + 8 * kPanelRows, half * kPanelRows + row, m[index]);
  }
  put_bytes(base + 16 * kPanelRows, row, q);
}

void PackedMatrix::set_w6k_head(int row, int head, uint16_t d) {
  MW_DCHECK(format_ == WeightFormat::kW6k);
  put(head_at(row, head), row % kPanelRows, d);
}

void PackedMatrix::set_w6k(int row, int group, std::span<const int8_t, 2> s,
                           std::span<const uint8_t, 32> q) {
  MW_DCHECK(format_ == WeightFormat::kW6k);
  uint8_t* base = group_at(row, group);
  row %= kPanelRows;
  put(base, row, s[0]);
  put(base + kPanelRows, row, s[1]);
  put_low_nibbles(base + 2 * kPanelRows, row, q);
  put_upper_bits(base + 2 * kPanelRows + kNibbleBytes, row, q);
}

void PackedMatrix::set_row_16(int row, std::span<const uint16_t> bits) {
  MW_CHECK(format_ == WeightFormat::kF16 || format_ == WeightFormat::kBf16);
  MW_CHECK_EQ(bits.size(), static_cast<std::size_t>(width_));
  uint8_t* panel = panel_of(row);
  for (int k = 0; k < width_; ++k) {
    put(panel, k * kPanelRows + row % kPanelRows, bits[static_cast<std::size_t>(k)]);
  }
}

void PackedMatrix::set_row_f32(int row, std::span<const float> values) {
  MW_CHECK(format_ == WeightFormat::kF32);
  MW_CHECK_EQ(values.size(), static_cast<std::size_t>(width_));
  uint8_t* panel = panel_of(row);
  for (int k = 0; k < width_; ++k) {
    put(panel, k * kPanelRows + row % kPanelRows, values[static_cast<std::size_t>(k)]);
  }
}

void PackedMatrix::set_row_w12(int row, float d, std::span<const int16_t> q) {
  MW_CHECK(format_ == WeightFormat::kW12 && std::ssize(q) == width_);
  uint8_t* panel = panel_of(row);
  row %= kPanelRows;
  put(panel, row, d);
  for (std::size_t k = 0; k < q.size(); k += 2) {
    std::memcpy(panel + 4 * kPanelRows + 2 * kPanelRows * k + 4 * static_cast<std::size_t>(row),
                &q[k], 4);
  }
}

}  // namespace mw::tensor
