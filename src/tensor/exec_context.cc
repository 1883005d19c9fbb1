#include "tensor/exec_context.h"

namespace mw::tensor {
namespace {

KernelTable with_products(KernelTable kernels, const OwnProducts& products) {
  kernels.of_words = products.of_words;
  kernels.of_bytes = products.of_bytes;
  kernels.widest_tile = products.widest_tile;
  return kernels;
}

}  // namespace

const KernelTable& kernels_of(Isa isa) {
  static const KernelTable avx_vnni = with_products(kAvx2Kernels, kAvxVnniProducts);
  static const KernelTable amx = with_products(kAvx512Kernels, kAmxProducts);
  switch (isa) {
    case Isa::kAmx:
      return amx;
    case Isa::kAvx512:
      return kAvx512Kernels;
    case Isa::kAvxVnni:
      return avx_vnni;
    case Isa::kAvx2:
      return kAvx2Kernels;
    case Isa::kScalar:
      break;
  }
  return kScalarKernels;
}

}  // namespace mw::tensor
