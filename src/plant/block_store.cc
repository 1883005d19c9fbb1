#include "plant/block_store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/storable_text.h"
#include "plant/internal/journal_codec.h"
#include "plant/internal/rollup_fold.h"
#include "plant/internal/store_reader.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/store_writer.h"
#include "plant/internal/tag_numbers.h"
#include "plant/internal/tail_table.h"
#include "plant/internal/text_table.h"
#include "plant/internal/waiting_samples.h"

namespace mw::plant {
namespace {

/// Brings back what was committed and not packed when the last process ended.
Result<void> replay_journal(StoreTables& tables, const std::string& name, TailTable& tail) {
  MW_ASSIGN(const int64_t most_id, tables.most_tag_id());
  return tables.each_journal([&](int64_t seq, Bytes body) -> Result<void> {
    const std::string row = name + " journal row " + std::to_string(seq);
    Result<std::vector<JournalEntry>> entries = decode_journal(body);
    if (!entries) return entries.error().within(row);
    for (const JournalEntry& entry : *entries) {
      if (int64_t{entry.tag_id} > most_id) {
        return Error::make(Code::kCorrupt, row + ": names tag number " +
                                               std::to_string(entry.tag_id) + ", the largest is " +
                                               std::to_string(most_id));
      }
    }
    (void)tail.insert(*entries);
    return {};
  });
}

void tell_unlisted(const LogSink& log, const std::string& name,
                   const std::vector<std::string>& tags) {
  constexpr std::size_t kNamed = 10;
  std::string named;
  for (std::size_t i = 0; i < std::min(tags.size(), kNamed); ++i) {
    named += (i == 0 ? "" : ", ") + tags[i];
  }
  if (tags.size() > kNamed) named += " and " + std::to_string(tags.size() - kNamed) + " more";
  log(LogLevel::kWarning, "plant",
      name + " has a history of tags that the description does not name: " + named +
          "; where they have another name now, say so in its `formerly`; where the unit changed "
          "with it, in the tag's `earlier`");
}

/// By tag number, the tags of the catalogue.
std::vector<std::string> names_of(const Catalogue& catalogue, const std::vector<uint32_t>& ids) {
  std::vector<std::string> names;
  const std::vector<const Tag*> tags = catalogue.stored_tags();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= names.size()) names.resize(std::size_t{ids[i]} + 1);
    names[ids[i]] = tags[i]->id;
  }
  return names;
}

/// By tag number, what is a number in the catalogue and how long its samples hold.
std::vector<TagRole> roles_of(const Catalogue& catalogue, const std::vector<uint32_t>& ids) {
  std::vector<TagRole> roles;
  const std::vector<const Tag*> tags = catalogue.stored_tags();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] >= roles.size()) roles.resize(std::size_t{ids[i]} + 1);
    roles[ids[i]] = {!is_text(tags[i]->kind), hold_of(*tags[i])};
  }
  return roles;
}

}  // namespace

class BlockStore::Parts {
 public:
  Parts(std::unique_ptr<SqlDatabase> database, const LogSink& log)
      : database_(std::move(database)), reader_(*database_, log) {}

  Result<void> fill(StoreTables& tables, const BlockStoreOptions& options);
  StoredSample pack(const Sample& sample);
  Sample unpack(TagIndex tag, const StoredSample& stored) const;
  uint32_t id_of(TagIndex tag) const {
    MW_CHECK(tag < tag_ids_.size());
    return tag_ids_[tag];
  }

  std::unique_ptr<SqlDatabase> database_;
  std::vector<uint32_t> tag_ids_;          // index: TagIndex
  std::vector<TextTable::Use> text_uses_;  // the same
  uint64_t unlisted_tags_ = 0;
  TailTable tail_;
  TextTable texts_;
  StoreReader reader_;
  std::unique_ptr<StoreWriter> writer_;  // last: ends first
};

Result<void> BlockStore::Parts::fill(StoreTables& tables, const BlockStoreOptions& options) {
  const Catalogue& catalogue = *options.catalogue;
  const std::string& name = database_->name();
  MW_TRY(tables.begin(SqlSession::Access::kWrite));
  Result<TagNumbers> numbers = number_tags(tables, name, catalogue);
  if (!numbers) {
    tables.rollback();
    return numbers.error();
  }
  MW_TRY(tables.commit());
  tag_ids_ = std::move(numbers->ids);
  unlisted_tags_ = numbers->unlisted.size();
  if (unlisted_tags_ > 0) tell_unlisted(options.log, name, numbers->unlisted);
  for (const Tag* tag : catalogue.stored_tags()) {
    text_uses_.push_back(tag->kind == TagKind::kText ? TextTable::Use::kText
                                                     : TextTable::Use::kState);
  }
  MW_TRY(texts_.load(tables));
  return replay_journal(tables, name, tail_);
}

StoredSample BlockStore::Parts::pack(const Sample& sample) {
  StoredSample stored;
  stored.ts_ns = sample.ts_ns;
  stored.server_ts_ns = sample.server_ts_ns;
  stored.status = make_status(sample.quality, sample.reason);
  if (!sample.text.empty()) {
    // One text that the database cannot hold would keep all others from being stored.
    const std::string text = storable_text(sample.text);
    const std::optional<uint32_t> number = texts_.number(text, text_uses_[sample.tag]);
    if (number) {
      if (text != sample.text)
        stored.status = make_status(Quality::kBad, QualityReason::kWrongType);
      stored.status |= kStatusIsText;
      stored.value = *number;
      return stored;
    }
    stored.status = make_status(Quality::kBad, QualityReason::kNoRoomForText) | kStatusNoValue;
  } else if (std::isnan(sample.value)) {
    stored.status |= kStatusNoValue;
  } else {
    stored.value = sample.value;
  }
  return stored;
}

Sample BlockStore::Parts::unpack(TagIndex tag, const StoredSample& stored) const {
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

Result<BlockStore::PartsPointer> BlockStore::make(std::unique_ptr<SqlDatabase> database,
                                                  const BlockStoreOptions& options) {
  MW_CHECK(options.catalogue != nullptr);
  PartsPointer parts(new Parts(std::move(database), options.log));
  MW_ASSIGN(std::unique_ptr<SqlSession> session,
            parts->database_->connect(SqlSession::Access::kWrite));
  auto tables = std::make_unique<StoreTables>(std::move(session));
  MW_TRY(parts->fill(*tables, options));
  std::unique_ptr<WaitingSamples> waiting;
  if (!options.waiting_path.empty()) {
    waiting = std::make_unique<WaitingSamples>(
        options.waiting_path, names_of(*options.catalogue, parts->tag_ids_), parts->texts_);
  }
  MW_ASSIGN(parts->writer_,
            StoreWriter::start(options, parts->database_->name(), std::move(tables),
                               std::move(waiting), roles_of(*options.catalogue, parts->tag_ids_),
                               parts->tail_, parts->texts_));
  return parts;
}

void BlockStore::EndParts::operator()(Parts* parts) const { delete parts; }

BlockStore::BlockStore(PartsPointer parts) : parts_(std::move(parts)) {}
BlockStore::~BlockStore() = default;

Result<AppendOutcome> BlockStore::append(std::span<const Sample> samples) {
  std::vector<JournalEntry> entries;
  entries.reserve(samples.size());
  for (const Sample& sample : samples) {
    entries.push_back({parts_->id_of(sample.tag), parts_->pack(sample)});
  }
  return parts_->writer_->append(std::move(entries));
}

Result<std::optional<Sample>> BlockStore::latest(TagIndex tag) const {
  return last_before(tag, std::numeric_limits<TimeNs>::max());
}

Result<std::optional<Sample>> BlockStore::last_before(TagIndex tag, TimeNs ts_ns) const {
  const uint32_t id = parts_->id_of(tag);
  // The tail first: a sample that is being packed meanwhile is then seen twice, not never.
  const std::optional<StoredSample> in_tail = parts_->tail_.last_before(id, ts_ns);
  MW_ASSIGN(const std::optional<StoredSample> kept, parts_->reader_.last_before(id, ts_ns));
  if (kept && (!in_tail || kept->ts_ns >= in_tail->ts_ns)) {
    return std::optional<Sample>(parts_->unpack(tag, *kept));
  }
  if (in_tail) return std::optional<Sample>(parts_->unpack(tag, *in_tail));
  return std::optional<Sample>();
}

Result<void> BlockStore::scan(TagIndex tag, TimeWindow window, const Visitor& visit) const {
  const uint32_t id = parts_->id_of(tag);
  const std::vector<StoredSample> tail = parts_->tail_.slice(id, window);
  return parts_->reader_.scan(id, window, tail, [&](const StoredSample& sample) {
    return visit(parts_->unpack(tag, sample));
  });
}

Result<void> BlockStore::pieces(TagIndex tag, TimeWindow window, int64_t widest_ns, PieceUse use,
                                const Visitor& on_sample, const RollupVisitor& on_rollup) const {
  const uint32_t id = parts_->id_of(tag);
  const std::vector<StoredSample> tail = parts_->tail_.slice(id, window);
  return parts_->reader_.pieces(
      id, window, widest_ns, use == PieceUse::kChart ? RollupParts::kChart : RollupParts::kAll,
      tail, [&](const StoredSample& sample) { return on_sample(parts_->unpack(tag, sample)); },
      on_rollup);
}

KeptFrom BlockStore::kept_from(TagIndex tag) const {
  return parts_->writer_->kept_from(parts_->id_of(tag));
}

Result<ThinStep> BlockStore::thin(TagIndex tag, const KeptFrom& target) {
  return parts_->writer_->thin(parts_->id_of(tag), target);
}

Result<void> BlockStore::put_records(std::span<const PlantRecord> records) {
  return parts_->writer_->put_records({records.begin(), records.end()});
}

Result<void> BlockStore::drop_records(std::string_view kind, TimeNs before_ns) {
  return parts_->writer_->drop_records(std::string(kind), before_ns);
}

Result<std::vector<PlantRecord>> BlockStore::records(std::string_view kind, std::string_view place,
                                                     TimeWindow window, std::size_t most) const {
  return parts_->reader_.records(kind, place, window, most);
}

StoreStats BlockStore::stats() const {
  StoreStats stats;
  const WriterCounters& counters = parts_->writer_->counters();
  stats.stored_samples = counters.stored.load();
  stats.duplicate_samples = counters.duplicates.load();
  stats.dropped_samples = counters.dropped.load();
  stats.too_late_samples = counters.too_late.load();
  stats.removed_samples = counters.removed.load();
  stats.backlog_samples = parts_->writer_->backlog();
  stats.due_hours = parts_->writer_->due_hours();
  stats.unlisted_tags = parts_->unlisted_tags_;
  stats.damaged_blocks = parts_->reader_.damaged_blocks();
  stats.problem = parts_->writer_->problem();
  stats.file_bytes = parts_->database_->size_bytes();
  stats.free_bytes = parts_->database_->free_bytes();
  return stats;
}

}  // namespace mw::plant
