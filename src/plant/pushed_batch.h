#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "plant/batch.h"
#include "plant/plant_record.h"

namespace mw::plant {

/// A batch as an MES tells it: of one machine, or of a line as a whole.
struct PushedBatch {
  std::string asset, line;  // one of them
  std::string number;
  std::optional<std::string> product;  // absent: as it was told before
  std::optional<TimeNs> start_ns;      // absent: of the one that runs under this number, else now
  std::optional<TimeNs> end_ns;        // absent: it runs
};

/// Puts on record what is about to be stored; an error keeps it from being stored.
using BatchRecord = std::function<Result<void>(const Batch& batch)>;

/// Reads {"asset" or "line", "batch", "product", "start", "end"}; times as docs/formats/push.md.
/// Format  docs/formats/batches.md
/// Errors  kInvalidArgument naming the member; texts are of at most 200 bytes without controls.
Result<PushedBatch> decode_pushed_batch(std::string_view body);

inline constexpr std::string_view kBatchRecords = "batch";

/// As the store keeps it: `name` is the number, `body` {"product", "told_by"}.
PlantRecord record_of(const Batch& batch);
/// The other way; `asset` and `line` are left to the caller. A body that is no such JSON, of a
/// database that somebody else wrote to, is a batch without product. One without end runs until
/// `now_ns`.
Batch batch_of(const PlantRecord& record, TimeNs now_ns);

/// Of records that overlap a window, latest first: the batches, ascending. Where one has no end and
/// another begins later, it ended then, and says that its end was not told.
std::vector<Batch> batches_of(const std::vector<PlantRecord>& records, TimeNs now_ns);

}  // namespace mw::plant
