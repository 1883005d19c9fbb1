#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/result.h"
#include "plant/internal/journal_codec.h"
#include "plant/internal/text_table.h"
#include "sqlite/database.h"

namespace mw::plant {

/// Samples that the store's database refused, on the local disk, so that the end of the process
/// does not lose what was acknowledged (ADR 0132). Tags and texts go by name, for their numbers are
/// those of a database that may be another one by the time it takes them.
class WaitingSamples {
 public:
  /// `path` of a file that is made when something has to wait. `tag_names` by tag number.
  WaitingSamples(std::string path, std::vector<std::string> tag_names, TextTable& texts)
      : path_(std::move(path)), tag_names_(std::move(tag_names)), texts_(texts) {}

  const std::string& path() const { return path_; }
  /// On disk when it returns.
  Result<void> add(std::span<const JournalEntry> entries);
  struct Found {
    std::vector<JournalEntry> entries;  // in the numbers of today
    uint64_t unknown = 0;               // of tags that the description does not name any more
  };
  /// All that an earlier process left, in the order in which it came. It stays in the file. Where
  /// it cannot be read, the file is left as it is: add() fails, and clear() removes nothing.
  Result<Found> take_over();
  /// All of it is in the store.
  Result<void> clear();

 private:
  Result<void> connect();
  Result<void> write(std::span<const JournalEntry> entries);
  Result<void> name(const JournalEntry& entry);
  Result<Found> read();
  void renumber_text(const std::unordered_map<uint32_t, std::string>& texts, StoredSample& sample);
  Result<void> remove_all();
  Result<void> in_transaction(const std::function<Result<void>()>& change);

  const std::string path_;
  const std::vector<std::string> tag_names_;  // empty where no tag has that number
  TextTable& texts_;
  std::optional<sqlite::Database> database_;
  std::optional<Error> damage_;                            // of what an earlier process left
  std::unordered_set<uint32_t> named_tags_, named_texts_;  // in the file
};

}  // namespace mw::plant
