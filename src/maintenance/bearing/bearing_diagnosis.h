#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/language.h"
#include "maintenance/bearing/bearing_names.h"
#include "maintenance/signal/envelope.h"

namespace mw::maintenance {

/// Where a rolling bearing is damaged.
enum class BearingPart { kOuterRace, kInnerRace, kRollingElement, kCage };
inline constexpr std::array kBearingParts = {BearingPart::kOuterRace, BearingPart::kInnerRace,
                                             BearingPart::kRollingElement, BearingPart::kCage};

std::string_view part_name(BearingPart part);  // "outer_race"
Text part_title(BearingPart part);             // "outer race" / "外圈"

/// A line that physics expects and how far it stands out in the envelope's spectrum.
struct ExpectedLine {
  double order = 0;  // of the shaft
  double expected_hz = 0;
  double found_hz = 0;    // the strongest line within the slip allowed
  double prominence = 0;  // its amplitude over the median around it
  double weight = 0;
  Text label;  // "2 x BPFI - shaft"
};

/// How much speaks for damage of one part: in the band where its lines stand out most.
struct PartEvidence {
  BearingPart part{};
  Band band;         // shares of the rate
  double score = 0;  // weighted mean of the lines' ln prominence
  std::vector<ExpectedLine> lines;
};

struct BearingDiagnosis {
  std::vector<PartEvidence> parts;  // in the order of kBearingParts
  /// The part whose lines stand out beyond what noise reaches; nothing: no line says anything.
  std::optional<BearingPart> named;
  double floor = 0;  // what a score has to reach to be named

  const PartEvidence& of(BearingPart part) const { return parts[static_cast<std::size_t>(part)]; }
};

struct BearingSetup {
  BearingOrders orders;
  double shaft_hz = 0;
  /// Of the frequencies of the bearing: rolling elements slip by 1 to 2 %.
  double slip = 0.012;
};

/// Names a bearing's damage by its kinematics, without having seen any bearing before: the squared
/// envelope of each band of kurtogram_bands() after whitening, searched for harmonics with
/// sidebands at the shaft (inner race) or cage (element). A band is chosen for each part by its own
/// lines; the floor allows for that choice among 51 bands.
///
/// Units    `signal` in any unit, sampled at `rate_hz`; a stretch of constant speed.
/// Errors   invalid_argument: fewer than 20 turns of the shaft (lines could not be told apart), or
///          a shaft, slip or rate that is none.
/// Source   Randall & Antoni 2011, Rolling element bearing diagnostics: a tutorial.
Result<BearingDiagnosis> diagnose_bearing(std::span<const double> signal, double rate_hz,
                                          const BearingSetup& setup);

/// "Lines of the inner race at ...": the finding in one sentence, in both languages.
Text diagnosis_text(const BearingDiagnosis& diagnosis);

}  // namespace mw::maintenance
