#include "maintenance/lives.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "maintenance/health/health_history.h"
#include "maintenance/health/health_machine.h"
#include "maintenance/live_life/lived_rows.h"

namespace mw::maintenance {
namespace {

constexpr int64_t kChunkNs = 7 * kNsPerDay;  // a list holds the latest 200 events of its window

std::string number_text(double value) {
  if (std::isnan(value)) return {};
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  return {text, end.ptr};
}

/// Of some kinds, oldest first.
Result<std::vector<plant::PlantEvent>> events_of(const plant::Plant& plant, const Identity& who,
                                                 const std::string& asset,
                                                 const std::vector<std::string>& kinds,
                                                 TimeWindow window) {
  std::vector<plant::PlantEvent> out;
  for (TimeNs at = window.start_ns; at < window.end_ns; at += kChunkNs) {
    const TimeWindow chunk{at, std::min(at + kChunkNs, window.end_ns)};
    MW_ASSIGN(plant::PlantEventList list, plant.events(who, asset, "", chunk));
    if (list.cut) {
      return Error::make(Code::kTooLarge,
                         "'" + asset + "' has more than " + std::to_string(plant::kMostEvents) +
                             " events in a week: name a shorter window",
                         "设备“" + asset + "”一周内的事件超过 " +
                             std::to_string(plant::kMostEvents) + " 个：请缩短时间段",
                         "from");
    }
    std::reverse(list.events.begin(), list.events.end());
    for (plant::PlantEvent& each : list.events) {
      // One that lasts overlaps several chunks.
      const bool begins_here = each.start_ns >= chunk.start_ns && each.start_ns < chunk.end_ns;
      const bool wanted = std::find(kinds.begin(), kinds.end(), each.kind) != kinds.end();
      if (begins_here && wanted && each.asset == asset) out.push_back(std::move(each));
    }
  }
  return out;
}

/// When the machine runs again after it.
TimeNs over_ns(const plant::PlantEvent& event) { return std::max(event.start_ns, event.end_ns); }

/// The columns of all assets' tables, or of the first asset's numbers.
Result<std::vector<const plant::Tag*>> tags_of(const plant::Catalogue& catalogue,
                                               const LivesOrder& order) {
  const plant::Asset* first = catalogue.asset(order.assets.front());
  if (first == nullptr) return no_such_asset(order.assets.front());
  if (order.columns.empty()) return health_tags(catalogue, *first);
  std::vector<const plant::Tag*> out;
  for (const std::string& column : order.columns) {
    const plant::Tag* tag = catalogue.tag(first->id + "/" + column);
    if (tag == nullptr || tag->kind != plant::TagKind::kNumber) {
      return Error::make(
          Code::kNotFound, "there is no number '" + first->id + "/" + column.substr(0, 128) + "'",
          "没有数值信号“" + first->id + "/" + column.substr(0, 128) + "”", "columns");
    }
    out.push_back(tag);
  }
  return out;
}

}  // namespace

Result<LifeSpans> life_spans(const plant::Plant& plant, const Identity& who,
                             const std::string& asset, const std::string& begins,
                             const std::string& ends, TimeWindow window) {
  if (ends.empty()) {
    return Error::make(Code::kInvalidArgument,
                       "name the kind of events that a life ends with: \"bearing failed\"",
                       "请指定表示寿命结束的事件类别，例如“轴承失效”", "ends");
  }
  MW_ASSIGN(const auto events, events_of(plant, who, asset, {begins, ends}, window));
  LifeSpans out;
  std::optional<TimeNs> began;
  for (const plant::PlantEvent& event : events) {
    if (event.kind == ends) {
      if (began && *began < event.start_ns) {
        out.lives.push_back({*began, event.start_ns});
      } else {
        ++out.without_beginning;
      }
      began.reset();
      if (begins.empty()) began = over_ns(event);
    }
    if (!begins.empty() && event.kind == begins) began = over_ns(event);
  }
  return out;
}

Result<TimeNs> latest_beginning(const plant::Plant& plant, const Identity& who,
                                const std::string& asset, const std::string& begins,
                                TimeWindow window) {
  if (begins.empty() || window.start_ns >= window.end_ns) return TimeNs{0};
  MW_ASSIGN(const auto events, events_of(plant, who, asset, {begins}, window));
  return events.empty() ? TimeNs{0} : over_ns(events.back());
}

Result<CutLives> cut_lives(const plant::Plant& plant, const Identity& who,
                           const LivesOrder& order) {
  const auto catalogue = plant.catalogue(who);
  if (order.assets.empty() || !(order.row_s >= 1) || !(order.unit_s > 0)) {
    return Error::make(Code::kInvalidArgument,
                       "name machines, and how long a row lasts, from a second on",
                       "请指定设备以及每行的时长（至少一秒）", "row");
  }
  MW_ASSIGN(const auto tags, tags_of(*catalogue, order));
  CutLives out;
  out.csv = "life," + order.time_name;
  for (const plant::Tag* tag : tags) {
    out.csv += "," + tag->id.substr(tag->asset.size() + 1);
    if (!tag->unit.empty()) out.csv += " [" + tag->unit + "]";
  }
  out.csv += "\n";
  for (const std::string& asset : order.assets) {
    if (catalogue->asset(asset) == nullptr) return no_such_asset(asset);
    LifeSource source{asset, {}, order.states, order.row_s};
    for (const plant::Tag* tag : tags) {
      const std::string name = tag->id.substr(tag->asset.size() + 1);
      source.columns.emplace_back(name, asset + "/" + name);
    }
    MW_ASSIGN(const LifeSpans spans,
              life_spans(plant, who, asset, order.begins, order.ends, order.window));
    out.without_beginning += spans.without_beginning;
    for (const TimeWindow& life : spans.lives) {
      MW_ASSIGN(const LivedRows rows, read_lived_rows(plant, who, source, life));
      if (rows.end_ns.size() < 2) {
        ++out.too_short;
        continue;
      }
      const std::string name = asset + "-" + std::to_string(++out.lives);
      for (std::size_t i = 0; i < rows.end_ns.size(); ++i) {
        out.csv += name + "," + number_text(rows.worn_s[i] / order.unit_s);
        for (const double value : rows.values[i]) out.csv += "," + number_text(value);
        out.csv += "\n";
      }
      out.rows += rows.end_ns.size();
    }
  }
  return out;
}

}  // namespace mw::maintenance
