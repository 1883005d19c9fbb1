#include "tensor/isa.h"

#include <array>
#include <string>

namespace mw::tensor {
namespace {

struct Row {
  Isa isa;
  std::string_view name;
};
constexpr std::array<Row, 3> kRows = {
    {{Isa::kScalar, "scalar"}, {Isa::kAvx2, "avx2"}, {Isa::kAvx512, "avx512"}}};

bool processor_has(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return true;
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::kAvx512:
      return processor_has(Isa::kAvx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
  }
  return false;
}

}  // namespace

std::string_view isa_name(Isa isa) { return kRows[static_cast<std::size_t>(isa)].name; }

const std::vector<Isa>& available_isas() {
  static const std::vector<Isa> available = [] {
    std::vector<Isa> found;
    for (const Row& row : kRows) {
      if (processor_has(row.isa)) found.push_back(row.isa);
    }
    return found;
  }();
  return available;
}

Result<Isa> choose_isa(std::string_view forced) {
  if (forced.empty()) return available_isas().back();
  for (const Row& row : kRows) {
    if (row.name != forced) continue;
    for (const Isa isa : available_isas()) {
      if (isa == row.isa) return isa;
    }
    return Error::make(Code::kUnsupported,
                       "this processor does not run '" + std::string(forced) +
                           "' code; leave MILLWRIGHT_FORCE_ISA empty",
                       "本机处理器不支持 " + std::string(forced) + " 指令集",
                       "MILLWRIGHT_FORCE_ISA");
  }
  return Error::make(
      Code::kInvalidArgument,
      "MILLWRIGHT_FORCE_ISA: expected scalar, avx2 or avx512, got '" + std::string(forced) + "'",
      {}, "MILLWRIGHT_FORCE_ISA");
}

}  // namespace mw::tensor
