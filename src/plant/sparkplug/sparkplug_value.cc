#include "plant/sparkplug/sparkplug_value.h"

#include <limits>

#include "plant/internal/state_key.h"

namespace mw::plant {
namespace {

using Kind = SparkplugValueKind;
using Type = SparkplugType;

constexpr uint64_t kGoodCode = 192;
constexpr uint64_t kBadCode = 0;
constexpr uint64_t kStaleCode = 500;

template <typename T>
double whole(uint64_t bits) {
  return static_cast<double>(static_cast<T>(bits));
}

/// Edge nodes put 32-bit numbers into either member; the low bits are the number in both.
std::optional<double> number_of(const SparkplugMetric& metric, Type type) {
  const bool integer = metric.kind == Kind::kInt || metric.kind == Kind::kLong;
  const bool real = metric.kind == Kind::kFloat || metric.kind == Kind::kDouble;
  switch (type) {
    case Type::kInt8:
      return integer ? std::optional(whole<int8_t>(metric.bits)) : std::nullopt;
    case Type::kInt16:
      return integer ? std::optional(whole<int16_t>(metric.bits)) : std::nullopt;
    case Type::kInt32:
      return integer ? std::optional(whole<int32_t>(metric.bits)) : std::nullopt;
    case Type::kInt64:
      return integer ? std::optional(whole<int64_t>(metric.bits)) : std::nullopt;
    case Type::kUInt8:
      return integer ? std::optional(whole<uint8_t>(metric.bits)) : std::nullopt;
    case Type::kUInt16:
      return integer ? std::optional(whole<uint16_t>(metric.bits)) : std::nullopt;
    case Type::kUInt32:
      return integer ? std::optional(whole<uint32_t>(metric.bits)) : std::nullopt;
    case Type::kUInt64:
    case Type::kDateTime:
      return integer ? std::optional(whole<uint64_t>(metric.bits)) : std::nullopt;
    case Type::kFloat:
    case Type::kDouble:
      return real ? std::optional(metric.real) : std::nullopt;
    case Type::kBoolean:
      return metric.kind == Kind::kBoolean ? std::optional(metric.bits != 0 ? 1.0 : 0.0)
                                           : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool is_text(uint64_t type) {
  return type == static_cast<uint64_t>(Type::kString) ||
         type == static_cast<uint64_t>(Type::kText) || type == static_cast<uint64_t>(Type::kUuid);
}

void put_quality(const SparkplugMetric& metric, Reading& reading) {
  if (!metric.quality || *metric.quality == kGoodCode) return;
  const bool known = *metric.quality == kBadCode || *metric.quality == kStaleCode;
  reading.quality = known ? Quality::kBad : Quality::kUncertain;
  if (*metric.quality == kStaleCode) reading.reason = QualityReason::kNoCommunication;
}

void put_state(const SparkplugTag& tag, std::string key, Reading& reading) {
  const auto known = tag.states.find(key);
  if (known == tag.states.end()) reading.quality = Quality::kBad;
  reading.value = known == tag.states.end() ? std::move(key) : known->second;
}

}  // namespace

TimeNs sparkplug_time(uint64_t ms) {
  constexpr uint64_t kLastMs = std::numeric_limits<TimeNs>::max() / kNsPerMs;
  return ms > kLastMs ? std::numeric_limits<TimeNs>::max() : static_cast<TimeNs>(ms) * kNsPerMs;
}

bool is_sparkplug_scalar(uint64_t type) {
  return type >= static_cast<uint64_t>(Type::kInt8) && type <= static_cast<uint64_t>(Type::kUuid);
}

SparkplugReading sparkplug_reading(const SparkplugTag& tag, const SparkplugMetric& metric,
                                   uint64_t type, std::optional<uint64_t> payload_ms) {
  SparkplugReading out;
  out.reading.tag = tag.tag;
  out.reading.unit = tag.measured_in;
  const std::optional<uint64_t> ms = metric.timestamp_ms ? metric.timestamp_ms : payload_ms;
  if (ms) out.reading.ts_ns = sparkplug_time(*ms);
  put_quality(metric, out.reading);
  if (metric.is_null) {
    out.reading.quality = Quality::kBad;
    return out;
  }
  const std::optional<double> number = number_of(metric, static_cast<Type>(type));
  const bool text = is_text(type) && metric.kind == Kind::kString;
  if (!number && !text) {
    const std::string name = sparkplug_type_name(type);
    out.problem = is_sparkplug_scalar(type)
                      ? Text{"its value is no " + name, "其值不是 " + name}
                      : Text{name + " is not read: a tag takes numbers, truths and texts",
                             "不读取 " + name + "：测点只接受数值、布尔值和文本"};
    return out;
  }
  if (!tag.states.empty()) {
    put_state(tag, number ? state_key(*number) : std::string(metric.bytes), out.reading);
  } else if (number) {
    out.reading.value = *number * tag.scale + tag.offset;
  } else {
    out.reading.value = std::string(metric.bytes);
  }
  return out;
}

}  // namespace mw::plant
