#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/identity.h"
#include "core/log.h"
#include "maintenance/detect/alarm_budget.h"
#include "maintenance/health/case_store.h"
#include "maintenance/health/health_model.h"
#include "maintenance/health/health_scorer.h"
#include "plant/plant.h"
#include "security/audit_event.h"

namespace mw::maintenance {

struct HealthOptions {
  std::filesystem::path folder;         // DATA/maintenance: models, maintenance.db
  std::shared_ptr<plant::Plant> plant;  // ends after it: it holds it
  const Clock* clock = nullptr;         // must outlive it
  LogSink log = no_log();
  std::shared_ptr<security::Audit> audit;  // null: none is kept
};

/// A machine as it stands, for people.
struct HealthView {
  std::string asset;
  std::string line;
  HealthPoint point;
  std::vector<std::string> tags;   // of the contributions
  std::optional<HealthCard> card;  // absent: nobody trained it yet
  BudgetState budget;
  int64_t open_case = 0;  // 0: none
  TimeNs ts_ns = 0;       // of the row that it rests on; 0: none came yet
};

/// Watches machines that have a health model, once a step, and opens a case when one leaves what
/// its contract calls normal. Decides by the threshold alone; nothing here writes to a machine.
///
/// Rights   what is of a line that `who` may not see does not exist for them (kNotFound). Training:
///          engineer of the machine's line; an outcome: operator of it. Else kPermissionDenied.
/// Errors   kConflict for a case that is decided already; those of training, of the disk and of the
///          audit log, which has what a person does before it counts.
/// Threads  any.
class HealthMonitor {
 public:
  /// Reads models and cases. A model that does not hold is left out and logged.
  static Result<std::unique_ptr<HealthMonitor>> open(HealthOptions options);
  ~HealthMonitor();

  /// Follows the plant from now on; scores each second.
  void watch();
  void take(const std::vector<plant::TagValue>& values);
  /// Scores the machines whose next row is due; what watch() does by itself.
  void tick();

  /// Worst first; machines without a model last.
  std::vector<HealthView> list(const Identity& who) const;
  /// Newest first.
  std::vector<HealthCase> cases(const Identity& who) const;
  Result<HealthCase> find_case(const Identity& who, int64_t number) const;
  /// The most similar earlier case of a line that `who` may see.
  std::optional<NearestCase> nearest(const Identity& who, const HealthCase& one) const;

  struct TrainOrder {
    std::string asset;
    TimeWindow window;
    AlarmContract contract;
  };
  Result<HealthCard> train(const Identity& who, const TrainOrder& order);
  Result<HealthCase> decide(const Identity& who, int64_t number, CaseOutcome outcome,
                            const std::string& note);
  /// Takes a name out of cases and models, for good (ADR 0098). May be repeated.
  Result<void> forget_person(const std::string& name);

 private:
  struct Machine;
  HealthMonitor(HealthOptions options, CaseStore store);
  Result<void> load();
  Result<void> put_model(HealthModel model);
  Result<void> audit(const std::string& who, const std::string& action, const std::string& object,
                     security::AuditOutcome outcome, const std::string& detail) const;
  void score(Machine& machine, TimeNs now_ns);
  void open_case(Machine& machine, TimeNs now_ns);
  HealthView view_of(const Machine& machine, TimeNs now_ns) const;
  void run();

  const HealthOptions options_;
  std::shared_ptr<const plant::Catalogue> catalogue_;  // the whole plant
  mutable std::mutex mutex_;
  CaseStore store_;
  std::map<std::string, std::unique_ptr<Machine>> machines_;  // those with a model
  std::vector<HealthCase> cases_;                             // newest first
  std::unordered_map<std::string, plant::TagValue> values_;
  std::mutex training_;  // one at a time

  std::mutex inbox_mutex_;
  std::unordered_map<std::string, plant::TagValue> inbox_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
  std::unique_ptr<plant::Subscription> subscription_;
};

}  // namespace mw::maintenance
