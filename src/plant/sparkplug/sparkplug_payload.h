#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mw::plant {

/// The payload of a Sparkplug B message (3.0, chapter 6), as far as a host that reads has use for
/// it. Goals: any bytes are either understood or refused, in time and memory that grow with their
/// number only. What is inside templates and data sets: sparkplug_template.h. Not here: what is
/// inside arrays and files.

/// Datatypes by their number; those above 34 are nobody's.
enum class SparkplugType : uint32_t {
  kUnknown = 0,
  kInt8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kInt64 = 4,
  kUInt8 = 5,
  kUInt16 = 6,
  kUInt32 = 7,
  kUInt64 = 8,
  kFloat = 9,
  kDouble = 10,
  kBoolean = 11,
  kString = 12,
  kDateTime = 13,
  kText = 14,
  kUuid = 15,
  kDataSet = 16,
  kBytes = 17,
  kFile = 18,
  kTemplate = 19,
  kPropertySet = 20,
  kPropertySetList = 21,
  kInt8Array = 22,
  kDateTimeArray = 34,
};
/// "Int8", "DataSet"; "type 99" of what is none.
std::string sparkplug_type_name(uint64_t type);

/// Which member of the payload's `value` was there.
enum class SparkplugValueKind : uint8_t {
  kNone,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBoolean,
  kString,
  kBytes,
  kDataSet,
  kTemplate,
  kOther,
};

/// One value with its name; names and texts look into the payload's bytes. Numbers of enumerations
/// are 64 bits wide, so that one too large is seen as such.
struct SparkplugMetric {
  std::optional<std::string_view> name;
  std::optional<uint64_t> alias, timestamp_ms, datatype;
  bool is_historical = false;
  bool is_transient = false;
  bool is_null = false;
  SparkplugValueKind kind = SparkplugValueKind::kNone;
  uint64_t bits = 0;       // of kInt, kLong, kBoolean
  double real = 0;         // of kFloat, kDouble
  std::string_view bytes;  // of kString, kBytes, kDataSet, kTemplate

  /// Of the property "Quality": 0 bad, 192 good, 500 stale.
  std::optional<uint64_t> quality;
  bool quality_is_int32 = true;
  std::string_view unit;       // of the property "engUnit"
  bool properties_fit = true;  // as many keys as values
  bool properties_typed = true;
  bool properties_known = true;  // each type is one of the enumeration
};

struct SparkplugPayload {
  std::optional<uint64_t> timestamp_ms, seq;
  std::string_view uuid;
  std::vector<SparkplugMetric> metrics;
  // Names that are in no message, of members of templates. Shared, so that a copy may be made.
  std::shared_ptr<std::deque<std::string>> names;
};

/// Looks into `bytes`, which must outlive it. Errors: kCorrupt where they are no payload, kTooLarge
/// where there are more than 16 MiB or 100,000 metrics.
Result<SparkplugPayload> read_sparkplug(std::string_view bytes);

/// One metric by itself.
Result<SparkplugMetric> read_sparkplug_metric(std::string_view bytes);

/// The one command that a host which only reads sends: "Node Control/Rebirth".
std::string rebirth_request(uint64_t timestamp_ms);

}  // namespace mw::plant
