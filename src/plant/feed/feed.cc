#include "plant/feed/feed.h"

#include <algorithm>
#include <chrono>

#include "core/file.h"
#include "plant/retention.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostItems = 5000;
constexpr int kIdleMs = 50;
constexpr int kLeastRetryMs = 250, kMostRetryMs = 10'000;
constexpr int64_t kLogEveryNs = 10 * kNsPerSecond;

}  // namespace

std::vector<TagIndex> tags_of_feed(const FeedOptions& options, const Catalogue& catalogue) {
  std::vector<TagIndex> out;
  for (const Tag& tag : catalogue.tags()) {
    const auto names = [&](const std::string& each) { return matches_pattern(tag.id, each); };
    if (std::any_of(options.tags.begin(), options.tags.end(), names)) out.push_back(tag.index);
  }
  return out;
}

Result<std::unique_ptr<Connector>> Feed::start(const FeedOptions& options, const FeedParts& parts,
                                               std::string kind, std::string address,
                                               std::unique_ptr<FeedSink> sink) {
  std::vector<TagIndex> tags = tags_of_feed(options, *parts.catalogue);
  std::unique_ptr<Feed> feed(
      new Feed(options, parts, std::move(kind), std::move(address), tags, std::move(sink)));
  MW_TRY(make_private_folder(parts.folder));
  MW_ASSIGN(feed->cursor_,
            FeedCursor::open(
                (std::filesystem::path(parts.folder) / (options.name + ".db")).string(),
                *parts.catalogue, tags, options.from_start, *parts.store, parts.store->gate()));
  parts.store->add(*feed->cursor_);
  feed->thread_ = std::jthread([raw = feed.get()](const std::stop_token& stop) { raw->run(stop); });
  return std::unique_ptr<Connector>(std::move(feed));
}

Feed::Feed(const FeedOptions& options, const FeedParts& parts, std::string kind,
           std::string address, const std::vector<TagIndex>& tags, std::unique_ptr<FeedSink> sink)
    : name_(options.name),
      as_(options.as),
      parts_(parts),
      tags_(tags),
      health_({options.name, std::move(kind), std::move(address), {tags.begin(), tags.end()}},
              *parts.catalogue, *parts.clock),
      sink_(std::move(sink)) {
  health_.set_backlog(0);
}

Feed::~Feed() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  if (cursor_ != nullptr) parts_.store->remove(*cursor_);
}

void Feed::run(const std::stop_token& stop) {
  const Result<void> counted = cursor_->count();
  if (!counted) complain(counted.error().message);
  while (!stop.stop_requested()) wait(step(stop), stop);
}

int Feed::step(const std::stop_token& stop) {
  look_at_rights();
  record_refusals();
  show();
  Result<FeedBatch> batch = cursor_->read(kMostItems, allowed_);
  Result<void> sent;
  if (!batch) {
    sent = batch.error();
  } else if (batch->empty()) {
    return kIdleMs;
  } else {
    sent = send(*batch, stop);
  }
  show();
  if (sent || stop.stop_requested()) {
    failures_ = 0;
    return 0;
  }
  complain(sent.error().message);
  const int shift = std::min(failures_++, 6);
  return std::min(kMostRetryMs, kLeastRetryMs << shift);
}

Result<void> Feed::send(const FeedBatch& batch, const std::stop_token& stop) {
  if (batch.thinned_tags > 0) {
    complain({"retention removed samples of " + std::to_string(batch.thinned_tags) +
                  " tags before they were sent: keep them longer, or mend the link sooner",
              "有 " + std::to_string(batch.thinned_tags) +
                  " 个测点的采样在发送前已按保留策略删除：请延长保留时间，或尽快恢复连接"});
  }
  if (!batch.items.empty()) {
    MW_TRY(sink_->send(batch.items, stop, [this] { show(); }));
    IngestOutcome counted;
    counted.stored = batch.items.size();
    health_.took(counted);
  }
  return cursor_->done(batch);
}

Result<std::set<TagIndex>> Feed::allowed_now() const {
  MW_ASSIGN(const Identity who, parts_.host.identity_of(as_));
  std::set<TagIndex> out;
  for (const TagIndex each : tags_) {
    const Tag& tag = parts_.catalogue->tags()[each];
    if (who.may_see_line(parts_.catalogue->asset(tag.asset)->line)) out.insert(each);
  }
  if (!out.empty()) return out;
  return Error::make(Code::kPermissionDenied, "the key '" + as_ + "' may see none of its tags",
                     "密钥“" + as_ + "”无权查看其任何测点");
}

void Feed::look_at_rights() {
  const int64_t now_ns = steady_ns();
  if (now_ns < rights_due_ns_) return;
  rights_due_ns_ = now_ns + kNsPerSecond;
  Result<std::set<TagIndex>> allowed = allowed_now();
  const std::set<TagIndex> next = allowed ? *allowed : std::set<TagIndex>();
  if (!allowed) complain(allowed.error().message);
  const bool refused = !allowed;
  if (next == allowed_ && refused == refused_) return;
  const std::string detail =
      allowed ? std::to_string(next.size()) + " of " + std::to_string(tags_.size()) + " tags"
              : allowed.error().message.en;
  const Result<void> recorded = parts_.host.record({name_, as_, allowed.has_value(), detail});
  if (!recorded) complain(recorded.error().message);
  // What is not on record does not go out.
  allowed_ = recorded ? next : std::set<TagIndex>();
  refused_ = recorded ? refused : false;
  sink_->allow(allowed_);
}

void Feed::record_refusals() {
  for (const std::string& each : sink_->take_refusals()) {
    complain({each, each});
    const Result<void> recorded = parts_.host.record({name_, as_, false, each});
    if (!recorded) complain(recorded.error().message);
  }
}

void Feed::show() {
  const FeedBacklog backlog = cursor_->backlog();
  health_.set_backlog(backlog.samples, backlog.since_ns);
  const FeedSink::Link link = sink_->link();
  if (link.up == up_ && link.problem.en == told_) return;
  if (link.up) {
    health_.connected();
  } else if (!link.problem.en.empty()) {
    health_.failed(link.problem);
  }
  up_ = link.up;
  told_ = link.problem.en;
}

void Feed::complain(Text problem) {
  const int64_t now_ns = steady_ns();
  if (logged_ns_ == 0 || now_ns - logged_ns_ >= kLogEveryNs) {
    logged_ns_ = now_ns;
    parts_.log(LogLevel::kWarning, "plant", "feed " + name_ + ": " + problem.en);
  }
  health_.complained(std::move(problem));
}

void Feed::wait(int wait_ms, const std::stop_token& stop) {
  const int64_t end_ns = steady_ns() + wait_ms * kNsPerMs;
  while (!stop.stop_requested() && steady_ns() < end_ns) {
    sink_->idle(std::min(kIdleMs, wait_ms));
  }
}

}  // namespace mw::plant
