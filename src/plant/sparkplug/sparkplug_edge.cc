#include "plant/sparkplug/sparkplug_edge.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/json.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostOfAMessage = 500;  // metrics
constexpr std::size_t kMostRefusals = 100;
constexpr std::size_t kMostShownBytes = 200;

/// Text without what could forge a line.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, kMostShownBytes));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

}  // namespace

SparkplugEdge::SparkplugEdge(SparkplugFeed options, std::shared_ptr<const Catalogue> catalogue)
    : options_(std::move(options)), catalogue_(std::move(catalogue)) {}

std::vector<std::string> SparkplugEdge::subscriptions() const {
  // Commands to devices too, to refuse them where it is seen.
  std::vector<std::string> out{topic("NCMD"), topic("DCMD", "+")};
  if (!options_.primary_host.empty()) out.push_back(sparkplug_state_topic(options_.primary_host));
  return out;
}

std::string SparkplugEdge::topic(std::string_view verb, std::string_view device) const {
  std::string out = sparkplug_node_topic(options_.group, verb, options_.edge);
  if (!device.empty()) out += "/" + std::string(device);
  return out;
}

void SparkplugEdge::allow(const std::set<TagIndex>& tags) {
  if (tags == allowed_) return;
  allowed_ = tags;
  machines_.clear();
  for (const TagIndex index : allowed_) {
    machines_[catalogue_->tags()[index].asset].push_back(index);
  }
  if (born_) birth_due_ = true;
}

void SparkplugEdge::know(const Sample& sample) {
  const auto [place, fresh] = last_.try_emplace(sample.tag, sample);
  if (!fresh && place->second.ts_ns <= sample.ts_ns) place->second = sample;
}

void SparkplugEdge::connected(TimeNs now_ns) {
  connected_ = true;
  connected_ns_ = now_ns;
  born_ = birth_due_ = must_leave_ = false;
  // It is heard anew, of this server.
  host_online_ = options_.primary_host.empty();
  state_ms_.reset();
}

void SparkplugEdge::disconnected() { connected_ = born_ = birth_due_ = must_leave_ = false; }

void SparkplugEdge::take(std::string_view heard, std::string_view payload) {
  if (!options_.primary_host.empty() && heard == sparkplug_state_topic(options_.primary_host)) {
    hear_state(payload);
  } else {
    hear_command(heard, payload);
  }
}

void SparkplugEdge::hear_state(std::string_view payload) {
  const auto json = parse_json(payload, 4);
  if (!json || !json->is_object()) return;
  const auto online = json->find("online");
  const auto timestamp = json->find("timestamp");
  if (online == json->end() || !online->is_boolean() || timestamp == json->end() ||
      !timestamp->is_number_unsigned()) {
    return;
  }
  const auto ms = timestamp->get<uint64_t>();
  if (state_ms_ && ms < *state_ms_) return;  // an old one, of a server that lagged behind
  state_ms_ = ms;
  host_online_ = online->get<bool>();
  if (!host_online_ && born_) must_leave_ = true;
}

void SparkplugEdge::hear_command(std::string_view heard, std::string_view payload) {
  const auto message = read_sparkplug(payload);
  if (!message) {
    refuse("a command on " + shown(heard) + " that is no Sparkplug payload");
    return;
  }
  const bool of_node = heard == topic("NCMD");
  for (const SparkplugMetric& each : message->metrics) {
    const std::string name = each.name ? shown(*each.name) : "a metric by its alias";
    const bool rebirth = of_node && each.name && *each.name == kSparkplugRebirth;
    if (!rebirth) {
      refuse("command on " + shown(heard) + " for " + name + ": nothing is written to machines");
    } else if (each.kind == SparkplugValueKind::kBoolean && each.bits == 1 && born_) {
      birth_due_ = true;
    }
  }
}

void SparkplugEdge::refuse(std::string what) {
  if (refusals_.size() < kMostRefusals) refusals_.insert(std::move(what));
}

std::vector<std::string> SparkplugEdge::take_refusals() {
  std::vector<std::string> out(refusals_.begin(), refusals_.end());
  refusals_.clear();
  return out;
}

uint64_t SparkplugEdge::next_seq() {
  const uint64_t seq = seq_;
  seq_ = (seq_ + 1) & 0xff;
  return seq;
}

Text SparkplugEdge::waits_for() const {
  if (!connected_) return {"no connection to the MQTT server", "未连接 MQTT 服务器"};
  if (!host_online_) {
    return {"the primary host " + options_.primary_host + " is not online",
            "主机应用 " + options_.primary_host + " 不在线"};
  }
  return {};
}

std::vector<SparkplugMessage> SparkplugEdge::data(std::span<const FeedItem> items, TimeNs now_ns) {
  MW_CHECK(ready());
  std::map<std::string, std::vector<SparkplugOut>> devices;
  std::set<std::string> doubtful;  // machines that may have been lost
  std::vector<SparkplugMessage> out;
  const auto flush = [&](const std::string& device, std::vector<SparkplugOut>& metrics) {
    out.push_back(
        {topic("DDATA", device), write_sparkplug(ms_of(now_ns), next_seq(), metrics), 0, false});
    metrics.clear();
  };
  for (const FeedItem& each : items) {
    if (!allowed_.contains(each.sample.tag)) continue;
    const Tag& tag = catalogue_->tags()[each.sample.tag];
    // What comes late of one that stays lost goes out between a birth and a death too.
    const bool was_lost = lost_.erase(tag.asset) > 0;
    if (was_lost) out.push_back(device_birth(tag.asset, now_ns));
    if (was_lost || is_stale(each.sample)) doubtful.insert(tag.asset);
    SparkplugOut metric = metric_of(each.sample.tag, &each.sample, now_ns);
    metric.says_type = false;
    // What came before this session began was not told as it happened.
    metric.historical = each.late || each.sample.server_ts_ns < connected_ns_;
    std::vector<SparkplugOut>& metrics = devices[tag.asset];
    metrics.push_back(std::move(metric));
    if (metrics.size() == kMostOfAMessage) flush(tag.asset, metrics);
    know(each.sample);
  }
  for (auto& [device, metrics] : devices) {
    if (!metrics.empty()) flush(device, metrics);
  }
  for (const std::string& device : doubtful) {
    if (!is_lost(device)) continue;
    out.push_back(
        {topic("DDEATH", device), write_sparkplug(ms_of(now_ns), next_seq(), {}), 0, false});
    lost_.insert(device);
  }
  return out;
}

}  // namespace mw::plant
