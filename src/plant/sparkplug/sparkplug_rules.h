#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/language.h"
#include "plant/sparkplug/sparkplug_payload.h"
#include "plant/sparkplug/sparkplug_topic.h"

namespace mw::plant {

/// What an edge node can do against Sparkplug 3.0 and a host can see. None of them stops us from
/// taking what can be taken; see docs/formats/sparkplug.md for the statements behind each.
enum class SparkplugRule : uint8_t {
  kRetained,
  kQos,
  kNoTimestamp,
  kNoSeq,
  kSeqRange,
  kBirthSeq,
  kDeathSeq,
  kDeathPayload,
  kNoBdSeq,
  kBdSeqType,
  kNoRebirth,
  kRebirthAlias,
  kNoName,
  kNoType,
  kWrongType,
  kTypeInData,
  kNoValue,
  kNullValue,
  kAliasAndName,
  kAliasTwice,
  kNoMetricTime,
  kNotChronological,
  kOnlyCaseDiffers,
  kPropertyCount,
  kPropertyType,
  kQualityType,
  kQualityCode,
  kStructure,
  kDataSetColumns,
  kDataSetHeaders,
  kDataSetTypes,
  kDataSetValue,
  kNoDefinitionFlag,
  kDefinitionPlace,
  kDefinitionReference,
  kInstanceReference,
  kNotDefined,
  kNoSuchMember,
  kMemberMissing,
  kNoSuchParameter,
  kParameterName,
  kParameterType,
  kParameterValue,
  kTemplateText,
  kUndeclared,
  kNoNodeBirth,
};

struct SparkplugFault {
  SparkplugRule rule;
  std::string metric;  // the first that it is about; empty for the message itself
};

struct SparkplugRuleText {
  SparkplugRule rule;
  bool harms;           // values are lost or doubtful, so that people should hear of it
  std::string_view id;  // of a statement that says so
  const char *en, *zh;
};
const SparkplugRuleText& rule_text(SparkplugRule rule);

/// How a message came, as far as MQTT tells its receiver.
struct SparkplugDelivery {
  std::string_view topic, payload;
  int qos = 0;
  bool retained = false;
};

/// What can be said of a message by itself; each rule at most once.
std::vector<SparkplugFault> sparkplug_faults(SparkplugVerb verb, const SparkplugPayload& payload,
                                             const SparkplugDelivery& delivery);

/// The number by which a death is matched to its birth; nothing when it is not there.
std::optional<uint64_t> sparkplug_bd_seq(const SparkplugPayload& payload);

}  // namespace mw::plant
