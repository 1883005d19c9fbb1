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
#include "maintenance/health/promotion_gate.h"
#include "maintenance/health/recording_store.h"
#include "maintenance/health/replay_jobs.h"
#include "maintenance/health/retrain_store.h"
#include "maintenance/health/version_store.h"
#include "maintenance/health/work_thread.h"
#include "maintenance/work/accepted_work_store.h"
#include "maintenance/work/work_order.h"
#include "plant/plant.h"
#include "security/audit_event.h"

namespace mw::maintenance {

class LifeWatch;

struct HealthOptions {
  std::filesystem::path folder;         // DATA/maintenance: models, maintenance.db
  std::shared_ptr<plant::Plant> plant;  // ends after it: it holds it
  const Clock* clock = nullptr;         // must outlive it
  TimeZone zone = TimeZone::utc();      // of the plant: when its shifts and stops are
  std::shared_ptr<LifeWatch> lives;     // latest dates of work orders; null: none
  LogSink log = no_log();
  std::shared_ptr<security::Audit> audit;  // null: none is kept
  /// Whether who set a schedule may still train a machine of that line; must not throw.
  std::function<bool(const Identity& who, const std::string& line)> may_still =
      [](const Identity&, const std::string&) { return false; };
};

/// A version that is scored beside the live one and never alarms.
struct ShadowView {
  int64_t version = 0;
  HealthPoint point;
  TimeNs since_ns = 0;
  std::size_t would_alarms = 0;  // cases that it would have opened since
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
  std::optional<ShadowView> shadow;
};

/// A version of a machine's model, for people.
struct VersionView {
  VersionState state;
  std::optional<HealthCard> card;  // absent: its file does not hold
  std::optional<HealthReplay> replay;
  std::vector<Text> shut;  // in shadow: why it must not go live; empty: it may
};

/// All versions of a machine's model.
struct VersionsView {
  std::string asset;
  std::string line;
  std::vector<VersionView> versions;  // newest first, at most kMostVersionsShown
  int64_t before = 0;                 // what a rollback makes live; 0: there is none
};
inline constexpr std::size_t kMostVersionsShown = 30;

enum class VersionDecision { kPromote, kReject, kRollBack };

/// Watches machines that have a health model, once a step, and opens a case when one leaves what
/// its contract calls normal. Decides by the threshold alone; nothing here writes to a machine.
///
/// Rights   what is of a line that `who` may not see does not exist for them (kNotFound). Training,
///          replays, decisions on versions and on work orders: engineer of the machine's line; an
///          outcome: operator of it. Else kPermissionDenied.
/// Errors   kConflict for what is decided already; those of training, of the disk and of the
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

  /// The samples around its alarm, kept with it.
  /// Errors   kNotFound until they are, 5 minutes after it was opened.
  Result<CaseRecording> recording(const Identity& who, int64_t number);
  bool is_recorded(int64_t number) const;
  /// What is in it, of tags that `who` may see.
  Result<std::vector<plant::Reading>> recorded(const Identity& who,
                                               const CaseRecording& recording) const;

  struct TrainOrder {
    std::string asset;
    TimeWindow window;
    AlarmContract contract;
    std::vector<TimeWindow> left_out;  // learned from as if it were not there
  };
  struct Learned {
    HealthCard card;
    bool in_shadow = false;  // beside the live version; the first one is live at once
  };
  Result<Learned> train(const Identity& who, const TrainOrder& order);

  Result<VersionsView> versions(const Identity& who, const std::string& asset);
  /// Runs a version over all that is stored of its machine and over its past cases. Takes minutes
  /// for a year; `on_rows` may give it up (kCancelled).
  Result<HealthReplay> replay(const Identity& who, const std::string& asset, int64_t version,
                              const OnReplay& on_rows = {});
  /// The same in the background, one machine after the other (ADR 0139).
  /// Errors   kConflict: one of this machine is under way.
  Result<ReplayJob> start_replay(const Identity& who, const std::string& asset, int64_t version);
  /// The last one that was started in the background; nothing where none was.
  Result<std::optional<ReplayJob>> replay_job(const Identity& who, const std::string& asset) const;
  /// Whoever started it. Errors   kConflict: none is under way.
  Result<ReplayJob> cancel_replay(const Identity& who, const std::string& asset);
  /// `version` is the one in shadow, for a rollback the live one: what they saw who decide.
  /// Errors   kConflict where it is another by now, where the gate is shut, with why, or where
  ///          there is none before.
  Result<VersionsView> decide_version(const Identity& who, const std::string& asset,
                                      int64_t version, VersionDecision decision);

  /// Trains a machine anew by itself; its version runs in shadow and is replayed (ADR 0141).
  /// Nothing where there is none.
  Result<std::optional<RetrainSchedule>> schedule(const Identity& who,
                                                  const std::string& asset) const;
  /// In place of the one before, in the name of `who`. Of `wanted` count the machine, the rhythm,
  /// the history, the contract and `promote`.
  Result<RetrainSchedule> set_schedule(const Identity& who, const RetrainSchedule& wanted);
  /// Errors   kNotFound: there is none.
  Result<void> remove_schedule(const Identity& who, const std::string& asset);
  /// Where models that were trained from files lie, a folder each.
  std::filesystem::path models_folder() const { return options_.folder / "models"; }
  const TimeZone& zone() const { return options_.zone; }  // of the times of day

  Result<HealthCase> decide(const Identity& who, int64_t number, CaseOutcome outcome,
                            const std::string& note);

  /// What to do about a case, and what each time for it would cost. Nothing is kept.
  Result<WorkOrderDraft> work_order(const Identity& who, int64_t number,
                                    const WorkQuestion& question) const;
  struct WorkAcceptance {
    WorkQuestion question;
    TimeNs start_ns = 0;  // of one of its windows
    std::string check;    // of that window, as it was seen
    std::string note;
  };
  /// An engineer of the line says that it is done so, and then; in place of what was accepted
  /// before. Errors   kConflict where the case is decided, or where the window is another by now.
  Result<AcceptedWork> accept_work(const Identity& who, int64_t number,
                                   const WorkAcceptance& acceptance);
  std::optional<AcceptedWork> accepted_work(const Identity& who, int64_t number) const;
  /// Takes a name out of cases and models, for good (ADR 0098). May be repeated.
  Result<void> forget_person(const std::string& name);

 private:
  struct Follower;
  struct Machine;
  enum class Followed { kNothing, kStands, kBegins };  // of an alarm
  HealthMonitor(HealthOptions options, CaseStore store, VersionStore version_store,
                RecordingStore recording_store, AcceptedWorkStore work_store,
                RetrainStore retrain_store, std::unique_ptr<ReplayJobs> replays);
  Result<void> load();
  Result<void> load_versions();
  void load_asset(const std::string& asset);
  Result<HealthModel> read_model(const std::string& asset, int64_t version) const;
  Result<void> put_model(HealthModel model);
  Result<void> put_shadow(HealthModel model);
  Result<void> note(const VersionEvent& event);
  /// Those of a machine, oldest first.
  std::vector<HealthCase> cases_of(const std::string& asset) const;
  const HealthCard* card_of(const std::string& asset, int64_t version);
  VersionsView versions_view(const Identity& who, const plant::Asset& asset);
  struct ReplayTask {
    HealthModel model;
    std::vector<HealthCase> cases;  // of its machine
  };
  Result<ReplayTask> replay_task(const Identity& who, const std::string& asset, int64_t version);
  Result<HealthReplay> replay_past(const Identity& who, const HealthModel& model,
                                   const std::vector<HealthCase>& cases, const OnReplay& on_rows);
  Result<void> keep_replay(const Identity& who, const std::string& asset,
                           const HealthReplay& replay);
  Result<void> load_schedules();
  void start_due(TimeNs now_ns);
  void retrain(const RetrainSchedule& schedule);
  void retrain_steps(const RetrainSchedule& schedule, RetrainOutcome& outcome);
  void replay_scheduled(const Identity& who, const std::string& asset, RetrainOutcome& outcome);
  void run_replay(const Identity& who, const ReplayTask& task, ReplayJobs::Ticket ticket);
  /// Nothing where none is kept.
  Result<std::optional<HealthHistory>> recorded_rows(const HealthCase& one,
                                                     const plant::Asset& asset, double step_s);
  void record_due(TimeNs now_ns);
  Result<void> audit(const std::string& who, const std::string& action, const std::string& object,
                     security::AuditOutcome outcome, const std::string& detail) const;
  Followed follow(Follower& follower, const std::string& state_tag, TimeNs now_ns) const;
  void score(Machine& machine, TimeNs now_ns);
  void open_case(Machine& machine, TimeNs now_ns);
  /// What deviates besides, while a case of the machine is open.
  void add_to_case(Machine& machine, TimeNs now_ns);
  std::vector<CaseEvidence> evidence_of(const Machine& machine) const;
  HealthView view_of(const Machine& machine, TimeNs now_ns) const;
  void run();

  const HealthOptions options_;
  std::shared_ptr<const plant::Catalogue> catalogue_;  // the whole plant
  mutable std::mutex mutex_;
  CaseStore store_;
  std::map<std::string, std::unique_ptr<Machine>> machines_;  // those with a model
  std::vector<HealthCase> cases_;                             // newest first
  VersionStore version_store_;
  std::map<std::string, ModelVersions> versions_;                // by asset
  std::map<std::pair<std::string, int64_t>, HealthCard> cards_;  // that were read
  RecordingStore recording_store_;
  std::set<int64_t> recorded_;  // numbers of cases
  AcceptedWorkStore work_store_;
  std::map<int64_t, AcceptedWork> accepted_;  // by case
  TimeNs record_again_ns_ = 0;                // not before this, since it could not be kept
  std::unordered_map<std::string, plant::TagValue> values_;
  RetrainStore retrain_store_;
  std::map<std::string, RetrainSchedule> schedules_;  // by asset
  std::mutex training_;                               // one at a time
  // Its lock is taken before `mutex_`: what a replay found is kept while it cannot be cancelled.
  const std::unique_ptr<ReplayJobs> replays_;

  std::mutex inbox_mutex_;
  std::unordered_map<std::string, plant::TagValue> inbox_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
  std::unique_ptr<plant::Subscription> subscription_;
  WorkThread work_;  // last: it ends before what it uses
};

}  // namespace mw::maintenance
