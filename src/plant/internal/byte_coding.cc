#include "plant/internal/byte_coding.h"

#include <array>

namespace mw::plant {
namespace {

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t remainder = i;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0xEDB88320u : 0u);
    }
    table[i] = remainder;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = make_crc_table();

}  // namespace

uint32_t crc32(std::span<const std::byte> bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  for (const std::byte b : bytes) {
    crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<uint32_t>(b)) & 0xFF];
  }
  return crc ^ 0xFFFFFFFFu;
}

}  // namespace mw::plant
