#include "maintenance/health_monitor.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/file.h"
#include "maintenance/health/health_history.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/health/renamed_machines.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kTickMs = 1000;

}  // namespace

Identity everybody() {
  return {Identity::Kind::kService, "maintenance", {{Role::kViewer, {"*"}, {}}}};
}

HealthMonitor::HealthMonitor(HealthOptions options, CaseStore store, VersionStore version_store,
                             RecordingStore recording_store, AcceptedWorkStore work_store,
                             RetrainStore retrain_store, std::unique_ptr<ReplayJobs> replays)
    : options_(std::move(options)),
      catalogue_(options_.plant->catalogue(everybody())),
      store_(std::move(store)),
      version_store_(std::move(version_store)),
      recording_store_(std::move(recording_store)),
      work_store_(std::move(work_store)),
      retrain_store_(std::move(retrain_store)),
      replays_(std::move(replays)) {}

Result<std::unique_ptr<HealthMonitor>> HealthMonitor::open(HealthOptions options) {
  MW_TRY(make_private_folder(options.folder));
  MW_TRY(make_private_folder(options.folder / "health"));
  MW_TRY(follow_renamed_machines(options.folder, *options.plant->catalogue(everybody()),
                                 options.log, options.audit));
  const std::string file = (options.folder / "maintenance.db").string();
  MW_ASSIGN(CaseStore store, CaseStore::open(file));
  MW_ASSIGN(VersionStore version_store, VersionStore::open(file));
  MW_ASSIGN(RecordingStore recording_store, RecordingStore::open(file));
  MW_ASSIGN(AcceptedWorkStore work_store, AcceptedWorkStore::open(file));
  MW_ASSIGN(RetrainStore retrain_store, RetrainStore::open(file));
  MW_ASSIGN(auto replays, ReplayJobs::open(file));
  std::unique_ptr<HealthMonitor> monitor(new HealthMonitor(
      std::move(options), std::move(store), std::move(version_store), std::move(recording_store),
      std::move(work_store), std::move(retrain_store), std::move(replays)));
  MW_TRY(monitor->load());
  return monitor;
}

HealthMonitor::~HealthMonitor() {
  subscription_.reset();
  replays_->stop();
  work_.stop();
  {
    const std::lock_guard<std::mutex> guard(inbox_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> HealthMonitor::load() {
  MW_ASSIGN(cases_, store_.all());
  MW_ASSIGN(recorded_, recording_store_.numbers());
  MW_ASSIGN(std::vector<AcceptedWork> accepted, work_store_.all());
  for (AcceptedWork& each : accepted) accepted_[each.number] = std::move(each);
  MW_TRY(load_schedules());
  return load_versions();
}

Result<void> HealthMonitor::put_model(HealthModel model) {
  const plant::Asset* asset = catalogue_->asset(model.card.asset);
  if (asset == nullptr) {
    return Error::make(Code::kNotFound, "there is no asset '" + model.card.asset + "'",
                       "没有设备“" + model.card.asset + "”", "asset");
  }
  for (const std::string& tag : model.tags) {
    if (catalogue_->tag(tag) != nullptr) continue;
    return Error::make(Code::kNotFound, "there is no tag '" + tag + "' any more: train anew",
                       "标签“" + tag + "”已不存在，请重新训练", "tag");
  }
  MW_ASSIGN(HealthScorer scorer, HealthScorer::make(model));
  auto machine = std::make_unique<Machine>(std::move(model), std::move(scorer));
  machine->state_tag = asset->state_tag;
  machine->line = asset->line;
  for (auto one = cases_.rbegin(); one != cases_.rend(); ++one) {
    if (one->asset != asset->id) continue;
    const uint64_t alarm = machine->budget.note_alarm(one->opened_ns);
    machine->alarm_of_case[one->number] = alarm;
    if (one->outcome == CaseOutcome::kOpen) {
      machine->open_case = one->number;
      continue;
    }
    machine->budget.note_outcome(alarm, one->outcome == CaseOutcome::kConfirmed
                                            ? AlarmOutcome::kConfirmed
                                            : AlarmOutcome::kNothingFound);
  }
  if (const auto before = machines_.find(asset->id); before != machines_.end()) {
    std::unique_ptr<Follower>& shadow = before->second->shadow;
    const int64_t live = machine->model.card.version;
    if (shadow != nullptr && shadow->model.card.version != live) {
      machine->shadow = std::move(shadow);
    }
  }
  machines_[asset->id] = std::move(machine);
  return {};
}

Result<void> HealthMonitor::audit(const std::string& who, const std::string& action,
                                  const std::string& object, security::AuditOutcome outcome,
                                  const std::string& detail) const {
  if (options_.audit == nullptr) return {};
  return options_.audit->record({who, "", "maintenance." + action, object, outcome, detail});
}

void HealthMonitor::watch() {
  take(options_.plant->snapshot(everybody()).values);
  subscription_ = options_.plant->subscribe(everybody(), [this](const plant::Change& change) {
    if (!change.values.empty()) take(change.values);
  });
  thread_ = std::thread([this] { run(); });
}

void HealthMonitor::run() {
  while (true) {
    tick();
    std::unique_lock<std::mutex> lock(inbox_mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(kTickMs), [&] { return stopping_; });
    if (stopping_) return;
  }
}

void HealthMonitor::take(const std::vector<plant::TagValue>& values) {
  const std::lock_guard<std::mutex> guard(inbox_mutex_);
  for (const plant::TagValue& value : values) inbox_[value.tag] = value;
}

void HealthMonitor::tick() {
  std::unordered_map<std::string, plant::TagValue> came;
  {
    const std::lock_guard<std::mutex> guard(inbox_mutex_);
    came.swap(inbox_);
  }
  const TimeNs now_ns = options_.clock->now_ns();
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (auto& [tag, value] : came) values_[tag] = std::move(value);
    for (const auto& [asset, machine] : machines_) score(*machine, now_ns);
  }
  record_due(now_ns);
  start_due(now_ns);
}

HealthMonitor::Followed HealthMonitor::follow(Follower& follower, const std::string& state_tag,
                                              TimeNs now_ns) const {
  const HealthCard& card = follower.model.card;
  const auto step_ns = static_cast<int64_t>(card.step_s * kNsPerSecond);
  // A tick that comes a little early still takes its row: rows keep their distance on average.
  if (now_ns - follower.row_ns < step_ns - kNsPerSecond / 2) return Followed::kNothing;
  const auto good_value = [this](const std::string& tag) -> const plant::TagValue* {
    const auto found = values_.find(tag);
    const bool good = found != values_.end() && found->second.quality == Quality::kGood;
    return good ? &found->second : nullptr;
  };
  std::vector<double> row;
  for (const std::string& tag : follower.model.tags) {
    const plant::TagValue* value = good_value(tag);
    row.push_back(value != nullptr ? value->value.value_or(std::nan("")) : std::nan(""));
  }
  std::string state = kAnyState;
  if (!state_tag.empty()) {
    const plant::TagValue* value = good_value(state_tag);
    state = value != nullptr ? value->text : "";
  }
  if (state != follower.point.state) follower.rows.clear();  // a mean of two states is of neither
  follower.point = follower.scorer.take(now_ns, state, row);
  follower.rows.push_back(std::move(row));
  if (follower.rows.size() > kScoredRows) follower.rows.pop_front();
  follower.row_ns = now_ns;
  if (follower.point.verdict != HealthVerdict::kAlarm) return Followed::kNothing;
  const auto quiet_ns = static_cast<int64_t>(card.counting.quiet_s * kNsPerSecond);
  const bool begins = follower.over_ns == 0 || now_ns - follower.over_ns > quiet_ns;
  follower.over_ns = now_ns;
  return begins ? Followed::kBegins : Followed::kStands;
}

void HealthMonitor::score(Machine& machine, TimeNs now_ns) {
  const std::string& asset = machine.model.card.asset;
  if (machine.shadow != nullptr &&
      follow(*machine.shadow, machine.state_tag, now_ns) == Followed::kBegins) {
    const int64_t version = machine.shadow->model.card.version;
    if (const auto kept = note({asset, version, VersionStep::kWouldAlarm, "", now_ns}); !kept) {
      options_.log(LogLevel::kError, "maintenance",
                   "an alarm in shadow cannot be kept: " + kept.error().message.en);
    }
  }
  const Followed followed = follow(machine, machine.state_tag, now_ns);
  if (machine.point.verdict != HealthVerdict::kAlarm) machine.straying.clear();
  if (followed == Followed::kNothing) return;
  if (followed == Followed::kBegins) machine.due = machine.open_case == 0;
  if (machine.open_case != 0) add_to_case(machine, now_ns);
  if (machine.due && now_ns >= machine.retry_ns) open_case(machine, now_ns);
}

void HealthMonitor::open_case(Machine& machine, TimeNs now_ns) {
  const HealthCard& card = machine.model.card;
  HealthCase one;
  one.asset = card.asset;
  one.line = machine.line;
  one.opened_ns = now_ns;
  one.window = {now_ns - static_cast<int64_t>(kScoredRows * card.step_s * kNsPerSecond), now_ns};
  one.state = machine.point.state;
  one.model_version = card.version;
  one.score = machine.point.score.value_or(0);
  one.threshold = card.threshold.score;
  one.simulated = options_.plant->simulated();
  one.evidence = evidence_of(machine);
  std::stable_sort(one.evidence.begin(), one.evidence.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  if (!one.evidence.empty()) one.kind = kind_of_unit(one.evidence.front().unit);
  const auto add = [&]() -> Result<void> {
    MW_TRY(audit("service:millwright", "case", "asset:" + one.asset, security::AuditOutcome::kDone,
                 "score=" + std::to_string(one.score) +
                     " threshold=" + std::to_string(one.threshold) +
                     " model=" + std::to_string(one.model_version)));
    MW_ASSIGN(one.number, store_.add(one));
    return {};
  };
  if (const Result<void> done = add(); !done) {
    machine.retry_ns = now_ns + kCaseRetryNs;
    options_.log(LogLevel::kError, "maintenance",
                 "a case cannot be kept: " + done.error().message.en);
    return;
  }
  machine.due = false;
  machine.straying.clear();
  machine.open_case = one.number;
  machine.alarm_of_case[one.number] = machine.budget.note_alarm(now_ns);
  cases_.insert(cases_.begin(), std::move(one));
}

}  // namespace mw::maintenance
