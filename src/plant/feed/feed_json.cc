#include "plant/feed/feed_json.h"

#include <cmath>

#include "core/json.h"

namespace mw::plant {
namespace {

/// Whole milliseconds as such, else with the microseconds.
Json milliseconds(TimeNs ts_ns) {
  if (ts_ns % kNsPerMs == 0) return ts_ns / kNsPerMs;
  return static_cast<double>(ts_ns / 1000) / 1000.0;
}

}  // namespace

std::string feed_json(const FeedItem& item, const Catalogue& catalogue) {
  const Sample& sample = item.sample;
  const Tag& tag = catalogue.tags()[sample.tag];
  Json json{{"tag", tag.id}, {"ts", milliseconds(sample.ts_ns)}};
  if (!sample.text.empty()) {
    json["value"] = sample.text;
  } else if (tag.kind != TagKind::kState && std::isfinite(sample.value)) {
    json["value"] = sample.value;
  } else {
    json["value"] = nullptr;
  }
  if (!tag.unit.empty()) json["unit"] = tag.unit;
  json["quality"] = quality_name(sample.quality);
  if (sample.quality != Quality::kGood) json["reason"] = describe(sample.reason).en;
  json["arrived"] = milliseconds(sample.server_ts_ns);
  if (item.late) json["late"] = true;
  if (catalogue.simulated()) json["simulated"] = true;
  return to_text(json);
}

}  // namespace mw::plant
