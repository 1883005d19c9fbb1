#include "maintenance/health_monitor.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/file.h"
#include "maintenance/health/health_history.h"
#include "maintenance/health/health_machine.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kTickMs = 1000;
constexpr int64_t kRetryNs = kNsPerMinute;  // each try stands in the audit log

/// All lines: a machine fails whoever is looking.
Identity everybody() {
  return {Identity::Kind::kService, "maintenance", {{Role::kViewer, {"*"}, {}}}};
}

std::optional<int64_t> version_of(const std::string& file, const std::string& asset) {
  const std::string begin = asset + ".";
  const std::string end = ".json";
  if (file.size() <= begin.size() + end.size() || !file.starts_with(begin) ||
      !file.ends_with(end)) {
    return std::nullopt;
  }
  int64_t version = 0;
  for (std::size_t i = begin.size(); i < file.size() - end.size(); ++i) {
    if (file[i] < '0' || file[i] > '9' || version > 1'000'000'000) return std::nullopt;
    version = 10 * version + (file[i] - '0');
  }
  return version;
}

/// What people are shown of a tag: one row of it jumps about more than what the score stands on.
std::optional<double> mean_of(const std::deque<std::vector<double>>& rows, std::size_t column) {
  double sum = 0;
  double count = 0;
  for (const std::vector<double>& row : rows) {
    if (std::isnan(row[column])) continue;
    sum += row[column];
    ++count;
  }
  return count > 0 ? std::optional<double>(sum / count) : std::nullopt;
}

}  // namespace

std::filesystem::path health_model_path(const std::filesystem::path& folder,
                                        const std::string& asset, int64_t version) {
  return folder / "health" / (asset + "." + std::to_string(version) + ".json");
}

HealthMonitor::HealthMonitor(HealthOptions options, CaseStore store)
    : options_(std::move(options)),
      catalogue_(options_.plant->catalogue(everybody())),
      store_(std::move(store)) {}

Result<std::unique_ptr<HealthMonitor>> HealthMonitor::open(HealthOptions options) {
  MW_TRY(make_private_folder(options.folder));
  MW_TRY(make_private_folder(options.folder / "health"));
  MW_ASSIGN(CaseStore store, CaseStore::open((options.folder / "maintenance.db").string()));
  std::unique_ptr<HealthMonitor> monitor(new HealthMonitor(std::move(options), std::move(store)));
  MW_TRY(monitor->load());
  return monitor;
}

HealthMonitor::~HealthMonitor() {
  subscription_.reset();
  {
    const std::lock_guard<std::mutex> guard(inbox_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> HealthMonitor::load() {
  MW_ASSIGN(cases_, store_.all());
  std::map<std::string, int64_t> newest;
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator(options_.folder / "health", failed)) {
    const std::string file = entry.path().filename().string();
    const std::string asset = file.substr(0, file.find('.'));
    if (const auto version = version_of(file, asset)) {
      newest[asset] = std::max(newest[asset], *version);
    }
  }
  for (const auto& [asset, version] : newest) {
    const auto put = [&, &id = asset, &number = version]() -> Result<void> {
      MW_ASSIGN(const std::string text,
                read_file(health_model_path(options_.folder, id, number), kMostHealthBytes));
      MW_ASSIGN(const Json json, parse_json(text));
      MW_ASSIGN(HealthModel model, parse_health_model(json));
      if (model.card.asset != id || model.card.version != number) {
        return Error::make(Code::kCorrupt, "its file is of another machine or version: remove it",
                           "该文件属于其他设备或版本，请将其删除");
      }
      return put_model(std::move(model));
    };
    if (const Result<void> done = put(); !done) {
      options_.log(LogLevel::kWarning, "maintenance",
                   "the health model of " + asset + " is left out: " + done.error().message.en);
    }
  }
  return {};
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
  const std::lock_guard<std::mutex> guard(mutex_);
  for (auto& [tag, value] : came) values_[tag] = std::move(value);
  const TimeNs now_ns = options_.clock->now_ns();
  for (const auto& [asset, machine] : machines_) score(*machine, now_ns);
}

void HealthMonitor::score(Machine& machine, TimeNs now_ns) {
  const auto step_ns = static_cast<int64_t>(machine.model.card.step_s * kNsPerSecond);
  // A tick that comes a little early still takes its row: rows keep their distance on average.
  if (now_ns - machine.row_ns < step_ns - kNsPerSecond / 2) return;
  const auto good_value = [this](const std::string& tag) -> const plant::TagValue* {
    const auto found = values_.find(tag);
    const bool good = found != values_.end() && found->second.quality == Quality::kGood;
    return good ? &found->second : nullptr;
  };
  std::vector<double> row;
  for (const std::string& tag : machine.model.tags) {
    const plant::TagValue* value = good_value(tag);
    row.push_back(value != nullptr ? value->value.value_or(std::nan("")) : std::nan(""));
  }
  std::string state = kAnyState;
  if (!machine.state_tag.empty()) {
    const plant::TagValue* value = good_value(machine.state_tag);
    state = value != nullptr ? value->text : "";
  }
  if (state != machine.point.state) machine.rows.clear();  // a mean of two states is of neither
  machine.point = machine.scorer.take(now_ns, state, row);
  machine.rows.push_back(std::move(row));
  if (machine.rows.size() > kScoredRows) machine.rows.pop_front();
  machine.row_ns = now_ns;
  if (machine.point.verdict != HealthVerdict::kAlarm) return;
  const auto quiet_ns = static_cast<int64_t>(machine.model.card.counting.quiet_s * kNsPerSecond);
  const bool begins = machine.over_ns == 0 || now_ns - machine.over_ns > quiet_ns;
  machine.over_ns = now_ns;
  if (begins) machine.due = machine.open_case == 0;
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
  const auto limits = machine.scorer.limits(one.state);
  for (std::size_t j = 0; j < machine.model.tags.size(); ++j) {
    const std::optional<double> mean = mean_of(machine.rows, j);
    if (!mean) continue;
    const plant::Tag* tag = catalogue_->tag(machine.model.tags[j]);
    one.evidence.push_back(
        {tag->id, tag->unit, *mean, limits[j].low, limits[j].high, machine.point.contributions[j]});
  }
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
    machine.retry_ns = now_ns + kRetryNs;
    options_.log(LogLevel::kError, "maintenance",
                 "a case cannot be kept: " + done.error().message.en);
    return;
  }
  machine.due = false;
  machine.open_case = one.number;
  machine.alarm_of_case[one.number] = machine.budget.note_alarm(now_ns);
  cases_.insert(cases_.begin(), std::move(one));
}

}  // namespace mw::maintenance
