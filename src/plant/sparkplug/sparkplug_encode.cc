#include "plant/sparkplug/sparkplug_encode.h"

#include <bit>

#include "plant/internal/byte_coding.h"

namespace mw::plant {
namespace {

constexpr uint32_t kVarint = 0, kWord64 = 1, kBytes = 2;  // wire types

void put(ByteWriter& out, uint32_t field, uint64_t number) {
  out.varint(field << 3 | kVarint);
  out.varint(number);
}

void put(ByteWriter& out, uint32_t field, const std::string& bytes) {
  out.varint(field << 3 | kBytes);
  out.varint(bytes.size());
  out.append(bytes);
}

void put_double(ByteWriter& out, uint32_t field, double value) {
  out.varint(field << 3 | kWord64);
  out.word64(std::bit_cast<uint64_t>(value));
}

std::string property(SparkplugType type, uint32_t field, const auto& value) {
  ByteWriter out;
  put(out, 1, static_cast<uint64_t>(type));
  put(out, field, value);
  return out.take();
}

std::string properties_of(const SparkplugOut& metric) {
  ByteWriter out;
  if (metric.quality) put(out, 1, std::string("Quality"));
  if (!metric.unit.empty()) put(out, 1, std::string("engUnit"));
  if (metric.quality) {
    put(out, 2, property(SparkplugType::kInt32, 3, static_cast<uint64_t>(*metric.quality)));
  }
  if (!metric.unit.empty()) put(out, 2, property(SparkplugType::kString, 8, metric.unit));
  return out.take();
}

struct PutValue {
  ByteWriter& out;
  void operator()(std::monostate) const { put(out, 7, uint64_t{1}); }  // is_null
  void operator()(uint64_t value) const { put(out, 11, value); }
  void operator()(double value) const { put_double(out, 13, value); }
  void operator()(bool value) const { put(out, 14, uint64_t{value}); }
  void operator()(const std::string& value) const { put(out, 15, value); }
};

std::string metric_bytes(const SparkplugOut& metric) {
  ByteWriter out;
  if (!metric.name.empty()) put(out, 1, metric.name);
  if (metric.alias) put(out, 2, *metric.alias);
  if (metric.timestamp_ms != 0) put(out, 3, metric.timestamp_ms);
  if (metric.says_type) put(out, 4, static_cast<uint64_t>(metric.type));
  if (metric.historical) put(out, 5, uint64_t{1});
  const std::string properties = properties_of(metric);
  if (!properties.empty()) put(out, 9, properties);
  std::visit(PutValue{out}, metric.value);
  return out.take();
}

}  // namespace

std::string write_sparkplug(std::optional<uint64_t> timestamp_ms, std::optional<uint64_t> seq,
                            std::span<const SparkplugOut> metrics) {
  ByteWriter out;
  if (timestamp_ms) put(out, 1, *timestamp_ms);
  for (const SparkplugOut& each : metrics) put(out, 2, metric_bytes(each));
  if (seq) put(out, 3, *seq);
  return out.take();
}

}  // namespace mw::plant
