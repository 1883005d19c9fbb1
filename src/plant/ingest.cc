#include "plant/ingest.h"

#include <algorithm>

#include "plant/internal/live_table.h"
#include "plant/internal/mqtt_payload.h"
#include "plant/internal/rate_meter.h"
#include "plant/internal/reading_check.h"
#include "plant/internal/topic_table.h"

namespace mw::plant {
namespace {
// A device that sends nonsense does so each second: one line in the log each ten is enough.
constexpr int64_t kLogEveryNs = 10 * kNsPerSecond;
}  // namespace

Ingest::Ingest(std::shared_ptr<const Catalogue> catalogue, SampleStore& store, LiveTable& live,
               const Clock& clock, LogSink log)
    : catalogue_(std::move(catalogue)),
      store_(store),
      live_(live),
      clock_(clock),
      log_(std::move(log)),
      rate_(std::make_unique<RateMeter>()),
      topics_(std::make_unique<const TopicTable>()) {}

Ingest::~Ingest() = default;

Result<IngestOutcome> Ingest::take(std::span<const Reading> readings, Arrival arrival) {
  const TimeNs now_ns = clock_.now_ns();
  IngestOutcome outcome;
  std::vector<Sample> samples;
  samples.reserve(readings.size());
  for (const Reading& reading : readings) {
    const Tag* tag = catalogue_->tag(reading.tag);
    if (tag == nullptr) {
      ++outcome.refused;
      continue;
    }
    samples.push_back(check_reading(*tag, *catalogue_->asset(tag->asset), reading, now_ns));
    if (samples.back().quality != Quality::kGood) ++outcome.doubtful;
    // What is filled in later says nothing of a clock.
    const bool fresh = arrival == Arrival::kLive ||
                       (arrival == Arrival::kByAge && is_fresh(samples.back(), now_ns));
    if (fresh && reading.ts_ns && *reading.ts_ns > 0) {
      const int64_t skew_ns = *reading.ts_ns - now_ns;
      outcome.skew_ns = std::max(outcome.skew_ns.value_or(skew_ns), skew_ns);
    }
  }
  // The live view first: it must not wait for a slow disk.
  show(samples, arrival, now_ns);
  samples_ += samples.size();
  bad_samples_ += outcome.doubtful;
  MW_ASSIGN(outcome.outcome, store_.append(samples));
  outcome.stored = samples.size();
  return outcome;
}

bool Ingest::is_fresh(const Sample& sample, TimeNs now_ns) const {
  const double age_s = static_cast<double>(now_ns - sample.ts_ns) / 1e9;
  return age_s <= catalogue_->tags()[sample.tag].watchdog_s;
}

void Ingest::show(std::span<const Sample> samples, Arrival arrival, TimeNs now_ns) {
  if (arrival != Arrival::kByAge) {
    live_.take(samples, arrival);
    if (arrival == Arrival::kLive) rate_->add(samples.size());
    return;
  }
  std::vector<Sample> fresh;
  std::vector<Sample> old;
  for (const Sample& sample : samples) {
    (is_fresh(sample, now_ns) ? fresh : old).push_back(sample);
  }
  live_.take(old, Arrival::kHistory);
  live_.take(fresh, Arrival::kLive, LiveTable::Way::kOther);
  rate_->add(fresh.size());
}

Result<IngestOutcome> Ingest::take_message(std::string_view topic, std::string_view payload) {
  ++messages_;
  const Result<std::vector<Reading>> readings = readings_of(topic, payload);
  if (!readings) {
    refused(topic, readings.error());
    return readings.error();
  }
  return take(*readings);
}

Result<std::vector<Reading>> Ingest::readings_of(std::string_view topic,
                                                 std::string_view payload) const {
  if (topics_->has(topic)) return topics_->read(topic, payload);
  MW_ASSIGN(const Tag* tag, tag_of_topic(*catalogue_, topic));
  MW_ASSIGN(std::vector<Reading> readings, decode_mqtt_payload(payload));
  for (Reading& reading : readings) reading.tag = tag->id;
  return readings;
}

void Ingest::follow(TopicTable topics) {
  topics_ = std::make_unique<const TopicTable>(std::move(topics));
}

bool Ingest::store_refuses() const { return store_.stats().problem.has_value(); }

Result<AppendOutcome> Ingest::store_marks(std::span<const Sample> samples) {
  return store_.append(samples);
}

double Ingest::samples_per_s() const { return rate_->per_second(); }

void Ingest::refused(std::string_view topic, const Error& error) {
  ++refused_messages_;
  const int64_t now_ns = steady_ns();
  int64_t last_ns = last_logged_ns_.load();
  if (last_ns != 0 && now_ns - last_ns < kLogEveryNs) return;
  if (!last_logged_ns_.compare_exchange_strong(last_ns, now_ns)) return;
  log_(LogLevel::kWarning, "plant",
       "message on " + std::string(topic.substr(0, 200)) + " refused: " + error.message.en + " (" +
           std::to_string(refused_messages_.load()) + " so far)");
}

}  // namespace mw::plant
