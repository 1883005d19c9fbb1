#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence.h"
#include "core/json.h"
#include "core/language.h"

namespace mw::maintenance {

/// What kind of signal speaks loudest: what a person looks at first.
enum class SignalKind { kTemperature, kVibration, kPressure, kCurrent, kOther };

std::string_view kind_name(SignalKind kind);
/// By the tag's unit: "degC", "mm/s", "bar", "A" and their like.
SignalKind kind_of_unit(std::string_view unit);

/// One tag's part in a case.
struct CaseEvidence {
  std::string tag;
  std::string unit;
  double value = 0;       // mean of the rows that the alarm stands on
  double normal_low = 0;  // 98 of 100 normal rows of that state lie within
  double normal_high = 0;
  double share = 0;  // of the deviation, 0..1; those of a case sum to 1
};

/// A signal that began to deviate while a case was open already.
struct CaseAddition {
  CaseEvidence evidence;  // when it was added
  TimeNs since_ns = 0;
};

enum class CaseOutcome { kOpen, kConfirmed, kNothingFound, kOther };
std::string_view outcome_name(CaseOutcome outcome);
std::optional<CaseOutcome> outcome_of(std::string_view name);

/// A machine that ran unlike its own normal, for a maintenance engineer to look at.
struct HealthCase {
  int64_t number = 0;  // from 1
  std::string asset;
  std::string line;
  TimeNs opened_ns = 0;
  TimeWindow window;  // of the rows that the alarm stands on
  std::string state;
  int64_t model_version = 0;
  double score = 0;
  double threshold = 0;
  bool simulated = false;
  SignalKind kind = SignalKind::kOther;
  std::vector<CaseEvidence> evidence;  // largest share first
  std::vector<CaseAddition> also;      // the earliest first
  CaseOutcome outcome = CaseOutcome::kOpen;
  std::string note;
  std::string decided_by;
  TimeNs decided_ns = 0;
};

Json to_json(const CaseEvidence& evidence);
/// Errors: kCorrupt.
Result<CaseEvidence> read_case_evidence(const Json& json);
/// What the case stands on, as it lies on disk and in the API.
Json evidence_json(const HealthCase& one);
/// What does not change once a case is open.
Json case_body(const HealthCase& one);
/// kCorrupt, that names maintenance.db.
Error corrupt_case();
/// Errors: kCorrupt.
Result<void> read_case_body(const Json& body, HealthCase& one);

/// How alike two cases' contributions are: the cosine of the angle between them by the tags' names
/// within their machines, 0 to 1.
double similarity(const HealthCase& one, const HealthCase& other);
/// The most similar of `past`, a decided one before an open one of the same likeness.
struct NearestCase {
  int64_t number = 0;
  double similarity = 0;
};
std::optional<NearestCase> nearest_case(const HealthCase& one, const std::vector<HealthCase>& past);

/// What to do, in order, by the kind of signal. Parts and skills are the plant's own to fill in.
struct WorkOrder {
  Text title;
  std::vector<Text> steps;
};
WorkOrder proposed_work(SignalKind kind);

}  // namespace mw::maintenance
