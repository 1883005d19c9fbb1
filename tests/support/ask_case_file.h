#pragma once

// For tests only: the questions of tests/cases/ask and the plant they are asked about.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assistant/ask.h"
#include "core/clock.h"
#include "core/time_zone.h"
#include "plant/ingest.h"
#include "plant/plant.h"

namespace mw::assistant {

struct Expectation {
  std::string fact;
  std::string tag;    // "-" for any
  std::string state;  // text that the evidence has to have; empty for any
  std::optional<double> value;
  std::string text;  // has to stand in the answer; empty for none
};

struct AskCase {
  std::string name;
  std::string question;
  std::vector<Expectation> expected;
  bool held_out() const { return name.starts_with("held"); }
  Language language() const {
    return name.find("-zh-") != std::string::npos ? Language::kZh : Language::kEn;
  }
};

/// A line of the head that describes one series; see tests/cases/ask/README.md.
struct SeriesRule {
  std::string kind;  // "number", "counter", "states"
  std::string tag;
  std::vector<long long> numbers;
  std::vector<std::pair<std::string, int>> states;
};

struct AskCaseFile {
  TimeNs now_ns = 0;
  std::string zone;
  int samples = 0;
  int64_t step_ns = 0;
  int64_t age_ns = 0;
  double hold_s = 0;
  std::vector<SeriesRule> series;
  std::vector<SeriesRule> marks;  // "gap" and "bad"
  std::vector<AskCase> cases;

  static AskCaseFile load(const std::string& path);
  /// All samples of one series, in order.
  std::vector<plant::Reading> readings(const SeriesRule& rule) const;
};

/// The demo plant's machines over the history of the file, in a folder of its own that goes with
/// it.
class AskCasePlant {
 public:
  explicit AskCasePlant(const AskCaseFile& file);
  ~AskCasePlant();
  plant::Plant& plant() { return *plant_; }
  FixedClock& clock() { return clock_; }

 private:
  FixedClock clock_;
  std::string folder_;
  std::unique_ptr<plant::Plant> plant_;
};

}  // namespace mw::assistant
