#include "plant/internal/waiting_samples.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>

#include "plant/sample.h"
#include "sqlite/schema.h"

namespace mw::plant {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE tag(number INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE text(number INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE journal(seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
)sql";

bool is_text(const StoredSample& sample) { return (sample.status & kStatusIsText) != 0; }

uint32_t text_of(const StoredSample& sample) { return static_cast<uint32_t>(sample.value); }

/// A table of numbers and names of the file.
Result<std::unordered_map<uint32_t, std::string>> names_of(sqlite::Database& database,
                                                           const char* select_sql) {
  MW_ASSIGN(auto select, database.prepare(select_sql));
  std::unordered_map<uint32_t, std::string> out;
  while (true) {
    MW_ASSIGN(const bool row, select.step());
    if (!row) return out;
    out[static_cast<uint32_t>(select.integer(0))] = select.text(1);
  }
}

}  // namespace

Result<void> WaitingSamples::connect() {
  if (database_) return {};
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(path_, sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute("PRAGMA busy_timeout = 5000"));
  MW_TRY(database.execute("PRAGMA journal_mode = WAL"));
  MW_TRY(database.execute("PRAGMA synchronous = FULL"));
  MW_TRY(sqlite::prepare(database, {"plant_waiting.db", 0x4D575741, 1, 3, kTables}));  // "MWWA"
  database_ = std::move(database);
  return {};
}

Result<void> WaitingSamples::in_transaction(const std::function<Result<void>()>& change) {
  MW_TRY(database_->execute("BEGIN IMMEDIATE"));
  Result<void> outcome = change();
  if (outcome) outcome = database_->execute("COMMIT");
  if (!outcome) {
    (void)database_->execute("ROLLBACK");
    // What was named in this transaction is not.
    named_tags_.clear();
    named_texts_.clear();
  }
  return outcome;
}

Result<void> WaitingSamples::add(std::span<const JournalEntry> entries) {
  if (damage_) return *damage_;
  MW_TRY(connect());
  return in_transaction([&] { return write(entries); });
}

Result<void> WaitingSamples::write(std::span<const JournalEntry> entries) {
  for (const JournalEntry& entry : entries) MW_TRY(name(entry));
  MW_ASSIGN(auto insert, database_->prepare("INSERT INTO journal(body) VALUES(?)"));
  while (!entries.empty()) {
    const std::size_t count = std::min(entries.size(), kJournalEntries);
    const std::string body = encode_journal(entries.first(count));
    insert.bind(1, std::as_bytes(std::span(body)));
    MW_TRY(insert.run());
    entries = entries.subspan(count);
  }
  return {};
}

Result<void> WaitingSamples::name(const JournalEntry& entry) {
  const auto put = [&](const char* sql, uint32_t number, const std::string& name) -> Result<void> {
    MW_ASSIGN(auto insert, database_->prepare(sql));
    insert.bind(1, int64_t{number}).bind(2, std::string_view(name));
    return insert.run();
  };
  if (named_tags_.insert(entry.tag_id).second) {
    MW_TRY(put("INSERT OR REPLACE INTO tag(number, name) VALUES(?, ?)", entry.tag_id,
               entry.tag_id < tag_names_.size() ? tag_names_[entry.tag_id] : std::string()));
  }
  if (!is_text(entry.sample)) return {};
  const uint32_t number = text_of(entry.sample);
  if (!named_texts_.insert(number).second) return {};
  return put("INSERT OR REPLACE INTO text(number, text) VALUES(?, ?)", number, texts_.text(number));
}

Result<WaitingSamples::Found> WaitingSamples::take_over() {
  Found found;
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) return found;
  Result<void> renumbered = connect();
  if (renumbered) {
    // Later entries come with the numbers of today and must not meet others in the file.
    renumbered = in_transaction([&]() -> Result<void> {
      MW_ASSIGN(found, read());
      MW_TRY(remove_all());
      return write(found.entries);
    });
  }
  if (renumbered) return found;
  damage_ = renumbered.error();
  return *damage_;
}

Result<WaitingSamples::Found> WaitingSamples::read() {
  Found found;
  MW_ASSIGN(const auto tags, names_of(*database_, "SELECT number, name FROM tag"));
  MW_ASSIGN(const auto texts, names_of(*database_, "SELECT number, text FROM text"));
  std::unordered_map<std::string, uint32_t> numbers;
  for (std::size_t i = 0; i < tag_names_.size(); ++i) {
    if (!tag_names_[i].empty()) numbers[tag_names_[i]] = static_cast<uint32_t>(i);
  }
  MW_ASSIGN(auto select, database_->prepare("SELECT body FROM journal ORDER BY seq"));
  while (true) {
    MW_ASSIGN(const bool row, select.step());
    if (!row) return found;
    Result<std::vector<JournalEntry>> entries = decode_journal(select.blob(0));
    if (!entries) return entries.error().within(path_);
    for (JournalEntry& entry : *entries) {
      const auto tag = tags.find(entry.tag_id);
      const auto number = tag == tags.end() ? numbers.end() : numbers.find(tag->second);
      if (number == numbers.end()) {
        ++found.unknown;
        continue;
      }
      entry.tag_id = number->second;
      if (is_text(entry.sample)) renumber_text(texts, entry.sample);
      found.entries.push_back(entry);
    }
  }
}

void WaitingSamples::renumber_text(const std::unordered_map<uint32_t, std::string>& texts,
                                   StoredSample& sample) {
  const auto text = texts.find(text_of(sample));
  std::optional<uint32_t> number;
  if (text != texts.end()) number = texts_.number(text->second, TextTable::Use::kState);
  if (number) {
    sample.value = *number;
  } else {  // as where a new text finds no room
    sample.value = 0;
    sample.status = make_status(Quality::kBad, QualityReason::kNoRoomForText) | kStatusNoValue;
  }
}

Result<void> WaitingSamples::remove_all() {
  named_tags_.clear();
  named_texts_.clear();
  return database_->execute("DELETE FROM journal; DELETE FROM tag; DELETE FROM text");
}

Result<void> WaitingSamples::clear() {
  if (!database_ || damage_) return {};
  return in_transaction([&] { return remove_all(); });
}

}  // namespace mw::plant
