#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/check.h"
#include "core/result.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// A sample and the stretch of the window for which it holds.
struct HeldSample {
  const Sample* sample = nullptr;
  TimeNs start_ns = 0;  // the sample's time, or the window's start when it lies before
  int64_t hold_ns = 0;  // until the next sample, at most the watchdog period, within the window
};

/// Calls `take` for each sample that matters to the window, ascending: those inside, and the last
/// one before it.
template <class Take>
Result<void> for_each_held(const SampleStore& store, TagIndex tag, TimeWindow window,
                           int64_t hold_ns, const Take& take) {
  MW_CHECK(window.start_ns < window.end_ns);
  std::optional<Sample> current;
  const auto finish = [&](TimeNs next_ns) {
    if (!current) return;
    TimeNs stale_ns = 0;
    if (__builtin_add_overflow(current->ts_ns, hold_ns, &stale_ns)) stale_ns = window.end_ns;
    const TimeNs start_ns = std::max(current->ts_ns, window.start_ns);
    const TimeNs end_ns = std::min({next_ns, stale_ns, window.end_ns});
    take(HeldSample{&*current, start_ns, std::max<int64_t>(0, end_ns - start_ns)});
  };
  MW_ASSIGN(current, store.last_before(tag, window.start_ns));
  MW_TRY(store.scan(tag, window, [&](const Sample& sample) {
    finish(sample.ts_ns);
    current = sample;
    return true;
  }));
  finish(window.end_ns);
  return {};
}

/// The last sample before a time that carries a number and is not bad; looks back over at most the
/// last hundred samples that do not.
inline Result<std::optional<Sample>> last_usable_before(const SampleStore& store, TagIndex tag,
                                                        TimeNs ts_ns) {
  for (int i = 0; i < 100; ++i) {
    MW_ASSIGN(std::optional<Sample> sample, store.last_before(tag, ts_ns));
    if (!sample || (sample->quality != Quality::kBad && std::isfinite(sample->value))) {
      return sample;
    }
    ts_ns = sample->ts_ns;
  }
  return std::optional<Sample>();
}

}  // namespace mw::plant
