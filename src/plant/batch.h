#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/language.h"
#include "core/result.h"
#include "plant/oee.h"
#include "plant/sample_store.h"

namespace mw::plant {

/// What has to be known beside a batch before anybody relies on it.
enum class BatchDoubt {
  kSignalLost,       // which batch ran was not known for part of its time
  kNumberAgain,      // the same number ran more than once
  kNoStart,          // it ran already when the signal came: it began at some time before
  kNoEnd,            // the signal was lost, or the next one began: its end was not told
  kNoProduct,        // which product ran is not known for half of its time
  kProducts,         // more than one product ran; the one that ran longest is named
  kCountersMissing,  // a counter of parts has good samples for too little of its time
};
/// "signal_lost": as the API and evidence name it.
std::string_view batch_doubt_name(BatchDoubt doubt);
Text describe(BatchDoubt doubt);
/// By its name; nothing for what is none.
std::optional<Text> describe_batch_doubt(std::string_view name);

/// A batch: a stretch of time on a machine, or on a line as a whole, with a number and a product.
struct Batch {
  std::string number;   // "B-1042"
  std::string product;  // code; empty: not known, or not described
  std::string asset;    // empty: of the line as a whole
  std::string line;
  TimeNs start_ns = 0;
  TimeNs end_ns = 0;     // exclusive; of one that runs: now
  bool running = false;  // still, as far as is known
  std::string told_by;   // who pushed it; empty: the machine's text tag said it
  std::vector<BatchDoubt> doubts;
  // Of a machine: its states and counters from start to end, shifts or not, and what OEE they make.
  std::optional<OeeReport> report;

  bool has(BatchDoubt doubt) const;
  /// Once.
  void add(BatchDoubt doubt);
};

struct BatchList {
  std::vector<Batch> batches;  // ascending by start
  bool cut = false;            // there are more: these are the latest
};

/// The most that an answer holds.
inline constexpr std::size_t kMostBatches = 200;

/// The batches that a text tag tells, of those that overlap `window`, ascending: one begins with
/// the first sample that says its number and ends with the first that says another, or nothing.
/// Samples hold for the watchdog period `hold_ns`; where a number comes back after a gap, the batch
/// goes on and says kSignalLost. Looks back at most 31 days for the start of what runs at the
/// window's start, and as far for the end of what runs at its end; never beyond `now_ns`. `number`,
/// times, `running` and doubts are filled.
Result<std::vector<Batch>> find_batches(const SampleStore& store, TagIndex tag, int64_t hold_ns,
                                        TimeWindow window, TimeNs now_ns);

/// Sets the product that ran over each batch: the one that ran longest, if that is known for half
/// of its time. What ran no longer than the tag's watchdog period is the change-over.
Result<void> find_products(const SampleStore& store, const Tag& tag, std::vector<Batch>& batches);

}  // namespace mw::plant
