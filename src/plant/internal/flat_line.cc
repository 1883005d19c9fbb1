#include "plant/internal/flat_line.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mw::plant {
namespace {

// A sensor that moves is seen to move in the first stretch read; a stuck one costs what
// flat_after_s holds, a day of it in memory at a time (1.4 MB at a sample a second).
constexpr int64_t kFirstStretchNs = kNsPerMinute;
constexpr int64_t kLongestStretchNs = kNsPerDay;
// Silences do not count: so much longer than flat_after_s the stretch that holds it may be.
constexpr int64_t kSilencesNs = 7 * kNsPerDay;

int64_t nanoseconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

bool is_watched(const Tag& tag) { return tag.flat_after_s > 0 && !is_text(tag.kind); }

bool tells_something(const Sample& sample) {
  return sample.quality != Quality::kBad && std::isfinite(sample.value);
}

int64_t counted(const Tag& tag, TimeNs from_ns, TimeNs to_ns) {
  const int64_t step_ns = to_ns - from_ns;
  return step_ns > 0 && step_ns <= nanoseconds(tag.watchdog_s) ? step_ns : 0;
}

struct Point {
  double value = 0;
  TimeNs server_ts_ns = 0;
};

Result<std::vector<Point>> points_of(const SampleStore& store, TagIndex tag, TimeWindow window) {
  std::vector<Point> points;
  MW_TRY(store.scan(tag, window, [&](const Sample& sample) {
    if (tells_something(sample)) points.push_back({sample.value, sample.server_ts_ns});
    return true;
  }));
  return points;
}

}  // namespace

/// False, and nothing changed, if the value is a move. Against all values since it stood still, not
/// the one before: a slow drift is a move too.
bool FlatLine::widen(const Tag& tag, double value) {
  const double low = std::min(low_, value), high = std::max(high_, value);
  // All within the deadband of the value between them. Half of each: no sum that overflows.
  if (high / 2 - low / 2 > tag.deadband) return false;
  low_ = low;
  high_ = high;
  return true;
}

void FlatLine::take(const Tag& tag, const Sample& sample) {
  if (!is_watched(tag) || !tells_something(sample)) return;
  if (widen(tag, sample.value)) {
    still_ns_ += counted(tag, heard_ns_, sample.server_ts_ns);
  } else {
    low_ = high_ = sample.value;
    still_ns_ = 0;
  }
  heard_ns_ = sample.server_ts_ns;
}

bool FlatLine::is_flat(const Tag& tag) const {
  return is_watched(tag) && still_ns_ >= nanoseconds(tag.flat_after_s);
}

Result<FlatLine> FlatLine::from_store(const SampleStore& store, const Tag& tag, TimeNs newest_ns) {
  FlatLine line;
  if (!is_watched(tag)) return line;
  const int64_t enough_ns = nanoseconds(tag.flat_after_s);
  const TimeNs oldest_ns = newest_ns - enough_ns - kSilencesNs;
  TimeNs next_ns = 0;
  bool moved = false;
  TimeNs end_ns = newest_ns + 1;
  for (int64_t stretch_ns = kFirstStretchNs;
       !moved && line.still_ns_ < enough_ns && end_ns > oldest_ns;
       stretch_ns = std::min(2 * stretch_ns, kLongestStretchNs)) {
    const TimeNs start_ns = std::max(oldest_ns, end_ns - stretch_ns);
    MW_ASSIGN(const std::vector<Point> points, points_of(store, tag.index, {start_ns, end_ns}));
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
      moved = !line.widen(tag, point->value);
      if (moved || line.still_ns_ >= enough_ns) break;
      if (line.heard_ns_ == 0) {
        line.heard_ns_ = point->server_ts_ns;
      } else {
        line.still_ns_ += counted(tag, point->server_ts_ns, next_ns);
      }
      next_ns = point->server_ts_ns;
    }
    end_ns = start_ns;
  }
  return line;
}

}  // namespace mw::plant
