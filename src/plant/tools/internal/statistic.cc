#include "plant/tools/internal/statistic.h"

#include <array>

#include "plant/evidence_source.h"

namespace mw::plant {
namespace {

struct Row {
  Statistic statistic;
  const char* name;
  const char* fact;
};
constexpr std::array<Row, 9> kRows = {{{Statistic::kMean, "mean", "mean"},
                                       {Statistic::kMin, "min", "minimum"},
                                       {Statistic::kMax, "max", "maximum"},
                                       {Statistic::kFirst, "first", "first"},
                                       {Statistic::kLast, "last", "last"},
                                       {Statistic::kChange, "change", "change"},
                                       {Statistic::kSlope, "slope_per_minute", "slope_per_minute"},
                                       {Statistic::kStddev, "stddev", "stddev"},
                                       {Statistic::kIncrease, "increase", "count"}}};

}  // namespace

const std::vector<std::string>& statistic_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Row& row : kRows) all.emplace_back(row.name);
    return all;
  }();
  return names;
}

Result<Statistic> statistic_of(const std::string& name, const std::string& argument) {
  for (const Row& row : kRows) {
    if (name == row.name) return row.statistic;
  }
  std::string choices;
  for (const std::string& known : statistic_names()) {
    choices += (choices.empty() ? "" : ", ") + known;
  }
  return Error::make(Code::kInvalidArgument,
                     "'" + argument + "': expected one of " + choices + ", got '" + name + "'",
                     "参数“" + argument + "”应为 " + choices + " 之一", argument);
}

std::string fact_of(Statistic statistic) {
  for (const Row& row : kRows) {
    if (statistic == row.statistic) return row.fact;
  }
  return {};
}

std::string unit_of(Statistic statistic, const std::string& unit) {
  return statistic == Statistic::kSlope ? (unit.empty() ? "1" : unit) + "/min" : unit;
}

void stand_on(const Basis& basis, Evidence& evidence) {
  if (basis.resolution_ns != 0) evidence.window = basis.window;
  if (!evidence.source.starts_with(kSampleSource)) return;
  std::string source(basis.resolution_ns == 0         ? kSampleSource
                     : basis.resolution_ns == kHourNs ? "plant one-hour aggregates"
                                                      : "plant one-minute aggregates");
  if (basis.interpolation == Interpolation::kLinear) source += ", straight lines between,";
  if (basis.stepped_instead) source += ", in steps and not in lines,";
  evidence.source.replace(0, kSampleSource.size(), source);
}

void fill(Statistic statistic, const Aggregate& aggregate, Evidence& evidence) {
  const auto take = [&](const std::optional<ValueAt>& at) {
    if (!at) return;
    evidence.value = at->value;
    evidence.ts_ns = at->ts_ns;
  };
  switch (statistic) {
    case Statistic::kMean:
      evidence.value = aggregate.mean;
      break;
    case Statistic::kMin:
      take(aggregate.min);
      break;
    case Statistic::kMax:
      take(aggregate.max);
      break;
    case Statistic::kFirst:
      take(aggregate.first);
      break;
    case Statistic::kLast:
      take(aggregate.last);
      break;
    case Statistic::kChange:
      evidence.value = aggregate.change;
      break;
    case Statistic::kSlope:
      evidence.value = aggregate.slope_per_minute;
      break;
    case Statistic::kStddev:
      evidence.value = aggregate.stddev;
      break;
    case Statistic::kIncrease:
      break;  // not of an aggregate: counter_increase
  }
  stand_on(aggregate.basis, evidence);
  evidence.good_share = aggregate.good_share;
  evidence.quality = evidence.value ? aggregate.quality() : Quality::kBad;
}

}  // namespace mw::plant
