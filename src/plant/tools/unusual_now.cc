#include <algorithm>
#include <cmath>

#include "plant/evidence_source.h"
#include "plant/internal/abnormal.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/internal/robust_score.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

constexpr int64_t kHistoryNs = kNsPerDay;
constexpr int64_t kRecentNs = kNsPerMinute;
constexpr double kUnusualScore = 6;
// A day of one tag takes about 2 ms to read: of a larger plant only the key tags are compared with
// their history, so that the answer stays under a second.
constexpr std::size_t kMostScored = 300;

class UnusualNow final : public PlantTool {
 public:
  explicit UnusualNow(Plant& plant)
      : PlantTool(plant, "unusual_now",
                  {"What is out of its normal range, bad, or unlike the last day",
                   "当前有哪些异常：超出正常范围、质量差或与过去一天不同"},
                  {{"asset", asset_schema()}}, {}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    const Asset* only = nullptr;
    if (call.arguments.contains("asset")) {
      MW_ASSIGN(only, asset_argument(call, "asset"));
    }
    const Snapshot snapshot = plant().snapshot(call.who);
    std::vector<Evidence> findings;
    int checked = 0, unusual = 0;
    for (const Asset& asset : call.view->assets()) {
      if (only != nullptr && asset.id != only->id) continue;
      MW_ASSIGN(const AssetNow now, look_at(call, asset, snapshot));
      for (const Tag* tag : call.view->tags_of(asset.id)) {
        ++checked;
        MW_ASSIGN(std::vector<Evidence> found, check(call, *tag, now, snapshot));
        if (!found.empty()) ++unusual;
        findings.insert(findings.end(), found.begin(), found.end());
      }
    }
    std::vector<Evidence> facts;
    for (const auto& [name, value] :
         {std::pair{"checked_tags", checked}, {"unusual_count", unusual}}) {
      Evidence evidence;
      evidence.fact = name;
      evidence.value = value;
      evidence.ts_ns = snapshot.now_ns;
      evidence.source = std::string(kSampleSource);
      evidence.simulated = snapshot.simulated;
      if (only != nullptr) {
        evidence.asset = only->id;
        evidence.rights_label = only->line;
      }
      facts.push_back(std::move(evidence));
    }
    facts.insert(facts.end(), findings.begin(), findings.end());
    return facts;
  }

 private:
  /// The state a machine is in, and when it was in the same one during the last day.
  struct AssetNow {
    std::string state;
    std::vector<StateSpan> same_state;
    bool has_state = false;
  };

  Result<AssetNow> look_at(const ToolCall& call, const Asset& asset, const Snapshot& snapshot) {
    AssetNow now;
    now.has_state = !asset.state_tag.empty();
    if (!now.has_state) return now;
    for (const AssetStatus& status : snapshot.assets) {
      if (status.asset == asset.id) now.state = status.state;
    }
    MW_ASSIGN(StateHistory history, plant().state_history(call.who, asset.state_tag,
                                                          {call.now_ns - kHistoryNs, call.now_ns}));
    for (StateSpan& span : history.spans) {
      if (!span.state.empty() && span.state == now.state) now.same_state.push_back(span);
    }
    return now;
  }

  Result<std::vector<Evidence>> check(const ToolCall& call, const Tag& tag, const AssetNow& now,
                                      const Snapshot& snapshot) {
    const auto found = std::find_if(snapshot.values.begin(), snapshot.values.end(),
                                    [&](const TagValue& value) { return value.tag == tag.id; });
    const TagValue value = found != snapshot.values.end() ? *found : TagValue{};
    if (value.quality != Quality::kGood) {
      Evidence evidence = about_now(call, tag, value, "bad_quality");
      evidence.text = describe(value.reason).en;
      return std::vector<Evidence>{std::move(evidence)};
    }
    const std::optional<Bound> bound = beyond_normal(tag, value, now.state);
    if (bound) return outside(call, tag, value, *bound);
    return score(call, tag, value, now);
  }

  Evidence about_now(const ToolCall& call, const Tag& tag, const TagValue& value,
                     std::string fact) const {
    Evidence evidence = about(call, tag, std::move(fact));
    evidence.value = value.value;
    evidence.quality = value.quality;
    evidence.good_share = value.quality == Quality::kGood ? 1.0 : 0.0;
    if (value.ts_ns != 0) evidence.ts_ns = value.ts_ns;
    return evidence;
  }

  Result<std::vector<Evidence>> outside(const ToolCall& call, const Tag& tag, const TagValue& value,
                                        Bound bound) {
    const bool high = bound == Bound::kHigh;
    std::vector<Evidence> facts;
    facts.push_back(about_now(call, tag, value, high ? "above_normal" : "below_normal"));
    MW_ASSIGN(facts[0].series, trend(call, tag, {call.now_ns - 10 * kNsPerMinute, call.now_ns}));
    Evidence limit = about(call, tag, high ? "normal_high" : "normal_low");
    limit.value = high ? tag.normal_high : tag.normal_low;
    limit.source = "plant description";
    facts.push_back(std::move(limit));
    return facts;
  }

  Result<std::vector<Evidence>> score(const ToolCall& call, const Tag& tag, const TagValue& value,
                                      const AssetNow& now) {
    std::vector<Evidence> facts;
    if (tag.kind != TagKind::kNumber) return facts;
    if (call.view->tags().size() > kMostScored && !tag.key) return facts;
    if (now.has_state && now.same_state.empty()) return facts;
    const TimeWindow recent{call.now_ns - kRecentNs, call.now_ns};
    // The machine was not in this state for all of the last minute: a change-over is no finding.
    if (now.has_state && now.same_state.back().start_ns > recent.start_ns) return facts;
    MW_ASSIGN(const Aggregate last_minute, plant().aggregate(call.who, tag.id, recent));
    if (!last_minute.mean || last_minute.good_share < 0.5) return facts;
    const TimeWindow history{call.now_ns - kHistoryNs, recent.start_ns};
    MW_ASSIGN(const std::vector<double> means, minute_means(call, tag, history, now));
    const double least_spread = std::max(tag.deadband, std::pow(10.0, -tag.decimals));
    const auto score = robust_score(*last_minute.mean, means, least_spread);
    if (!score || std::fabs(score->z) < kUnusualScore) return facts;
    Evidence z = about_now(call, tag, value, "z_score");
    z.value = score->z;
    z.unit = "";
    z.window = recent;
    MW_ASSIGN(z.series, trend(call, tag, {call.now_ns - kNsPerHour, call.now_ns}));
    facts.push_back(std::move(z));
    Evidence mean = about_now(call, tag, value, "latest");
    mean.value = last_minute.mean;
    mean.window = recent;
    facts.push_back(std::move(mean));
    Evidence median = about_now(call, tag, value, "median");
    median.value = score->median;
    median.window = history;
    median.text = now.state;
    facts.push_back(std::move(median));
    return facts;
  }

  /// Means over the whole minutes in which the machine was in its present state.
  Result<std::vector<double>> minute_means(const ToolCall& call, const Tag& tag, TimeWindow history,
                                           const AssetNow& now) {
    const auto minutes = static_cast<int>((history.end_ns - history.start_ns) / kNsPerMinute);
    MW_ASSIGN(const Series series, plant().series(call.who, tag.id, history, minutes));
    std::vector<double> means;
    auto span = now.same_state.begin();
    for (const Bucket& bucket : series.points) {
      if (!bucket.mean) continue;
      if (now.has_state) {
        while (span != now.same_state.end() && span->end_ns < bucket.ts_ns + kNsPerMinute) ++span;
        if (span == now.same_state.end()) break;
        if (span->start_ns > bucket.ts_ns) continue;
      }
      means.push_back(*bucket.mean);
    }
    return means;
  }
};

}  // namespace

std::unique_ptr<Tool> make_unusual_now(Plant& plant) { return std::make_unique<UnusualNow>(plant); }

}  // namespace mw::plant
