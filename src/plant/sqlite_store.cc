#include "plant/sqlite_store.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <vector>

#include "core/check.h"
#include "core/file_lock.h"
#include "plant/internal/block_reader.h"
#include "plant/internal/journal_codec.h"
#include "plant/internal/sqlite_schema.h"
#include "plant/internal/store_writer.h"
#include "plant/internal/tail_table.h"
#include "plant/internal/text_table.h"
#include "sqlite/database.h"

namespace mw::plant {
namespace {

/// The number of each catalogue tag in the tag table, new ones added.
Result<std::vector<uint32_t>> number_tags(sqlite::Database& database, const Catalogue& catalogue) {
  MW_TRY(database.execute("BEGIN IMMEDIATE"));
  MW_ASSIGN(sqlite::Statement find,
            database.prepare("SELECT id, simulated FROM tag WHERE name = ?1"));
  MW_ASSIGN(sqlite::Statement insert,
            database.prepare("INSERT INTO tag(name, simulated) VALUES(?1, ?2)"));
  std::vector<uint32_t> ids;
  for (const Tag& tag : catalogue.tags()) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      const sqlite::StatementScope scope(find);
      find.bind(1, std::string_view(tag.id));
      MW_ASSIGN(const bool row, find.step());
      if (row) {
        if ((find.integer(1) != 0) != catalogue.simulated()) {
          return Error::make(Code::kConflict,
                             "plant.db holds " +
                                 std::string(find.integer(1) != 0 ? "simulated" : "real") +
                                 " samples of " + tag.id + ", this plant is " +
                                 (catalogue.simulated() ? "simulated" : "real") +
                                 ": they must not mix; give another --data folder",
                             "plant.db 中 " + tag.id +
                                 " 的数据与当前工厂（模拟/真实）不一致，不能混用；请用 "
                                 "--data 指定其他目录");
        }
        ids.push_back(static_cast<uint32_t>(find.integer(0)));
        break;
      }
      insert.bind(1, std::string_view(tag.id)).bind(2, int64_t{catalogue.simulated() ? 1 : 0});
      MW_TRY(insert.run());
    }
  }
  MW_TRY(database.execute("COMMIT"));
  return ids;
}

/// Brings back what was committed and not packed when the last process ended.
Result<void> replay_journal(sqlite::Database& database, TailTable& tail) {
  MW_ASSIGN(const int64_t most_id, database.integer("SELECT coalesce(max(id), 0) FROM tag"));
  MW_ASSIGN(sqlite::Statement select,
            database.prepare("SELECT seq, body FROM journal ORDER BY seq"));
  while (true) {
    MW_ASSIGN(const bool row, select.step());
    if (!row) return {};
    Result<std::vector<JournalEntry>> entries = decode_journal(select.blob(1));
    if (!entries) {
      return entries.error().within("plant.db journal row " + std::to_string(select.integer(0)));
    }
    for (const JournalEntry& entry : *entries) {
      if (int64_t{entry.tag_id} > most_id) {
        return Error::make(Code::kCorrupt,
                           "plant.db journal row " + std::to_string(select.integer(0)) +
                               ": names tag number " + std::to_string(entry.tag_id) +
                               ", the largest is " + std::to_string(most_id));
      }
    }
    (void)tail.insert(*entries);
  }
}

}  // namespace

class SqliteStore::Parts {
 public:
  Parts(SqliteStoreOptions options, FileLock lock)
      : options_(std::move(options)),
        lock_(std::move(lock)),
        blocks_(options_.path, options_.log) {}

  StoredSample pack(const Sample& sample);
  Sample unpack(TagIndex tag, const StoredSample& stored) const;

  SqliteStoreOptions options_;
  FileLock lock_;
  std::vector<uint32_t> tag_ids_;  // index: TagIndex
  TailTable tail_;
  TextTable texts_;
  BlockReader blocks_;
  std::unique_ptr<StoreWriter> writer_;  // last: ends first
};

StoredSample SqliteStore::Parts::pack(const Sample& sample) {
  StoredSample stored;
  stored.ts_ns = sample.ts_ns;
  stored.server_ts_ns = sample.server_ts_ns;
  stored.status = make_status(sample.quality, sample.reason);
  if (!sample.text.empty()) {
    const std::optional<uint32_t> number = texts_.number(sample.text);
    if (number) {
      stored.status |= kStatusIsText;
      stored.value = *number;
      return stored;
    }
    stored.status = make_status(Quality::kBad, QualityReason::kWrongType) | kStatusNoValue;
  } else if (std::isnan(sample.value)) {
    stored.status |= kStatusNoValue;
  } else {
    stored.value = sample.value;
  }
  return stored;
}

Sample SqliteStore::Parts::unpack(TagIndex tag, const StoredSample& stored) const {
  Sample sample;
  sample.tag = tag;
  sample.ts_ns = stored.ts_ns;
  sample.server_ts_ns = stored.server_ts_ns;
  sample.quality = status_quality(stored.status);
  sample.reason = status_reason(stored.status);
  sample.value = stored.value;
  const bool is_text = (stored.status & kStatusIsText) != 0;
  if (is_text || (stored.status & kStatusNoValue) != 0) {
    sample.value = std::numeric_limits<double>::quiet_NaN();
  }
  if (is_text && stored.value >= 1 && stored.value <= TextTable::kMostTexts) {
    sample.text = texts_.text(static_cast<uint32_t>(stored.value));
  }
  return sample;
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(SqliteStoreOptions options) {
  MW_CHECK(options.catalogue != nullptr);
  MW_ASSIGN(std::optional<FileLock> lock, FileLock::try_acquire(options.path + ".lock"));
  if (!lock) {
    return Error::make(
        Code::kConflict,
        "another Millwright uses " + options.path + ": stop it, or give another --data folder",
        "另一个 Millwright 正在使用 " + options.path + "；请先停止它，或用 --data 指定其他目录");
  }
  auto parts = std::make_unique<Parts>(std::move(options), std::move(*lock));
  const SqliteStoreOptions& settings = parts->options_;
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(settings.path, sqlite::Database::Mode::kReadWrite));
  MW_TRY(
      database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                       "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"));
  MW_TRY(prepare_schema(database));
  if (settings.max_pages > 0) {
    const std::string limit = "PRAGMA max_page_count = " + std::to_string(settings.max_pages);
    MW_TRY(database.execute(limit.c_str()));
  }
  MW_ASSIGN(parts->tag_ids_, number_tags(database, *settings.catalogue));
  MW_TRY(parts->texts_.load(database));
  MW_TRY(replay_journal(database, parts->tail_));
  MW_ASSIGN(parts->writer_,
            StoreWriter::start(settings, std::move(database), parts->tail_, parts->texts_));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteStore::~SqliteStore() = default;

Result<AppendOutcome> SqliteStore::append(std::span<const Sample> samples) {
  std::vector<JournalEntry> entries;
  entries.reserve(samples.size());
  for (const Sample& sample : samples) {
    MW_CHECK(sample.tag < parts_->tag_ids_.size());
    entries.push_back({parts_->tag_ids_[sample.tag], parts_->pack(sample)});
  }
  return parts_->writer_->append(std::move(entries));
}

Result<std::optional<Sample>> SqliteStore::latest(TagIndex tag) const {
  return last_before(tag, std::numeric_limits<TimeNs>::max());
}

Result<std::optional<Sample>> SqliteStore::last_before(TagIndex tag, TimeNs ts_ns) const {
  MW_CHECK(tag < parts_->tag_ids_.size());
  const uint32_t id = parts_->tag_ids_[tag];
  // The tail first: a sample that is being packed meanwhile is then seen twice, not never.
  const std::optional<StoredSample> in_tail = parts_->tail_.last_before(id, ts_ns);
  MW_ASSIGN(const std::optional<StoredSample> in_block, parts_->blocks_.last_before(id, ts_ns));
  if (in_block && (!in_tail || in_block->ts_ns >= in_tail->ts_ns)) {
    return std::optional<Sample>(parts_->unpack(tag, *in_block));
  }
  if (in_tail) return std::optional<Sample>(parts_->unpack(tag, *in_tail));
  return std::optional<Sample>();
}

Result<void> SqliteStore::scan(TagIndex tag, TimeWindow window, const Visitor& visit) const {
  MW_CHECK(tag < parts_->tag_ids_.size());
  const uint32_t id = parts_->tag_ids_[tag];
  const std::vector<StoredSample> tail = parts_->tail_.slice(id, window);
  std::size_t next = 0;
  bool wanted = true;
  const auto give = [&](const StoredSample& sample) {
    wanted = visit(parts_->unpack(tag, sample));
    return wanted;
  };
  MW_TRY(parts_->blocks_.scan(id, window, [&](const std::vector<StoredSample>& samples) {
    for (const StoredSample& sample : samples) {
      if (sample.ts_ns < window.start_ns) continue;
      if (sample.ts_ns >= window.end_ns) return false;
      while (next < tail.size() && tail[next].ts_ns < sample.ts_ns) {
        if (!give(tail[next++])) return false;
      }
      if (next < tail.size() && tail[next].ts_ns == sample.ts_ns) ++next;
      if (!give(sample)) return false;
    }
    return true;
  }));
  while (wanted && next < tail.size()) give(tail[next++]);
  return {};
}

StoreStats SqliteStore::stats() const {
  StoreStats stats;
  const StoreWriter::Counters& counters = parts_->writer_->counters();
  stats.stored_samples = counters.stored.load();
  stats.duplicate_samples = counters.duplicates.load();
  stats.dropped_samples = counters.dropped.load();
  stats.backlog_samples = parts_->writer_->backlog();
  stats.damaged_blocks = parts_->blocks_.damaged_blocks();
  stats.problem = parts_->writer_->problem();
  for (const char* suffix : {"", "-wal"}) {
    struct stat status {};
    if (::stat((parts_->options_.path + suffix).c_str(), &status) == 0) {
      stats.file_bytes += static_cast<uint64_t>(status.st_size);
    }
  }
  struct statvfs disk {};
  const std::filesystem::path folder = std::filesystem::path(parts_->options_.path).parent_path();
  if (::statvfs(folder.empty() ? "." : folder.c_str(), &disk) == 0) {
    stats.free_bytes = uint64_t{disk.f_bavail} * disk.f_frsize;
  }
  return stats;
}

}  // namespace mw::plant
