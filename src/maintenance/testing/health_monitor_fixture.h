#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "core/file.h"
#include "maintenance/health/train_health.h"
#include "maintenance/health_monitor.h"
#include "maintenance/testing/made_running_machine.h"
#include "plant/ingest.h"
#include "tests/support/temporary_folder.h"

namespace mw::maintenance {

inline const Identity kEngineer{Identity::Kind::kPerson, "li", {{Role::kEngineer, {"*"}, {}}}};
inline const Identity kViewerOfA{Identity::Kind::kPerson, "wang", {{Role::kViewer, {"a"}, {}}}};
inline const Identity kOperatorOfB{Identity::Kind::kPerson, "zhao", {{Role::kOperator, {"b"}, {}}}};
/// Sees line a, too, but their role holds for b alone.
inline const Identity kEngineerOfB{
    Identity::Kind::kPerson, "qian", {{Role::kViewer, {"a"}, {}}, {Role::kEngineer, {"b"}, {}}}};

inline constexpr const char* kMadePlant = R"json({
  "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
  "kinds": [{"id": "machine", "states": [{"id": "running"}, {"id": "idle"}],
    "tags": [{"id": "state", "kind": "state"}, {"id": "heat", "unit": "degC"},
             {"id": "current", "unit": "A"}, {"id": "vibration", "unit": "mm/s"}],
    "failure_modes": [{"id": "bearing", "signs": ["vibration"], "standstill_h": 2,
                       "work": [{"skill": "mechanic", "hours": 3}]}]}],
  "upkeep": {"currency": "EUR", "skills": [{"id": "mechanic", "rates": [{"per_hour": 50}]}],
             "standstill": [{"per_hour": 100}]},
  "assets": [{"id": "m1", "kind": "machine", "line": "a"},
             {"id": "m2", "kind": "machine", "line": "b"}]})json";

class Records final : public security::Audit {
 public:
  Result<void> record(const security::AuditEvent& event) override {
    if (full) return Error::make(Code::kUnavailable, "the disk is full", "磁盘已满");
    actions.push_back(event.action + " " + event.object);
    return {};
  }
  bool full = false;
  std::vector<std::string> actions;
};

/// A monitor over two machines; m1 has a model (version 1) that learned from made values.
class HealthMonitorFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    open_plant(folder_.path());
    auto model = train_health(machine_.history(24), {{}, {4, 1}, "li", 1, false});
    ASSERT_TRUE(model) << model.error().message.en;
    model->card.version = 1;
    ASSERT_TRUE(make_private_folder(folder_.path() / "health"));
    ASSERT_TRUE(
        write_file_atomically(folder_.path() / "health" / "m1.1.json", to_text(to_json(*model))));
    open();
  }
  void open_plant(const std::filesystem::path& folder,
                  const std::string& description = kMadePlant) {
    plant::PlantOptions options;
    options.data_folder = folder.string();
    options.catalogue = plant::Catalogue::parse(description).value();
    options.clock = &clock_;
    options.log = no_log();
    plant_ = plant::Plant::open(std::move(options)).value();
  }
  void open() {
    monitor_.reset();
    HealthOptions options;
    options.folder = folder_.path();
    options.plant = plant_;
    options.clock = &clock_;
    options.audit = audit_;
    options.may_still = [this](const Identity& who, const std::string& line) {
      return may_still_ && who.may(Role::kEngineer, line);
    };
    auto opened = HealthMonitor::open(std::move(options));
    ASSERT_TRUE(opened) << opened.error().message.en;
    monitor_ = std::move(*opened);
  }
  /// Good values of m1 as the broker would send them, each 5 s; the clock goes along.
  void run_rows(std::size_t rows, double wear) {
    static constexpr const char* kNames[] = {"m1/heat", "m1/current", "m1/vibration"};
    for (std::size_t i = 0; i < rows; ++i, ++row_) {
      clock_.set(clock_.now_ns() + 5 * kNsPerSecond);
      std::vector<double> values = machine_.row(row_, wear);
      for (std::size_t j = 0; j < offsets_.size(); ++j) values[j] += offsets_[j];
      std::vector<plant::TagValue> taken;
      for (std::size_t j = 0; j < values.size(); ++j) {
        taken.push_back({kNames[j], values[j], "", clock_.now_ns(), Quality::kGood, {}});
      }
      taken.push_back({"m1/state", {}, machine_.state(row_), clock_.now_ns(), Quality::kGood, {}});
      if (stores_) store(taken);
      monitor_->take(taken);
      monitor_->tick();
    }
  }
  void store(const std::vector<plant::TagValue>& values) {
    std::vector<plant::Reading> readings;
    for (const plant::TagValue& each : values) {
      plant::Reading& reading = readings.emplace_back();
      reading.tag = each.tag;
      reading.ts_ns = each.ts_ns;
      if (each.value) {
        reading.value = *each.value;
      } else {
        reading.value = each.text;
      }
    }
    EXPECT_TRUE(plant_->ingest().take(readings, plant::Arrival::kHistory));
  }
  int64_t case_number() const { return monitor_->cases(kEngineer).front().number; }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{1'800'000'000 * kNsPerSecond};
  MadeRunningMachine machine_;
  std::shared_ptr<Records> audit_ = std::make_shared<Records>();
  std::shared_ptr<plant::Plant> plant_;
  std::unique_ptr<HealthMonitor> monitor_;
  std::size_t row_ = 0;
  bool may_still_ = true;        // who set a schedule
  std::vector<double> offsets_;  // added to heat, current and vibration
  bool stores_ = false;          // what is run lies in the store, too
};

}  // namespace mw::maintenance
