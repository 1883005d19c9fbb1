#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "mqtt/mqtt_client.h"
#include "plant/feed/fed_store.h"
#include "plant/ingest.h"
#include "plant/internal/connector_health.h"
#include "plant/internal/connector_recorder.h"
#include "plant/internal/live_table.h"
#include "plant/internal/retention_runner.h"
#include "plant/plant.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// A machine, or a line as a whole, that somebody tells of.
struct ToldPlace {
  std::string asset;  // empty: the line
  std::string line;
  std::string records;  // the `place` of its records
};

/// The plant over its parts: store, live table, ingest, the link to the broker, and one thread that
/// looks at the watchdogs and tells subscribers.
class PlantImpl final : public Plant {
 public:
  static Result<std::unique_ptr<Plant>> open(PlantOptions options);
  ~PlantImpl() override;

  std::shared_ptr<const Catalogue> catalogue(const Identity& who) const override;
  bool simulated() const override { return catalogue_->simulated(); }
  TimeNs now_ns() const override { return clock_.now_ns(); }
  TimeZone zone() const override { return zone_; }
  Snapshot snapshot(const Identity& who) const override;
  std::unique_ptr<Subscription> subscribe(
      const Identity& who, std::function<void(const Change& change)> callback) override;
  Result<TagValue> latest(const Identity& who, std::string_view tag) const override;
  Result<std::vector<EarlierHistory>> earlier(const Identity& who,
                                              std::string_view asset) const override;
  Result<Series> series(const Identity& who, std::string_view tag, TimeWindow window,
                        int max_points, std::optional<Interpolation> asked) const override;
  Result<Aggregate> aggregate(const Identity& who, std::string_view tag, TimeWindow window,
                              std::optional<Interpolation> asked) const override;
  Result<PointValue> value_at(const Identity& who, std::string_view tag, TimeNs ts_ns,
                              std::optional<Interpolation> asked) const override;
  Result<StateHistory> state_history(const Identity& who, std::string_view tag,
                                     TimeWindow window) const override;
  Result<CounterIncrease> counter_increase(const Identity& who, std::string_view tag,
                                           TimeWindow window) const override;
  Result<OeeReport> oee(const Identity& who, std::string_view asset,
                        TimeWindow window) const override;
  Result<BatchList> batches(const Identity& who, std::string_view asset, std::string_view line,
                            TimeWindow window) const override;
  Result<TimeWindow> shift_run(const Identity& who, std::string_view asset, std::string_view shift,
                               std::string_view date) const override;
  Result<SampleExport> export_samples(
      const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
      const std::function<bool(std::string_view text)>& write) const override;
  Result<SampleExport> export_values(
      const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
      const CsvGrid& grid, const std::function<bool(std::string_view text)>& write) const override;
  std::optional<TimeNs> earliest_ns(const Identity& who) const override;
  BrokerStatus broker() const override { return live_.broker(); }
  IngestStats stats() const override;
  std::vector<ConnectorStatus> connectors(const Identity& who) const override;
  Result<ConnectorHistory> connector_history(const Identity& who, std::string_view connector,
                                             TimeWindow window, int max_points) const override;
  void set_certificate_expiry(std::string_view connector, TimeNs expires_ns) override;
  Result<PushOutcome> push(const Identity& who, PushedSamples samples) override;
  Result<Batch> push_batch(const Identity& who, const PushedBatch& batch,
                           const BatchRecord& record) override;
  Result<PlantEventList> events(const Identity& who, std::string_view asset, std::string_view line,
                                TimeWindow window) const override;
  Result<PlantEvent> tell_event(const Identity& who, const ToldEvent& told,
                                const EventRecord& record) override;
  Ingest& ingest() override { return ingest_; }

 private:
  struct Subscriber;
  class SubscriptionImpl;

  PlantImpl(const PlantOptions& options, const Clock& clock, std::unique_ptr<SampleStore> store);
  Result<void> restore();
  Result<void> connect(const PlantOptions& options);
  Result<std::unique_ptr<Connector>> start_connector(const ConnectorOptions& options);
  Result<void> start_connectors(const std::vector<ConnectorOptions>& connectors);
  Result<void> start_feeds(const PlantOptions& options, FedStore& store);
  void set_link(bool connected, std::string problem);
  void run();
  void look_at_watchdogs();
  void tell_subscribers();
  /// The tag if `who` may see it, else the error that a tag which does not exist gets.
  Result<const Tag*> visible_tag(const Identity& who, std::string_view tag) const;
  /// The same with earlier names of tags: of history, not of live values.
  Result<const Tag*> visible_history(const Identity& who, std::string_view tag) const;
  Result<const Asset*> visible_asset(const Identity& who, std::string_view asset) const;
  Result<const Line*> visible_line(const Identity& who, std::string_view line) const;
  Result<TimeWindow> checked(TimeWindow window) const;
  Result<TimeWindow> checked_export(const Identity& who, const std::vector<std::string>& tags,
                                    TimeWindow window) const;
  /// Whether `who` may write history: by role, or as a key that the options name.
  /// Somewhere; whether on a line, may_store_on says.
  Result<void> check_may_store(const Identity& who) const;
  bool may_store_on(const Identity& who, std::string_view line) const;
  bool has_push_key(const Identity& who) const;
  Result<OeeReport> oee_over(const Asset& asset, TimeWindow window,
                             const std::optional<std::vector<TimeWindow>>& scheduled) const;
  Result<std::vector<Batch>> pushed_batches(const std::string& place, TimeWindow window) const;
  Result<void> add_batches_of(const Asset& asset, TimeWindow window, std::vector<Batch>& all) const;
  Result<void> count_batch(Batch& batch) const;
  Result<void> add_events_of(const std::string& place, const std::string& asset,
                             const std::string& line, TimeWindow window,
                             std::vector<PlantEvent>& all) const;
  /// What is told of, if `who` may see it and store there.
  Result<ToldPlace> told_place(const Identity& who, const std::string& asset,
                               const std::string& line) const;
  /// In whole milliseconds, as the API tells it: a start that it answered can be told again.
  TimeNs told_now_ns() const { return clock_.now_ns() / kNsPerMs * kNsPerMs; }
  /// The record of that name which began then; without a start the one that is open.
  Result<std::optional<PlantRecord>> known_record(std::string_view kind, const ToldPlace& place,
                                                  const std::string& name,
                                                  const std::optional<TimeNs>& start_ns) const;
  Result<std::string> kept_teller(const Identity& who) const;
  std::string shown_teller(const std::string& kept) const;

  const std::shared_ptr<const Catalogue> catalogue_;
  const TimeZone zone_;
  const Clock& clock_;
  const LogSink log_;
  const std::unique_ptr<SampleStore> store_;
  LiveTable live_;
  Ingest ingest_;
  std::unique_ptr<ConnectorHealth> link_health_;  // null without a broker
  const std::string opcua_folder_, sparkplug_folder_, feeds_folder_;
  const std::vector<std::string> push_keys_;
  const std::shared_ptr<Tellers> tellers_;  // may be null
  ConnectorHealth push_health_;             // shown once something was pushed

  mutable std::mutex views_mutex_;
  mutable std::map<std::string, std::shared_ptr<const Catalogue>> views_;  // by visible lines

  mutable std::mutex expiries_mutex_;
  std::map<std::string, TimeNs, std::less<>> expiries_;  // of certificates, by connector

  std::mutex subscribers_mutex_;
  std::vector<std::shared_ptr<Subscriber>> subscribers_;

  std::mutex stop_mutex_;
  std::condition_variable stop_wake_;
  bool stopping_ = false;
  std::thread ticker_;
  std::unique_ptr<RetentionRunner> retention_;
  // Last: they end first, so that nothing comes into a dying plant.
  std::vector<std::unique_ptr<Connector>> feeds_;
  std::vector<std::unique_ptr<Connector>> connectors_;
  std::unique_ptr<mqtt::Client> link_;
  std::unique_ptr<ConnectorRecorder> recorder_;  // of all these
};

}  // namespace mw::plant
