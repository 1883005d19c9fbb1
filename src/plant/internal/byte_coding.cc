#include "plant/internal/byte_coding.h"

#include <array>

namespace mw::plant {
namespace {

using CrcTables = std::array<std::array<uint32_t, 256>, 8>;

/// tables[k][b]: what the byte b does to the remainder when k more bytes follow it.
constexpr CrcTables make_crc_tables() {
  CrcTables tables{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t remainder = i;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0xEDB88320u : 0u);
    }
    tables[0][i] = remainder;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t i = 0; i < 256; ++i) {
      const uint32_t before = tables[k - 1][i];
      tables[k][i] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr CrcTables kCrc = make_crc_tables();

uint32_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word |= static_cast<uint32_t>(bytes[at + i]) << (8 * i);
  return word;
}

}  // namespace

uint32_t crc32(std::span<const std::byte> bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  std::size_t at = 0;
  // Eight bytes a step: a chart of a thousand tags checks 20 MB.
  for (; at + 8 <= bytes.size(); at += 8) {
    const uint32_t low = word_at(bytes, at) ^ crc;
    const uint32_t high = word_at(bytes, at + 4);
    crc = kCrc[7][low & 0xFF] ^ kCrc[6][(low >> 8) & 0xFF] ^ kCrc[5][(low >> 16) & 0xFF] ^
          kCrc[4][low >> 24] ^ kCrc[3][high & 0xFF] ^ kCrc[2][(high >> 8) & 0xFF] ^
          kCrc[1][(high >> 16) & 0xFF] ^ kCrc[0][high >> 24];
  }
  for (; at < bytes.size(); ++at) {
    crc = (crc >> 8) ^ kCrc[0][(crc ^ static_cast<uint32_t>(bytes[at])) & 0xFF];
  }
  return crc ^ 0xFFFFFFFFu;
}

}  // namespace mw::plant
