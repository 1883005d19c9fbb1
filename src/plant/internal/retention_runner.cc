#include "plant/internal/retention_runner.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace mw::plant {
namespace {

constexpr int64_t kFirstLookNs = 5 * kNsPerSecond;
constexpr int64_t kBetweenLooksNs = kNsPerMinute;

bool reached(const KeptFrom& now, const KeptFrom& target) {
  return now.raw_from_ns >= target.raw_from_ns && now.minute_from_ns >= target.minute_from_ns &&
         now.hour_from_ns >= target.hour_from_ns;
}

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
      tags_(rules_.size()) {
  status_.rules = rules_.size();
  for (const Tag& tag : catalogue_->tags()) {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const std::vector<std::string>& patterns = rules_[i].tags;
      if (std::none_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
            return matches_pattern(tag.id, pattern);
          })) {
        continue;
      }
      tags_[i].push_back(&tag);
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
  for (std::size_t i = 0; i < rules_.size(); ++i) apply(i, clock_.now_ns());
}

void RetentionRunner::apply(std::size_t rule, TimeNs now_ns) {
  std::vector<const Tag*> due;
  for (const Tag* tag : tags_[rule]) {
    const KeptFrom target = kept_by(rules_[rule], tag->kind, now_ns);
    if (!reached(store_.kept_from(tag->index), target)) due.push_back(tag);
  }
  if (due.empty()) return;
  const Removal removal{rules_[rule].tags, kept_by(rules_[rule], TagKind::kNumber, now_ns),
                        due.size()};
  if (const Result<void> recorded = record_(removal); !recorded) {
    complain({"old samples are not removed, because that could not be put on record: " +
                  recorded.error().message.en,
              "旧数据未删除，因为无法写入审计日志：" + recorded.error().message.in(Language::kZh)});
    return;
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
    if (stopping_) return;
    if (removed) {
      status_.last_run_ns = now_ns;
      status_.problem.reset();
    }
  }
  if (!removed) {
    complain({"old samples could not be removed: " + removed.error().message.en +
                  "; it is tried again in a minute",
              "旧数据未能删除：" + removed.error().message.in(Language::kZh) + "；一分钟后重试"});
    return;
  }
  log_(LogLevel::kInfo, "plant",
       "retention: " + std::to_string(sum) + " samples of " + std::to_string(due.size()) +
           " tags were replaced by aggregates or removed");
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

void RetentionRunner::complain(const Text& problem) {
  log_(LogLevel::kError, "plant", problem.en);
  const std::lock_guard lock(mutex_);
  status_.problem = problem;
}

RetentionStatus RetentionRunner::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace mw::plant
