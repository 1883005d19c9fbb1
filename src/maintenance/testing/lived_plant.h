#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "maintenance/testing/made_runs.h"
#include "plant/ingest.h"
#include "plant/plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::maintenance {

/// A plant with two pumps whose histories are those of made_runs, a cycle an hour.
class LivedPlant : public ::testing::Test {
 protected:
  static constexpr TimeNs kBegan = 1'800'003'600 * kNsPerSecond;  // a whole hour
  static constexpr int kMachine = 20;                             // it lives 200 cycles

  static constexpr const char* kLivedPlant = R"json({
      "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
      "kinds": [{"id": "pump", "states": [{"id": "running"}, {"id": "idle"}],
        "tags": [{"id": "state", "kind": "state", "watchdog_s": 7200},
                 {"id": "load", "unit": "kW", "watchdog_s": 7200},
                 {"id": "wear", "unit": "mm", "watchdog_s": 7200},
                 {"id": "heat", "unit": "K", "watchdog_s": 7200}]}],
      "assets": [{"id": "p1", "kind": "pump", "line": "a"},
                 {"id": "p2", "kind": "pump", "line": "b"}]})json";

  LivedPlant() { open_plant(kLivedPlant); }
  void open_plant(const std::string& description) {
    plant_.reset();
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = plant::Catalogue::parse(description).value();
    options.clock = &clock_;
    options.log = no_log();
    plant_ = plant::Plant::open(std::move(options)).value();
  }

  void store(const std::string& tag, TimeNs ts_ns, std::variant<double, std::string> value) {
    plant::Reading reading;
    reading.tag = tag;
    reading.ts_ns = ts_ns;
    if (const auto* number = std::get_if<double>(&value)) {
      reading.value = *number;
    } else {
      reading.value = std::get<std::string>(value);
    }
    readings_.push_back(std::move(reading));
  }
  void stored() {
    ASSERT_TRUE(plant_->ingest().take(readings_, plant::Arrival::kHistory));
    readings_.clear();
  }

  /// One machine's rows of `table`, from `began` on, an hour each, two samples an hour; the clock
  /// stands at the end.
  void live_through(const std::string& pump, const RunTable& table, std::size_t machine,
                    TimeNs began) {
    const auto [first, last] = table.rows_of(machine);
    for (std::size_t row = first; row < last; ++row) {
      const TimeNs at = began + static_cast<int64_t>(row - first) * kNsPerHour;
      for (const char* name : {"load", "wear", "heat"}) {
        const double value = table.column(name)->values[row];
        store(pump + "/" + name, at, value);
        store(pump + "/" + name, at + kNsPerHour / 2, value);
      }
    }
    clock_.set(began + static_cast<int64_t>(last - first) * kNsPerHour + kNsPerSecond);
    stored();
  }
  void tell(const std::string& pump, const std::string& kind, TimeNs ts_ns) {
    plant::ToldEvent told;
    told.asset = pump;
    told.kind = kind;
    told.text = kind;
    told.start_ns = ts_ns;
    const Identity teller{Identity::Kind::kPerson, "li", {{Role::kOperator, {"*"}, {}}}};
    ASSERT_TRUE(plant_->tell_event(teller, told, [](const auto&) { return Result<void>(); }));
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kBegan};
  std::shared_ptr<plant::Plant> plant_;
  std::vector<plant::Reading> readings_;
};

}  // namespace mw::maintenance
