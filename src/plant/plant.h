#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/identity.h"
#include "core/log.h"
#include "core/result.h"
#include "core/time_zone.h"
#include "plant/batch.h"
#include "plant/catalogue.h"
#include "plant/connector.h"
#include "plant/connector_history.h"
#include "plant/connector_options.h"
#include "plant/csv_export.h"
#include "plant/feed_options.h"
#include "plant/interpolation.h"
#include "plant/oee.h"
#include "plant/plant_event.h"
#include "plant/pushed_batch.h"
#include "plant/pushed_samples.h"
#include "plant/query.h"
#include "plant/retention.h"
#include "plant/sample.h"
#include "plant/sample_store.h"
#include "plant/tellers.h"

namespace mw::plant {

class Ingest;

/// The newest value of a tag as it stands now: a value whose device fell silent, or whose link is
/// down, is bad here although it was good when it came.
struct TagValue {
  std::string tag;
  std::optional<double> value;  // absent for states and when nothing (usable) ever came
  std::string text;             // the state, or a text tag's text
  TimeNs ts_ns = 0;             // source time of that value; 0 when nothing ever came
  Quality quality = Quality::kBad;
  QualityReason reason = QualityReason::kSilent;
  TimeNs since_ns = 0;  // of texts: when the tag last came to say so; 0: not known
};

/// Something about a tag that is not as it should be.
struct Abnormal {
  std::string tag;
  Text reason;  // "spindle temperature 84.2 degC, above the normal 75.0"
};

struct AssetStatus {
  std::string asset;
  std::string state;  // empty when not known
  TimeNs state_since_ns = 0;
  std::vector<Abnormal> abnormal;
};

struct BrokerStatus {
  bool configured = false;
  bool connected = false;
  TimeNs since_ns = 0;  // of the present condition
  std::string address;  // "127.0.0.1:1883"
  Text problem;         // why not connected; empty when connected
};

struct Snapshot {
  TimeNs now_ns = 0;
  bool simulated = false;
  std::string site;
  BrokerStatus broker;
  std::vector<TagValue> values;             // every visible tag, in the catalogue's order
  std::vector<AssetStatus> assets;          // every visible asset, in the catalogue's order
  std::vector<ConnectorStatus> connectors;  // those all of whose lines are visible
};

struct IngestStats {
  uint64_t messages = 0;
  uint64_t refused_messages = 0;  // not decodable, or of a topic without a tag
  uint64_t samples = 0;
  uint64_t bad_samples = 0;  // stored with quality bad or uncertain
  double samples_per_s = 0;  // over the last 10 s
  StoreStats store;
  RetentionStatus retention;
};

struct Change {
  std::vector<TagValue> values;
  std::vector<AssetStatus> assets;
  std::optional<BrokerStatus> broker;
};

/// Ends the subscription when destroyed; the callback is not running any more once that returns.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

/// What is stored of a tag under an earlier name, in the unit of then.
struct EarlierHistory {
  std::string tag;  // that goes on from it
  EarlierName name;
  std::optional<TimeNs> first_ns, last_ns;  // of its usable samples; absent when there are none
};

/// What an export wrote.
struct SampleExport {
  uint64_t samples = 0;
  TimeNs thinned_until_ns = 0;  // before it aggregates replaced samples of some tag; 0: of none
};

struct PlantOptions {
  std::string data_folder;  // plant.db lies here
  // "postgresql://USER@HOST/DATABASE": samples lie there (ADR 0091); empty: in plant.db.
  std::string store_url;
  std::string store_password;
  std::vector<RetentionRule> retention;
  RemovalRecord record_removal;  // when empty, it is only logged
  std::shared_ptr<const Catalogue> catalogue;
  std::string broker;  // "tcp://HOST:PORT" or "ssl://HOST:PORT"; empty: no live values
  std::string broker_user, broker_password, broker_ca_file;
  int mqtt_version = 4;            // 4 is MQTT 3.1.1, 5 is MQTT 5
  std::vector<TopicValue> topics;  // of the broker, beside ours
  std::string client_id = "millwright-ingest";
  std::vector<ConnectorOptions> connectors;  // beside the broker
  std::vector<FeedOptions> feeds;            // ways out
  FeedHost feed_host;                        // needed where there are feeds
  std::vector<std::string> push_keys;        // names of the API keys that may push samples
  std::shared_ptr<Tellers> tellers;          // null: who tells something is kept by name
  TimeZone zone = TimeZone::utc();           // of the site: when its shifts run
  const Clock* clock = nullptr;              // the system clock when null; must outlive the plant
  LogSink log;
};

/// The plant as the rest of the program sees it: what there is, how it stands, what it was.
///
/// Rights   every read takes who asks; what that identity may not see is reported exactly like
///          something that does not exist (kNotFound).
/// Windows  half-open, clamped to now at their end; an empty one is kInvalidArgument on "window".
/// Threads  all calls are safe from any thread.
class Plant {
 public:
  /// Opens the store, reads the last values and starts the ingest. A broker that is not there is
  /// no error: it is retried for as long as the plant lives.
  static Result<std::unique_ptr<Plant>> open(PlantOptions options);
  virtual ~Plant() = default;

  /// The part of the plant that `who` may see. The same pointer each time for the same lines.
  virtual std::shared_ptr<const Catalogue> catalogue(const Identity& who) const = 0;
  virtual bool simulated() const = 0;
  virtual TimeNs now_ns() const = 0;
  /// Of the site: its days, weeks and months.
  virtual TimeZone zone() const { return TimeZone::utc(); }

  virtual Snapshot snapshot(const Identity& who) const = 0;
  /// `callback` is told, from a thread of the plant, what changed since the call before, at most
  /// each 25 ms. It must not block.
  virtual std::unique_ptr<Subscription> subscribe(
      const Identity& who, std::function<void(const Change& change)> callback) = 0;

  virtual Result<TagValue> latest(const Identity& who, std::string_view tag) const = 0;
  // series(), aggregate(), value_at(), state_history(), counter_increase() and the exports take an
  // earlier name of a tag (Tag::earlier) too, by the same rights, and answer in its unit.
  /// The earlier names of an asset's tags, in the order of tags_of().
  /// Errors  kNotFound on "asset"; the store's.
  virtual Result<std::vector<EarlierHistory>> earlier(const Identity& who,
                                                      std::string_view asset) const = 0;
  /// `asked`: how values go between samples; without it as the tag says (choose_interpolation).
  virtual Result<Series> series(const Identity& who, std::string_view tag, TimeWindow window,
                                int max_points,
                                std::optional<Interpolation> asked = std::nullopt) const = 0;
  virtual Result<Aggregate> aggregate(const Identity& who, std::string_view tag, TimeWindow window,
                                      std::optional<Interpolation> asked = std::nullopt) const = 0;
  /// What the tag's value was at one time, which must not lie in the future.
  /// Errors  kNotFound on "tag"; those of mw::plant::value_at().
  virtual Result<PointValue> value_at(const Identity& who, std::string_view tag, TimeNs ts_ns,
                                      std::optional<Interpolation> asked) const = 0;
  virtual Result<StateHistory> state_history(const Identity& who, std::string_view tag,
                                             TimeWindow window) const = 0;
  virtual Result<CounterIncrease> counter_increase(const Identity& who, std::string_view tag,
                                                   TimeWindow window) const = 0;
  /// What the OEE of an asset amounts to over a window, counted over the shifts of its line.
  /// Errors  kNotFound on "asset"; kInvalidArgument on "window", also for one over 400 days.
  virtual Result<OeeReport> oee(const Identity& who, std::string_view asset,
                                TimeWindow window) const = 0;
  /// The batches of an asset, or of a line and its assets where `asset` is empty, that overlap a
  /// window.
  /// Errors  kNotFound on "asset" or "line"; kInvalidArgument on "window", also for one over 100
  ///         days.
  virtual Result<BatchList> batches(const Identity& who, std::string_view asset,
                                    std::string_view line, TimeWindow window) const = 0;
  /// The run of a shift that began on a local day ("2026-11-26"); the latest begun one without day.
  /// Errors  kNotFound on "shift"; kInvalidArgument on "date".
  virtual Result<TimeWindow> shift_run(const Identity& who, std::string_view asset,
                                       std::string_view shift, std::string_view date) const = 0;
  /// The earliest sample of any visible tag, for "since when is there data"; absent when none.
  virtual std::optional<TimeNs> earliest_ns(const Identity& who) const = 0;

  virtual BrokerStatus broker() const = 0;
  virtual IngestStats stats() const = 0;
  /// Snapshot::connectors alone.
  virtual std::vector<ConnectorStatus> connectors(const Identity& who) const {
    return snapshot(who).connectors;
  }

  /// Stores what was pushed to tags that `who` may see, if `who` is an operator, engineer or admin,
  /// or a key that PlantOptions::push_keys names. A tag that `who` may not see is refused exactly
  /// like one that does not exist.
  /// Errors  kPermissionDenied; kResourceExhausted when the disk refuses and the buffer is full:
  ///         send all of it again later, what was stored stays once.
  virtual Result<PushOutcome> push(const Identity& who, PushedSamples samples) = 0;

  /// Stores what was told of a batch, by the rights of push(): the one that runs under its number
  /// where no start is given, else the one that began then. `record` is called with it once all is
  /// checked, before it is stored, and may refuse.
  /// Errors  kPermissionDenied; kNotFound on "asset" or "line"; kInvalidArgument naming the member;
  ///         the store's: nothing was stored.
  virtual Result<Batch> push_batch(const Identity& who, const PushedBatch& batch,
                                   const BatchRecord& record) = 0;

  /// The events of an asset, or of a line and its assets where `asset` is empty, that overlap a
  /// window or begin in it.
  /// Errors  kNotFound on "asset" or "line"; kInvalidArgument on "window", also for one over 400
  ///         days.
  virtual Result<PlantEventList> events(const Identity& who, std::string_view asset,
                                        std::string_view line, TimeWindow window) const = 0;
  /// Stores what was told of an event, as push_batch() does of a batch. Told again under its id
  /// and start by the same teller, it replaces what was told; without start it is the open one.
  /// Errors  those of push_batch(); kConflict on "id" when somebody else told it.
  virtual Result<PlantEvent> tell_event(const Identity& who, const ToldEvent& told,
                                        const EventRecord& record) = 0;

  /// Where samples come in that do not come over the broker: import, back-fill, tests.
  virtual Ingest& ingest() = 0;

  /// Writes the samples themselves of some tags as CSV, as export_csv() does, until `write` returns
  /// false.
  /// Errors  kNotFound on "tag" for one that `who` may not see, before anything is written.
  virtual Result<SampleExport> export_samples(
      const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
      const std::function<bool(std::string_view text)>& write) const = 0;
  /// The same with the values at `step_ns`, `2 step_ns`... after the window's start, as export_grid
  /// writes them.
  /// Errors  as export_samples(); those of export_grid().
  virtual Result<SampleExport> export_values(
      const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
      const CsvGrid& grid, const std::function<bool(std::string_view text)>& write) const = 0;

  /// How a connector or feed that is there now did, in at most `max_points` points of equal length;
  /// of the last 90 days.
  /// Errors  kNotFound on "connector", also for one that Snapshot::connectors hides from `who`;
  ///         kInvalidArgument on "window".
  virtual Result<ConnectorHistory> connector_history(const Identity& who,
                                                     std::string_view connector, TimeWindow window,
                                                     int max_points) const = 0;
  /// When the first of the certificates of a connector's or feed's other end expires, by who looked
  /// ("broker" is ours): ConnectorStatus has it then. A name that there is not is passed over.
  virtual void set_certificate_expiry(std::string_view connector, TimeNs expires_ns) {
    (void)connector;
    (void)expires_ns;
  }
};

}  // namespace mw::plant
