#include "plant/bearing_frequencies.h"

#include <cmath>
#include <numbers>

namespace mw::plant {

Result<BearingOrders> bearing_orders(const BearingGeometry& geometry) {
  const double d = geometry.element_diameter;
  const double pitch = geometry.pitch_diameter;
  const double angle_deg = geometry.contact_angle_deg;
  if (geometry.elements < 3 || geometry.elements > 500) {
    return Error::make(Code::kInvalidArgument,
                       "a bearing has 3 to 500 rolling elements, got " +
                           std::to_string(geometry.elements) + ": see its data sheet",
                       "轴承应有 3 到 500 个滚动体，实际为 " + std::to_string(geometry.elements) +
                           "：请查阅轴承数据表",
                       "elements");
  }
  if (!(d > 0) || !(pitch > 0) || !std::isfinite(pitch) ||
      d >= pitch * std::sin(std::numbers::pi / geometry.elements)) {
    return Error::make(Code::kInvalidArgument,
                       std::to_string(geometry.elements) +
                           " elements of this diameter do not fit on this pitch diameter: give "
                           "both in one unit, the pitch from centre to centre of the elements",
                       "此直径的 " + std::to_string(geometry.elements) +
                           " 个滚动体在该节圆上放不下：两个直径请使用同一单位，"
                           "节圆直径为滚动体中心之间的距离",
                       "pitch_diameter");
  }
  if (!(angle_deg >= 0 && angle_deg < 90)) {
    return Error::make(Code::kInvalidArgument, "a contact angle is 0 to under 90 degrees",
                       "接触角应大于等于 0 度且小于 90 度", "contact_angle_deg");
  }
  const double ratio = d / pitch * std::cos(angle_deg * std::numbers::pi / 180.0);
  const double half = 0.5 * geometry.elements;
  return BearingOrders{half * (1 - ratio), half * (1 + ratio),
                       pitch / (2 * d) * (1 - ratio * ratio), 0.5 * (1 - ratio)};
}

}  // namespace mw::plant
