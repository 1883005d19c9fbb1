#pragma once

#include <random>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/json.h"
#include "plant/connector_options.h"

namespace mw::testing_support {

inline constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;

struct Feed {
  std::string tag;
  TimeNs ts_ns = 0;
  std::variant<std::monostate, double, std::string> value;
};

/// Machines of random lines, and what they measured. Names repeat between lines on purpose.
struct PlantDescription {
  Json areas = Json::array();
  Json lines = Json::array();
  Json cells = Json::array();
  Json shifts = Json::array();
  Json exceptions = Json::array();
  Json assets = Json::array();
  std::vector<Feed> samples;
  std::vector<plant::ConnectorOptions> connectors;

  /// A line in an area of its own or in one that is there, with a cell, a shift and a day off.
  void add_line(const std::string& id, std::mt19937& random);
  /// The last temperature of a machine's first tag is so high that it is an alarm.
  void heat(const std::string& asset);
  /// A device that counts the parts of a machine, and does not answer; it is called "ASSET-plc".
  void connect(const std::string& asset);
  /// What another has, before or after what is here: indices shift.
  void take_in(const PlantDescription& other, bool first);
  Json json() const;
};

}  // namespace mw::testing_support
