#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/log.h"
#include "plant/catalogue.h"
#include "plant/sample_store.h"

namespace mw::plant {

class SqlDatabase;

/// What both stores can be told; their own options add where they lie.
struct BlockStoreOptions {
  std::shared_ptr<const Catalogue> catalogue;
  LogSink log = no_log();
  uint64_t queue_samples = 262'144;   // accepted and not committed: more make append() wait
  uint64_t buffer_samples = 500'000;  // held while the database refuses (20 MB of memory)
  std::string waiting_path;           // where they lie on disk meanwhile; empty: memory only
  uint64_t seal_samples = 131'072;    // in the journal before they are packed into blocks
  int retry_ms = 1000;                // between attempts while the database refuses
};

/// SampleStore over the tables of an SQL database (docs/formats/plant_db.md): new samples are
/// committed to a journal table and held in memory, packed into compressed blocks by the hundred
/// thousand; a start reads the journal back. What is SQLite or PostgreSQL about it lies in the
/// database that it is opened over (sqlite_store.h, postgres_store.h).
class BlockStore : public SampleStore {
 public:
  ~BlockStore() override;

  Result<AppendOutcome> append(std::span<const Sample> samples) override;
  Result<std::optional<Sample>> latest(TagIndex tag) const override;
  Result<std::optional<Sample>> last_before(TagIndex tag, TimeNs ts_ns) const override;
  Result<void> scan(TagIndex tag, TimeWindow window, const Visitor& visit) const override;
  Result<void> pieces(TagIndex tag, TimeWindow window, int64_t widest_ns, PieceUse use,
                      const Visitor& on_sample, const RollupVisitor& on_rollup) const override;
  KeptFrom kept_from(TagIndex tag) const override;
  Result<ThinStep> thin(TagIndex tag, const KeptFrom& target) override;
  Result<void> put_records(std::span<const PlantRecord> records) override;
  Result<void> drop_records(std::string_view kind, TimeNs before_ns) override;
  Result<std::vector<PlantRecord>> records(std::string_view kind, std::string_view place,
                                           TimeWindow window, std::size_t most) const override;
  StoreStats stats() const override;

 protected:
  class Parts;
  struct EndParts {
    void operator()(Parts* parts) const;
  };
  using PartsPointer = std::unique_ptr<Parts, EndParts>;
  static Result<PartsPointer> make(std::unique_ptr<SqlDatabase> database,
                                   const BlockStoreOptions& options);
  explicit BlockStore(PartsPointer parts);

 private:
  PartsPointer parts_;
};

}  // namespace mw::plant
