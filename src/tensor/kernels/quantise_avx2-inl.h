// Tiles of eight tokens on 256 bits, for AVX2 and all that has it: the numbers of quantise-inl.h,
// which is included before this file and does the tiles that are not full. Eight tokens go side by
// side, so that none of their sums and steps is waited for. A column of the tile is one store, not
// eight: stores to lines that another core has read last leave the store queue one after the other.
// 6.5 ns a token and group of bytes instead of 12 (AMD Zen 4).
#include <immintrin.h>

namespace mw::tensor {
namespace {

/// Writes eight tokens' packed integers as the columns of a tile's part. Packing takes halves of
/// registers in turn: of a token's eight quads the even ones lie in its first half.
inline void put_columns(const __m256i (&tokens)[kTileTokens], uint8_t* part) {
  __m256i pairs[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_epi32(tokens[i], tokens[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_epi32(tokens[i], tokens[i + 1]);
  }
  __m256i fours[8];
  for (int i = 0; i < 8; i += 4) {
    fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
    fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
    fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  auto* to = reinterpret_cast<__m256i*>(part);
  for (int i = 0; i < 4; ++i) {
    _mm256_storeu_si256(to + 2 * i, _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20));
    _mm256_storeu_si256(to + 2 * i + 1, _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31));
  }
}

/// The largest of each of eight registers.
inline __m256 largest_of(const __m256 (&rows)[8]) {
  __m256 fours[2];
  for (int i = 0; i < 2; ++i) {
    const __m256* r = rows + 4 * i;
    const __m256 a = _mm256_max_ps(_mm256_unpacklo_ps(r[0], r[1]), _mm256_unpackhi_ps(r[0], r[1]));
    const __m256 b = _mm256_max_ps(_mm256_unpacklo_ps(r[2], r[3]), _mm256_unpackhi_ps(r[2], r[3]));
    fours[i] = _mm256_max_ps(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
  }
  return _mm256_max_ps(_mm256_permute2f128_ps(fours[0], fours[1], 0x20),
                       _mm256_permute2f128_ps(fours[0], fours[1], 0x31));
}

/// The sum of each of eight registers.
inline __m256i sums_of(const __m256i (&rows)[8]) {
  const __m256i a =
      _mm256_hadd_epi32(_mm256_hadd_epi32(rows[0], rows[1]), _mm256_hadd_epi32(rows[2], rows[3]));
  const __m256i b =
      _mm256_hadd_epi32(_mm256_hadd_epi32(rows[4], rows[5]), _mm256_hadd_epi32(rows[6], rows[7]));
  return _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20),
                          _mm256_permute2x128_si256(a, b, 0x31));
}

/// A token's part of a group as integers of at most 32,639, packed to 16 bits.
struct GroupWords {
  __m256i first_sums, second_sums;  // of the halves, eight lanes to be added up
  __m256i words[2];
  inline GroupWords(const float* x, float inverse) {
    const __m256 factor = _mm256_set1_ps(inverse);
    __m256i whole[4];
    for (int i = 0; i < 4; ++i) {
      whole[i] = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8 * i), factor));
    }
    first_sums = _mm256_add_epi32(whole[0], whole[1]);
    second_sums = _mm256_add_epi32(whole[2], whole[3]);
    words[0] = _mm256_packs_epi32(whole[0], whole[1]);
    words[1] = _mm256_packs_epi32(whole[2], whole[3]);
  }
  /// Those of at most 127.
  inline __m256i bytes() const { return _mm256_packs_epi16(words[0], words[1]); }
  /// a = 256 high + low, both signed.
  inline __m256i high() const {
    const __m256i half = _mm256_set1_epi16(128);
    return _mm256_packs_epi16(_mm256_srai_epi16(_mm256_add_epi16(words[0], half), 8),
                              _mm256_srai_epi16(_mm256_add_epi16(words[1], half), 8));
  }
  inline __m256i low() const {
    const __m256i byte = _mm256_set1_epi16(255);
    return _mm256_packus_epi16(_mm256_and_si256(words[0], byte), _mm256_and_si256(words[1], byte));
  }
};

inline void quantise_words_of_eight(const float* x, ptrdiff_t stride, int width, uint8_t* tile,
                                    float* scales) {
  float inverses[kTileTokens];
  for (int t = 0; t < kTileTokens; ++t) {
    const WordStep step = word_step_of(x + t * stride, width);
    inverses[t] = step.inverse;
    scales[t] = step.scale;
  }
  for (int at = 0; at < width; at += kGroup, tile += words_group_bytes(kTileTokens)) {
    if (at + kFetchedGroups * kGroup < width) {
      fetch_to_write(tile + kFetchedGroups * words_group_bytes(kTileTokens),
                     words_group_bytes(kTileTokens));
    }
    __m256i high[kTileTokens], low[kTileTokens], firsts[kTileTokens], seconds[kTileTokens];
    for (int t = 0; t < kTileTokens; ++t) {
      const GroupWords group(x + t * stride + at, inverses[t]);
      high[t] = group.high();
      low[t] = group.low();
      firsts[t] = group.first_sums;
      seconds[t] = group.second_sums;
    }
    put_columns(high, tile);
    put_columns(low, tile + kGroup * kTileTokens);
    const __m256i first = sums_of(firsts);
    const __m256i sum = _mm256_add_epi32(first, sums_of(seconds));
    auto* sums = reinterpret_cast<float*>(tile + 2 * kGroup * kTileTokens);
    _mm256_storeu_ps(sums, _mm256_cvtepi32_ps(sum));
    _mm256_storeu_ps(sums + kTileTokens, _mm256_cvtepi32_ps(first));
  }
}

/// Sums of the halves of eight tokens' bytes.
struct HalfSums {
  __m256i first, second;
  inline explicit HalfSums(const __m256i (&bytes)[kTileTokens]) {
    __m128i fours[2];  // of four tokens in 16 bits: the first halves, the second halves
    for (int i = 0; i < 2; ++i) {
      __m256i four = _mm256_setzero_si256();
      for (int t = 3; t >= 0; --t) {
        const __m256i unsigned_bytes = _mm256_xor_si256(bytes[4 * i + t], _mm256_set1_epi8(-128));
        four = _mm256_or_si256(_mm256_slli_epi64(four, 16),
                               _mm256_sad_epu8(unsigned_bytes, _mm256_setzero_si256()));
      }
      fours[i] = _mm_sub_epi16(
          _mm_add_epi16(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1)),
          _mm_set1_epi16(128 * kGroup / 2));
    }
    first = _mm256_cvtepi16_epi32(_mm_unpacklo_epi64(fours[0], fours[1]));
    second = _mm256_cvtepi16_epi32(_mm_unpackhi_epi64(fours[0], fours[1]));
  }
};

inline int32_t sum_of(__m256i eight) {
  const __m128i four =
      _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  const __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  return _mm_cvtsi128_si32(two) + _mm_extract_epi32(two, 1);
}

inline void quantise_bytes_of_eight(const float* x, ptrdiff_t stride, int width, uint8_t* tile) {
  float squares[kTileTokens];
  for (int t = 0; t < kTileTokens; ++t) squares[t] = fine_above(x + t * stride, width);
  const __m256 fine_squares = _mm256_loadu_ps(squares);
  const __m256 sign = _mm256_set1_ps(-0.0F);
  for (int at = 0; at < width; at += kGroup, tile += bytes_group_bytes(kTileTokens)) {
    __m256 rows[kTileTokens];
    for (int t = 0; t < kTileTokens; ++t) {
      const float* row = x + t * stride + at;
      rows[t] = _mm256_setzero_ps();
      for (int i = 0; i < kGroup; i += 8) {
        rows[t] = _mm256_max_ps(rows[t], _mm256_andnot_ps(sign, _mm256_loadu_ps(row + i)));
      }
    }
    // step_of, eight at a time.
    const __m256 peak = largest_of(rows);
    const __m256 fine = _mm256_cmp_ps(_mm256_mul_ps(peak, peak), fine_squares, _CMP_GT_OQ);
    const __m256 any = _mm256_cmp_ps(peak, _mm256_set1_ps(kLeastPeak), _CMP_GT_OQ);
    const __m256 most = _mm256_blendv_ps(_mm256_set1_ps(127.0F), _mm256_set1_ps(32639.0F), fine);
    const __m256 part =
        _mm256_blendv_ps(_mm256_set1_ps(1 / 127.0F), _mm256_set1_ps(1 / 32639.0F), fine);
    const __m256 scale = _mm256_and_ps(any, _mm256_mul_ps(peak, part));
    float inverses[kTileTokens];
    _mm256_storeu_ps(inverses, _mm256_and_ps(any, _mm256_div_ps(most, peak)));
    const auto fine_tokens = static_cast<uint32_t>(_mm256_movemask_ps(fine));

    if (at + kFetchedGroups * kGroup < width) {
      fetch_to_write(tile + kFetchedGroups * bytes_group_bytes(kTileTokens),
                     low_bytes_at(kTileTokens));
    }
    __m256i bytes[kTileTokens];
    for (int t = 0; t < kTileTokens; ++t) {
      bytes[t] = GroupWords(x + t * stride + at, inverses[t]).bytes();
    }
    HalfSums sums(bytes);
    if (fine_tokens != 0) {
      __m256i low[kTileTokens];
      int32_t firsts[kTileTokens], seconds[kTileTokens];
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(firsts), sums.first);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(seconds), sums.second);
      for (int t = 0; t < kTileTokens; ++t) {
        low[t] = _mm256_setzero_si256();
        if (((fine_tokens >> t) & 1) == 0) continue;
        const GroupWords group(x + t * stride + at, inverses[t]);
        bytes[t] = group.high();
        low[t] = group.low();
        firsts[t] = sum_of(group.first_sums);
        seconds[t] = sum_of(group.second_sums);
      }
      put_columns(low, tile + low_bytes_at(kTileTokens));
      sums.first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(firsts));
      sums.second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(seconds));
    }
    put_columns(bytes, tile);
    memcpy(tile + fine_at(kTileTokens), &fine_tokens, 4);
    const auto keep = [&](Kept what, __m256i sum) {
      _mm256_storeu_ps(reinterpret_cast<float*>(tile + kept_at(kTileTokens, what, 0)),
                       _mm256_mul_ps(scale, _mm256_cvtepi32_ps(sum)));
    };
    const __m256i sum = _mm256_add_epi32(sums.first, sums.second);
    _mm256_storeu_ps(reinterpret_cast<float*>(tile + kept_at(kTileTokens, Kept::kScale, 0)), scale);
    keep(Kept::kSum, sum);
    keep(Kept::kFirstSum, sums.first);
    keep(Kept::kSecondSum, sums.second);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(tile + kept_at(kTileTokens, Kept::kWholeSum, 0)),
                        sum);
  }
}

void quantise_words_kernel(const float* x, ptrdiff_t stride, int tokens, int width, uint8_t* tile,
                           int tile_tokens, float* scales) {
  if (tokens == kTileTokens && tile_tokens == kTileTokens) {
    quantise_words_of_eight(x, stride, width, tile, scales);
  } else {
    quantise_words_of_any(x, stride, tokens, width, tile, tile_tokens, scales);
  }
}

void quantise_bytes_kernel(const float* x, ptrdiff_t stride, int tokens, int width, uint8_t* tile,
                           int tile_tokens) {
  if (tokens == kTileTokens && tile_tokens == kTileTokens) {
    quantise_bytes_of_eight(x, stride, width, tile);
  } else {
    quantise_bytes_of_any(x, stride, tokens, width, tile, tile_tokens);
  }
}

}  // namespace
}  // namespace mw::tensor
