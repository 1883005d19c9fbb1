#include <algorithm>
#include <set>

#include "plant/modbus/modbus_connector.h"
#include "plant/modbus/modbus_value.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostRegisters = 10'000;

/// `reg` is one of the options' own.
Error wrong_register(const ModbusOptions& options, const ModbusRegister& reg, const std::string& en,
                     const std::string& zh) {
  const auto position = &reg - options.registers.data();
  return Error::make(Code::kInvalidArgument,
                     "connector '" + options.name + "', register of '" + reg.tag + "': " + en,
                     "连接“" + options.name + "”，测点“" + reg.tag + "”的寄存器：" + zh,
                     "register[" + std::to_string(position) + "]");
}

Result<void> check_text(const ModbusOptions& options, const ModbusRegister& reg, const Tag& tag) {
  if (tag.kind != TagKind::kText) {
    return wrong_register(options, reg, "the tag is no text: it cannot have type = \"text\"",
                          "该测点不是文本，不能使用 type = \"text\"");
  }
  if (reg.order != ModbusOrder::kAbcd && reg.order != ModbusOrder::kBadc) {
    return wrong_register(options, reg,
                          "the words of a text are in their order: expected order abcd, or badc "
                          "where the low byte comes first",
                          "文本的字按顺序排列：order 应为 abcd，低字节在前时为 badc");
  }
  return {};
}

Result<void> check_states(const ModbusOptions& options, const ModbusRegister& reg, const Tag& tag,
                          const Asset& asset) {
  if ((tag.kind == TagKind::kState) != !reg.states.empty()) {
    return tag.kind == TagKind::kState
               ? wrong_register(options, reg, "the tag is a state: give states = {0 = \"idle\"}",
                                "该测点为状态，请给出 states = {0 = \"idle\"}")
               : wrong_register(options, reg, "the tag is no state: take 'states' away",
                                "该测点不是状态，请删除 states");
  }
  if (reg.type == ModbusType::kText) return check_text(options, reg, tag);
  if (!reg.states.empty() && (reg.type == ModbusType::kF32 || reg.type == ModbusType::kF64)) {
    return wrong_register(options, reg, "a state has a whole number: not f32 or f64",
                          "状态值应为整数，不能是 f32 或 f64");
  }
  for (const auto& [raw, state] : reg.states) {
    const auto same = [&, name = &state](const AssetState& each) { return each.id == *name; };
    if (asset.states.empty() || std::any_of(asset.states.begin(), asset.states.end(), same)) {
      continue;
    }
    return wrong_register(options, reg, "'" + asset.id + "' has no state '" + state + "'",
                          "“" + asset.id + "”没有状态“" + state + "”");
  }
  return {};
}

Result<void> check_register(const ModbusOptions& options, const ModbusRegister& reg, const Tag& tag,
                            const Asset& asset) {
  if (!reg.measured_in.empty() && reg.measured_in != tag.unit) {
    return wrong_register(options, reg,
                          "measured in '" + reg.measured_in + "', but the tag in '" + tag.unit +
                              "': convert with scale and offset, or mend the catalogue",
                          "单位为“" + reg.measured_in + "”，而测点为“" + tag.unit +
                              "”：请用 scale 和 offset 换算，或修改工厂描述");
  }
  if (reg.poll_ms >= tag.watchdog_s * 1000) {
    return wrong_register(
        options, reg,
        "polled each " + std::to_string(reg.poll_ms) + " ms, but the tag's watchdog period is " +
            std::to_string(static_cast<int>(tag.watchdog_s * 1000)) +
            " ms: poll more often, or give the tag a longer one",
        "轮询周期 " + std::to_string(reg.poll_ms) + " ms 不短于测点的看门狗周期 " +
            std::to_string(static_cast<int>(tag.watchdog_s * 1000)) + " ms");
  }
  if (reg.address + modbus_width(reg) > 65'536) {
    return wrong_register(options, reg, "its last word lies beyond address 65535",
                          "末尾超出地址 65535");
  }
  if (!is_bit_table(reg.table) && modbus_width(reg) > options.registers_per_request) {
    return wrong_register(options, reg, "is longer than registers_per_request",
                          "长度超过 registers_per_request");
  }
  return check_states(options, reg, tag, asset);
}

}  // namespace

Result<std::vector<TagIndex>> check_modbus_options(const ModbusOptions& options,
                                                   const Catalogue& catalogue) {
  if (options.registers.empty() || options.registers.size() > kMostRegisters) {
    return Error::make(
        Code::kInvalidArgument,
        "connector '" + options.name + "': expected 1 to " + std::to_string(kMostRegisters) +
            " registers, got " + std::to_string(options.registers.size()),
        "连接“" + options.name + "”：应有 1 到 " + std::to_string(kMostRegisters) + " 个寄存器",
        "register");
  }
  std::vector<TagIndex> tags;
  std::set<TagIndex> seen;
  for (const ModbusRegister& reg : options.registers) {
    const Tag* tag = catalogue.tag(reg.tag);
    if (tag == nullptr) {
      return wrong_register(options, reg, "the catalogue has no such tag", "工厂描述中没有该测点");
    }
    if (!seen.insert(tag->index).second) {
      return wrong_register(options, reg, "another register brings this tag already",
                            "已有其他寄存器提供该测点");
    }
    MW_TRY(check_register(options, reg, *tag, *catalogue.asset(tag->asset)));
    tags.push_back(tag->index);
  }
  return tags;
}

}  // namespace mw::plant
