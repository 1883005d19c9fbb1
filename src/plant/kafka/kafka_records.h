#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kafka/kafka_consumer.h"
#include "plant/internal/topic_table.h"

namespace mw::plant {

/// What one record says, and what of it could not be understood.
struct RecordReadings {
  std::vector<Reading> readings;
  uint64_t refused = 0;
  Text reason;  // of the last one that was refused
};

/// Which records bring which tags. Immutable once made.
///
/// A record of one of KafkaOptions::samples is {"tag": ..., "ts": ..., "value": ...} or a list of
/// such (docs/formats/push.md). Its key may name the machine, then `tag` needs only the rest
/// ("oil_temperature"); or the whole tag, then `tag` is not needed at all. What names no time held
/// at the record's own, so that a record read twice is the same sample twice.
class KafkaRecords {
 public:
  /// Errors  as TopicTable::make, and for topics that can be none, such as one in both lists.
  static Result<KafkaRecords> make(const KafkaOptions& options, const Catalogue& catalogue);

  /// Each once, to be subscribed to.
  std::vector<std::string> topics() const { return {topics_.begin(), topics_.end()}; }
  /// Never fails as a whole: a record that says nothing is one refusal.
  RecordReadings read(const kafka::Record& record) const;

 private:
  RecordReadings read_samples(std::string_view key, std::string_view payload) const;
  RecordReadings read_values(const kafka::Record& record) const;

  std::set<std::string, std::less<>> topics_, samples_;
  TopicTable values_;  // by topic, or topic/key
};

}  // namespace mw::plant
