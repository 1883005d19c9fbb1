#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plant/catalogue.h"
#include "plant/sample.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// A plant of two lines for tests: m1 on line "a", m2 on line "b", each with the tags state,
/// temperature (degC, physical -50..200, normal up to 80) and parts (a counter); watchdog 10 s.
inline std::shared_ptr<const Catalogue> test_catalogue() {
  return Catalogue::parse(R"json({
    "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
    "kinds": [{"id": "machine", "states": [{"id": "running"}, {"id": "idle"}, {"id": "fault"}],
      "tags": [{"id": "state", "kind": "state"},
               {"id": "temperature", "unit": "degC", "physical": [-50, 200], "normal": [null, 80],
                "key": true},
               {"id": "parts", "kind": "counter", "decimals": 0}]}],
    "assets": [{"id": "m1", "kind": "machine", "line": "a", "name": {"en": "M1", "zh": "一号机"}},
               {"id": "m2", "kind": "machine", "line": "b", "name": {"en": "M2", "zh": "二号机"}}]
  })json")
      .value();
}

inline Sample number_at(TagIndex tag, TimeNs ts_ns, double value,
                        Quality quality = Quality::kGood) {
  Sample sample;
  sample.tag = tag;
  sample.ts_ns = ts_ns;
  sample.server_ts_ns = ts_ns + kNsPerMs;
  sample.value = value;
  sample.quality = quality;
  return sample;
}

inline Sample state_at(TagIndex tag, TimeNs ts_ns, std::string state,
                       Quality quality = Quality::kGood) {
  Sample sample = number_at(tag, ts_ns, 0, quality);
  sample.text = std::move(state);
  return sample;
}

/// All samples of a window as a list.
inline std::vector<Sample> samples_in(const SampleStore& store, TagIndex tag,
                                      TimeWindow window = {INT64_MIN, INT64_MAX}) {
  std::vector<Sample> samples;
  const Result<void> scanned = store.scan(tag, window, [&](const Sample& sample) {
    samples.push_back(sample);
    return true;
  });
  MW_CHECK(scanned.has_value());
  return samples;
}

}  // namespace mw::plant
