// 10,000 live tags scored once a second: machines of 20 tags each, with states, bands, principal
// components, alarms and budgets (MachineWatch), on one thread. Prints one JSON object.
//   watch_bench [--tags 10000] [--rounds 60]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "core/check.h"
#include "maintenance/machine_watch.h"
#include "maintenance/testing/made_vibration.h"

namespace {

using namespace mw;               // NOLINT: a program of one file
using namespace mw::maintenance;  // NOLINT

constexpr std::size_t kTags = 20;  // of a machine

double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::vector<double> row_at(std::size_t i, testing_support::MadeNoise& noise) {
  const double load = i % 400 < 100 ? 0.3 : 1.0;
  const double swing = std::sin(static_cast<double>(i) / 30);
  std::vector<double> out = {1500 * load + 5 * noise.normal()};
  for (std::size_t j = 1; j < kTags; ++j) {
    out.push_back(20 + 10 * load + swing * static_cast<double>(j % 4) + 0.3 * noise.normal());
  }
  return out;
}

int option(int argc, char** argv, const std::string& name, int fallback) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (name == argv[i]) return std::atoi(argv[i + 1]);
  }
  return fallback;
}

}  // namespace

int main(int argc, char** argv) {
  const int tags = option(argc, argv, "--tags", 10'000);
  const int rounds = option(argc, argv, "--rounds", 60);
  const std::size_t machines = static_cast<std::size_t>(tags) / kTags;
  testing_support::MadeNoise noise(1);
  SampleMatrix history{kTags, {}};
  for (std::size_t i = 0; i < 4000; ++i) history.add(row_at(i, noise));
  WatchOptions options;
  options.state_columns = {0};
  options.contract = {.most_false = 240, .days = 1};
  options.quiet_s = 30;
  std::vector<MachineWatch> watches;
  const double before_learning = cpu_s();
  for (std::size_t m = 0; m < machines; ++m) {
    auto watch = MachineWatch::learn(history, options);
    if (!watch) {
      std::fprintf(stderr, "watch_bench: %s\n", watch.error().message.en.c_str());
      return 1;
    }
    watches.push_back(std::move(*watch));
  }
  const double learning_s = cpu_s() - before_learning;
  std::vector<double> round_ms;
  std::size_t scored = 0;
  TimeNs now = 1'760'000'000 * kNsPerSecond;
  for (int round = 0; round < rounds; ++round) {
    const std::vector<double> row = row_at(static_cast<std::size_t>(round), noise);
    now += kNsPerSecond;
    const double before = cpu_s();
    for (MachineWatch& watch : watches) scored += watch.take(now, row).deviation.known() ? 1 : 0;
    round_ms.push_back(1e3 * (cpu_s() - before));
  }
  MW_CHECK(scored > machines * static_cast<std::size_t>(rounds) / 2);  // it did score
  std::sort(round_ms.begin(), round_ms.end());
  double sum = 0;
  for (const double each : round_ms) sum += each;
  std::printf(
      "{\"bench\": \"watch_live_tags\", \"split\": \"none: speed only\", \"tags\": %d, "
      "\"machines\": %zu, \"rounds\": %d, \"cpu_ms_a_round_mean\": %.2f, "
      "\"cpu_ms_a_round_max\": %.2f, \"core_share_at_1_hz\": %.4f, \"bar_core_share\": 1.0, "
      "\"learning_cpu_s_a_machine\": %.3f}\n",
      tags, machines, rounds, sum / rounds, round_ms.back(), sum / rounds / 1e3,
      learning_s / static_cast<double>(machines));
  return 0;
}
