#include "tests/support/plant_description.h"

namespace mw::testing_support {

void PlantDescription::add_line(const std::string& id, std::mt19937& random) {
  const std::string area =
      areas.empty() || random() % 2 == 0 ? "hall-" + id : areas[0]["id"].get<std::string>();
  if (area == "hall-" + id) {
    areas.push_back({{"id", area}, {"name", {{"en", "Hall " + id}, {"zh", "车间" + id}}}});
  }
  lines.push_back(
      {{"id", id}, {"name", {{"en", "Line " + id}, {"zh", "产线" + id}}}, {"area", area}});
  cells.push_back({{"id", "cell-" + id}, {"line", id}});
  shifts.push_back({{"id", "early-" + id},
                    {"name", {{"en", "early shift"}, {"zh", "早班"}}},
                    {"start", "0" + std::to_string(random() % 9) + ":00"},
                    {"end", "14:00"},
                    {"lines", Json::array({id})}});
  exceptions.push_back(
      {{"date", "2025-10-08"}, {"shifts", Json::array()}, {"lines", Json::array({id})}});
  const int machines = 1 + static_cast<int>(random() % 3);
  for (int i = 0; i < machines; ++i) {
    const std::string machine = id + "-" + std::to_string(i);
    const std::string number = std::to_string(random() % 3);
    assets.push_back({{"id", machine},
                      {"kind", "press"},
                      {"line", id},
                      {"cell", "cell-" + id},
                      {"name", {{"en", "Press " + number}, {"zh", number + "号压机"}}}});
    const int count = static_cast<int>(random() % 40);
    double parts = 0;
    for (int k = count; k > 0; --k) {
      const TimeNs ts = kNow - k * 7 * kNsPerSecond;
      samples.push_back({machine + "/temperature", ts, 20.0 + random() % 90});
      samples.push_back({machine + "/parts", ts, parts += random() % 3});
      samples.push_back({machine + "/state", ts, random() % 4 == 0 ? "fault" : "running"});
    }
  }
}

void PlantDescription::heat(const std::string& asset) {
  samples.push_back({asset + "/temperature", kNow - kNsPerSecond, 95.0});
}

void PlantDescription::connect(const std::string& asset) {
  plant::ModbusOptions device;
  device.name = asset + "-plc";
  device.host = "127.0.0.1";
  device.port = 1;
  plant::ModbusRegister parts;
  parts.tag = asset + "/parts";
  device.registers.push_back(std::move(parts));
  connectors.emplace_back(std::move(device));
}

void PlantDescription::take_in(const PlantDescription& other, bool first) {
  const auto put = [&](Json& list, const Json& added) {
    for (const Json& each : added) list.insert(first ? list.begin() : list.end(), each);
  };
  put(areas, other.areas);
  put(lines, other.lines);
  put(cells, other.cells);
  put(shifts, other.shifts);
  put(exceptions, other.exceptions);
  put(assets, other.assets);
  samples.insert(first ? samples.begin() : samples.end(), other.samples.begin(),
                 other.samples.end());
}

Json PlantDescription::json() const {
  const Json tags = Json::parse(R"json([
    {"id": "state", "kind": "state"},
    {"id": "temperature", "unit": "degC", "physical": [-50, 200], "normal": [null, 80], "key": true,
     "name": {"en": "temperature", "zh": "温度"},
     "earlier": [{"id": "temperature_f", "unit": "degF"}]},
    {"id": "parts", "kind": "counter", "decimals": 0, "name": {"en": "parts", "zh": "产量"}}])json");
  return {{"site", "test"},
          {"areas", areas},
          {"lines", lines},
          {"cells", cells},
          {"shifts", shifts},
          {"shift_exceptions", exceptions},
          {"kinds",
           {{{"id", "press"},
             {"name", {{"en", "press"}, {"zh", "压机"}}},
             {"states",
              {{{"id", "running"}, {"time", "production"}},
               {{"id", "fault"}, {"time", "unplanned_stop"}}}},
             {"production", {{"total", "parts"}, {"ideal_cycle_s", 7}}},
             {"tags", tags}}}},
          {"assets", assets}};
}

}  // namespace mw::testing_support
