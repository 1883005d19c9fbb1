#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "core/log.h"
#include "plant/internal/connector_health.h"
#include "plant/internal/live_table.h"
#include "plant/modbus/modbus_link.h"

namespace mw::plant {

/// What of `options` does not fit the plant: a tag that it does not have, another unit than the
/// tag's, states it does not know, an interval longer than the tag may be silent, a tag twice.
/// The positions of the registers' tags when all fits.
Result<std::vector<TagIndex>> check_modbus_options(const ModbusOptions& options,
                                                   const Catalogue& catalogue);

/// Polls one Modbus device or bus, for as long as it lives. What a unit does not give turns its
/// tags bad by the live table (its link is down), what it refuses is a bad reading, and both are
/// tried again without end, after 0.25 s and then ever later up to 10 s.
///
/// Threads  one of its own.
class ModbusConnector final : public Connector {
 public:
  static Result<std::unique_ptr<Connector>> start(ModbusOptions options, const Catalogue& catalogue,
                                                  Ingest& ingest, LiveTable& live,
                                                  const Clock& clock, LogSink log);
  ~ModbusConnector() override;
  const ConnectorHealth& health() const override { return health_; }
  void request_stop() override { thread_.request_stop(); }

 private:
  struct Unit {
    LiveTable::LinkId link = 0;
    bool up = false;  // its last request was answered
    int failures = 0;
    int64_t rests_until_ns = 0;  // steady
  };
  struct Poll {
    ModbusRead read;
    int64_t due_ns = 0;  // steady
  };

  ModbusConnector(ModbusOptions options, const std::vector<TagIndex>& tags,
                  const Catalogue& catalogue, Ingest& ingest, LiveTable& live, const Clock& clock,
                  LogSink log);
  void run(const std::stop_token& stop);
  void plan();
  bool sleep_until(int64_t wake_ns, const std::stop_token& stop);
  void poll(std::size_t position);
  void answered(Unit& unit);
  void unanswered(int unit, const Text& problem);
  void refused(std::size_t position, const ModbusOutcome& outcome);
  void take_words(const ModbusRead& read, const std::vector<uint16_t>& words);
  void take(const std::vector<Reading>& readings);
  bool any_unit_up() const;

  const ModbusOptions options_;
  Ingest& ingest_;
  LiveTable& live_;
  const Clock& clock_;
  const LogSink log_;
  ConnectorHealth health_;
  std::optional<ModbusLink> link_;
  std::map<int, Unit> units_;  // by their number
  std::vector<Poll> polls_;
  std::string last_problem_;
  std::mutex wake_mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: joined first
};

}  // namespace mw::plant
