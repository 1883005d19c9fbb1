// Expected: xxhash 3.x of PyPI over bytes 7 i mod 256.
#include "models/internal/xxh64.h"

#include <gtest/gtest.h>

#include <vector>

namespace mw::models {
namespace {

std::vector<std::byte> pattern(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(7 * i);
  return bytes;
}

TEST(Xxh64, GivesWhatTheReferenceGivesInOnePartAndInMany) {
  const std::pair<std::size_t, uint64_t> cases[] = {{0, 0xef46db3751d8e999},
                                                    {32, 0x91b0cb0931a8c629},
                                                    {64, 0xbf3052e3445775d0},
                                                    {4096, 0xc8066d80a6fe1426}};
  for (const auto& [count, expected] : cases) {
    const auto bytes = pattern(count);
    Xxh64 whole;
    whole.update(bytes);
    EXPECT_EQ(whole.digest(), expected) << count;
    Xxh64 parts;
    for (std::size_t at = 0; at < count; at += 32) parts.update(std::span(bytes).subspan(at, 32));
    EXPECT_EQ(parts.digest(), expected) << count;
  }
}

TEST(Xxh64, EachBitCounts) {
  auto bytes = pattern(96);
  Xxh64 whole;
  whole.update(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    Xxh64 changed;
    changed.update(bytes);
    EXPECT_NE(changed.digest(), whole.digest()) << bit;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
  }
}

}  // namespace
}  // namespace mw::models
