#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/identity.h"
#include "core/log.h"
#include "maintenance/health/work_thread.h"
#include "maintenance/table_archive.h"
#include "maintenance/table_training.h"
#include "maintenance/training_job.h"

namespace mw::maintenance {

struct TrainingsOptions {
  std::filesystem::path folder;          // DATA/maintenance: models/NAME, trainings/NUMBER.json
  std::shared_ptr<TableArchive> tables;  // ends after it: it holds it
  const Clock* clock = nullptr;          // must outlive it
  LogSink log = no_log();
  std::shared_ptr<security::Audit> audit;  // null: none is kept
  int threads = 1;                         // of one training
};

/// What is to be learnt from which table.
struct TrainingOrder {
  int64_t table = 0;
  std::string variable;  // of a MATLAB file
  TableMapping mapping;
  LifeOptions life;
  bool splits = false;
  std::string model;     // its name: letters, digits, '-', '_', '.'; at most 64
  bool replace = false;  // a model of that name that is there
};

/// Trains models from kept tables in the background, one after the other, on threads that yield to
/// all others (ADR 0151). A training that was cancelled, or whose server stops, keeps nothing; one
/// that comes to its end is there as a whole, as `maintain train --name` makes it.
///
/// Rights   as of its table: engineer of all its lines; for others it does not exist (kNotFound).
/// Errors   those of the disk and of the audit log, which has what a person does before it counts.
/// Threads  any.
class Trainings {
 public:
  /// What ran when the server last stopped is interrupted from now on.
  static Result<std::unique_ptr<Trainings>> open(TrainingsOptions options);
  ~Trainings();

  /// What can be seen at once to be wrong is refused at once.
  /// Errors   kInvalidArgument: a name that is none, and what reading the table, its report and
  ///          the options forbid; kConflict: a model of that name is there, or a training of one's
  ///          own is under way.
  Result<TrainingJob> start(const Identity& who, const TrainingOrder& order);
  /// Newest first.
  std::vector<TrainingJob> list(const Identity& who) const;
  Result<TrainingJob> find(const Identity& who, int64_t number) const;
  /// Errors   kConflict: it is over.
  Result<TrainingJob> cancel(const Identity& who, int64_t number);
  /// Takes a name out of who started what, for good (ADR 0098). May be repeated.
  Result<void> forget_person(const std::string& name);

 private:
  struct Task;
  struct Running {
    std::stop_source stop;
    int64_t stage_begun_ns = 0;  // steady
  };
  explicit Trainings(TrainingsOptions options) : options_(std::move(options)) {}
  Result<void> load();
  Result<void> check_name(const Identity& who, const TrainingOrder& order) const;
  Result<TrainingJob> begin(const Identity& who, TrainingJob job, Task& task);
  void run(const Task& task);
  Result<TableModel> learn(const Task& task);
  void report(int64_t number, std::string_view stage, int64_t done, int64_t total);
  void end(const Task& task, const Result<TableModel>& made);
  Result<void> put(const TrainingJob& job) const;
  void forget_oldest();
  Result<void> audit(const std::string& who, const char* action, const TrainingJob& job,
                     security::AuditOutcome outcome, const std::string& detail) const;

  const TrainingsOptions options_;
  mutable std::mutex mutex_;
  std::map<int64_t, TrainingJob> jobs_;
  std::map<int64_t, Running> running_;
  std::atomic<bool> stopping_ = false;
  WorkThread work_;  // last: what runs in it uses the others
};

}  // namespace mw::maintenance
