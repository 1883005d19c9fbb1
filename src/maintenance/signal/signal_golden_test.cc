// Scope: every transform against NumPy and SciPy on one signal of 300 samples (no power of two) and
// its first 256. Tolerance: 1e-10 of the largest value, some thousand times the error of a double.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/file.h"
#include "core/json.h"
#include "maintenance/signal/envelope.h"
#include "maintenance/signal/kurtogram.h"
#include "maintenance/signal/time_features.h"
#include "maintenance/signal/welch.h"
#include "tests/support/source_dir.h"

namespace mw::maintenance {
namespace {

const Json& golden() {
  static const Json kGolden =
      parse_json(*read_file(testing_support::source_path("tests/golden/maintenance/signal.json"),
                            uint64_t{1} << 24))
          .value();
  return kGolden;
}

std::vector<double> numbers(const std::string& name) {
  return golden().at(name).get<std::vector<double>>();
}

void expect_close(const std::vector<double>& got, const std::vector<double>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  double largest = 0;
  for (const double each : wanted) largest = std::max(largest, std::abs(each));
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], wanted[i], 1e-10 * largest) << "at " << i;
  }
}

void expect_spectrum(const std::vector<double>& signal, const std::string& name) {
  std::vector<double> re;
  std::vector<double> im;
  for (const Complex& each : real_spectrum(signal)) {
    re.push_back(each.real());
    im.push_back(each.imag());
  }
  expect_close(re, numbers(name + "_re"));
  // The imaginary parts of the ends are zeros but for rounding.
  expect_close(im, numbers(name + "_im"));
}

TEST(SignalGolden, TransformsAsNumPyForAnyLength) {
  const std::vector<double> signal = numbers("signal");
  expect_spectrum(signal, "spectrum");
  expect_spectrum({signal.begin(), signal.begin() + 256}, "spectrum_256");
}

TEST(SignalGolden, WindowsAsSciPy) {
  const Json& windows = golden().at("windows");
  const auto wanted = [&](const char* name) { return windows.at(name).get<std::vector<double>>(); };
  expect_close(window_weights(Window::kRectangular, 16), wanted("rectangular"));
  expect_close(window_weights(Window::kHann, 16), wanted("hann"));
  expect_close(window_weights(Window::kHamming, 16), wanted("hamming"));
  expect_close(window_weights(Window::kBlackman, 16), wanted("blackman"));
  expect_close(window_weights(Window::kFlatTop, 16), wanted("flat_top"));
}

TEST(SignalGolden, WelchAsSciPy) {
  const auto hann = welch(numbers("signal"), 1000.0, 64);
  ASSERT_TRUE(hann);
  EXPECT_DOUBLE_EQ(hann->step_hz, golden().at("welch_64_step_hz").get<double>());
  expect_close(hann->values, numbers("welch_64_hann"));
  const auto hamming = welch(numbers("signal"), 1000.0, 50, Window::kHamming);
  ASSERT_TRUE(hamming);
  expect_close(hamming->values, numbers("welch_50_hamming"));
}

TEST(SignalGolden, EnvelopeAsSciPysHilbert) {
  expect_close(hilbert_envelope(numbers("signal")), numbers("hilbert_envelope"));
}

TEST(SignalGolden, SquaredEnvelopeSpectrumOfTheWholeBandAsNumPy) {
  const EnvelopeAnalyser analyser(numbers("signal"), 1000.0, false);
  const Spectrum got = analyser.squared_envelope_spectrum({0, 0.5});
  EXPECT_DOUBLE_EQ(got.step_hz, 1000.0 / 300);
  expect_close(got.values, numbers("squared_envelope_spectrum"));
}

TEST(SignalGolden, SpectralKurtosisAsNumPy) {
  const std::vector<BandKurtosis> found =
      kurtogram(EnvelopeAnalyser(numbers("signal"), 1000.0, false));
  for (const Json& each : golden().at("kurtogram")) {
    const Band band{each[0].get<double>(), each[1].get<double>()};
    const auto same = std::find_if(found.begin(), found.end(),
                                   [&](const BandKurtosis& one) { return one.band == band; });
    ASSERT_NE(same, found.end());
    EXPECT_NEAR(same->kurtosis, each[2].get<double>(), 1e-10);
  }
}

TEST(SignalGolden, FeaturesInTimeAsSciPysStats) {
  const TimeFeatures found = time_features(numbers("signal"));
  EXPECT_NEAR(found.mean, golden().at("mean").get<double>(), 1e-12);
  EXPECT_NEAR(found.rms, golden().at("rms").get<double>(), 1e-12);
  EXPECT_NEAR(found.peak, golden().at("peak").get<double>(), 1e-12);
  EXPECT_NEAR(found.kurtosis, golden().at("kurtosis").get<double>(), 1e-10);
  EXPECT_NEAR(found.skewness, golden().at("skewness").get<double>(), 1e-10);
}

}  // namespace
}  // namespace mw::maintenance
