#include "plant/internal/block_sealer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "plant/internal/block_codec.h"

namespace mw::plant {
namespace {

/// Both ascending; where times are equal the old sample stays.
std::vector<StoredSample> merge(std::span<const StoredSample> old_samples,
                                std::span<const StoredSample> new_samples, uint64_t& duplicates) {
  std::vector<StoredSample> merged;
  merged.reserve(old_samples.size() + new_samples.size());
  std::size_t i = 0;
  for (const StoredSample& sample : new_samples) {
    while (i < old_samples.size() && old_samples[i].ts_ns < sample.ts_ns) {
      merged.push_back(old_samples[i++]);
    }
    if (i < old_samples.size() && old_samples[i].ts_ns == sample.ts_ns) {
      ++duplicates;
    } else {
      merged.push_back(sample);
    }
  }
  merged.insert(merged.end(), old_samples.begin() + static_cast<std::ptrdiff_t>(i),
                old_samples.end());
  return merged;
}

}  // namespace

Result<BlockSealer> BlockSealer::create(sqlite::Database& database, LogSink log) {
  BlockSealer sealer;
  sealer.log_ = std::move(log);
  MW_ASSIGN(sealer.find_block_,
            database.prepare("SELECT start_ns, end_ns, count, body FROM block "
                             "WHERE tag = ?1 AND start_ns <= ?2 ORDER BY start_ns DESC LIMIT 1"));
  MW_ASSIGN(sealer.next_start_,
            database.prepare("SELECT start_ns FROM block WHERE tag = ?1 AND start_ns > ?2 "
                             "ORDER BY start_ns LIMIT 1"));
  MW_ASSIGN(sealer.put_block_,
            database.prepare("INSERT OR REPLACE INTO block(tag, start_ns, end_ns, count, body) "
                             "VALUES(?1, ?2, ?3, ?4, ?5)"));
  MW_ASSIGN(sealer.set_aside_, database.prepare("INSERT INTO damaged_block SELECT * FROM block "
                                                "WHERE tag = ?1 AND start_ns = ?2"));
  MW_ASSIGN(sealer.delete_block_,
            database.prepare("DELETE FROM block WHERE tag = ?1 AND start_ns = ?2"));
  return sealer;
}

Result<uint64_t> BlockSealer::seal(uint32_t tag_id, std::span<const StoredSample> samples) {
  uint64_t duplicates = 0;
  while (!samples.empty()) {
    std::size_t count = samples.size();
    {
      const sqlite::StatementScope scope(next_start_);
      next_start_.bind(1, int64_t{tag_id}).bind(2, samples.front().ts_ns);
      MW_ASSIGN(const bool row, next_start_.step());
      if (row) {
        const TimeNs next_ns = next_start_.integer(0);
        const auto end =
            std::lower_bound(samples.begin(), samples.end(), next_ns,
                             [](const StoredSample& s, TimeNs ts) { return s.ts_ns < ts; });
        count = static_cast<std::size_t>(end - samples.begin());
      }
    }
    MW_ASSIGN(const uint64_t found, seal_group(tag_id, samples.first(count)));
    duplicates += found;
    samples = samples.subspan(count);
  }
  return duplicates;
}

Result<uint64_t> BlockSealer::seal_group(uint32_t tag_id, std::span<const StoredSample> group) {
  uint64_t duplicates = 0;
  std::vector<StoredSample> merged;
  bool into_old = false;
  bool damaged = false;
  TimeNs old_start_ns = 0;
  {
    const sqlite::StatementScope scope(find_block_);
    find_block_.bind(1, int64_t{tag_id}).bind(2, group.front().ts_ns);
    MW_ASSIGN(const bool row, find_block_.step());
    if (row) {
      old_start_ns = find_block_.integer(0);
      into_old = group.front().ts_ns <= find_block_.integer(1) ||
                 find_block_.integer(2) < static_cast<int64_t>(kBlockSamples);
    }
    if (into_old) {
      Result<std::vector<StoredSample>> old_samples = decode_block(find_block_.blob(3));
      damaged = !old_samples;
      if (!damaged) merged = merge(*old_samples, group, duplicates);
    }
  }
  if (damaged) {
    // Its bytes are kept for whoever wants to dig; its stretch of time shows as a gap.
    log_(LogLevel::kError, "plant",
         "a sample block of tag " + std::to_string(tag_id) + " is damaged and was set aside");
    set_aside_.bind(1, int64_t{tag_id}).bind(2, old_start_ns);
    MW_TRY(set_aside_.run());
    delete_block_.bind(1, int64_t{tag_id}).bind(2, old_start_ns);
    MW_TRY(delete_block_.run());
  }
  MW_TRY(write(tag_id, merged.empty() ? group : std::span<const StoredSample>(merged)));
  return duplicates;
}

Result<void> BlockSealer::write(uint32_t tag_id, std::span<const StoredSample> samples) {
  while (!samples.empty()) {
    const std::span<const StoredSample> chunk =
        samples.first(std::min(samples.size(), kBlockSamples));
    const std::string body = encode_block(chunk);
    put_block_.bind(1, int64_t{tag_id})
        .bind(2, chunk.front().ts_ns)
        .bind(3, chunk.back().ts_ns)
        .bind(4, static_cast<int64_t>(chunk.size()))
        .bind(5, std::as_bytes(std::span(body)));
    MW_TRY(put_block_.run());
    samples = samples.subspan(chunk.size());
  }
  return {};
}

}  // namespace mw::plant
