// The reference: plain C++ on the baseline instruction set.
#include "tensor/kernels/vector_scalar-inl.h"
//
#include "tensor/kernels/float_ops-inl.h"
//
#include "tensor/kernels/activation_ops-inl.h"
//
#include "tensor/kernels/w12_ops-inl.h"
//
#include "tensor/kernels/attention_f16-inl.h"
//
#include "tensor/kernels/attention_f32-inl.h"
//
#include "tensor/kernels/dots_scalar-inl.h"
//
#include "tensor/kernels/attention_i8-inl.h"
//
#include "tensor/kernels/matmul_scalar-inl.h"

namespace mw::tensor {

const KernelTable kScalarKernels = MW_FLOAT_KERNELS(
    matmul_scalar<W4>, matmul_scalar<W4Centred>, matmul_scalar<W4k>, matmul_scalar<W5k>,
    matmul_scalar<W8>, matmul_scalar<W8Affine>, matmul_scalar<W6k>);

}  // namespace mw::tensor
