#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plant/internal/byte_coding.h"
#include "plant/sparkplug/sparkplug_host.h"

namespace mw::testing_support {

/// One metric as an edge node may send it, right or wrong: every member can be left out.
struct SparkplugMetricSaid {
  std::optional<std::string> name;
  std::optional<uint64_t> alias, timestamp_ms, type;
  bool historical = false, transient = false, null = false;
  int value_field = 0;  // 10 int, 11 long, 12 float, 13 double, 14 boolean, 15 string, ...
  uint64_t bits = 0;
  double real = 0;
  std::string bytes;
  struct Property {
    std::string key;
    std::optional<uint64_t> type;
    uint64_t number = 0;
    std::string text;
  };
  std::vector<Property> properties;
  std::vector<std::string> keys_without_value;
};

inline void put_field(plant::ByteWriter& out, uint32_t field, uint64_t number) {
  out.varint(field << 3);
  out.varint(number);
}
inline void put_field(plant::ByteWriter& out, uint32_t field, const std::string& bytes) {
  out.varint(field << 3 | 2);
  out.varint(bytes.size());
  out.append(bytes);
}

inline std::string encoded(const SparkplugMetricSaid& said) {
  plant::ByteWriter out;
  if (said.name) put_field(out, 1, *said.name);
  if (said.alias) put_field(out, 2, *said.alias);
  if (said.timestamp_ms) put_field(out, 3, *said.timestamp_ms);
  if (said.type) put_field(out, 4, *said.type);
  if (said.historical) put_field(out, 5, uint64_t{1});
  if (said.transient) put_field(out, 6, uint64_t{1});
  if (said.null) put_field(out, 7, uint64_t{1});
  if (!said.properties.empty() || !said.keys_without_value.empty()) {
    plant::ByteWriter set;
    for (const auto& each : said.properties) put_field(set, 1, each.key);
    for (const auto& each : said.keys_without_value) put_field(set, 1, each);
    for (const auto& each : said.properties) {
      plant::ByteWriter value;
      if (each.type) put_field(value, 1, *each.type);
      if (each.text.empty()) put_field(value, 3, each.number);
      if (!each.text.empty()) put_field(value, 8, each.text);
      put_field(set, 2, value.bytes());
    }
    put_field(out, 9, set.bytes());
  }
  const auto field = static_cast<uint32_t>(said.value_field);
  if (field == 10 || field == 11 || field == 14) put_field(out, field, said.bits);
  if (field == 12) {
    out.varint(field << 3 | 5);
    out.word32(std::bit_cast<uint32_t>(static_cast<float>(said.real)));
  }
  if (field == 13) {
    out.varint(field << 3 | 1);
    out.word64(std::bit_cast<uint64_t>(said.real));
  }
  if (field >= 15) put_field(out, field, said.bytes);
  return out.take();
}

/// A message of the edge node Plant1/Gateway1 or its device Press1.
struct SparkplugSaid {
  std::string topic;
  std::optional<uint64_t> timestamp_ms, seq;
  std::vector<SparkplugMetricSaid> metrics;
  int qos = 0;
  bool retained = false;
  std::optional<std::string> raw;  // instead of all that

  std::string payload() const {
    if (raw) return *raw;
    plant::ByteWriter out;
    if (timestamp_ms) put_field(out, 1, *timestamp_ms);
    for (const SparkplugMetricSaid& each : metrics) put_field(out, 2, encoded(each));
    if (seq) put_field(out, 3, *seq);
    return out.take();
  }
};

/// What a host told of, in order.
class SparkplugRecorder final : public plant::SparkplugSink {
 public:
  void take(std::span<const plant::Reading> readings, plant::Arrival arrival,
            std::optional<int64_t> skew_ns) override {
    for (const plant::Reading& each : readings) {
      (arrival == plant::Arrival::kLive ? live : past).push_back(each);
    }
    if (skew_ns) skew = skew_ns;
  }
  void came_up(std::size_t position) override { up[position] = true; }
  void waits(std::size_t position) override { up[position] = false; }
  void went_down(std::size_t position, TimeNs at_ns) override {
    up[position] = false;
    down_at[position] = at_ns;
  }
  void publish(plant::SparkplugMessage message) override { sent.push_back(std::move(message)); }
  void complain(Text problem) override { problems.push_back(std::move(problem)); }
  void note(const std::string& line) override { notes.push_back(line); }
  void refused() override { ++refusals; }

  /// How often a note or a problem held this.
  int heard(const std::string& part) const {
    int count = 0;
    for (const std::string& each : notes) count += each.find(part) != std::string::npos ? 1 : 0;
    for (const Text& each : problems) count += each.en.find(part) != std::string::npos ? 1 : 0;
    return count;
  }

  std::vector<plant::Reading> live, past;
  std::map<std::size_t, bool> up;
  std::map<std::size_t, TimeNs> down_at;
  std::vector<plant::SparkplugMessage> sent;
  std::vector<Text> problems;
  std::vector<std::string> notes;
  int refusals = 0;
  std::optional<int64_t> skew;
};

/// A host, its one edge node, and their clock.
class SparkplugBench {
 public:
  static constexpr uint64_t kStartMs = 1'760'000'000'000;
  static plant::SparkplugOptions usual() {
    plant::SparkplugOptions options;
    options.name = "cell";
    options.broker = "tcp://x";
    options.host_id = "mw";
    plant::SparkplugTag tag{"m1/temperature", "Plant1", "Gateway1", "Press1", "Oil", 1, 0, "", {}};
    options.metrics.push_back(tag);
    tag = {"m1/parts", "Plant1", "Gateway1", "", "Parts", 1, 0, "", {}};
    options.metrics.push_back(tag);
    return options;
  }

  SparkplugBench(const plant::Catalogue& catalogue, plant::SparkplugOptions options = usual())
      : host(std::move(options), catalogue, sink) {}

  TimeNs now_ns() const { return static_cast<TimeNs>(ms) * kNsPerMs; }
  int64_t steady() const { return static_cast<int64_t>(ms) * kNsPerMs; }
  /// Lets time go by as the connector does.
  void pass(uint64_t more_ms) {
    for (const uint64_t end = ms + more_ms; ms < end;) {
      ms += std::min<uint64_t>(100, end - ms);
      host.tick(now_ns(), steady());
    }
  }
  void connect() {
    host.will(now_ns());
    host.connected(steady());
  }
  void hear(const SparkplugSaid& said) {
    const std::string payload = said.payload();
    host.take({said.topic, payload, said.qos, said.retained}, now_ns(), steady());
  }

  // Right ones, with the next sequence number.
  SparkplugMetricSaid number(std::string name, double value) const {
    SparkplugMetricSaid out;
    out.name = std::move(name);
    out.timestamp_ms = ms;
    out.type = 10;
    out.value_field = 13;
    out.real = value;
    return out;
  }
  SparkplugMetricSaid bd_seq(uint64_t value) const {
    SparkplugMetricSaid out;
    out.name = "bdSeq";
    out.timestamp_ms = ms;
    out.type = 4;
    out.value_field = 11;
    out.bits = value;
    return out;
  }
  SparkplugSaid node_birth(uint64_t bd = 0) {
    SparkplugMetricSaid rebirth;
    rebirth.name = "Node Control/Rebirth";
    rebirth.timestamp_ms = ms;
    rebirth.type = 11;
    rebirth.value_field = 14;
    SparkplugMetricSaid parts = number("Parts", 7);
    parts.alias = 2;
    next = 0;
    return said("NBIRTH", false, {bd_seq(bd), rebirth, parts});
  }
  SparkplugSaid device_birth() {
    SparkplugMetricSaid oil = number("Oil", 55);
    oil.alias = 3;
    oil.properties = {{"Quality", 3, 192, ""}};
    return said("DBIRTH", true, {oil});
  }
  SparkplugSaid data(bool device, double value) {
    SparkplugMetricSaid metric = number("", value);
    metric.name.reset();
    metric.type.reset();
    metric.alias = device ? 3 : 2;
    return said(device ? "DDATA" : "NDATA", device, {metric});
  }
  SparkplugSaid device_death() { return said("DDEATH", true, {}); }
  SparkplugSaid node_death(uint64_t bd = 0) const {
    SparkplugSaid out;
    out.topic = "spBv1.0/Plant1/NDEATH/Gateway1";
    out.metrics = {bd_seq(bd)};
    return out;
  }
  void bear() {
    hear(node_birth());
    hear(device_birth());
  }

  uint64_t ms = kStartMs;
  uint64_t next = 0;
  SparkplugRecorder sink;
  plant::SparkplugHost host;

 private:
  SparkplugSaid said(const std::string& verb, bool device,
                     std::vector<SparkplugMetricSaid> metrics) {
    SparkplugSaid out;
    out.topic = "spBv1.0/Plant1/" + verb + "/Gateway1" + (device ? "/Press1" : "");
    out.timestamp_ms = ms;
    out.seq = next;
    next = (next + 1) % 256;
    out.metrics = std::move(metrics);
    return out;
  }
};

}  // namespace mw::testing_support
