#include "plant/internal/measuring_point_reader.h"

#include <algorithm>

#include "plant/internal/description_fields.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostPoints = 100;
constexpr std::size_t kMostPointBytes = 64;  // as a recording's
constexpr double kMostDiameter = 1e5;        // mm, and inches all the more
constexpr double kMostOrder = 1000;
constexpr double kMostRatio = 1e4;

struct OrderMember {
  const char* key;
  double BearingOrders::*order;
};
constexpr OrderMember kOrderMembers[] = {{"bpfo", &BearingOrders::bpfo},
                                         {"bpfi", &BearingOrders::bpfi},
                                         {"bsf", &BearingOrders::bsf},
                                         {"ftf", &BearingOrders::ftf}};

/// All four, or none of them is told.
Result<BearingOrders> read_orders(const Json& json, const std::string& where) {
  BearingOrders orders;
  for (const OrderMember& each : kOrderMembers) {
    MW_ASSIGN(orders.*each.order, read_needed(json, each.key, where, 1e-6, kMostOrder));
  }
  // The cage lags behind the shaft, and each race is passed by some of the elements.
  if (orders.ftf >= 1) return wrong(where + ".ftf", "a cage turns slower than the shaft: under 1");
  if (orders.bpfo < orders.ftf) {
    return wrong(where + ".bpfo", "lies below ftf: each element passes once a turn of the cage");
  }
  return orders;
}

Result<BearingGeometry> read_geometry(const Json& json, const std::string& where) {
  BearingGeometry geometry;
  MW_ASSIGN(const double elements, read_needed(json, "elements", where, 0, 1e6));
  if (elements != static_cast<int>(elements)) {
    return wrong(where + ".elements", "expected a whole number");
  }
  geometry.elements = static_cast<int>(elements);
  MW_ASSIGN(geometry.element_diameter,
            read_needed(json, "element_diameter", where, 0, kMostDiameter));
  MW_ASSIGN(geometry.pitch_diameter, read_needed(json, "pitch_diameter", where, 0, kMostDiameter));
  MW_ASSIGN(geometry.contact_angle_deg, read_number(json, "contact_angle_deg", where, 0, 0, 360));
  if (const auto orders = bearing_orders(geometry); !orders) {
    const Error& error = orders.error();
    return Error::make(error.code,
                       "plant description: " + where + "." + error.param + ": " + error.message.en,
                       "工厂描述文件：" + where + "." + error.param + "：" + error.message.zh,
                       where + "." + error.param);
  }
  return geometry;
}

Result<void> read_bearing(const Json& json, const std::string& where, MeasuringPoint& point) {
  MW_TRY(only_members(json, where,
                      {"name", "elements", "element_diameter", "pitch_diameter",
                       "contact_angle_deg", "bpfo", "bpfi", "bsf", "ftf"}));
  MW_ASSIGN(point.bearing_name, read_text(json, "name", where));
  const auto has = [&](const char* key) { return find_member(json, key) != nullptr; };
  const bool by_orders = has("bpfo") || has("bpfi") || has("bsf") || has("ftf");
  const bool by_geometry = has("elements") || has("element_diameter") || has("pitch_diameter") ||
                           has("contact_angle_deg");
  if (by_orders && by_geometry) {
    return wrong(where, "gives its geometry and its orders: give one of them");
  }
  if (by_orders) {
    MW_ASSIGN(point.orders, read_orders(json, where));
  } else {
    MW_ASSIGN(point.bearing, read_geometry(json, where));
  }
  return {};
}

Result<MeasuringPoint> read_point(const Json& json, const std::string& where) {
  MW_TRY(only_members(json, where, {"point", "component", "bearing", "speed", "shaft_ratio"}));
  MeasuringPoint point;
  MW_ASSIGN(point.point, read_text(json, "point", where));
  if (point.point.empty() || point.point.size() > kMostPointBytes) {
    return wrong(where + ".point", "expected 1 to 64 bytes of text, as recordings name it");
  }
  MW_ASSIGN(point.component, read_text(json, "component", where));
  MW_ASSIGN(point.speed_tag, read_text(json, "speed", where));
  MW_ASSIGN(point.shaft_ratio,
            read_number(json, "shaft_ratio", where, 1, 1 / kMostRatio, kMostRatio));
  if (find_member(json, "shaft_ratio") != nullptr && point.speed_tag.empty()) {
    return wrong(where + ".shaft_ratio", "is of \"speed\", which is missing");
  }
  if (const Json* bearing = find_member(json, "bearing"); bearing != nullptr) {
    if (!bearing->is_object()) return wrong(where + ".bearing", "expected an object");
    MW_TRY(read_bearing(*bearing, where + ".bearing", point));
  }
  return point;
}

}  // namespace

Result<std::vector<MeasuringPoint>> read_measuring_points(const Json& json,
                                                          const std::string& where) {
  std::vector<MeasuringPoint> points;
  const auto take = [&](const Json& item, const std::string& at) -> Result<void> {
    MW_ASSIGN(MeasuringPoint point, read_point(item, at));
    const auto same = [&](const MeasuringPoint& other) { return other.point == point.point; };
    if (std::any_of(points.begin(), points.end(), same)) {
      return wrong(at + ".point", "'" + point.point + "' is there twice");
    }
    if (points.size() >= kMostPoints) return wrong(at, "more than 100 measuring points");
    points.push_back(std::move(point));
    return {};
  };
  MW_TRY(for_each(json, "measuring_points", where, take));
  return points;
}

void add_measuring_points(std::vector<MeasuringPoint> own, std::vector<MeasuringPoint>& points) {
  for (MeasuringPoint& point : own) {
    std::erase_if(points, [&](const MeasuringPoint& other) { return other.point == point.point; });
    points.push_back(std::move(point));
  }
}

Result<void> check_measuring_points(const std::vector<MeasuringPoint>& points,
                                    const std::vector<Component>& components,
                                    const std::vector<Tag>& tags, const std::string& where) {
  for (const MeasuringPoint& point : points) {
    const auto is_component = [&](const Component& each) { return each.id == point.component; };
    if (!point.component.empty() &&
        std::none_of(components.begin(), components.end(), is_component)) {
      return wrong(where + ".measuring_points",
                   "'" + point.component + "', of '" + point.point + "', is no component of it");
    }
    const auto is_speed = [&](const Tag& tag) {
      return tag.id == point.speed_tag && tag.kind == TagKind::kNumber && tag.unit == "1/min";
    };
    if (!point.speed_tag.empty() && std::none_of(tags.begin(), tags.end(), is_speed)) {
      return wrong(where + ".measuring_points", "'" + point.speed_tag + "', the speed at '" +
                                                    point.point +
                                                    "', is no numeric tag of it in 1/min");
    }
  }
  return {};
}

}  // namespace mw::plant
