#include "maintenance/bearing/bearing_diagnosis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "maintenance/signal/kurtogram.h"

namespace mw::maintenance {
namespace {

/// The best of 51 bands of noise stays under 1.0 in 99 of 100 stretches (bearing_diagnosis_test.cc
/// holds it to that); clear damage of races reads 1.7 to 2.8.
constexpr double kFloor = 1.1;
/// A part is named when it is ahead of the next by this much.
constexpr double kLead = 0.15;
constexpr double kFewestTurns = 20;

struct LineSpec {
  double order;
  double weight;
  std::string label;
};

void add_with_sidebands(std::vector<LineSpec>& out, double order, int harmonics, double side,
                        const std::string& name, const std::string& side_name) {
  for (int k = 1; k <= harmonics; ++k) {
    const std::string label = (k == 1 ? "" : std::to_string(k) + " x ") + name;
    out.push_back({k * order, 1.0, label});
    if (side == 0) continue;
    out.push_back({k * order - side, 0.5, label + " - " + side_name});
    out.push_back({k * order + side, 0.5, label + " + " + side_name});
  }
}

std::vector<LineSpec> lines_of(BearingPart part, const BearingOrders& orders) {
  std::vector<LineSpec> out;
  switch (part) {
    case BearingPart::kOuterRace:  // at rest under a load that rests: no sidebands
      add_with_sidebands(out, orders.bpfo, 5, 0, "BPFO", "");
      break;
    case BearingPart::kInnerRace:  // passes the load once a turn of the shaft
      add_with_sidebands(out, orders.bpfi, 3, 1.0, "BPFI", "shaft");
      break;
    case BearingPart::kRollingElement:  // strikes both races in a turn, goes round with the cage
      add_with_sidebands(out, 2 * orders.bsf, 3, orders.ftf, "2 BSF", "FTF");
      break;
    case BearingPart::kCage:
      add_with_sidebands(out, orders.ftf, 5, 0, "FTF", "");
      break;
  }
  return out;
}

/// The strongest line near `hz` against the median of what is around it.
ExpectedLine look_for(const Spectrum& spectrum, double hz, double slip_share) {
  ExpectedLine out;
  out.expected_hz = hz;
  const double step = spectrum.step_hz;
  const auto size = static_cast<std::ptrdiff_t>(spectrum.values.size());
  // A line and a half at least: a tone between two lines, broadened by the window.
  const double reach_hz = std::max(1.5 * step, slip_share * hz);
  const auto first =
      std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>((hz - reach_hz) / step));
  const auto last = static_cast<std::ptrdiff_t>(std::ceil((hz + reach_hz) / step));
  if (last >= size) return out;
  const auto around = static_cast<std::ptrdiff_t>(std::max(3 * reach_hz / step, 12.0));
  // From line 2: the mean that was taken off has left a hole at 0 and 1.
  const std::ptrdiff_t low = std::max<std::ptrdiff_t>(2, first - around);
  const std::ptrdiff_t high = std::min(size, last + 1 + around);
  if (low >= high) return out;
  std::vector<double> floor(spectrum.values.begin() + low, spectrum.values.begin() + high);
  const auto middle = floor.begin() + static_cast<std::ptrdiff_t>(floor.size() / 2);
  std::nth_element(floor.begin(), middle, floor.end());
  const auto found =
      std::max_element(spectrum.values.begin() + first, spectrum.values.begin() + last + 1);
  out.found_hz = static_cast<double>(found - spectrum.values.begin()) * step;
  out.prominence = *middle > 0 ? *found / *middle : 1.0;
  return out;
}

PartEvidence weigh(BearingPart part, Band band, const Spectrum& spectrum,
                   const std::vector<LineSpec>& specs, const BearingSetup& setup) {
  PartEvidence out;
  out.part = part;
  out.band = band;
  double weights = 0;
  double sum = 0;
  for (const LineSpec& spec : specs) {
    // Slip of the first harmonics in full; that of high ones would reach into their neighbours.
    const double slip = setup.slip / std::max(1.0, spec.order / 3.0);
    ExpectedLine line = look_for(spectrum, spec.order * setup.shaft_hz, slip);
    line.order = spec.order;
    line.weight = spec.weight;
    line.label = {spec.label, spec.label};
    if (line.prominence > 0) {  // within the spectrum
      weights += spec.weight;
      sum += spec.weight * std::log(line.prominence);
    }
    out.lines.push_back(std::move(line));
  }
  out.score = weights > 0 ? sum / weights : 0.0;
  return out;
}

std::string number(const char* format, double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), format, value);
  return out.data();
}

}  // namespace

std::string_view part_name(BearingPart part) {
  constexpr std::array<std::string_view, 4> kNames = {"outer_race", "inner_race", "rolling_element",
                                                      "cage"};
  return kNames[static_cast<std::size_t>(part)];
}

Text part_title(BearingPart part) {
  switch (part) {
    case BearingPart::kOuterRace:
      return {"outer race", "外圈"};
    case BearingPart::kInnerRace:
      return {"inner race", "内圈"};
    case BearingPart::kRollingElement:
      return {"rolling element", "滚动体"};
    case BearingPart::kCage:
      return {"cage", "保持架"};
  }
  return {};
}

Result<BearingDiagnosis> diagnose_bearing(std::span<const double> signal, double rate_hz,
                                          const BearingSetup& setup) {
  if (!(rate_hz > 0) || !(setup.shaft_hz > 0) || !(setup.slip >= 0 && setup.slip <= 0.05) ||
      setup.shaft_hz * 2 * setup.orders.bpfi > 0.5 * rate_hz) {
    return Error::make(Code::kInvalidArgument,
                       "a bearing's lines need the shaft's speed, at most 5 % slip, and a sampling "
                       "rate that holds twice the inner race's frequency twice over",
                       "计算轴承特征频率需要轴转速、不超过 5% 的打滑率，"
                       "且采样频率应不低于内圈通过频率的 4 倍",
                       "shaft_hz");
  }
  const double turns = static_cast<double>(signal.size()) / rate_hz * setup.shaft_hz;
  if (turns < kFewestTurns || signal.size() > Fft::kLongest) {
    return Error::make(
        Code::kInvalidArgument,
        "a bearing is diagnosed from 20 turns of its shaft or more, got " + number("%.1f", turns) +
            ": record for longer",
        "轴承诊断至少需要 20 转的信号，实际为 " + number("%.1f", turns) + " 转：请延长采集时间",
        "signal");
  }
  const EnvelopeAnalyser analyser(signal, rate_hz, true);
  BearingDiagnosis out;
  out.floor = kFloor;
  std::array<std::vector<LineSpec>, kBearingParts.size()> specs;
  for (const BearingPart part : kBearingParts) {
    specs[static_cast<std::size_t>(part)] = lines_of(part, setup.orders);
    out.parts.push_back({part, {}, -1.0, {}});
  }
  for (const Band band : kurtogram_bands()) {
    const Spectrum spectrum = analyser.squared_envelope_spectrum(band);
    for (PartEvidence& best : out.parts) {
      PartEvidence found =
          weigh(best.part, band, spectrum, specs[static_cast<std::size_t>(best.part)], setup);
      if (found.score > best.score) best = std::move(found);
    }
  }
  std::vector<const PartEvidence*> order;
  for (const PartEvidence& each : out.parts) order.push_back(&each);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->score > b->score; });
  if (order[0]->score >= kFloor && order[0]->score >= order[1]->score + kLead) {
    out.named = order[0]->part;
  }
  return out;
}

Text diagnosis_text(const BearingDiagnosis& diagnosis) {
  if (!diagnosis.named) {
    return {"No line of the bearing stands out of the envelope's spectrum: no part can be named.",
            "包络谱中没有突出的轴承特征谱线：无法指明损伤部位。"};
  }
  const PartEvidence& evidence = diagnosis.of(*diagnosis.named);
  const ExpectedLine& strongest = *std::max_element(
      evidence.lines.begin(), evidence.lines.end(), [](const auto& a, const auto& b) {
        return a.weight * a.prominence < b.weight * b.prominence;
      });
  const Text title = part_title(evidence.part);
  const std::string hz = number("%.1f", strongest.found_hz);
  const std::string times = number("%.1f", strongest.prominence);
  return {"Damage of the " + title.en + ": " + strongest.label.en + " stands at " + hz + " Hz, " +
              times + " times what is around it.",
          title.zh + "损伤：" + strongest.label.zh + " 位于 " + hz + " Hz，为周围谱线的 " + times +
              " 倍。"};
}

}  // namespace mw::maintenance
