#include "maintenance/vibration_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "maintenance/detect/scaling.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kMostSamples = std::size_t{1} << 20;
/// Kurtosis of a band's envelope beyond which something in it rings at intervals; noise stays
/// under 0.5 in recordings of a second.
constexpr double kImpulsive = 1.0;

std::string number(const char* format, double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), format, value);
  return out.data();
}

Json part_json(const PartEvidence& part, double rate_hz) {
  Json lines = Json::array();
  for (const ExpectedLine& line : part.lines) {
    lines.push_back({{"label", line.label.en},
                     {"order", line.order},
                     {"expected_hz", line.expected_hz},
                     {"found_hz", line.found_hz},
                     {"prominence", line.prominence}});
  }
  return {{"part", part_name(part.part)},
          {"score", part.score},
          {"band_hz", {part.band.low * rate_hz, part.band.high * rate_hz}},
          {"lines", std::move(lines)}};
}

}  // namespace

Result<VibrationReport> report_vibration(std::span<const double> signal,
                                         const VibrationSetup& setup) {
  signal = signal.first(std::min(signal.size(), kMostSamples));
  if (!complete(signal)) {
    return Error::make(Code::kInvalidArgument,
                       "the recording has missing values: cut it where the sensor was away",
                       "振动记录中有缺失值：请截去传感器断开的部分", "signal");
  }
  std::vector<double> acceleration(signal.begin(), signal.end());
  for (double& each : acceleration) each *= setup.m_s2_per_unit;
  VibrationReport out;
  MW_ASSIGN(out.velocity_rms_mm_s, velocity_rms_mm_s(acceleration, setup.rate_hz));
  out.time = time_features(acceleration);
  if (out.time.kurtosis == 0) {
    return Error::make(Code::kInvalidArgument,
                       "the signal does not move at all: the sensor is dead, or its cable is off",
                       "信号完全不变：传感器失效或接线脱落", "signal");
  }
  if (setup.group) out.severity = severity_of(out.velocity_rms_mm_s, *setup.group);
  out.resonance = most_impulsive(kurtogram(EnvelopeAnalyser(acceleration, setup.rate_hz, false)));
  if ((setup.bearing || setup.orders) && setup.shaft_hz) {
    BearingSetup bearing;
    if (setup.orders) {
      bearing.orders = *setup.orders;
    } else {
      MW_ASSIGN(bearing.orders, bearing_orders(*setup.bearing));
    }
    bearing.shaft_hz = *setup.shaft_hz;
    MW_ASSIGN(out.bearing, diagnose_bearing(acceleration, setup.rate_hz, bearing));
  }
  return out;
}

std::vector<Text> report_text(const VibrationReport& report, const VibrationSetup& setup) {
  std::vector<Text> out;
  if (report.bearing) out.push_back(diagnosis_text(*report.bearing));
  const std::string velocity = number("%.2f", report.velocity_rms_mm_s);
  Text speed{"Velocity " + velocity + " mm/s rms between 10 and 1000 Hz",
             "10 至 1000 Hz 振动速度有效值 " + velocity + " mm/s"};
  if (report.severity) {
    const Text zone = severity_text(*report.severity);
    speed.en += ": ISO 20816 " + zone.en;
    speed.zh += "：ISO 20816 " + zone.zh;
  }
  out.push_back({speed.en + ".", speed.zh + "。"});
  const std::string rms = number("%.3g", report.time.rms);
  const std::string crest = number("%.1f", report.time.crest);
  const std::string kurtosis = number("%.1f", report.time.kurtosis);
  out.push_back({"Acceleration " + rms + " m/s2 rms, crest factor " + crest + ", kurtosis " +
                     kurtosis + " (noise has 3).",
                 "加速度有效值 " + rms + " m/s2，峰值因子 " + crest + "，峭度 " + kurtosis +
                     "（噪声为 3）。"});
  if (report.resonance.kurtosis >= kImpulsive) {
    const std::string band = number("%.0f", report.resonance.band.low * setup.rate_hz) + " - " +
                             number("%.0f", report.resonance.band.high * setup.rate_hz) + " Hz";
    out.push_back({"Impacts ring between " + band + ".", "冲击在 " + band + " 频带内激起共振。"});
  }
  return out;
}

Json report_json(const VibrationReport& report, const VibrationSetup& setup) {
  Json out = {{"rate_hz", setup.rate_hz},
              {"velocity_rms_mm_s", report.velocity_rms_mm_s},
              {"acceleration_m_s2",
               {{"rms", report.time.rms},
                {"peak", report.time.peak},
                {"crest", report.time.crest},
                {"kurtosis", report.time.kurtosis},
                {"skewness", report.time.skewness}}},
              {"most_impulsive_band",
               {{"low_hz", report.resonance.band.low * setup.rate_hz},
                {"high_hz", report.resonance.band.high * setup.rate_hz},
                {"kurtosis", report.resonance.kurtosis}}}};
  if (report.severity) out["severity"] = severity_text(*report.severity).en;
  if (report.bearing) {
    Json parts = Json::array();
    for (const PartEvidence& each : report.bearing->parts) {
      parts.push_back(part_json(each, setup.rate_hz));
    }
    out["bearing"] = {{"named", nullptr}, {"floor", report.bearing->floor}, {"parts", parts}};
    if (report.bearing->named) out["bearing"]["named"] = part_name(*report.bearing->named);
  }
  return out;
}

}  // namespace mw::maintenance
