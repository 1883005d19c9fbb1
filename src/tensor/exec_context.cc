#include "tensor/exec_context.h"

namespace mw::tensor {
namespace {

KernelTable with_products(KernelTable kernels, const IntegerProducts& products) {
  kernels.matmul_w4 = products.w4;
  kernels.matmul_w4_centred = products.w4_centred;
  kernels.matmul_w4k = products.w4k;
  kernels.matmul_w5k = products.w5k;
  kernels.matmul_w8 = products.w8;
  kernels.matmul_w8_affine = products.w8_affine;
  kernels.matmul_w6k = products.w6k;
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
