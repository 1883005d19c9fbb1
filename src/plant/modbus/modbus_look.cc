#include "plant/modbus_look.h"

#include <cmath>

#include "core/clock.h"
#include "plant/modbus/modbus_link.h"
#include "plant/modbus/modbus_value.h"

namespace mw::plant {
namespace {

constexpr int64_t kMostNs = 15 * kNsPerSecond;

ModbusSight sight_of(const ModbusRegister& reg, const ModbusOutcome& outcome) {
  ModbusSight sight;
  const auto width = static_cast<std::size_t>(modbus_width(reg));
  if (outcome.kind != ModbusOutcome::Kind::kRead || outcome.words.size() != width) {
    sight.problem = outcome.problem;
    return sight;
  }
  if (reg.type == ModbusType::kText) {
    sight.text = modbus_text(reg, outcome.words);
    return sight;
  }
  const double raw = modbus_raw(reg, outcome.words);
  if (!std::isfinite(raw)) {
    sight.problem = {"no number", "不是数值"};
    return sight;
  }
  sight.raw = raw;
  sight.value = modbus_scaled(reg, raw);
  return sight;
}

}  // namespace

Result<std::vector<ModbusSight>> look_at_modbus(const ModbusOptions& options) {
  const int64_t until_ns = steady_ns() + kMostNs;
  MW_ASSIGN(ModbusLink link, ModbusLink::create(options));
  MW_TRY(link.connect());
  std::vector<ModbusSight> out;
  for (std::size_t i = 0; i < options.registers.size(); ++i) {
    const ModbusRegister& reg = options.registers[i];
    ModbusSight sight;
    if (steady_ns() > until_ns) {
      sight.problem = {"not asked: the device answers too slowly", "未读取：设备应答过慢"};
    } else if (const Result<void> open = link.open() ? Result<void>() : link.connect(); !open) {
      sight.problem = open.error().message;
    } else {
      sight = sight_of(
          reg, link.read({reg.unit, reg.table, reg.address, modbus_width(reg), reg.poll_ms, {i}}));
    }
    out.push_back(std::move(sight));
  }
  return out;
}

}  // namespace mw::plant
