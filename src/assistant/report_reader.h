#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/identity.h"
#include "core/json.h"
#include "core/language.h"
#include "core/result.h"
#include "core/time_zone.h"
#include "plant/plant.h"
#include "runtime/model_host.h"

namespace mw::assistant {

/// A stretch of the report's bytes: what was found is what stands there, never a word more.
struct ReportQuote {
  std::size_t begin = 0, end = 0;
};

enum class ReportRole { kNoticed, kCause, kDone, kResult, kOther };
/// "noticed", "cause", "done", "result", "other".
std::string_view role_name(ReportRole role);

/// What a clause of the report tells.
struct ReportClause {
  ReportQuote quote;
  ReportRole role = ReportRole::kOther;
  bool by_model = false;  // no word told it: the model found this likelier
};

struct ReportAsset {
  std::string id;
  ReportQuote quote;
};

/// A failure mode of the plant description that the report tells of.
struct ReportMode {
  std::string asset;  // of the report, or the only one that has it
  std::string id;
  Text name;
  bool by_name = true;  // else by the signals that it shows in
  double share = 1;     // of its name's words, or of its signals, that the report has
  ReportQuote quote;
};

struct ReportTime {
  TimeWindow window;  // of a moment both ends are the same
  ReportQuote quote;
};

struct ReportHours {
  double hours = 0;
  ReportQuote quote;
};

struct ReportPart {
  std::string number;
  ReportQuote quote;
};

/// A maintenance report as structure, for a person to correct and keep.
struct MaintenanceReport {
  std::string text;  // valid UTF-8; quotes are of it
  Language language = Language::kEn;
  std::vector<ReportClause> clauses;
  std::vector<ReportAsset> assets;  // in the order of the text
  std::vector<ReportMode> modes;    // the likeliest first, at most kMostReportModes
  std::vector<ReportTime> times;
  std::vector<ReportPart> parts;
  std::optional<ReportHours> standstill, work;
};
inline constexpr std::size_t kMostReportBytes = 8'000;
inline constexpr std::size_t kMostReportModes = 5;

Json to_json(const MaintenanceReport& report);

struct ReportOptions {
  TimeZone zone = TimeZone::utc();  // of the plant
  std::string model;                // that says what a clause tells; empty: the default one
};

/// Turns a report in free words, English or Chinese, into structure: machines, failure modes, parts
/// and times by the plant's own names and numbers, clauses by their words. A model whose card
/// passed the choice of tools may say what a clause tells that no word decides; it writes nothing:
/// all that is found is a quote of the report.
///
/// Rights   names of machines and failure modes are those that `who` may see.
/// Errors   kInvalidArgument on "text" (empty), kTooLarge.
/// Threads  any; all references must outlive it.
class ReportReader {
 public:
  ReportReader(plant::Plant& plant, runtime::ModelHost* models, const Clock& clock,
               ReportOptions options);
  Result<MaintenanceReport> read(const Identity& who, const std::string& text) const;

 private:
  plant::Plant& plant_;
  runtime::ModelHost* models_;
  const Clock& clock_;
  const ReportOptions options_;
};

}  // namespace mw::assistant
