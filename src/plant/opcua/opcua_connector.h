#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "core/log.h"
#include "plant/internal/connector_health.h"
#include "plant/internal/live_table.h"
#include "plant/opcua/opcua_client.h"
#include "plant/opcua/opcua_holes.h"

namespace mw::plant {

/// What of `options` does not fit the plant: a tag that it does not have, another unit than the
/// tag's, states it does not know, a tag twice, a node that is written wrongly. The positions of
/// the nodes' tags when all fits.
Result<std::vector<TagIndex>> check_opcua_options(const OpcuaOptions& options,
                                                  const Catalogue& catalogue);

/// Follows the variables of one OPC UA server, for as long as it lives. A server tells only what
/// changes, so a variable that was quiet for a third of its tag's watchdog period is read: that it
/// still holds is a sample too, and one that fails does not look alive. When the session is lost
/// the tags turn bad by the live table; it is opened anew without end, after 0.25 s and then ever
/// later up to 10 s. What was missed meanwhile is then fetched, where the server keeps it; what is
/// still to be fetched lies in OpcuaOptions::folder, so that the next start goes on with it.
///
/// Threads  one of its own.
class OpcuaConnector final : public Connector {
 public:
  using Dial = std::function<Result<std::unique_ptr<OpcuaClient>>(
      const OpcuaOptions& options, std::vector<OpcuaItem> items, const std::stop_token& stop)>;
  /// Without `dial`, OpcuaClient::connect. Errors: kUnsupported where this build has no OPC UA.
  static Result<std::unique_ptr<Connector>> start(OpcuaOptions options, const Catalogue& catalogue,
                                                  Ingest& ingest, LiveTable& live,
                                                  const Clock& clock, LogSink log,
                                                  Dial dial = nullptr);
  ~OpcuaConnector() override;
  const ConnectorHealth& health() const override { return health_; }
  void request_stop() override { thread_.request_stop(); }

 private:
  struct Follow {
    OpcuaItem item;
    int64_t quiet_ns = 0;          // after which it is read
    int64_t heard_ns = 0;          // steady
    TimeNs source_ns = INT64_MIN;  // the newest
    TimeNs known_ns = 0;           // time of the newest sample; 0: none
    TimeNs hole_ns = 0;            // since when samples may be missing; 0: none are
  };

  OpcuaConnector(OpcuaOptions options, const std::vector<TagIndex>& tags,
                 const Catalogue& catalogue, Ingest& ingest, LiveTable& live, const Clock& clock,
                 LogSink log, Dial dial);
  void run(const std::stop_token& stop);
  Result<void> serve(const std::stop_token& stop);
  Result<void> follow();
  Result<void> read_quiet(bool all);
  enum class Came { kChange, kRead, kPast };
  void heard(std::size_t position, OpcuaValue value, Came came);
  Reading reading_of(std::size_t position, OpcuaValue value, Came came);
  std::optional<TimeNs> time_of(Follow& follow, const OpcuaValue& value, Came came);
  void flush();
  OpcuaHoles kept_holes();
  void keep_holes();
  void find_holes();
  Result<void> skip_unkept_holes();
  Result<void> fill_hole();
  Result<void> fetch_part();
  bool store_part();
  void end_hole();
  void look_at_certificates();
  void complain(std::size_t position, const std::string& en, const std::string& zh);
  void lost(const Text& problem);
  bool sleep_ms(int64_t ms, const std::stop_token& stop);

  const OpcuaOptions options_;
  Ingest& ingest_;
  LiveTable& live_;
  const Clock& clock_;
  const LogSink log_;
  const Dial dial_;
  const std::filesystem::path holes_file_;
  ConnectorHealth health_;
  LiveTable::LinkId link_ = 0;
  std::vector<Follow> follows_;  // as options_.nodes
  std::unique_ptr<OpcuaClient> client_;
  std::vector<Reading> pending_;
  std::vector<std::size_t> holes_;  // positions that wait for their past, the next one last
  /// Of the past of holes_.back(). A server forgets what it told: until it is on disk it lies here.
  struct Part {
    std::vector<Reading> readings;
    std::string more;
  };
  std::optional<Part> part_;
  std::string more_;  // of the past of holes_.back()
  int parts_ = 0;     // of it that are stored
  TimeNs holes_end_ns_ = 0;
  int64_t holes_kept_ns_ = 0;  // when their file was written; steady
  int64_t look_again_ns_ = 0;  // at the certificates; steady
  std::string last_problem_;
  std::mutex wake_mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: joined first
};

}  // namespace mw::plant
