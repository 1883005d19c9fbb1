#pragma once

#include <algorithm>
#include <cstdint>

#include "plant/internal/rollup_fold.h"
#include "plant/query.h"

namespace mw::plant {

/// Equal stretches that cover a window: number 0 is the one in which it starts.
struct ChartBuckets {
  TimeWindow window;
  int64_t width_ns = 0;
  TimeNs origin_ns = 0;  // a start of a stretch, at or before the window's

  int64_t number(TimeNs ts_ns) const { return (ts_ns - origin_ns) / width_ns; }
  TimeNs start_ns(int64_t bucket) const {
    return std::max(window.start_ns, origin_ns + bucket * width_ns);
  }
  TimeNs end_ns(int64_t bucket) const {
    return std::min(window.end_ns, origin_ns + (bucket + 1) * width_ns);
  }
};

/// The narrowest ones that make at most `max_points`. Stretches of half an hour or more become
/// whole hours, and where samples were thinned out they become whole minutes or hours, all of them
/// starting where the store's rollups start: then each rollup lies in one of them.
inline ChartBuckets choose_buckets(const Basis& basis, int max_points) {
  const TimeWindow window = basis.window;
  const int64_t length_ns = window.end_ns - window.start_ns;
  const int64_t least_ns = (length_ns + max_points - 1) / max_points;
  int64_t unit_ns = basis.resolution_ns;
  if (max_points > 1 && least_ns >= kHourNs / 2) unit_ns = kHourNs;
  if (unit_ns == 0) return {window, least_ns, window.start_ns};
  ChartBuckets buckets{window, (least_ns + unit_ns - 1) / unit_ns * unit_ns, 0};
  while (true) {
    buckets.origin_ns = stretch_of(window.start_ns, buckets.width_ns);
    if (buckets.number(window.end_ns - 1) < max_points) return buckets;
    buckets.width_ns += unit_ns;
  }
}

}  // namespace mw::plant
