#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/identity.h"
#include "core/log.h"
#include "maintenance/vibration_plots.h"
#include "maintenance/vibration_report.h"
#include "plant/plant.h"
#include "security/audit_event.h"

namespace mw::maintenance {

/// What was found in a recording when it was added: enough for a list.
struct VibrationFound {
  double velocity_rms_mm_s = 0;
  double acceleration_rms_m_s2 = 0;
  double kurtosis = 0;
  std::optional<Severity> severity;
  bool diagnosed = false;            // with a bearing and a shaft's speed
  std::optional<BearingPart> named;  // the damaged part
};

/// A recording of a measuring point, without its samples.
struct VibrationInfo {
  int64_t number = 0;  // the machine's own; grows with the time when it was added, never reused
  std::string asset;
  std::string point;  // "drive end, radial"
  TimeNs ts_ns = 0;   // when the recording began
  double rate_hz = 0;
  bool in_g = true;  // else the samples are in m/s2
  std::optional<double> rpm;
  std::optional<BearingGeometry> bearing;
  std::optional<BearingOrders> orders;  // in place of a geometry
  bool bearing_from_plant = false;      // what was said with the recording had none
  std::string bearing_name;             // as the plant description calls it
  std::string rpm_tag;                  // whose value `rpm` was; empty: said, or of the file
  std::optional<MachineGroup> group;
  std::string source;   // name of the file that it came from
  std::string channel;  // of that file
  std::string by;       // who added it
  TimeNs added_ns = 0;
  uint64_t samples = 0;  // that are kept
  uint64_t cut = 0;      // that the file had beyond those
  VibrationFound found;
};

/// The longest stretch that is kept, and looked at.
inline constexpr std::size_t kMostVibrationSamples = std::size_t{1} << 18;

struct VibrationOptions {
  std::filesystem::path folder;  // DATA/maintenance/vibration
  std::shared_ptr<plant::Plant> plant;
  const Clock* clock = nullptr;  // must outlive it
  LogSink log = no_log();
  std::shared_ptr<security::Audit> audit;             // null: none is kept
  uint64_t most_bytes_a_machine = uint64_t{1} << 28;  // its oldest go for newer ones
  std::size_t most_a_machine = 2000;
};

/// Vibration recordings of machines' measuring points, each a file that is written whole
/// (docs/formats/vibration.md, ADR 0143).
///
/// Rights   a machine of a line that `who` may not see does not exist for them (kNotFound). Adding:
///          operator of the machine's line; removing: engineer. Else kPermissionDenied.
/// Errors   those of the disk and of the audit log, which has what a person does before it counts.
/// Threads  any.
class VibrationArchive {
 public:
  /// Reads the beginnings of all files. One that does not hold is left out and logged.
  static Result<std::unique_ptr<VibrationArchive>> open(VibrationOptions options);

  /// What is said of a recording that is to be added.
  struct Order {
    VibrationInfo info;  // asset, point, time (0: now), rate, unit, speed, bearing, group, channel
    std::string file;    // its name: .mat, or text
    std::string_view bytes;  // of that file
  };
  struct Added {
    VibrationInfo info;
    std::vector<VibrationInfo> removed;  // older ones of the machine that it took the place of
    Text note;                           // why the plant's bearing was not used; empty: it was,
                                         // or there is none
  };
  /// Errors   kInvalidArgument: what is said does not fit (the parameter is named), the file has
  ///          no such channel, and those of report_vibration; kResourceExhausted: the machine's
  ///          share of the disk is full of newer recordings; those of read_recording.
  Result<Added> add(const Identity& who, const Order& order);

  /// Newest first.
  Result<std::vector<VibrationInfo>> list(const Identity& who, const std::string& asset) const;

  struct Look {
    VibrationInfo info;
    VibrationReport report;
    VibrationPlots plots;
  };
  Result<Look> look(const Identity& who, const std::string& asset, int64_t number) const;

  struct Series {
    std::vector<VibrationInfo> recordings;  // oldest first, one a row
    Waterfall waterfall;
  };
  /// The last `count` (at most kMostRows) recordings of a point, up to `to_hz` where it is given.
  /// Errors   kNotFound: nothing was recorded at that point.
  Result<Series> series(const Identity& who, const std::string& asset, const std::string& point,
                        std::size_t count, std::optional<double> to_hz) const;
  static constexpr std::size_t kMostRows = 30;

  Result<void> remove(const Identity& who, const std::string& asset, int64_t number);
  /// Takes a name out of all files, for good (ADR 0098). May be repeated.
  Result<void> forget_person(const std::string& name);

 private:
  struct Kept {
    VibrationInfo info;
    uint64_t bytes = 0;
  };
  using Machine = std::map<int64_t, Kept>;  // by number
  struct Looked {
    std::string asset;
    int64_t number = 0;
    VibrationReport report;
    VibrationPlots plots;
  };

  explicit VibrationArchive(VibrationOptions options) : options_(std::move(options)) {}
  void load();
  std::filesystem::path path_of(const std::string& asset, int64_t number) const;
  Result<VibrationInfo> find(const Identity& who, const std::string& asset, int64_t number) const;
  Result<std::vector<double>> samples_of(const VibrationInfo& info) const;
  void remember(Looked looked) const;
  /// Numbers and writes it; what went for it.
  Result<std::vector<VibrationInfo>> keep(const Identity& who, VibrationInfo& info,
                                          std::span<const double> samples);
  Result<std::vector<int64_t>> to_remove(const Machine& machine, const VibrationInfo& info,
                                         uint64_t bytes) const;
  Result<void> audit(const Identity& who, const char* action, const VibrationInfo& info,
                     const std::string& detail) const;

  const VibrationOptions options_;
  mutable std::mutex looking_;         // one at a time: a look at a long recording takes 50 MB
  mutable std::deque<Looked> looked_;  // the last, whose files never change; under looking_
  mutable std::mutex mutex_;
  std::map<std::string, Machine> machines_;  // by asset
};

VibrationSetup setup_of(const VibrationInfo& info);
Json to_json(const BearingGeometry& geometry);
Json to_json(const BearingOrders& orders);
/// All that is known of a recording, times in ns: what its file begins with.
Json to_json(const VibrationInfo& info);

}  // namespace mw::maintenance
