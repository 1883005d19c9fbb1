#include <algorithm>
#include <map>

#include "plant/plant_event.h"
#include "plant/tools/internal/event_groups.h"
#include "plant/tools/internal/kind_words.h"
#include "plant/tools/internal/plant_tool.h"
#include "plant/tools/tool_makers.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostAskedKinds = 8;
constexpr std::size_t kMostTexts = 200;
constexpr TimeNs kLongestByHour = 400 * kNsPerDay;

using Counts = std::vector<std::pair<std::string, std::size_t>>;

/// Most frequent first, then by the text.
template <class TextOf>
Counts counted(const std::vector<const PlantEvent*>& events, const TextOf& text_of) {
  std::map<std::string, std::size_t> counts;
  for (const PlantEvent* event : events) ++counts[text_of(*event)];
  Counts out(counts.begin(), counts.end());
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

class EventsTool final : public PlantTool {
 public:
  explicit EventsTool(Plant& plant)
      : PlantTool(
            plant, "events",
            {"What people and other systems noted of a machine: what happened, when, and who "
             "told it; counted by kind, and by hour, day, week, month or wording",
             "人员和其他系统对设备的记录：发生了什么、何时、由谁上报；可按类别、小时、天、周、"
             "月或内容计数"},
            properties(), {"asset", "window"}) {}

 protected:
  Result<std::vector<Evidence>> answer(const ToolCall& call) override {
    MW_ASSIGN(const Asset* asset, asset_argument(call, "asset"));
    MW_ASSIGN(const TimeWindow window, window_argument(call, "window"));
    MW_ASSIGN(const std::string by, text_argument(call, "by"));
    if (by == "hour" && window.end_ns - window.start_ns > kLongestByHour) {
      return Error::make(Code::kInvalidArgument,
                         "'by': expected at most 400 days by hour; count by day, or a shorter time",
                         "参数“by”无效：按小时计数最多 400 天；请按天计数或缩短时间", "by");
    }
    const std::vector<std::string> asked = asked_kinds(call.arguments);
    MW_ASSIGN(const EventsFound found, all_events(plant(), call.who, asset->id, window));

    std::vector<const PlantEvent*> chosen;
    for (const PlantEvent& event : found.events) {
      const bool meant = std::any_of(asked.begin(), asked.end(), [&](const std::string& kind) {
        return kind_is(event.kind, kind);
      });
      if (asked.empty() || meant) chosen.push_back(&event);
    }
    Evidence count = about(call, *asset, "event_count");
    count.window = window;
    count.value = static_cast<double>(chosen.size());
    if (!found.all) count.quality = Quality::kUncertain;  // there are more
    std::vector<Evidence> facts = {count};
    add_kinds(count, asked, found.events, chosen, facts);
    if (by == "text") add_texts(count, chosen, facts);
    if (!by.empty() && by != "text") add_periods(count, period_named(by), chosen, facts);
    for (std::size_t i = 0; i < std::min(chosen.size(), kMostEvents); ++i) {
      const PlantEvent& event = *chosen[i];
      Evidence fact = about(call, *asset, event.open ? "event_open" : "event");
      fact.text = event.text;
      fact.ts_ns = event.start_ns;
      if (event.end_ns > event.start_ns) fact.window = TimeWindow{event.start_ns, event.end_ns};
      if (!event.told_by.empty()) fact.source = told_by_source(event.told_by);
      facts.push_back(std::move(fact));
    }
    return facts;
  }

 private:
  static Json properties() {
    Json kinds;
    kinds["type"] = "array";
    kinds["items"] = text_schema("a kind of events in any words, such as corrective work orders");
    kinds["maxItems"] = kMostAskedKinds;
    return {{"asset", asset_schema()},
            {"window", window_schema()},
            {"kinds", kinds},
            {"by", choice_schema({"hour", "day", "week", "month", "text"})}};
  }

  static std::vector<std::string> asked_kinds(const Json& arguments) {
    std::vector<std::string> out;
    const auto found = arguments.find("kinds");
    if (found == arguments.end() || !found->is_array()) return out;
    for (const Json& each : *found) {
      if (each.is_string() && out.size() < kMostAskedKinds) out.push_back(each.get<std::string>());
    }
    return out;
  }

  static Period period_named(const std::string& by) {
    if (by == "hour") return Period::kHour;
    if (by == "week") return Period::kWeek;
    return by == "month" ? Period::kMonth : Period::kDay;
  }

  static void add(Evidence fact, const char* name, const std::string& text, std::size_t value,
                  std::vector<Evidence>& facts) {
    fact.fact = name;
    fact.text = text;
    fact.value = static_cast<double>(value);
    facts.push_back(std::move(fact));
  }

  /// Each kind that there is; then the asked ones that there are none of, and what there is instead
  /// where that is all of them.
  static void add_kinds(const Evidence& count, const std::vector<std::string>& asked,
                        const std::vector<PlantEvent>& all,
                        const std::vector<const PlantEvent*>& chosen,
                        std::vector<Evidence>& facts) {
    const auto kind_of = [](const PlantEvent& event) { return event.kind; };
    const Counts kinds = counted(chosen, kind_of);
    for (const auto& [kind, number] : kinds) {
      if (!kind.empty()) add(count, "event_kind", kind, number, facts);
    }
    for (const std::string& each : asked) {
      const bool there = std::any_of(kinds.begin(), kinds.end(),
                                     [&](const auto& kind) { return kind_is(kind.first, each); });
      if (!there) add(count, "event_kind_absent", each, 0, facts);
    }
    if (asked.empty() || !chosen.empty()) return;
    std::vector<const PlantEvent*> others;
    for (const PlantEvent& event : all) others.push_back(&event);
    for (const auto& [kind, number] : counted(others, kind_of)) {
      add(count, "event_kind_other", kind, number, facts);
    }
  }

  static void add_texts(const Evidence& count, const std::vector<const PlantEvent*>& chosen,
                        std::vector<Evidence>& facts) {
    const Counts texts =
        counted(chosen, [](const PlantEvent& event) { return told_line(event.text); });
    add(count, "event_texts", {}, texts.size(), facts);
    for (std::size_t i = 0; i < std::min(texts.size(), kMostTexts); ++i) {
      add(count, "event_text", texts[i].first, texts[i].second, facts);
    }
  }

  /// By where each began; of those that lasted into the window, by the window's first period.
  void add_periods(const Evidence& count, Period period,
                   const std::vector<const PlantEvent*>& chosen,
                   std::vector<Evidence>& facts) const {
    const std::vector<TimeWindow> periods = periods_of(plant().zone(), period, *count.window);
    std::vector<std::size_t> counts(periods.size(), 0);
    for (const PlantEvent* event : chosen) {
      const auto after =
          std::upper_bound(periods.begin(), periods.end(), event->start_ns,
                           [](TimeNs at, const TimeWindow& each) { return at < each.start_ns; });
      ++counts[after == periods.begin() ? 0
                                        : static_cast<std::size_t>(after - periods.begin()) - 1];
    }
    add(count, "periods", {}, periods.size(), facts);
    const auto with =
        std::count_if(counts.begin(), counts.end(), [](std::size_t number) { return number > 0; });
    add(count, "periods_with_events", {}, static_cast<std::size_t>(with), facts);
    for (std::size_t i = 0; i < periods.size(); ++i) {
      if (counts[i] == 0) continue;
      add(count, "period_events", {}, counts[i], facts);
      facts.back().window = periods[i];
    }
  }
};

}  // namespace

std::unique_ptr<Tool> make_events(Plant& plant) { return std::make_unique<EventsTool>(plant); }

}  // namespace mw::plant
