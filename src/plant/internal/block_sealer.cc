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

Result<uint64_t> BlockSealer::seal(uint32_t tag_id, std::span<const StoredSample> samples) {
  uint64_t duplicates = 0;
  while (!samples.empty()) {
    std::size_t count = samples.size();
    MW_ASSIGN(const std::optional<TimeNs> next_ns,
              tables_.next_block_start(tag_id, samples.front().ts_ns));
    if (next_ns) {
      const auto end =
          std::lower_bound(samples.begin(), samples.end(), *next_ns,
                           [](const StoredSample& s, TimeNs ts) { return s.ts_ns < ts; });
      count = static_cast<std::size_t>(end - samples.begin());
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
  MW_ASSIGN(const std::optional<StoreTables::Block> old,
            tables_.block_at(tag_id, group.front().ts_ns));
  if (old &&
      (group.front().ts_ns <= old->end_ns || old->count < static_cast<int64_t>(kBlockSamples))) {
    const auto old_samples = decode_block(std::as_bytes(std::span(old->body)));
    if (old_samples) {
      merged = merge(*old_samples, group, duplicates);
    } else {
      MW_TRY(set_aside(tag_id, old->start_ns));
    }
  }
  MW_TRY(write(tag_id, merged.empty() ? group : std::span<const StoredSample>(merged)));
  return duplicates;
}

Result<uint64_t> BlockSealer::drop_before(uint32_t tag_id, TimeNs ts_ns) {
  uint64_t dropped = 0;
  while (true) {
    MW_ASSIGN(const std::optional<StoreTables::Block> block, tables_.block_at(tag_id, ts_ns - 1));
    if (!block) return dropped;
    const auto samples = decode_block(std::as_bytes(std::span(block->body)));
    if (!samples) {
      MW_TRY(set_aside(tag_id, block->start_ns));
      continue;
    }
    MW_TRY(tables_.delete_block(tag_id, block->start_ns));
    const auto kept = std::find_if(samples->begin(), samples->end(),
                                   [&](const StoredSample& s) { return s.ts_ns >= ts_ns; });
    dropped += static_cast<uint64_t>(kept - samples->begin());
    MW_TRY(write(tag_id, std::span<const StoredSample>(kept, samples->end())));
  }
}

Result<void> BlockSealer::set_aside(uint32_t tag_id, TimeNs start_ns) {
  // Its bytes are kept for whoever wants to dig; its stretch of time shows as a gap.
  log_(LogLevel::kError, "plant",
       "a sample block of tag " + std::to_string(tag_id) + " is damaged and was set aside");
  return tables_.set_block_aside(tag_id, start_ns);
}

Result<void> BlockSealer::write(uint32_t tag_id, std::span<const StoredSample> samples) {
  while (!samples.empty()) {
    const std::span<const StoredSample> chunk =
        samples.first(std::min(samples.size(), kBlockSamples));
    MW_TRY(tables_.put_block(tag_id, {chunk.front().ts_ns, chunk.back().ts_ns,
                                      static_cast<int64_t>(chunk.size()), encode_block(chunk)}));
    samples = samples.subspan(chunk.size());
  }
  return {};
}

}  // namespace mw::plant
