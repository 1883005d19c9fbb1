#include "plant/sparkplug/sparkplug_payload.h"

#include <array>

#include "core/storable_text.h"
#include "plant/internal/byte_coding.h"
#include "plant/sparkplug/protobuf_reader.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostBytes = 16U << 20;
constexpr std::size_t kMostMetrics = 100'000;
constexpr std::size_t kMostNameBytes = 1024;
constexpr uint64_t kLastType = static_cast<uint64_t>(SparkplugType::kDateTimeArray);

constexpr std::array<const char*, kLastType + 1> kTypeNames{"Unknown",      "Int8",
                                                            "Int16",        "Int32",
                                                            "Int64",        "UInt8",
                                                            "UInt16",       "UInt32",
                                                            "UInt64",       "Float",
                                                            "Double",       "Boolean",
                                                            "String",       "DateTime",
                                                            "Text",         "UUID",
                                                            "DataSet",      "Bytes",
                                                            "File",         "Template",
                                                            "PropertySet",  "PropertySetList",
                                                            "Int8Array",    "Int16Array",
                                                            "Int32Array",   "Int64Array",
                                                            "UInt8Array",   "UInt16Array",
                                                            "UInt32Array",  "UInt64Array",
                                                            "FloatArray",   "DoubleArray",
                                                            "BooleanArray", "StringArray",
                                                            "DateTimeArray"};

Error broken(const char* en, const char* zh) {
  return Error::make(Code::kCorrupt, std::string("no Sparkplug B payload: ") + en,
                     std::string("不是有效的 Sparkplug B 负载：") + zh);
}

struct Property {
  std::optional<uint64_t> type, number;
  std::string_view text;
  bool is_null = false;
};

bool read_property(std::string_view bytes, Property& out) {
  ProtobufReader reader(bytes);
  while (reader.next()) {
    const uint32_t field = reader.field();
    if (field == 1 && reader.is_number()) out.type = reader.number();
    if (field == 2 && reader.is_number()) out.is_null = reader.number() != 0;
    if ((field == 3 || field == 4) && reader.is_number()) out.number = reader.number();
    if (field == 8 && reader.is_bytes()) out.text = reader.bytes();
  }
  return reader.ok();
}

/// Keys and values stand in two lists, which may come in any order: the first few are looked at.
bool read_properties(std::string_view bytes, SparkplugMetric& out) {
  std::size_t keys = 0;
  std::size_t values = 0;
  std::optional<std::size_t> quality_at, unit_at;
  ProtobufReader names(bytes);
  while (names.next()) {
    if (names.field() != 1 || !names.is_bytes()) continue;
    if (names.bytes() == "Quality") quality_at = keys;
    if (names.bytes() == "engUnit") unit_at = keys;
    ++keys;
  }
  ProtobufReader reader(bytes);
  while (reader.next()) {
    if (reader.field() != 2 || !reader.is_bytes()) continue;
    Property property;
    if (!read_property(reader.bytes(), property)) return false;
    if (!property.type) out.properties_typed = false;
    if (property.type.value_or(1) == 0 || property.type.value_or(1) > kLastType) {
      out.properties_known = false;
    }
    if (values == quality_at && !property.is_null) {
      out.quality = property.number.value_or(UINT64_MAX);
      out.quality_is_int32 = property.type.value_or(3) == 3;
    }
    if (values == unit_at) out.unit = property.text;
    ++values;
  }
  if (keys != values) out.properties_fit = false;
  return reader.ok();
}

SparkplugValueKind kind_of(uint32_t field) {
  constexpr std::array kKinds{SparkplugValueKind::kInt,      SparkplugValueKind::kLong,
                              SparkplugValueKind::kFloat,    SparkplugValueKind::kDouble,
                              SparkplugValueKind::kBoolean,  SparkplugValueKind::kString,
                              SparkplugValueKind::kBytes,    SparkplugValueKind::kDataSet,
                              SparkplugValueKind::kTemplate, SparkplugValueKind::kOther};
  return kKinds[field - 10];
}

void read_value(ProtobufReader& reader, SparkplugMetric& out) {
  out.kind = kind_of(reader.field());
  out.bits = reader.number();
  out.bytes = reader.bytes();
  if (out.kind == SparkplugValueKind::kFloat || out.kind == SparkplugValueKind::kDouble) {
    out.real = reader.real(out.kind == SparkplugValueKind::kDouble);
  }
}

void put(ByteWriter& out, uint32_t field, uint64_t number) {
  out.varint(field << 3);
  out.varint(number);
}

void put(ByteWriter& out, uint32_t field, const std::string& bytes) {
  out.varint(field << 3 | 2);
  out.varint(bytes.size());
  out.append(bytes);
}

}  // namespace

std::string sparkplug_type_name(uint64_t type) {
  return type <= kLastType ? kTypeNames[static_cast<std::size_t>(type)]
                           : "type " + std::to_string(type);
}

Result<SparkplugMetric> read_sparkplug_metric(std::string_view bytes) {
  SparkplugMetric out;
  ProtobufReader reader(bytes);
  while (reader.next()) {
    switch (reader.field()) {
      case 1:
        out.name = reader.bytes();
        break;
      case 2:
        out.alias = reader.number();
        break;
      case 3:
        out.timestamp_ms = reader.number();
        break;
      case 4:
        out.datatype = reader.number();
        break;
      case 5:
        out.is_historical = reader.number() != 0;
        break;
      case 6:
        out.is_transient = reader.number() != 0;
        break;
      case 7:
        out.is_null = reader.number() != 0;
        break;
      case 9:
        if (!read_properties(reader.bytes(), out)) return broken("a property", "属性有误");
        break;
      default:
        if (reader.field() >= 10 && reader.field() <= 19) read_value(reader, out);
    }
  }
  if (!reader.ok()) return broken("a metric", "指标有误");
  if (out.name && (out.name->size() > kMostNameBytes || !is_utf8(*out.name))) {
    return broken("a metric's name is too long or no UTF-8", "指标名称过长或不是 UTF-8");
  }
  if (out.kind == SparkplugValueKind::kString && !is_utf8(out.bytes)) {
    return broken("a text is no UTF-8", "文本不是 UTF-8");
  }
  return out;
}

Result<SparkplugPayload> read_sparkplug(std::string_view bytes) {
  if (bytes.size() > kMostBytes) {
    return Error::make(Code::kTooLarge, "a payload of more than 16 MiB", "负载超过 16 MiB");
  }
  SparkplugPayload out;
  ProtobufReader reader(bytes);
  while (reader.next()) {
    if (reader.field() == 1 && reader.is_number()) out.timestamp_ms = reader.number();
    if (reader.field() == 3 && reader.is_number()) out.seq = reader.number();
    if (reader.field() == 4) out.uuid = reader.bytes();
    if (reader.field() != 2) continue;
    if (!reader.is_bytes()) return broken("a metric", "指标有误");
    if (out.metrics.size() == kMostMetrics) {
      return Error::make(Code::kTooLarge, "a payload of more than 100000 metrics",
                         "负载中的指标超过 100000 个");
    }
    MW_ASSIGN(SparkplugMetric metric, read_sparkplug_metric(reader.bytes()));
    out.metrics.push_back(metric);
  }
  if (!reader.ok()) return broken("its fields", "字段有误");
  return out;
}

std::string rebirth_request(uint64_t timestamp_ms) {
  ByteWriter metric;
  put(metric, 1, std::string("Node Control/Rebirth"));
  put(metric, 3, timestamp_ms);
  put(metric, 4, static_cast<uint64_t>(SparkplugType::kBoolean));
  put(metric, 14, uint64_t{1});
  ByteWriter out;
  put(out, 1, timestamp_ms);
  put(out, 2, metric.bytes());
  return out.take();
}

}  // namespace mw::plant
