#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "sqlite/database.h"

namespace mw::plant {

/// Samples that came after the feed had passed their time: all of a tag from `from_ns` to `to_ns`.
struct LateStretch {
  int64_t id = 0;
  std::string tag;
  TimeNs from_ns = 0, to_ns = 0;  // both belong to it
  uint64_t samples = 0;           // noted; the stretch may hold more
  TimeNs since_ns = 0;            // when they came
};

/// How far a feed has come, on disk (docs/formats/feed_db.md): of each tag the time up to which all
/// is with the receiver, and what came late. Each write is on disk when it returns.
/// Threads  any.
class FeedPosition {
 public:
  static Result<std::unique_ptr<FeedPosition>> open(const std::string& path);

  Result<std::map<std::string, TimeNs>> positions();
  /// Of tags that are new to the feed.
  Result<void> begin(std::span<const std::pair<std::string, TimeNs>> positions);

  Result<void> note_late(std::span<const LateStretch> stretches);
  /// The id of the last one noted; 0: none.
  Result<int64_t> last_late();
  /// Those up to an id, oldest first.
  Result<std::vector<LateStretch>> late(int64_t up_to_id, int limit);
  struct LateTotal {
    uint64_t samples = 0;
    TimeNs since_ns = 0;  // of the oldest; 0: there are none
  };
  Result<LateTotal> late_total();

  /// What the receiver has confirmed: positions of tags; late stretches, whole or up to a time.
  struct Done {
    std::vector<std::pair<std::string, TimeNs>> positions;
    struct Late {
      int64_t id = 0;
      uint64_t samples = 0;           // that were sent of it
      std::optional<TimeNs> next_ns;  // where it goes on; absent: it is done with
    };
    std::vector<Late> late;
  };
  Result<void> done(const Done& done);

 private:
  explicit FeedPosition(sqlite::Database database) : database_(std::move(database)) {}
  /// All or nothing.
  Result<void> transaction(const std::function<Result<void>()>& write);

  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace mw::plant
