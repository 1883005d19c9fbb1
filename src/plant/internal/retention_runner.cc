#include "plant/internal/retention_runner.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "core/utc_text.h"

namespace mw::plant {
namespace {

constexpr int64_t kFirstLookNs = 5 * kNsPerSecond;
constexpr int64_t kBetweenLooksNs = kNsPerMinute;
constexpr int64_t kTrustAfterNs = 7 * kNsPerDay;
constexpr int64_t kLongestSilenceNs = 4 * kNsPerDay;  // more than a long weekend

bool reached(const KeptFrom& now, const KeptFrom& target) {
  return now.raw_from_ns >= target.raw_from_ns && now.minute_from_ns >= target.minute_from_ns &&
         now.hour_from_ns >= target.hour_from_ns;
}

std::string day_of(TimeNs ts_ns) { return utc_text(ts_ns).substr(0, 10); }

}  // namespace

RetentionRunner::RetentionRunner(std::vector<RetentionRule> rules,
                                 std::shared_ptr<const Catalogue> catalogue, SampleStore& store,
                                 const Clock& clock, RemovalRecord record, LogSink log)
    : rules_(std::move(rules)),
      catalogue_(std::move(catalogue)),
      store_(store),
      clock_(clock),
      record_(std::move(record)),
      log_(std::move(log)),
      tags_(rules_.size()),
      recorded_(rules_.size()),
      problems_(rules_.size()) {
  status_.rules = rules_.size();
  for (const Tag* tag : catalogue_->stored_tags()) {
    // What is only history is kept as long as the tag that goes on from it, whatever it is called.
    const std::string& id = tag->goes_on_as.empty() ? tag->id : tag->goes_on_as;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const std::vector<std::string>& patterns = rules_[i].tags;
      if (std::none_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_pattern(id, pattern); })) {
        continue;
      }
      tags_[i].push_back(tag);
      break;
    }
  }
}

RetentionRunner::~RetentionRunner() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void RetentionRunner::start() {
  if (!rules_.empty()) thread_ = std::thread([this] { run(); });
}

void RetentionRunner::run() {
  int64_t wait_ns = kFirstLookNs;
  while (pause(wait_ns)) {
    run_once();
    wait_ns = kBetweenLooksNs;
  }
}

bool RetentionRunner::pause(int64_t ns) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, std::chrono::nanoseconds(ns), [&] { return stopping_; });
}

void RetentionRunner::run_once() {
  for (std::size_t i = 0; i < rules_.size(); ++i) show(i, apply(i, clock_.now_ns()));
}

/// The last sample before a time that says something of the device: marks that it is away are made
/// by our own clock. Looks back over at most a hundred of those.
Result<std::optional<TimeNs>> RetentionRunner::last_heard_ns(const Tag& tag, TimeNs ts_ns) const {
  for (int i = 0; i < 100; ++i) {
    MW_ASSIGN(const std::optional<Sample> last, store_.last_before(tag.index, ts_ns));
    if (!last) break;
    if (last->quality != Quality::kBad) return std::optional<TimeNs>(last->ts_ns);
    ts_ns = last->ts_ns;
  }
  return std::optional<TimeNs>();
}

/// By the plant's newest sample before this week; where there is none, nothing is old.
std::optional<Text> RetentionRunner::distrust_of_clock(TimeNs now_ns) const {
  const TimeNs week_ns = now_ns - kTrustAfterNs;
  std::optional<TimeNs> newest_ns;
  for (const Tag& tag : catalogue_->tags()) {
    const Result<std::optional<TimeNs>> last = last_heard_ns(tag, week_ns);
    if (!last) {
      return Text{"old samples are not removed: " + last.error().message.en,
                  "旧数据未删除：" + last.error().message.in(Language::kZh)};
    }
    if (!*last) continue;
    newest_ns = std::max(newest_ns.value_or(INT64_MIN), **last);
    if (*newest_ns >= week_ns - kLongestSilenceNs) return std::nullopt;
  }
  if (!newest_ns) return std::nullopt;
  const std::string last = day_of(*newest_ns), now = day_of(now_ns);
  return Text{"old samples are not removed: the clock says " + now +
                  ", and before this week the last sample is of " + last +
                  ". If the clock is wrong, set it; if it is right, it goes on by itself after a "
                  "week of samples",
              "旧数据未删除：系统时钟为 " + now + "，而一周前的最后一条数据为 " + last +
                  "。若时钟有误请校正；若时钟正确，连续采集一周后将自动继续"};
}

Result<void> RetentionRunner::record(std::size_t rule, const Removal& removal,
                                     const std::vector<const Tag*>& due) {
  Recorded& recorded = recorded_[rule];
  const bool known = recorded.target == removal.target &&
                     std::all_of(due.begin(), due.end(),
                                 [&](const Tag* tag) { return recorded.tags.count(tag) > 0; });
  if (known) return {};  // what failed or was interrupted goes on
  MW_TRY(record_(removal));
  recorded = {removal.target, {due.begin(), due.end()}};
  return {};
}

std::optional<Text> RetentionRunner::apply(std::size_t rule, TimeNs now_ns) {
  std::vector<const Tag*> due;
  for (const Tag* tag : tags_[rule]) {
    const KeptFrom target = kept_by(rules_[rule], tag->kind, now_ns);
    if (!reached(store_.kept_from(tag->index), target)) due.push_back(tag);
  }
  if (due.empty()) return std::nullopt;
  if (std::optional<Text> distrust = distrust_of_clock(now_ns)) return distrust;
  const Removal removal{rules_[rule].tags, kept_by(rules_[rule], TagKind::kNumber, now_ns),
                        due.size()};
  if (const Result<void> recorded = record(rule, removal, due); !recorded) {
    return Text{
        "old samples are not removed, because that could not be put on record: " +
            recorded.error().message.en,
        "旧数据未删除，因为无法写入审计日志：" + recorded.error().message.in(Language::kZh)};
  }
  {
    const std::lock_guard lock(mutex_);
    status_.running = true;
  }
  Result<uint64_t> removed = uint64_t{0};
  uint64_t sum = 0;
  for (const Tag* tag : due) {
    removed = thin(*tag, kept_by(rules_[rule], tag->kind, now_ns));
    if (!removed) break;
    sum += *removed;
  }
  {
    const std::lock_guard lock(mutex_);
    status_.running = false;
    status_.removed_samples += sum;
    if (stopping_) return std::nullopt;
    if (removed) status_.last_run_ns = now_ns;
  }
  if (!removed) {
    return Text{"old samples could not be removed: " + removed.error().message.en +
                    "; it is tried again in a minute",
                "旧数据未能删除：" + removed.error().message.in(Language::kZh) + "；一分钟后重试"};
  }
  log_(LogLevel::kInfo, "plant",
       "retention: " + std::to_string(sum) + " samples of " + std::to_string(due.size()) +
           " tags were replaced by aggregates or removed");
  return std::nullopt;
}

Result<uint64_t> RetentionRunner::thin(const Tag& tag, const KeptFrom& target) {
  uint64_t removed = 0;
  while (true) {
    const int64_t begun_ns = steady_ns();
    MW_ASSIGN(const ThinStep step, store_.thin(tag.index, target));
    removed += step.removed_samples;
    // As long a pause as the step took: half of the writer's time stays free for what comes in.
    if (step.done || !pause(steady_ns() - begun_ns)) return removed;
  }
}

void RetentionRunner::show(std::size_t rule, std::optional<Text> problem) {
  const std::lock_guard lock(mutex_);
  const bool is_new = problem && (!problems_[rule] || problems_[rule]->en != problem->en);
  if (is_new) log_(LogLevel::kError, "plant", problem->en);
  problems_[rule] = std::move(problem);
  const auto first =
      std::find_if(problems_.begin(), problems_.end(), [](const auto& p) { return p.has_value(); });
  status_.problem = first != problems_.end() ? *first : std::nullopt;
}

RetentionStatus RetentionRunner::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace mw::plant
