// Bytes times 16-bit integers as two vpdpbusd, the high and the low byte apart. Included after
// vector_avx512-inl.h.

namespace mw::tensor {
namespace {

/// Rows (times blocks) of a tile of 8-bit attention: two registers each, 12 of 32.
inline constexpr int kTileDots = 6;

struct Quads {
  __m512i v;
};
struct Dots {
  __m512i high, low;
};

inline Quads load_quads(const uint8_t* bytes) { return {_mm512_loadu_si512(bytes)}; }
inline __m512i broadcast_quad_of(const int8_t* bytes, int quad) {
  int32_t four;
  __builtin_memcpy(&four, bytes + 4 * quad, 4);
  return _mm512_set1_epi32(four);
}
inline void add_quads(Dots& dots, Quads quads, const QuantisedRow& row, int quad) {
  dots.high = _mm512_dpbusd_epi32(dots.high, quads.v, broadcast_quad_of(row.high, quad));
  dots.low = _mm512_dpbusd_epi32(dots.low, quads.v, broadcast_quad_of(row.low, quad));
}
inline F32x16 to_floats(const Dots& dots, int32_t sum) {
  const __m512i all = _mm512_add_epi32(_mm512_slli_epi32(dots.high, 8), dots.low);
  return {_mm512_cvtepi32_ps(_mm512_sub_epi32(all, _mm512_set1_epi32(128 * sum)))};
}

}  // namespace
}  // namespace mw::tensor
