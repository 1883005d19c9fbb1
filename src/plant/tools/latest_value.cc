#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

constexpr int64_t kTrendNs = 10 * kNsPerMinute;

class LatestValue final : public PlantTool {
 public:
  explicit LatestValue(Plant& plant)
      : PlantTool(plant, "latest_value",
                  {"The newest value of a tag, or the state and key values of a machine",
                   "测点的最新值，或设备的当前状态和关键值"},
                  {{"tag", tag_schema()}, {"asset", asset_schema()}}, {}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    std::vector<Evidence> facts;
    if (call.arguments.contains("tag")) {
      MW_ASSIGN(const Tag* tag, tag_argument(call, "tag"));
      MW_TRY(add(call, *tag, facts));
      return facts;
    }
    if (!call.arguments.contains("asset")) {
      return Error::make(Code::kInvalidArgument, "latest_value needs 'tag' or 'asset'",
                         "latest_value 需要参数“tag”或“asset”", "tag");
    }
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    for (const Tag* tag : call.view->tags_of(asset->id)) {
      if (tag->key || tag->id == asset->state_tag) MW_TRY(add(call, *tag, facts));
    }
    return facts;
  }

 private:
  Result<void> add(const ToolCall& call, const Tag& tag, std::vector<Evidence>& facts) {
    MW_ASSIGN(const TagValue now, plant().latest(call.who, tag.id));
    Evidence evidence = about(call, tag, tag.kind == TagKind::kState ? "state" : "latest");
    evidence.value = now.value;
    evidence.text = now.text;
    if (now.ts_ns != 0) evidence.ts_ns = now.ts_ns;
    evidence.quality = now.quality;
    evidence.good_share = now.quality == Quality::kGood ? 1.0 : 0.0;
    if (!is_text(tag.kind)) {
      MW_ASSIGN(evidence.series, trend(call, tag, {call.now_ns - kTrendNs, call.now_ns}));
      facts.push_back(std::move(evidence));
      return {};
    }
    const std::optional<TimeNs> since_ns = known_since(now);
    if (since_ns) evidence.ts_ns = *since_ns;
    Evidence duration = evidence;
    facts.push_back(std::move(evidence));
    if (since_ns) {
      duration.fact = "duration_s";
      duration.unit = "s";
      duration.value = static_cast<double>(call.now_ns - *since_ns) / kNsPerSecond;
      duration.window = TimeWindow{*since_ns, call.now_ns};
      facts.push_back(std::move(duration));
    }
    return {};
  }

  /// Known only while the state, or the text, itself is.
  static std::optional<TimeNs> known_since(const TagValue& now) {
    const bool known = now.quality != Quality::kBad && now.since_ns != 0;
    return known ? std::optional(now.since_ns) : std::nullopt;
  }
};

}  // namespace

std::unique_ptr<Tool> make_latest_value(Plant& plant) {
  return std::make_unique<LatestValue>(plant);
}

}  // namespace mw::plant
