// Bytes times 16-bit integers, readable: what the other instruction sets must equal. Included after
// vector_scalar-inl.h.

namespace mw::tensor {
namespace {

inline constexpr int kTileDots = 6;

struct Quads {
  const uint8_t* bytes;
};
struct Dots {
  int32_t v[16] = {};
};

inline Quads load_quads(const uint8_t* bytes) { return {bytes}; }
inline void add_quads(Dots& dots, Quads quads, const QuantisedRow& row, int quad) {
  for (int lane = 0; lane < 16; ++lane) {
    for (int i = 0; i < 4; ++i) {
      dots.v[lane] += quads.bytes[4 * lane + i] * row.whole[4 * quad + i];
    }
  }
}
inline F32x16 to_floats(const Dots& dots, int32_t sum) {
  F32x16 out;
  for (int lane = 0; lane < 16; ++lane) {
    out.v[lane] = static_cast<float>(dots.v[lane] - 128 * sum);
  }
  return out;
}

}  // namespace
}  // namespace mw::tensor
