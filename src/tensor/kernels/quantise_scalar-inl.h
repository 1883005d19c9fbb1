// Tiles of all sizes as quantise-inl.h, which is included before this file, makes them.

namespace mw::tensor {
namespace {

void quantise_words_kernel(const float* x, ptrdiff_t stride, int tokens, int width, uint8_t* tile,
                           int tile_tokens, float* scales) {
  quantise_words_of_any(x, stride, tokens, width, tile, tile_tokens, scales);
}

void quantise_bytes_kernel(const float* x, ptrdiff_t stride, int tokens, int width, uint8_t* tile,
                           int tile_tokens) {
  quantise_bytes_of_any(x, stride, tokens, width, tile, tile_tokens);
}

}  // namespace
}  // namespace mw::tensor
