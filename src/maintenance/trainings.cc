#include "maintenance/trainings.h"

#include <algorithm>
#include <exception>

#include "core/file.h"
#include "core/thread_priority.h"
#include "maintenance/boost/train_trees.h"
#include "maintenance/health/same_person.h"
#include "maintenance/model_cards.h"
#include "maintenance/run_file.h"
#include "security/rights.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostJobs = 200;
constexpr std::size_t kMostNameBytes = 64;
constexpr uint64_t kMostJobBytes = 1 << 20;

Error no_training() {
  return Error::make(Code::kNotFound,
                     "there is no such training: see GET /api/maintenance/trainings",
                     "没有该训练：可用的训练见 GET /api/maintenance/trainings", "training");
}

bool is_model_name(const std::string& text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kMostNameBytes && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), fits);
}

Result<void> check_life(const LifeOptions& life, const RunTable& table) {
  if (!(life.cap >= 1) || life.cap > 1e9) {
    return Error::make(Code::kInvalidArgument, "'cap': expected 1 to 1e9", "“cap”应为 1 至 1e9",
                       "cap");
  }
  if (life.regimes < 0 || life.regimes > 100) {
    return Error::make(Code::kInvalidArgument, "'regimes': expected 0 to 100",
                       "“regimes”应为 0 至 100", "regimes");
  }
  for (const std::string& each : life.settings) {
    if (table.column(each) != nullptr) continue;
    return Error::make(Code::kInvalidArgument,
                       "'settings': '" + each.substr(0, 60) + "' is no column that is measured",
                       "“settings”：“" + each.substr(0, 60) + "”不是测量列", "settings");
  }
  return {};
}

}  // namespace

struct Trainings::Task {
  std::string who;  // for the audit log
  int64_t number = 0;
  TrainingOrder order;
  KeptTable table;
  std::shared_ptr<const MappedFile> bytes;  // stay where the table is removed meanwhile
  std::stop_token stop;
};

Result<std::unique_ptr<Trainings>> Trainings::open(TrainingsOptions options) {
  MW_TRY(make_private_folder(options.folder / "trainings"));
  std::unique_ptr<Trainings> out(new Trainings(std::move(options)));
  MW_TRY(out->load());
  return out;
}

Trainings::~Trainings() {
  stopping_ = true;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (auto& [number, each] : running_) each.stop.request_stop();
  }
  work_.stop();
}

Result<void> Trainings::load() {
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator(options_.folder / "trainings", failed)) {
    if (entry.path().extension() != ".json") continue;  // what a crash left behind
    const auto text = read_file(entry.path(), kMostJobBytes);
    auto job = text ? parse_training_job(*text) : Result<TrainingJob>(text.error());
    if (!job) {
      options_.log(LogLevel::kWarning, "maintenance",
                   "left out: training " + entry.path().string());
      continue;
    }
    if (job->state == TrainingState::kRunning) {
      job->state = TrainingState::kInterrupted;
      MW_TRY(put(*job));
    }
    jobs_[job->number] = *std::move(job);
  }
  return {};
}

Result<void> Trainings::put(const TrainingJob& job) const {
  return write_file_atomically(
      options_.folder / "trainings" / (std::to_string(job.number) + ".json"),
      to_text(to_json(job)));
}

Result<void> Trainings::audit(const std::string& who, const char* action, const TrainingJob& job,
                              security::AuditOutcome outcome, const std::string& detail) const {
  if (options_.audit == nullptr) return {};
  return options_.audit->record(
      {who, "", std::string("maintenance.") + action, "model:" + job.model, outcome,
       "training=" + std::to_string(job.number) + " table=" + std::to_string(job.table) +
           " lines=" + lines_text(job.lines) + detail});
}

Result<void> Trainings::check_name(const Identity& who, const TrainingOrder& order) const {
  if (!is_model_name(order.model)) {
    return Error::make(Code::kInvalidArgument,
                       "'name': expected letters, digits, '-', '_' and '.', at most 64",
                       "“name”应由字母、数字、“-”、“_”和“.”组成，最多 64 个字符", "name");
  }
  const std::filesystem::path models = options_.folder / "models";
  std::error_code none;
  if (!std::filesystem::exists(models / order.model / "card.json", none)) return {};
  const auto mine = list_cards(models, who.at_least(Role::kEngineer));
  const bool may = std::any_of(mine.begin(), mine.end(),
                               [&](const ListedCard& each) { return each.name == order.model; });
  if (may && order.replace) return {};
  return Error::make(
      Code::kConflict,
      may ? "there is a model '" + order.model + "': say that it is to be replaced, or name another"
          : "the name '" + order.model + "' is taken: choose another",
      may ? "已有模型“" + order.model + "”：请确认替换，或换一个名称"
          : "名称“" + order.model + "”已被占用：请换一个名称",
      "name");
}

Result<TrainingJob> Trainings::start(const Identity& who, const TrainingOrder& order) {
  MW_ASSIGN(const KeptTable table, options_.tables->find(who, order.table));
  MW_TRY(check_name(who, order));
  Task task;
  task.who = security::audit_name(who);
  task.order = order;
  task.table = table;
  MW_ASSIGN(MappedFile bytes, options_.tables->bytes(table));
  task.bytes = std::make_shared<const MappedFile>(std::move(bytes));
  TrainingJob job;
  {
    // Read once more when its turn comes: tables of all who wait would fill the memory.
    MW_ASSIGN(const RunTable rows,
              read_run_file(text_of(*task.bytes), table.file, order.mapping, order.variable));
    MW_TRY(make_data_report(rows).check_trainable());
    job.failure = rows.label.has_value();
    if (!job.failure) MW_TRY(check_life(order.life, rows));
  }
  job.table = table.number;
  job.file = table.file;
  job.model = order.model;
  job.lines = table.lines;
  job.by = who.name;
  MW_ASSIGN(job, begin(who, std::move(job), task));
  work_.post([this, task = std::move(task)] { run(task); });
  return job;
}

Result<TrainingJob> Trainings::begin(const Identity& who, TrainingJob job, Task& task) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const auto& [number, each] : running_) {
    if (jobs_.at(number).by != who.name) continue;
    return Error::make(Code::kConflict,
                       "a training of yours is under way: wait for it, or cancel it",
                       "您有一个训练正在进行：请等待其完成或取消", "table");
  }
  job.started_ns = options_.clock->now_ns();
  job.number = job.started_ns / kNsPerMicrosecond;
  while (jobs_.contains(job.number)) ++job.number;
  MW_TRY(audit(task.who, "learn_start", job, security::AuditOutcome::kDone,
               std::string(" replace=") + (task.order.replace ? "yes" : "no")));
  MW_TRY(put(job));
  Running& running = running_[job.number];
  task.number = job.number;
  task.stop = running.stop.get_token();
  jobs_[job.number] = job;
  forget_oldest();
  return job;
}

void Trainings::forget_oldest() {
  for (auto at = jobs_.begin(); jobs_.size() > kMostJobs && at != jobs_.end();) {
    if (running_.contains(at->first)) {
      ++at;
      continue;
    }
    std::error_code failed;
    std::filesystem::remove(options_.folder / "trainings" / (std::to_string(at->first) + ".json"),
                            failed);
    at = jobs_.erase(at);
  }
}

void Trainings::report(int64_t number, std::string_view stage, int64_t done, int64_t total) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto running = running_.find(number);
  if (running == running_.end()) return;
  TrainingJob& job = jobs_.at(number);
  const int64_t now_ns = steady_ns();
  if (job.stage != stage) {
    job.stage = stage;
    job.per_s = 0;
    running->second.stage_begun_ns = now_ns;
  }
  job.done = done;
  job.total = total;
  const double seconds =
      static_cast<double>(now_ns - running->second.stage_begun_ns) / kNsPerSecond;
  if (done > 0 && seconds > 0) job.per_s = static_cast<double>(done) / seconds;
}

Result<TableModel> Trainings::learn(const Task& task) {
  if (task.stop.stop_requested()) return training_given_up();
  report(task.number, "reading", 0, 0);
  MW_ASSIGN(const RunTable table, read_run_file(text_of(*task.bytes), task.table.file,
                                                task.order.mapping, task.order.variable));
  const DataReport report_of_table = make_data_report(table);
  TableTraining training;
  training.life = task.order.life;
  training.life.stop = task.stop;
  training.failure.stop = task.stop;
  training.splits = task.order.splits;
  training.lines = task.table.lines;
  const TableSource source{task.table.file, task.table.sha256, task.order.mapping};
  ThreadPool pool(options_.threads);
  report(task.number, name(table.label ? TrainingStage::kRules : TrainingStage::kTrees), 0, 0);
  return train_from_table(table, report_of_table, source, training, pool, *options_.clock,
                          [&](TrainingStage stage, int done, int total) {
                            report(task.number, name(stage), done, total);
                          });
}

void Trainings::run(const Task& task) {
  yield_to_other_threads();  // threads of the pool begin here and do so, too
  const auto made = [&]() -> Result<TableModel> {
    try {  // a thread's end: the standard library may throw for want of memory
      return learn(task);
    } catch (const std::bad_alloc&) {
      return Error::make(Code::kResourceExhausted, "not enough memory for this training",
                         "内存不足，无法完成该训练");
    } catch (const std::exception& problem) {
      options_.log(LogLevel::kError, "maintenance",
                   "a training threw: " + std::string(problem.what()));
      return Error::make(Code::kInternal, "an internal error; the log has the details",
                         "内部错误，详见日志");
    }
  };
  end(task, made());
}

void Trainings::end(const Task& task, const Result<TableModel>& made) {
  const std::lock_guard<std::mutex> guard(mutex_);
  // Cancelled, or the server stops: in its file it stays as running, which is told as interrupted.
  if (!running_.contains(task.number) || stopping_) return;
  TrainingJob& job = jobs_.at(task.number);
  const auto save = [&]() -> Result<void> {
    if (!made) return made.error();
    // Under the lock: it cannot be cancelled any more, and what is kept is whole.
    MW_TRY(audit(task.who, "learn_end", job, security::AuditOutcome::kDone, ""));
    return save_model(options_.folder / "models" / job.model, made->card, made->model,
                      task.order.replace);
  };
  const Result<void> kept = save();
  job.state = kept ? TrainingState::kDone : TrainingState::kFailed;
  job.ended_ns = options_.clock->now_ns();
  if (!kept) {
    job.problem = kept.error().message;
    const auto noted = audit(task.who, "learn_end", job, security::AuditOutcome::kFailed,
                             " why=" + kept.error().message.en);
    if (!noted) options_.log(LogLevel::kError, "maintenance", noted.error().message.en);
  }
  running_.erase(task.number);
  if (const auto noted = put(job); !noted) {
    options_.log(LogLevel::kError, "maintenance",
                 "how training " + std::to_string(job.number) +
                     " ended is not kept; after a restart it is told as interrupted: " +
                     noted.error().message.en);
  }
}

std::vector<TrainingJob> Trainings::list(const Identity& who) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::vector<TrainingJob> out;
  for (auto at = jobs_.rbegin(); at != jobs_.rend(); ++at) {
    if (may_with_lines(who, Role::kEngineer, at->second.lines)) out.push_back(at->second);
  }
  return out;
}

Result<TrainingJob> Trainings::find(const Identity& who, int64_t number) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto found = jobs_.find(number);
  if (found == jobs_.end() || !may_with_lines(who, Role::kEngineer, found->second.lines)) {
    return no_training();
  }
  return found->second;
}

Result<TrainingJob> Trainings::cancel(const Identity& who, int64_t number) {
  MW_TRY(find(who, number));
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto running = running_.find(number);
  if (running == running_.end()) {
    return Error::make(Code::kConflict, "this training is over", "该训练已结束", "training");
  }
  TrainingJob& job = jobs_.at(number);
  MW_TRY(audit(security::audit_name(who), "learn_cancel", job, security::AuditOutcome::kDone, ""));
  running->second.stop.request_stop();
  running_.erase(running);
  job.state = TrainingState::kCancelled;
  job.ended_ns = options_.clock->now_ns();
  MW_TRY(put(job));
  return job;
}

Result<void> Trainings::forget_person(const std::string& name) {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (auto& [number, job] : jobs_) {
    if (!is_same_person(job.by, name)) continue;
    job.by = kNobody;
    MW_TRY(put(job));
  }
  return {};
}

}  // namespace mw::maintenance
