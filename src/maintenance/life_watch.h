#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/identity.h"
#include "core/log.h"
#include "maintenance/live_life/life_source.h"
#include "maintenance/remaining_life.h"
#include "plant/plant.h"
#include "plant/renames.h"
#include "security/audit_event.h"

namespace mw::maintenance {

struct LifeWatchOptions {
  std::filesystem::path folder;         // DATA/maintenance: models/NAME, life/ASSET
  std::shared_ptr<plant::Plant> plant;  // ends after it: it holds it
  const Clock* clock = nullptr;         // must outlive it
  LogSink log = no_log();
  std::shared_ptr<security::Audit> audit;  // null: none is kept
};

/// A model of remaining life that a machine may be followed by.
struct LifeModelView {
  std::string name;
  std::vector<std::string> columns;  // that it needs
  std::string time_name;             // of its table: "hour"
  double row_step = 0;               // in that time; 0: it cannot follow a machine
  double cap = 0;
  int64_t trained_assets = 0;
  Json card;  // as it stands on disk
};

/// What was, or is, said of a machine at the end of a row.
struct LifePoint {
  TimeNs ts_ns = 0;
  double age = 0;  // in the model's time, as the others
  LifeAnswerKind kind = LifeAnswerKind::kTooEarly;
  double low = 0, point = 0, high = 0;
};

/// Remaining life of a machine, for people.
struct LifeView {
  LifeFollowing following;
  std::string line;
  LifeModelView model;
  TimeNs began_ns = 0;               // of the life that is followed
  bool by_event = false;             // an event told so
  std::optional<LifeAnswer> answer;  // absent: `problem` says why nothing is claimed
  Text problem;
  TimeNs row_ns = 0;      // end of the last row; 0: there is none yet
  double wear_share = 1;  // of the last seven days in which it wore: dates go by it
  double unknown_state_s = 0;
  // By which it fails with the answer's certainty, if it goes on being run as in the last week.
  // Both of a range, the first alone where it is too early to say.
  std::optional<TimeNs> earliest_ns, latest_ns, likeliest_ns;
  std::vector<LifePoint> course;  // what was said as the life went on, at most kMostLifePoints
};
inline constexpr std::size_t kMostLifePoints = 60;

struct Followed;

/// Tells how long machines that run will last, from models that `maintain train` learned and what
/// the store has of them since their lives began. Computed when asked, at most each ten seconds a
/// machine. It decides nothing and alarms at nothing.
///
/// Rights   what is of a line that `who` may not see does not exist for them (kNotFound). Following
///          a machine and ending it: engineer of its line; else kPermissionDenied.
/// Errors   those of the disk and of the audit log, which has what a person does before it counts.
/// Threads  any.
class LifeWatch {
 public:
  /// Reads who is followed. What does not hold is left out and logged.
  static Result<std::unique_ptr<LifeWatch>> open(LifeWatchOptions options);
  ~LifeWatch();

  /// Those of the folder whose cards `who` may see (list_cards), by name. One that does not hold
  /// is left out.
  std::vector<LifeModelView> models(const Identity& who) const;
  /// Soonest to fail first; those of which nothing is claimed last.
  std::vector<LifeView> list(const Identity& who);
  /// Errors   kNotFound: no such machine, or nobody follows it.
  Result<LifeView> view(const Identity& who, const std::string& asset);

  struct Order {
    std::string asset, model;
    std::vector<std::pair<std::string, std::string>> columns;  // and the tag of each
    std::vector<std::string> states;
    double unit_s = 0;
    TimeNs since_ns = 0;
    std::string begins;
  };
  /// In place of what it was followed by. The model is copied: what becomes of the folder's does
  /// not change what is said.
  /// Errors   kInvalidArgument: a model that there is not, or whose card `who` may not see; a
  ///          column without a tag, a tag of another machine, a time that is not yet or not above
  ///          zero, a model without row_step().
  Result<LifeView> follow(const Identity& who, const Order& order);
  Result<void> end(const Identity& who, const std::string& asset);
  /// Takes a name out of who set what, for good (ADR 0098). May be repeated.
  Result<void> forget_person(const std::string& name);

 private:
  explicit LifeWatch(LifeWatchOptions options);
  /// What is kept of a machine goes on under today's name; that name.
  Result<std::string> follow_renames(const std::string& asset, const plant::Renames& renames) const;
  Result<void> load(const std::string& asset);
  const LifeView& fresh(Followed& followed);
  Result<void> audit(const Identity& who, const std::string& action, const std::string& asset,
                     const std::string& detail) const;

  const LifeWatchOptions options_;
  std::shared_ptr<const plant::Catalogue> catalogue_;  // the whole plant
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Followed>> followed_;  // by asset
};

}  // namespace mw::maintenance
