#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "maintenance/detect/band_detector.h"
#include "maintenance/detect/pca_detector.h"
#include "maintenance/detect/sensor_health.h"
#include "maintenance/health/health_model.h"

namespace mw::maintenance {

enum class HealthVerdict { kHealthy, kAlarm, kNotEnoughEvidence, kNeverSeen, kSensorFault };

/// "healthy", "alarm", "not_enough_evidence", "never_seen", "sensor_fault".
std::string_view verdict_name(HealthVerdict verdict);
Text verdict_text(HealthVerdict verdict);

/// How a machine is, as far as its values say.
struct HealthPoint {
  HealthVerdict verdict = HealthVerdict::kNotEnoughEvidence;
  std::string state;            // as the machine reports; empty: not known
  std::optional<double> score;  // distance from normal; over the card's threshold is an alarm
  std::optional<double> index;  // 100 - 50 * score / threshold, within 0..100: at 50 is the alarm
  std::vector<double> contributions;  // of each tag over the rows of the median; they sum to 1
  std::string sensor;  // tag of the sensor at fault, or of which there is no good value
  SensorFault fault = SensorFault::kNone;
};

/// So many rows a score stands on.
inline constexpr std::size_t kScoredRows = 5;

/// Scores a machine's rows against its own normal history, regime by regime: the larger of robust
/// bands and PCA's T2 and Q, as the median of the last five so that one bad sample is no alarm.
/// Training, replay and live use this same class.
///
/// Errors   of make(): those of the detectors, for a regime with too few rows.
/// Threads  one at a time.
class HealthScorer {
 public:
  static Result<HealthScorer> make(const HealthModel& model);

  /// The next row in time; a gap forgets what came before it.
  HealthPoint take(TimeNs ts_ns, const std::string& state, std::span<const double> row);
  /// What each tag stays within in 98 of 100 normal rows of a state; nothing for an unseen one.
  struct Limits {
    double low = 0;
    double high = 0;
  };
  std::vector<Limits> limits(const std::string& state) const;

 private:
  struct Regime {
    std::string state;
    BandDetector bands;
    PcaDetector pca;
    std::optional<SensorHealth> sensors;  // absent: too few rows, or one tag only
    std::vector<Limits> limits;
    SampleMatrix recent;  // the last rows in this state, for the sensor check
    std::size_t since_check = 0;
    std::size_t faulty = 0;  // column + 1; 0: none
    SensorFault fault = SensorFault::kNone;
  };
  HealthScorer() = default;
  static Result<Regime> make_regime(const HealthRegime& regime);
  Regime* regime_of(const std::string& state);
  void forget();
  void check_sensors(Regime& regime, std::span<const double> row);

  std::vector<std::string> tags_;
  std::vector<bool> checked_;  // whose sensor check counts
  double threshold_ = 1;
  int64_t gap_ns_ = 0;
  std::vector<Regime> regimes_;
  std::deque<Deviation> last_;  // known ones, of the median
  std::string state_;
  TimeNs last_ns_ = 0;
};

}  // namespace mw::maintenance
