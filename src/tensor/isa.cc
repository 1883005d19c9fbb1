#include "tensor/isa.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>

namespace mw::tensor {
namespace {

struct Row {
  Isa isa;
  std::string_view name;
};
constexpr std::array<Row, 5> kRows = {{{Isa::kScalar, "scalar"},
                                       {Isa::kAvx2, "avx2"},
                                       {Isa::kAvxVnni, "avx_vnni"},
                                       {Isa::kAvx512, "avx512"},
                                       {Isa::kAmx, "amx"}}};

struct Registers {
  unsigned a = 0, b = 0, c = 0, d = 0;
};
Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers out;
  return __get_cpuid_count(leaf, subleaf, &out.a, &out.b, &out.c, &out.d) == 1 ? out : Registers{};
}

/// The kernel keeps tile registers for a process only once that has asked; what it answers holds
/// for all threads. A sandbox may refuse: then there is no AMX here.
bool tiles_permitted() {
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

bool processor_has(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return true;
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::kAvxVnni:
      return processor_has(Isa::kAvx2) && (cpuid(7, 1).a >> 4 & 1U) != 0;
    case Isa::kAvx512:
      return processor_has(Isa::kAvx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
    case Isa::kAmx: {
      constexpr unsigned kTileAndInt8 = 3U << 24;
      return processor_has(Isa::kAvx512) && (cpuid(7, 0).d & kTileAndInt8) == kTileAndInt8 &&
             tiles_permitted();
    }
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
  return Error::make(Code::kInvalidArgument,
                     "MILLWRIGHT_FORCE_ISA: expected scalar, avx2, avx_vnni, avx512 or amx, got '" +
                         std::string(forced) + "'",
                     {}, "MILLWRIGHT_FORCE_ISA");
}

}  // namespace mw::tensor
