// Alarms of 10,000 tags looked at once a second: processor time a round, with values that wander
// over their limits, so that alarms come and go and are written. One JSON line to stdout.
//   alarms_bench [--tags 10000] [--rounds 60] [--folder DIR]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "alarms/alarms.h"
#include "bench/macro/work_folder.h"
#include "core/check.h"

namespace {

using namespace mw;  // NOLINT: a program of one file

constexpr int kTagsAnAsset = 20;

double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::shared_ptr<const plant::Catalogue> make_catalogue(int tags) {
  Json json;
  json["site"] = "bench";
  json["lines"] = Json::array({{{"id", "line"}}});
  Json kind = Json::array();
  for (int i = 0; i < kTagsAnAsset; ++i) {
    kind.push_back({{"id", "t" + std::to_string(i)}, {"normal", {nullptr, 80}}});
  }
  json["kinds"] = Json::array({{{"id", "machine"}, {"tags", kind}}});
  json["assets"] = Json::array();
  for (int i = 0; i < tags / kTagsAnAsset; ++i) {
    json["assets"].push_back(
        {{"id", "m" + std::to_string(i)}, {"kind", "machine"}, {"line", "line"}});
  }
  return plant::Catalogue::parse(to_text(json)).value();
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
  const bench::WorkFolder work({});
  const std::filesystem::path& folder = work.path();
  const auto catalogue = make_catalogue(tags);
  FixedClock clock(1'760'000'000 * kNsPerSecond);
  auto opened =
      alarms::Alarms::open({(folder / "alarms.db").string(), catalogue, &clock, no_log(), nullptr});
  MW_CHECK(opened.has_value());
  alarms::Alarms& alarms = **opened;
  const Identity who{Identity::Kind::kService, "bench", {{Role::kViewer, {"*"}, {}}}};
  MW_CHECK(static_cast<int>(alarms.list(who, true).size()) == tags);

  std::vector<plant::TagValue> values;
  for (const plant::Tag& tag : catalogue->tags()) {
    plant::TagValue value;
    value.tag = tag.id;
    value.quality = Quality::kGood;
    values.push_back(value);
  }
  std::vector<double> round_ms;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      // Every tag beyond its limit for 20 s in 200, a tenth of them at any time.
      const double phase = static_cast<double>((round + static_cast<int>(i)) % 200);
      values[i].value = phase < 20 ? 95.0 : 60.0 + std::sin(phase);
    }
    clock.set(clock.now_ns() + kNsPerSecond);
    const double before = cpu_s();
    alarms.take(values);
    alarms.tick();
    round_ms.push_back(1e3 * (cpu_s() - before));
  }
  const alarms::AlarmLoad load = alarms.load(who);
  const auto entries = alarms.journal(who, {.limit = 1'000'000});
  MW_CHECK(entries.has_value() && !entries->empty() && load.standing > 0);
  std::sort(round_ms.begin(), round_ms.end());
  double sum = 0;
  for (const double each : round_ms) sum += each;
  std::printf(
      "{\"bench\": \"alarms\", \"tags\": %d, \"rules\": %d, \"rounds\": %d, \"entries\": %zu, "
      "\"standing\": %d, \"cpu_ms_a_round_mean\": %.2f, \"cpu_ms_a_round_p50\": %.2f, "
      "\"cpu_ms_a_round_max\": %.2f, \"core_share_at_1_hz\": %.4f}\n",
      tags, tags, rounds, entries->size(), load.standing, sum / rounds,
      round_ms[round_ms.size() / 2], round_ms.back(), sum / rounds / 1e3);
  return 0;
}
