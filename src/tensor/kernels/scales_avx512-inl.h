// Sixteen scales or offsets of a panel as floats.
#include <immintrin.h>

#include "tensor/kernels/table.h"

namespace mw::tensor {
namespace {

inline __m512 load_halves(const uint8_t* p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline __m512 load_floats(const uint8_t* p) {
  return _mm512_loadu_ps(reinterpret_cast<const float*>(p));
}
/// How a group's 16 scales, and then its 16 offsets, stand in a panel.
struct HalfScales {
  static constexpr int kBytes = 2 * kPanelRows;
  static inline __m512 load(const uint8_t* p) { return load_halves(p); }
};
struct FloatScales {
  static constexpr int kBytes = 4 * kPanelRows;
  static inline __m512 load(const uint8_t* p) { return load_floats(p); }
};
}  // namespace
}  // namespace mw::tensor
