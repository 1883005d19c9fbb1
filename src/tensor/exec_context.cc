#include "tensor/exec_context.h"

namespace mw::tensor {

const KernelTable& kernels_of(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return kAvx512Kernels;
    case Isa::kAvx2:
      return kAvx2Kernels;
    case Isa::kScalar:
      break;
  }
  return kScalarKernels;
}

}  // namespace mw::tensor
