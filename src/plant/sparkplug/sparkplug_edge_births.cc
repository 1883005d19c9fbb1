// Births and deaths of the edge node and of its machines, with all that they declare.
#include <cmath>

#include "plant/sparkplug/sparkplug_edge.h"

namespace mw::plant {
namespace {

std::string local_name(const Tag& tag) { return tag.id.substr(tag.asset.size() + 1); }

int quality_code(const Sample& sample) {
  if (sample.quality == Quality::kGood) return 192;
  return SparkplugEdge::is_stale(sample) ? 500 : 0;
}

}  // namespace

uint64_t SparkplugEdge::ms_of(TimeNs ts_ns) {
  return ts_ns < 0 ? 0 : static_cast<uint64_t>(ts_ns / kNsPerMs);
}

bool SparkplugEdge::is_stale(const Sample& sample) {
  return sample.quality != Quality::kGood &&
         (sample.reason == QualityReason::kNoCommunication ||
          sample.reason == QualityReason::kSilent || sample.reason == QualityReason::kClockBehind);
}

SparkplugMessage SparkplugEdge::death(uint64_t bd_seq) const {
  const SparkplugOut number{"bdSeq", {}, 0, SparkplugType::kInt64, true, false, bd_seq, {}, {}};
  return {topic("NDEATH"), write_sparkplug(std::nullopt, std::nullopt, {&number, 1}), 1, false};
}

SparkplugMessage SparkplugEdge::will() {
  bd_seq_ = next_bd_seq_;
  next_bd_seq_ = (next_bd_seq_ + 1) & 0xff;
  return death(bd_seq_);
}

SparkplugMessage SparkplugEdge::goodbye() {
  born_ = false;
  return death(bd_seq_);
}

SparkplugOut SparkplugEdge::metric_of(TagIndex index, const Sample* sample, TimeNs now_ns) const {
  const Tag& tag = catalogue_->tags()[index];
  SparkplugOut out;
  out.alias = uint64_t{index} + 1;
  out.type = tag.kind == TagKind::kState ? SparkplugType::kString : SparkplugType::kDouble;
  out.timestamp_ms = ms_of(sample != nullptr ? sample->ts_ns : now_ns);
  out.quality = sample != nullptr ? quality_code(*sample) : 500;
  if (sample == nullptr) return out;
  if (tag.kind == TagKind::kState) {
    if (!sample->text.empty()) out.value = sample->text;
  } else if (std::isfinite(sample->value) && sample->text.empty()) {
    out.value = sample->value;
  }
  return out;
}

SparkplugMessage SparkplugEdge::node_birth(TimeNs now_ns) {
  seq_ = 0;
  const uint64_t ms = ms_of(now_ns);
  const std::vector<SparkplugOut> metrics{
      {"bdSeq", {}, ms, SparkplugType::kInt64, true, false, bd_seq_, {}, {}},
      {kSparkplugRebirth, {}, ms, SparkplugType::kBoolean, true, false, false, {}, {}}};
  return {topic("NBIRTH"), write_sparkplug(ms, next_seq(), metrics), 0, false};
}

SparkplugMessage SparkplugEdge::device_birth(const std::string& device, TimeNs now_ns) {
  std::vector<SparkplugOut> metrics;
  for (const TagIndex index : machines_.at(device)) {
    const Tag& tag = catalogue_->tags()[index];
    const auto last = last_.find(index);
    SparkplugOut metric = metric_of(index, last != last_.end() ? &last->second : nullptr, now_ns);
    metric.name = local_name(tag);
    metric.unit = tag.unit;
    metrics.push_back(std::move(metric));
  }
  return {topic("DBIRTH", device), write_sparkplug(ms_of(now_ns), next_seq(), metrics), 0, false};
}

bool SparkplugEdge::is_lost(const std::string& device) const {
  bool heard = false;
  for (const TagIndex index : machines_.at(device)) {
    const auto last = last_.find(index);
    if (last == last_.end()) continue;
    if (!is_stale(last->second)) return false;
    heard = true;
  }
  return heard;  // one that never sent anything is declared all the same
}

std::vector<SparkplugMessage> SparkplugEdge::births(TimeNs now_ns) {
  if (!connected_ || !host_online_ || must_leave_ || ready()) return {};
  std::vector<SparkplugMessage> out{node_birth(now_ns)};
  lost_.clear();
  for (const auto& [device, tags] : machines_) {
    if (is_lost(device)) {
      lost_.insert(device);
    } else {
      out.push_back(device_birth(device, now_ns));
    }
  }
  born_ = true;
  birth_due_ = false;
  return out;
}

}  // namespace mw::plant
