#include "maintenance/vibration/plant_bearing.h"

namespace mw::maintenance {
namespace {

const plant::MeasuringPoint* described(const plant::Asset& asset, const std::string& point) {
  for (const plant::MeasuringPoint& each : asset.measuring_points) {
    if (each.point == point) return &each;
  }
  return nullptr;
}

/// Turns a minute; nothing where the tag had no good value then.
std::optional<double> speed_at(const plant::Plant& plant, const Identity& who,
                               const plant::MeasuringPoint& point, TimeNs ts_ns) {
  const auto found = plant.value_at(who, point.speed_tag, ts_ns, std::nullopt);
  if (!found || !found->value || found->quality != Quality::kGood) return std::nullopt;
  const double rpm = *found->value * point.shaft_ratio;
  return rpm > 0 ? std::optional<double>(rpm) : std::nullopt;
}

}  // namespace

Text complete_from_plant(const plant::Plant& plant, const Identity& who, const plant::Asset& asset,
                         VibrationInfo& info) {
  const plant::MeasuringPoint* point = described(asset, info.point);
  if (point == nullptr) return {};
  if (!info.rpm && !point->speed_tag.empty()) {
    info.rpm = speed_at(plant, who, *point, info.ts_ns);
    if (info.rpm) info.rpm_tag = point->speed_tag;
  }
  const bool wanted = !info.bearing && !info.orders && (point->bearing || point->orders);
  if (!wanted) return {};
  if (!info.rpm && !point->speed_tag.empty()) {
    return {"the bearing of the plant description is not used: '" + point->speed_tag +
                "' was no good speed at that time; give the speed",
            "未使用工厂描述中的轴承：信号“" + point->speed_tag + "”当时没有有效转速；请给出转速"};
  }
  if (!info.rpm) {
    return {"the bearing of the plant description is not used: the shaft's speed is not known",
            "未使用工厂描述中的轴承：轴转速未知"};
  }
  info.bearing = point->bearing;
  info.orders = point->orders;
  info.bearing_name = point->bearing_name;
  info.bearing_from_plant = true;
  return {};
}

}  // namespace mw::maintenance
