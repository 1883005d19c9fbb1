// Ingest under load: SECONDS of RATE samples a second into the store (1000 tags) while another
// thread asks for windows of random tags, then as fast as it goes, then single MQTT messages over a
// real Mosquitto. What was stored is counted back before anything is printed. One JSON line to
// stdout.
// With --old-days retention thins out as many days of old samples meanwhile (it begins after 5 s).
//   ingest_bench [--rate 50000] [--seconds 20] [--folder DIR] [--mqtt-messages 20000]
//                [--old-days 0] [--store postgresql:///bench@?host=DIR]
// With --store it runs over two databases of a PostgreSQL server, bench1 and bench2.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "bench/macro/work_folder.h"
#include "core/check.h"
#include "core/clock.h"
#include "core/json.h"
#include "mqtt/mqtt_client.h"
#include "plant/demo/mosquitto_process.h"
#include "plant/demo/physics.h"
#include "plant/ingest.h"
#include "plant/plant.h"
#include "plant/store_options.h"

namespace {

using namespace mw;         // NOLINT: a program of one file
using namespace mw::plant;  // NOLINT

constexpr int kTags = 1000;

struct Settings {
  double rate = 50'000;
  double seconds = 20;
  int mqtt_messages = 20'000;
  int old_days = 0;
  std::string store;  // URL with @ where the number of a database stands; empty: SQLite
  std::filesystem::path folder;
};

std::shared_ptr<const Catalogue> make_catalogue() {
  Json json;
  json["site"] = "bench";
  json["lines"] = Json::array({{{"id", "line"}}});
  Json tags = Json::array();
  for (int i = 0; i < 20; ++i) tags.push_back({{"id", "t" + std::to_string(i)}});
  json["kinds"] = Json::array({{{"id", "machine"}, {"tags", tags}}});
  json["assets"] = Json::array();
  for (int i = 0; i < kTags / 20; ++i) {
    json["assets"].push_back(
        {{"id", "m" + std::to_string(i)}, {"kind", "machine"}, {"line", "line"}});
  }
  return Catalogue::parse(to_text(json)).value();
}

/// Sensor-like samples: each call is the next moment of every tag.
class Source {
 public:
  explicit Source(TimeNs start_ns, int64_t step_ns)
      : now_ns_(start_ns), step_ns_(step_ns), values_(kTags, 60.0) {}
  const std::vector<Sample>& next() {
    samples_.resize(kTags);
    now_ns_ += step_ns_;
    for (int i = 0; i < kTags; ++i) {
      double& value = values_[static_cast<std::size_t>(i)];
      value += 0.1 * random_.normal();
      Sample& sample = samples_[static_cast<std::size_t>(i)];
      sample.tag = static_cast<TagIndex>(i);
      sample.ts_ns = now_ns_ + static_cast<int64_t>(random_.next() % 3) * kNsPerMs;
      sample.server_ts_ns = sample.ts_ns + 5 * kNsPerMs;
      sample.value = std::round(value * 10) / 10;
    }
    return samples_;
  }

 private:
  Random random_{1};
  TimeNs now_ns_;
  const int64_t step_ns_;
  std::vector<double> values_;
  std::vector<Sample> samples_;
};

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = std::min(values.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

uint64_t count_all(const SampleStore& store) {
  uint64_t count = 0;
  for (TagIndex tag = 0; tag < kTags; ++tag) {
    const Result<void> scanned = store.scan(tag, {INT64_MIN, INT64_MAX}, [&](const Sample&) {
      ++count;
      return true;
    });
    MW_CHECK(scanned.has_value());
  }
  return count;
}

/// Latencies in ms of a mean, a series and a last value of random tags over the last ten minutes.
void query(const Plant& plant, const std::atomic<bool>& done, std::vector<double>& latencies_ms) {
  const Identity who = Identity::local_viewer();
  const auto catalogue = plant.catalogue(who);
  Random random(2);
  while (!done) {
    const TimeNs now_ns = plant.now_ns();
    const TimeWindow window{now_ns - 10 * kNsPerMinute, now_ns};
    const std::string& tag = catalogue->tags()[random.next() % kTags].id;
    const int64_t start_ns = steady_ns();
    switch (random.next() % 3) {
      case 0:
        MW_CHECK(plant.aggregate(who, tag, window).has_value());
        break;
      case 1:
        MW_CHECK(plant.series(who, tag, window, 300).has_value());
        break;
      default:
        MW_CHECK(plant.latest(who, tag).has_value());
    }
    latencies_ms.push_back(static_cast<double>(steady_ns() - start_ns) / 1e6);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::vector<Reading> as_readings(const Catalogue& catalogue, const std::vector<Sample>& samples,
                                 TimeNs now_ns) {
  std::vector<Reading> readings(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    readings[i].tag = catalogue.tags()[samples[i].tag].id;
    readings[i].ts_ns = now_ns;
    readings[i].value = samples[i].value;
  }
  return readings;
}

std::string database_url(const Settings& settings, int number) {
  std::string url = settings.store;
  const std::size_t at = url.find('@');
  return at == std::string::npos ? url : url.replace(at, 1, std::to_string(number));
}

/// History for retention to thin out while the paced run goes on: a sample a minute of each tag.
void fill_old_days(const PlantOptions& plant, int days, Json& out) {
  StoreOptions options;
  options.url = plant.store_url;
  options.data_folder = plant.data_folder;
  options.catalogue = plant.catalogue;
  const auto store = open_store(options).value();
  const TimeNs now_ns = SystemClock().now_ns();
  Source source((now_ns / kNsPerDay - days - 1) * kNsPerDay, kNsPerMinute);
  for (int minute = 0; minute < days * 1440; ++minute) {
    MW_CHECK(store->append(source.next()).has_value());
  }
  out["old_samples"] = static_cast<int64_t>(days) * 1440 * kTags;
}

void run_paced(const Settings& settings, const std::shared_ptr<const Catalogue>& catalogue,
               Json& out) {
  PlantOptions options;
  options.data_folder = (settings.folder / "paced").string();
  options.store_url = database_url(settings, 1);
  options.catalogue = catalogue;
  if (settings.old_days > 0) {
    fill_old_days(options, settings.old_days, out);
    RetentionRule rule;
    rule.tags = {"*"};
    rule.raw_days = 1;
    options.retention = {rule};
  }
  const auto plant = Plant::open(options).value();
  Source source(0, kNsPerMs);
  std::atomic<bool> done{false};
  std::vector<double> query_ms, take_ms, live_ms;
  std::thread asker([&] { query(*plant, done, query_ms); });
  const TimeNs first_ns = plant->now_ns() / kNsPerMs * kNsPerMs;
  // From a value's time, which is when it is handed in, to the one who shows it.
  auto live = plant->subscribe(Identity::local_viewer(), [&](const Change& change) {
    const TimeNs now_ns = plant->now_ns();
    for (const TagValue& value : change.values) {
      if (value.ts_ns >= first_ns)
        live_ms.push_back(static_cast<double>(now_ns - value.ts_ns) / 1e6);
    }
  });
  const int64_t start_ns = steady_ns();
  const auto ticks = static_cast<int64_t>(settings.rate * settings.seconds / kTags);
  TimeNs last_ns = 0;
  for (int64_t tick = 0; tick < ticks; ++tick) {
    const auto due_ns =
        static_cast<int64_t>(static_cast<double>(tick) * kTags / settings.rate * 1e9);
    const int64_t early_ns = start_ns + due_ns - steady_ns();
    if (early_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(early_ns));
    last_ns = std::max(last_ns + kNsPerMs, plant->now_ns() / kNsPerMs * kNsPerMs);
    const std::vector<Reading> readings = as_readings(*catalogue, source.next(), last_ns);
    const int64_t begun_ns = steady_ns();
    MW_CHECK(plant->ingest().take(readings).value().outcome == AppendOutcome::kCommitted);
    take_ms.push_back(static_cast<double>(steady_ns() - begun_ns) / 1e6);
  }
  const double took_s = static_cast<double>(steady_ns() - start_ns) / 1e9;
  done = true;
  asker.join();
  live.reset();
  // After a stall ticks come faster than their times: a window ends at now.
  while (plant->now_ns() <= last_ns) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (settings.old_days > 0) {
    out["thinned_samples_meanwhile"] = plant->stats().store.removed_samples;
    MW_CHECK(!plant->stats().retention.problem.has_value());
  }
  uint64_t counted = 0;
  for (const Tag& tag : catalogue->tags()) {
    counted += plant
                   ->aggregate(Identity::local_viewer(), tag.id,
                               {first_ns, plant->now_ns() + kNsPerSecond})
                   ->count;
  }
  MW_CHECK_EQ(counted, static_cast<uint64_t>(ticks * kTags));
  out["target_samples_s"] = settings.rate;
  out["seconds"] = took_s;
  out["sustained_samples_s"] = static_cast<double>(ticks * kTags) / took_s;
  out["queries"] = query_ms.size();
  out["query_ms_p50"] = percentile(query_ms, 0.5);
  out["query_ms_p95"] = percentile(query_ms, 0.95);
  out["query_ms_p99"] = percentile(query_ms, 0.99);
  out["live_values"] = live_ms.size();
  out["live_ms_p50"] = percentile(live_ms, 0.5);
  out["live_ms_p99"] = percentile(live_ms, 0.99);
  out["live_ms_max"] = *std::max_element(live_ms.begin(), live_ms.end());
  out["take_ms_p50"] = percentile(take_ms, 0.5);
  out["take_ms_p95"] = percentile(take_ms, 0.95);
  out["take_ms_max"] = *std::max_element(take_ms.begin(), take_ms.end());
}

void run_flat_out(SampleStore& store, Source& source, Json& out) {
  constexpr int kTicks = 2000;  // two million samples
  const int64_t start_ns = steady_ns();
  for (int tick = 0; tick < kTicks; ++tick) MW_CHECK(store.append(source.next()).has_value());
  const double took_s = static_cast<double>(steady_ns() - start_ns) / 1e9;
  out["flat_out_samples_s"] = kTicks * kTags / took_s;
}

/// Samples a second that come in over a real broker with `per_message` of them in each message;
/// null without Mosquitto.
Json run_mqtt(const Settings& settings, const std::shared_ptr<const Catalogue>& catalogue,
              int per_message) {
  const std::string name = "mqtt" + std::to_string(per_message);
  const auto broker = MosquittoProcess::start((settings.folder / name).string(), no_log());
  if (!broker) return nullptr;
  PlantOptions options;
  options.data_folder = (settings.folder / (name + "_data")).string();
  options.catalogue = catalogue;
  options.broker = (*broker)->address();
  const auto plant = Plant::open(options).value();
  while (!plant->broker().connected) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  mqtt::Options publisher_options;
  publisher_options.address = (*broker)->address();
  publisher_options.client_id = "bench-publisher";
  publisher_options.buffer_messages = settings.mqtt_messages;
  const auto publisher = mqtt::Client::start(std::move(publisher_options)).value();
  while (!publisher->connected()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const int64_t base_ms = SystemClock().now_ns() / kNsPerMs - kNsPerHour / kNsPerMs;
  const int64_t start_ns = steady_ns();
  int64_t sample = 0;
  for (int message = 0; message < settings.mqtt_messages; ++message) {
    std::string payload = "[";
    for (int i = 0; i < per_message; ++i, ++sample) {
      payload += (i == 0 ? "{\"ts\":" : ",{\"ts\":") + std::to_string(base_ms + sample) +
                 ",\"value\":" + std::to_string(sample % 1000) + "}";
    }
    const int tag = message % kTags;
    MW_CHECK(publisher
                 ->publish("millwright/bench/line/m" + std::to_string(tag / 20) + "/t" +
                               std::to_string(tag % 20),
                           payload + "]")
                 .has_value());
  }
  while (plant->stats().store.stored_samples < static_cast<uint64_t>(sample)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return static_cast<double>(sample) / (static_cast<double>(steady_ns() - start_ns) / 1e9);
}

Settings read_settings(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--rate") settings.rate = std::atof(argv[i + 1]);
    if (name == "--seconds") settings.seconds = std::atof(argv[i + 1]);
    if (name == "--mqtt-messages") settings.mqtt_messages = std::atoi(argv[i + 1]);
    if (name == "--store") settings.store = argv[i + 1];
    if (name == "--old-days") settings.old_days = std::atoi(argv[i + 1]);
    if (name == "--folder") settings.folder = argv[i + 1];
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings = read_settings(argc, argv);
  const bench::WorkFolder work(settings.folder);
  settings.folder = work.path();
  const auto catalogue = make_catalogue();
  Json out;
  out["bench"] = settings.store.empty() ? "ingest" : "ingest, PostgreSQL";
  out["tags"] = kTags;
  out["cpus"] = std::thread::hardware_concurrency();
  run_paced(settings, catalogue, out);
  uint64_t expected = 0;
  StoreOptions options;
  options.url = database_url(settings, 2);
  options.data_folder = settings.folder.string();
  options.catalogue = catalogue;
  {
    const auto store = open_store(options).value();
    Source source(1'760'000'000 * kNsPerSecond, kNsPerSecond);
    run_flat_out(*store, source, out);
    expected = store->stats().stored_samples;
  }
  {
    const int64_t start_ns = steady_ns();
    const auto store = open_store(options).value();
    out["reopen_ms"] = static_cast<double>(steady_ns() - start_ns) / 1e6;
    MW_CHECK_EQ(count_all(*store), expected);
    if (settings.store.empty()) {
      out["bytes_per_sample"] =
          static_cast<double>(std::filesystem::file_size(settings.folder / "plant.db")) /
          static_cast<double>(expected);
    }
  }
  if (settings.mqtt_messages > 0) {
    out["mqtt_samples_s"] = run_mqtt(settings, catalogue, 1);
    out["mqtt_samples_s_of_50"] = run_mqtt(settings, catalogue, 50);
  }
  std::printf("%s\n", to_text(out).c_str());
  return 0;
}
