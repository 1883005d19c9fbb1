#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/log.h"
#include "core/result.h"
#include "plant/catalogue.h"
#include "plant/sample_store.h"

namespace mw::plant {

class LiveTable;
class RateMeter;
class TopicTable;

/// What a device says about one tag, not yet checked.
struct Reading {
  std::string tag;              // "cnc-2/spindle_temperature"
  std::optional<TimeNs> ts_ns;  // source time; absent: the time it reached us
  std::variant<std::monostate, double, std::string> value;
  Quality quality = Quality::kGood;               // the device's own opinion
  QualityReason reason = QualityReason::kDevice;  // of a quality that is not good
  std::string unit;                               // as the device names it; empty when it does not
};

enum class Arrival {
  kLive,     // as they happen: they keep their tags alive
  kHistory,  // back-fill and import: stored, but no sign that a device speaks now
  kByAge,    // each by itself: history where it is older than its tag may be silent
};

struct IngestOutcome {
  AppendOutcome outcome = AppendOutcome::kCommitted;
  uint64_t stored = 0;             // samples handed to the store, whatever their quality
  uint64_t doubtful = 0;           // of them with quality bad or uncertain
  uint64_t refused = 0;            // readings of tags that the plant does not have
  std::optional<int64_t> skew_ns;  // of the freshest reading that bears a time: that less ours
};

/// The one way in for samples: checks them, keeps the newest for the live view, stores them.
///
/// Nothing that names a known tag is dropped: a value outside the physical range, of a wrong type
/// or not a state of the asset is stored with quality bad, one stamped more than 2 s in the future
/// under our own time with quality uncertain. Threads  safe from any thread.
class Ingest {
 public:
  Ingest(std::shared_ptr<const Catalogue> catalogue, SampleStore& store, LiveTable& live,
         const Clock& clock, LogSink log);
  ~Ingest();

  /// Returns once the store has committed or buffered them (sample_store.h).
  Result<IngestOutcome> take(std::span<const Reading> readings, Arrival arrival = Arrival::kLive);
  /// One MQTT message: topic millwright/<site>/<line>/<asset>/<tag> and payload as in
  /// docs/formats/mqtt.md, or one of the topics to follow.
  Result<IngestOutcome> take_message(std::string_view topic, std::string_view payload);
  /// Topics of devices that send in their own way. Before the first message.
  void follow(TopicTable topics);
  /// Whether the store takes nothing to the disk at present, so that what has another place to wait
  /// in should stay there.
  bool store_refuses() const;
  /// Samples that are checked already, such as marks of a lost link: stored, not shown.
  Result<AppendOutcome> store_marks(std::span<const Sample> samples);

  uint64_t messages() const { return messages_.load(); }
  uint64_t refused_messages() const { return refused_messages_.load(); }
  uint64_t samples() const { return samples_.load(); }
  uint64_t bad_samples() const { return bad_samples_.load(); }
  /// Over the last ten seconds.
  double samples_per_s() const;

 private:
  Result<std::vector<Reading>> readings_of(std::string_view topic, std::string_view payload) const;
  void refused(std::string_view topic, const Error& error);
  /// Young enough to be a sign of life of its tag.
  bool is_fresh(const Sample& sample, TimeNs now_ns) const;
  void show(std::span<const Sample> samples, Arrival arrival, TimeNs now_ns);

  const std::shared_ptr<const Catalogue> catalogue_;
  SampleStore& store_;
  LiveTable& live_;
  const Clock& clock_;
  const LogSink log_;
  const std::unique_ptr<RateMeter> rate_;
  std::unique_ptr<const TopicTable> topics_;
  std::atomic<uint64_t> messages_{0}, refused_messages_{0}, samples_{0}, bad_samples_{0};
  std::atomic<int64_t> last_logged_ns_{0};
};

}  // namespace mw::plant
