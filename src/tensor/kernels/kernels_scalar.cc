// The reference, on the baseline instruction set: plain C++ but for one instruction (add_pairs).
#include "tensor/kernels/vector_scalar-inl.h"
//
#include "tensor/kernels/float_ops-inl.h"
//
#include "tensor/kernels/quantise-inl.h"
//
#include "tensor/kernels/quantise_scalar-inl.h"
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
#include "tensor/kernels/inputs_scalar-inl.h"
//
#include "tensor/kernels/weights_scalar-inl.h"
//
#include "tensor/kernels/matmul_scalar-inl.h"

namespace mw::tensor {

const KernelTable kScalarKernels =
    MW_FLOAT_KERNELS(scalar_products<Words>(), scalar_products<Bytes>());

}  // namespace mw::tensor
