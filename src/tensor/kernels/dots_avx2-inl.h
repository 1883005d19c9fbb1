// Bytes widened to 16 bits times 16-bit integers by vpmaddwd: nothing saturates. Included after
// vector_avx2-inl.h.

namespace mw::tensor {
namespace {

/// Rows of a tile of 8-bit attention: four registers each, four for the bytes, of 16.
inline constexpr int kTileDots = 2;

struct Quads {
  __m256i part[4];  // lanes 4i .. 4i + 3, as 16 bits
};
struct Dots {
  __m256i part[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                     _mm256_setzero_si256()};  // two halves of each lane's sum
};

inline Quads load_quads(const uint8_t* bytes) {
  Quads quads;
  MW_UNROLL
  for (int i = 0; i < 4; ++i) {
    quads.part[i] =
        _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i)));
  }
  return quads;
}
inline void add_quads(Dots& dots, const Quads& quads, const QuantisedRow& row, int quad) {
  long long four;
  __builtin_memcpy(&four, row.whole + 4 * quad, 8);
  const __m256i factors = _mm256_set1_epi64x(four);
  MW_UNROLL
  for (int i = 0; i < 4; ++i) {
    dots.part[i] = _mm256_add_epi32(dots.part[i], _mm256_madd_epi16(quads.part[i], factors));
  }
}
/// Eight lanes from their halves: hadd works within 128 bits, so the middle pairs change places.
inline __m256i join_halves(__m256i a, __m256i b) {
  return _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b), 0xd8);
}
inline F32x16 to_floats(const Dots& dots, int32_t sum) {
  const __m256i offset = _mm256_set1_epi32(128 * sum);
  return {_mm256_cvtepi32_ps(_mm256_sub_epi32(join_halves(dots.part[0], dots.part[1]), offset)),
          _mm256_cvtepi32_ps(_mm256_sub_epi32(join_halves(dots.part[2], dots.part[3]), offset))};
}

}  // namespace
}  // namespace mw::tensor
