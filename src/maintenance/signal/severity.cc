#include "maintenance/signal/severity.h"

#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "maintenance/signal/fft.h"
#include "maintenance/signal/window.h"

namespace mw::maintenance {
namespace {

constexpr double kLowestHz = 10;
constexpr double kHighestHz = 1000;
/// Upper edges of zones A, B and C in mm/s.
constexpr std::array<std::array<double, 3>, 4> kEdges = {{
    {2.3, 4.5, 7.1},
    {3.5, 7.1, 11.0},
    {1.4, 2.8, 4.5},
    {2.3, 4.5, 7.1},
}};

}  // namespace

Text severity_text(Severity severity) {
  switch (severity) {
    case Severity::kGood:
      return {"zone A, as new", "A 区，如新"};
    case Severity::kAcceptable:
      return {"zone B, fit to run on", "B 区，可长期运行"};
    case Severity::kShortTerm:
      return {"zone C, not for long: plan a repair", "C 区，只能短期运行：请安排检修"};
    case Severity::kDamaging:
      return {"zone D, damage is to be expected", "D 区，可能造成损坏"};
  }
  return {};
}

Severity severity_of(double velocity_rms_mm_s, MachineGroup group) {
  const std::array<double, 3>& edges = kEdges[static_cast<std::size_t>(group)];
  if (velocity_rms_mm_s <= edges[0]) return Severity::kGood;
  if (velocity_rms_mm_s <= edges[1]) return Severity::kAcceptable;
  if (velocity_rms_mm_s <= edges[2]) return Severity::kShortTerm;
  return Severity::kDamaging;
}

Result<double> velocity_rms_mm_s(std::span<const double> acceleration_m_s2, double rate_hz) {
  const auto count = static_cast<double>(acceleration_m_s2.size());
  if (!(rate_hz >= 40) || count < 0.5 * rate_hz || acceleration_m_s2.size() > Fft::kLongest) {
    return Error::make(Code::kInvalidArgument,
                       "velocity needs half a second of acceleration sampled at 40 Hz or faster: "
                       "give a longer piece of signal and its rate",
                       "计算振动速度需要至少半秒、采样频率不低于 40 Hz 的加速度信号："
                       "请提供更长的信号及其采样频率",
                       "acceleration");
  }
  const double mean =
      std::accumulate(acceleration_m_s2.begin(), acceleration_m_s2.end(), 0.0) / count;
  // Hann: what does not fit the stretch would leak to low frequencies, where 1 / omega^2 is large.
  std::vector<double> weighted = window_weights(Window::kHann, acceleration_m_s2.size());
  double power = 0;
  for (std::size_t i = 0; i < weighted.size(); ++i) {
    power += weighted[i] * weighted[i];
    weighted[i] *= acceleration_m_s2[i] - mean;
  }
  const std::vector<Complex> lines = real_spectrum(weighted);
  double mean_square = 0;  // of the velocity in (m/s)^2, by Parseval
  for (std::size_t k = 1; k < lines.size(); ++k) {
    const double hz = static_cast<double>(k) * rate_hz / count;
    if (hz < kLowestHz || hz > kHighestHz) continue;
    const bool alone = 2 * k == acceleration_m_s2.size();
    const double omega = 2.0 * std::numbers::pi * hz;
    mean_square += (alone ? 1.0 : 2.0) * std::norm(lines[k]) / (count * power * omega * omega);
  }
  return 1e3 * std::sqrt(mean_square);
}

}  // namespace mw::maintenance
