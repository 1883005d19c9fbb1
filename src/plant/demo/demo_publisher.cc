#include "plant/demo/demo_publisher.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "core/json.h"
#include "plant/internal/mqtt_payload.h"
#include "plant/sample.h"

namespace mw::plant {
namespace {

// Five minutes of the demo line, which is longer than a broker takes to come back.
constexpr int kBufferMessages = 12'000;
// A machine that slept does not send what it slept through.
constexpr int64_t kMostBehindNs = 5 * kNsPerMinute;

std::string payload_of(const Reading& reading) {
  Json json;
  json["ts"] = *reading.ts_ns / kNsPerMs;
  if (const double* number = std::get_if<double>(&reading.value)) {
    json["value"] = *number;
  } else if (const std::string* text = std::get_if<std::string>(&reading.value)) {
    json["value"] = *text;
  } else {
    json["value"] = nullptr;
  }
  if (reading.quality != Quality::kGood) json["quality"] = quality_name(reading.quality);
  json["simulated"] = true;
  return to_text(json);
}

/// False when it is to stop. The clock may be set meanwhile, so it looks again each second.
bool wait_until(TimeNs ts_ns, const Clock& clock, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    const int64_t left_ns = ts_ns - clock.now_ns();
    if (left_ns <= 0) return true;
    wake.wait_for(lock, stop, std::chrono::nanoseconds(std::clamp(left_ns, kNsPerMs, kNsPerSecond)),
                  [] { return false; });
  }
  return false;
}

}  // namespace

DemoPublisher::DemoPublisher(std::shared_ptr<const Catalogue> catalogue, LogSink log)
    : catalogue_(std::move(catalogue)), log_(std::move(log)) {}

Result<std::unique_ptr<DemoPublisher>> DemoPublisher::create(
    std::shared_ptr<const Catalogue> catalogue, const std::string& broker, LogSink log) {
  std::unique_ptr<DemoPublisher> publisher(new DemoPublisher(std::move(catalogue), log));
  mqtt::Options options;
  options.address = broker;
  options.client_id = "millwright-demo";
  options.buffer_messages = kBufferMessages;
  options.log = std::move(log);
  MW_ASSIGN(publisher->client_, mqtt::Client::start(std::move(options)));
  return publisher;
}

void DemoPublisher::run(SimulatedLine& line, const Clock& clock, const std::stop_token& stop) {
  while (wait_until(line.now_ns() + kNsPerSecond, clock, stop)) {
    line.step();
    if (line.now_ns() > clock.now_ns() - kMostBehindNs) publish(line.readings(), clock, stop);
  }
}

void DemoPublisher::publish(std::vector<Reading> readings, const Clock& clock,
                            const std::stop_token& stop) {
  std::sort(readings.begin(), readings.end(),
            [](const Reading& a, const Reading& b) { return *a.ts_ns < *b.ts_ns; });
  for (const Reading& reading : readings) {
    if (!wait_until(*reading.ts_ns, clock, stop)) return;
    const Result<void> sent = client_->publish(
        topic_of_tag(*catalogue_, *catalogue_->tag(reading.tag)), payload_of(reading));
    if (!sent && !failing_) log_(LogLevel::kWarning, "plant", sent.error().message.en);
    failing_ = !sent;
  }
}

}  // namespace mw::plant
