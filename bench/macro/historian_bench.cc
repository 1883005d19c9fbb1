// How fast history answers and how small it lies, through the calls that the console's routes make.
// One JSON line to stdout for each part that is asked for:
//   historian_bench [--folder DIR] year      one tag, a year at 1 Hz, charted
//   historian_bench [--folder DIR] minutes   1,000 tags, 30 days of one-minute aggregates, charted
//   historian_bench [--folder DIR] slow      bytes a sample of slowly changing signals
// What is charted is checked against what went in before it is timed.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "bench/macro/work_folder.h"
#include "core/check.h"
#include "core/clock.h"
#include "core/json.h"
#include "plant/demo/physics.h"
#include "plant/plant.h"
#include "plant/sqlite_store.h"

namespace {

using namespace mw;         // NOLINT: a program of one file
using namespace mw::plant;  // NOLINT

const Identity kWho = Identity::local_viewer();

std::shared_ptr<const Catalogue> make_catalogue(int tags, double watchdog_s) {
  Json kind = {{"id", "machine"}, {"tags", Json::array()}};
  for (int i = 0; i < std::min(tags, 20); ++i) {
    kind["tags"].push_back({{"id", "t" + std::to_string(i)}, {"watchdog_s", watchdog_s}});
  }
  Json json = {{"site", "bench"}, {"lines", {{{"id", "line"}}}}, {"kinds", {kind}}};
  json["assets"] = Json::array();
  for (int i = 0; i < std::max(1, tags / 20); ++i) {
    json["assets"].push_back(
        {{"id", "m" + std::to_string(i)}, {"kind", "machine"}, {"line", "line"}});
  }
  return Catalogue::parse(to_text(json)).value();
}

/// A temperature as a slow sensor tells it: steps of 0.1, most of the time none.
class SlowSignal {
 public:
  explicit SlowSignal(uint64_t seed) : random_(seed) {}
  double next() {
    const uint64_t draw = random_.next() % 100;
    tenths_ += draw < 4 ? 1 : draw < 8 ? -1 : 0;
    return static_cast<double>(tenths_) / 10;
  }

 private:
  Random random_;
  int64_t tenths_ = 612;
};

Sample sample_at(TagIndex tag, TimeNs ts_ns, double value) {
  Sample sample;
  sample.tag = tag;
  sample.ts_ns = ts_ns;
  sample.server_ts_ns = ts_ns + 3 * kNsPerMs;
  sample.value = value;
  return sample;
}

std::string fresh_folder(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder.string();
}

std::unique_ptr<SqliteStore> open_store(const std::string& folder,
                                        std::shared_ptr<const Catalogue> catalogue) {
  SqliteStoreOptions options;
  options.path = folder + "/plant.db";
  options.catalogue = std::move(catalogue);
  return SqliteStore::open(std::move(options)).value();
}

/// Waits until the hours that have passed are rolled up.
void settle(const SampleStore& store) {
  uint64_t before = UINT64_MAX;
  while (store.stats().due_hours < before) {
    before = store.stats().due_hours;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}

std::vector<double> times_ms(int runs, const std::function<void()>& work) {
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    const int64_t start_ns = steady_ns();
    work();
    times.push_back(static_cast<double>(steady_ns() - start_ns) / 1e6);
  }
  return times;
}

void put_times(Json& out, const std::string& name, std::vector<double> times) {
  out[name + "_first"] = times.front();
  std::sort(times.begin(), times.end());
  out[name + "_p50"] = times[times.size() / 2];
  out[name + "_max"] = times.back();
}

std::unique_ptr<Plant> open_plant(const std::string& folder,
                                  std::shared_ptr<const Catalogue> catalogue) {
  PlantOptions options;
  options.data_folder = folder;
  options.catalogue = std::move(catalogue);
  return Plant::open(std::move(options)).value();
}

void year(const std::filesystem::path& base) {
  const std::string folder = fresh_folder(base / "year");
  const auto catalogue = make_catalogue(1, 10);
  constexpr int64_t kSamples = 365 * 86'400;
  const TimeNs start_ns = (SystemClock().now_ns() / kNsPerHour - 24 * 366) * kNsPerHour;
  Json out = {{"bench", "a year of one-second data of one tag, charted"}, {"samples", kSamples}};
  double total = 0;
  {
    const auto store = open_store(folder, catalogue);
    SlowSignal signal(1);
    const int64_t begun_ns = steady_ns();
    std::vector<Sample> batch;
    for (int64_t i = 0; i < kSamples; ++i) {
      batch.push_back(sample_at(0, start_ns + i * kNsPerSecond, signal.next()));
      total += batch.back().value;
      if (batch.size() == 65'536 || i + 1 == kSamples) {
        MW_CHECK(store->append(batch).value() == AppendOutcome::kCommitted);
        batch.clear();
      }
    }
    out["fill_samples_s"] =
        static_cast<double>(kSamples) / (static_cast<double>(steady_ns() - begun_ns) / 1e9);
    settle(*store);
  }
  out["bytes_per_sample"] =
      static_cast<double>(std::filesystem::file_size(folder + "/plant.db")) / kSamples;
  const auto plant = open_plant(folder, catalogue);
  const TimeWindow window{start_ns, start_ns + kSamples * kNsPerSecond};
  const std::string& tag = catalogue->tags()[0].id;
  const Aggregate whole = plant->aggregate(kWho, tag, window).value();
  MW_CHECK_EQ(whole.count, static_cast<uint64_t>(kSamples));
  MW_CHECK(std::fabs(*whole.mean - total / kSamples) < 1e-6);
  for (const int points : {300, 1000, 2000}) {
    put_times(out, "chart_ms_of_" + std::to_string(points), times_ms(21, [&] {
                const Series series = plant->series(kWho, tag, window, points).value();
                MW_CHECK(series.good_share > 0.999 && series.points.size() <= std::size_t(points));
              }));
  }
  put_times(out, "statistics_ms",
            times_ms(21, [&] { MW_CHECK(plant->aggregate(kWho, tag, window).has_value()); }));
  // Every sample of a month in the middle, to the second: what no rollup answers.
  const TimeWindow month{window.start_ns + 180 * kNsPerDay + 1, window.start_ns + 187 * kNsPerDay};
  put_times(out, "chart_ms_of_a_week_in_2000",
            times_ms(11, [&] { MW_CHECK(plant->series(kWho, tag, month, 2000).has_value()); }));
  out["bar"] = "under 100 ms";
  std::printf("%s\n", to_text(out).c_str());
}

void minutes(const std::filesystem::path& base) {
  const std::string folder = fresh_folder(base / "minutes");
  constexpr int kTags = 1000;
  constexpr int64_t kMinutes = 30 * 1440;
  const auto catalogue = make_catalogue(kTags, 90);
  const TimeNs start_ns = (SystemClock().now_ns() / kNsPerDay - 40) * kNsPerDay;
  Json out = {{"bench", "1,000 tags x 30 days of one-minute aggregates, charted"},
              {"aggregates", kTags * kMinutes}};
  {
    const auto store = open_store(folder, catalogue);
    std::vector<SlowSignal> signals;
    for (int i = 0; i < kTags; ++i) signals.emplace_back(i + 1);
    std::vector<Sample> batch;
    const int64_t begun_ns = steady_ns();
    for (int64_t minute = 0; minute < kMinutes; ++minute) {
      for (TagIndex tag = 0; tag < kTags; ++tag) {
        batch.push_back(sample_at(tag, start_ns + minute * kNsPerMinute, signals[tag].next()));
      }
      if (batch.size() >= 60'000) {
        MW_CHECK(store->append(batch).value() == AppendOutcome::kCommitted);
        batch.clear();
      }
    }
    // One more sample of each so late that the ones before are packed.
    MW_CHECK(batch.empty() || store->append(batch).value() == AppendOutcome::kCommitted);
    out["fill_samples_s"] =
        static_cast<double>(kTags * kMinutes) / (static_cast<double>(steady_ns() - begun_ns) / 1e9);
    settle(*store);
    const TimeNs end_ns = start_ns + kMinutes * kNsPerMinute;
    const KeptFrom target{end_ns, start_ns, start_ns};
    const int64_t thin_ns = steady_ns();
    uint64_t removed = 0;
    std::vector<double> step_ms;
    for (TagIndex tag = 0; tag < kTags; ++tag) {
      while (true) {
        const int64_t step_ns = steady_ns();
        const ThinStep step = store->thin(tag, target).value();
        step_ms.push_back(static_cast<double>(steady_ns() - step_ns) / 1e6);
        removed += step.removed_samples;
        if (step.done) break;
      }
    }
    out["thinned_samples"] = removed;
    out["thin_samples_s"] =
        static_cast<double>(removed) / (static_cast<double>(steady_ns() - thin_ns) / 1e9);
    out["thin_step_ms_max"] = *std::max_element(step_ms.begin(), step_ms.end());
  }
  const auto plant = open_plant(folder, catalogue);
  const TimeWindow window{start_ns, start_ns + (kMinutes - 1440) * kNsPerMinute};
  const Aggregate one = plant->aggregate(kWho, catalogue->tags()[7].id, window).value();
  MW_CHECK_EQ(one.count, static_cast<uint64_t>(kMinutes - 1440));
  MW_CHECK_EQ(one.basis.resolution_ns, kNsPerMinute);
  const auto chart = [&](int points, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      const Series series = plant->series(kWho, catalogue->tags()[i].id, window, points).value();
      MW_CHECK(series.points.size() > std::size_t(points) / 3);
    }
  };
  for (const int points : {300, 700}) {
    const std::string name = "charts_ms_of_" + std::to_string(points);
    put_times(out, name, times_ms(7, [&] { chart(points, 0, kTags); }));
    put_times(out, name + "_on_two_threads", times_ms(7, [&] {
                std::thread other([&] { chart(points, kTags / 2, kTags); });
                chart(points, 0, kTags / 2);
                other.join();
              }));
  }
  put_times(out, "chart_of_a_day_in_minutes_ms", times_ms(21, [&] {
              const TimeWindow day{start_ns + 10 * kNsPerDay, start_ns + 11 * kNsPerDay};
              MW_CHECK_EQ(plant->series(kWho, catalogue->tags()[5].id, day, 1440)->points.size(),
                          std::size_t{1440});
            }));
  out["bar"] = "under 150 ms";
  std::printf("%s\n", to_text(out).c_str());
}

double bytes_per_sample(const std::string& folder, int tags, int64_t samples, int64_t step_ns) {
  const auto catalogue = make_catalogue(tags, 1e-9 * static_cast<double>(step_ns) * 3);
  const TimeNs start_ns = (SystemClock().now_ns() / kNsPerHour - 24 * 40) * kNsPerHour;
  uint64_t stored = 0;
  {
    const auto store = open_store(folder, catalogue);
    std::vector<SlowSignal> signals;
    Random jitter(3);
    for (int i = 0; i < tags; ++i) signals.emplace_back(i + 1);
    std::vector<Sample> batch;
    for (int64_t i = 0; i < samples; ++i) {
      for (TagIndex tag = 0; tag < static_cast<TagIndex>(tags); ++tag) {
        batch.push_back(sample_at(tag, start_ns + i * step_ns, signals[tag].next()));
        batch.back().server_ts_ns += static_cast<int64_t>(jitter.next() % 3) * kNsPerMs;
      }
      if (batch.size() >= 65'536) {
        MW_CHECK(store->append(batch).has_value());
        stored += batch.size();
        batch.clear();
      }
    }
    settle(*store);
  }
  return static_cast<double>(std::filesystem::file_size(folder + "/plant.db")) /
         static_cast<double>(stored);
}

void slow(const std::filesystem::path& base) {
  Json out = {{"bench", "bytes a sample of slowly changing signals, aggregates included"}};
  out["each_second"] = bytes_per_sample(fresh_folder(base / "slow1"), 100, 86'400, kNsPerSecond);
  out["each_ten_seconds"] =
      bytes_per_sample(fresh_folder(base / "slow10"), 100, 86'400, 10 * kNsPerSecond);
  out["each_minute"] = bytes_per_sample(fresh_folder(base / "slow60"), 100, 43'200, kNsPerMinute);
  out["bar"] = "under 2 bytes";
  std::printf("%s\n", to_text(out).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path inside;
  std::vector<std::string> parts;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--folder" && i + 1 < argc) {
      inside = argv[++i];
    } else {
      parts.push_back(argv[i]);
    }
  }
  const bench::WorkFolder work(inside);
  const std::filesystem::path& folder = work.path();
  for (const std::string& part : parts) {
    if (part == "year") year(folder);
    if (part == "minutes") minutes(folder);
    if (part == "slow") slow(folder);
  }
  return 0;
}
