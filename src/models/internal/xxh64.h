#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/check.h"

namespace mw::models {

/// XXH64 with seed 0 over bytes that come in parts of whole stripes of 32 bytes: what tells a
/// damaged file from a whole one at memory speed on any CPU. Not for keys or against forgers.
///
/// Speed    10 GB/s a thread on Zen 4; SHA-256 does 1.8 with the SHA extensions and 0.54 without.
/// Source   github.com/Cyan4973/xxHash, doc/xxhash_spec.md, the 64-bit algorithm.
class Xxh64 {
 public:
  void update(std::span<const std::byte> stripes) {
    MW_CHECK_EQ(stripes.size() % 32, std::size_t{0});
    total_ += stripes.size();
    for (std::size_t at = 0; at < stripes.size(); at += 32) {
      for (std::size_t lane = 0; lane < 4; ++lane) {
        uint64_t word;
        std::memcpy(&word, stripes.data() + at + 8 * lane, sizeof word);
        lanes_[lane] = round(lanes_[lane], word);
      }
    }
  }

  uint64_t digest() const {
    uint64_t hash = kPrime5;
    if (total_ > 0) {
      hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) +
             std::rotl(lanes_[3], 18);
      for (const uint64_t lane : lanes_) hash = (hash ^ round(0, lane)) * kPrime1 + kPrime4;
    }
    hash += total_;
    hash = (hash ^ (hash >> 33)) * kPrime2;
    hash = (hash ^ (hash >> 29)) * kPrime3;
    return hash ^ (hash >> 32);
  }

 private:
  static constexpr uint64_t kPrime1 = 0x9e3779b185ebca87;
  static constexpr uint64_t kPrime2 = 0xc2b2ae3d27d4eb4f;
  static constexpr uint64_t kPrime3 = 0x165667b19e3779f9;
  static constexpr uint64_t kPrime4 = 0x85ebca77c2b2ae63;
  static constexpr uint64_t kPrime5 = 0x27d4eb2f165667c5;

  static uint64_t round(uint64_t lane, uint64_t word) {
    return std::rotl(lane + word * kPrime2, 31) * kPrime1;
  }

  uint64_t lanes_[4] = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
  uint64_t total_ = 0;
};

}  // namespace mw::models
