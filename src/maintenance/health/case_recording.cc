#include "maintenance/health/case_recording.h"

#include <algorithm>
#include <cmath>

#include "plant/csv_samples.h"

namespace mw::maintenance {
namespace {

constexpr const char* kHeader = "time,tag,value,quality,unit\n";
constexpr std::size_t kBytesALine = 200;  // the longest that even times are planned with

/// Collects lines behind an export's header, up to a limit.
class Lines {
 public:
  Lines(std::string& text, std::size_t most_bytes) : text_(text), most_bytes_(most_bytes) {}

  bool take(std::string_view line) {
    if (std::exchange(header_, false)) return true;
    whole_ = text_.size() + line.size() <= most_bytes_;
    if (whole_) text_ += line;
    return whole_;
  }
  bool whole() const { return whole_; }

 private:
  std::string& text_;
  const std::size_t most_bytes_;
  bool header_ = true;
  bool whole_ = true;
};

Result<bool> write_tag(const plant::Plant& plant, const Identity& who, const std::string& tag,
                       TimeWindow window, std::size_t most_bytes, std::string& text) {
  Lines first(text, most_bytes);
  const plant::CsvGrid once{kNsPerSecond, plant::Interpolation::kStepped};
  const TimeWindow begin{window.start_ns, window.start_ns + kNsPerSecond};
  MW_TRY(plant.export_values(who, {tag}, begin, once,
                             [&](std::string_view line) { return first.take(line); }));
  Lines lines(text, most_bytes);
  MW_TRY(plant.export_samples(who, {tag}, window,
                              [&](std::string_view line) { return lines.take(line); }));
  return lines.whole();
}

const double* good_number(const plant::Reading& reading) {
  return reading.quality == Quality::kGood ? std::get_if<double>(&reading.value) : nullptr;
}

}  // namespace

TimeWindow recorded_window(TimeNs opened_ns) {
  return {opened_ns - kRecordedBeforeNs, opened_ns + kRecordedAfterNs};
}

Result<CaseRecording> record_case(const plant::Plant& plant, const Identity& who,
                                  const std::vector<const plant::Tag*>& tags, TimeWindow window,
                                  std::size_t most_bytes) {
  CaseRecording out{window, {}, kHeader};
  const std::size_t share = most_bytes / std::max<std::size_t>(tags.size(), 1);
  for (const plant::Tag* tag : tags) {
    std::string text;
    MW_ASSIGN(const bool whole, write_tag(plant, who, tag->id, window, share, text));
    if (!whole) {
      text.clear();
      out.thinned.push_back(tag->id);
      const auto lines = static_cast<int64_t>(std::max<std::size_t>(share / kBytesALine, 1));
      const int64_t step_ns = (window.end_ns - window.start_ns) / lines + 1;
      Lines even(text, share);
      MW_TRY(plant.export_values(who, {tag->id}, window, {step_ns, plant::Interpolation::kStepped},
                                 [&](std::string_view line) { return even.take(line); }));
    }
    out.csv += text;
  }
  return out;
}

Result<std::vector<plant::Reading>> recorded_readings(const CaseRecording& recording,
                                                      const plant::Catalogue& catalogue) {
  std::vector<plant::Reading> out;
  // The last sample may be the last nanosecond of the window.
  MW_TRY(plant::read_csv_samples(recording.csv, {}, catalogue, recording.window.end_ns + kNsPerDay,
                                 [&](std::span<const plant::Reading> readings) -> Result<void> {
                                   out.insert(out.end(), readings.begin(), readings.end());
                                   return {};
                                 }));
  std::stable_sort(out.begin(), out.end(), [](const plant::Reading& a, const plant::Reading& b) {
    return a.ts_ns.value_or(0) < b.ts_ns.value_or(0);
  });
  return out;
}

HealthHistory recorded_history(const std::vector<plant::Reading>& readings,
                               const plant::Asset& asset, const plant::Catalogue& catalogue,
                               TimeWindow window, double step_s) {
  HealthHistory out = empty_health_history(health_tags(catalogue, asset), window, step_s);
  const std::size_t columns = out.tags.size();
  const std::size_t rows = out.rows.rows();
  for (std::size_t j = 0; j < columns; ++j) {
    const plant::Tag& tag = *out.tags[j];
    std::vector<double> column(rows, std::nan(""));
    HeldColumn held(out, static_cast<int64_t>(tag.watchdog_s * kNsPerSecond));
    for (const plant::Reading& each : readings) {
      if (each.tag != tag.id) continue;
      const double* value = good_number(each);
      held.put(each.ts_ns.value_or(0), value != nullptr ? *value : std::nan(""), column);
    }
    held.fill_until(window.end_ns, column);
    for (std::size_t i = 0; i < rows; ++i) out.rows.values[i * columns + j] = column[i];
  }
  out.states.assign(rows, asset.state_tag.empty() ? kAnyState : "");
  if (asset.state_tag.empty()) return out;
  std::string state;
  std::size_t row = 0;
  for (const plant::Reading& each : readings) {
    if (each.tag != asset.state_tag) continue;
    for (; row < rows && out.time_of(row) < each.ts_ns.value_or(0); ++row) out.states[row] = state;
    const auto* text = std::get_if<std::string>(&each.value);
    state = text != nullptr && each.quality != Quality::kBad ? *text : std::string();
  }
  for (; row < rows; ++row) out.states[row] = state;
  return out;
}

std::vector<plant::Bucket> recorded_points(const std::vector<plant::Reading>& readings,
                                           std::string_view tag, TimeWindow window,
                                           std::size_t most_points) {
  const auto step_ns = (window.end_ns - window.start_ns) / static_cast<int64_t>(most_points) + 1;
  std::vector<plant::Bucket> out;
  int64_t stretch = -1;
  double sum = 0;
  double count = 0;
  for (const plant::Reading& each : readings) {
    if (each.tag != tag) continue;
    const TimeNs ts_ns = each.ts_ns.value_or(0);
    const double* value = good_number(each);
    if (value == nullptr) {
      if (out.empty() || out.back().mean) out.push_back({ts_ns, {}, {}, {}});  // a gap
      stretch = -1;
      continue;
    }
    const int64_t mine = (ts_ns - window.start_ns) / step_ns;
    if (mine != stretch) {
      out.push_back({ts_ns, *value, *value, *value});
      stretch = mine;
      sum = *value;
      count = 1;
      continue;
    }
    plant::Bucket& last = out.back();
    sum += *value;
    count += 1;
    last.mean = sum / count;
    last.min = std::min(*last.min, *value);
    last.max = std::max(*last.max, *value);
  }
  return out;
}

}  // namespace mw::maintenance
