#pragma once

#include <cstdint>
#include <span>

#include "core/log.h"
#include "core/result.h"
#include "plant/internal/stored_sample.h"
#include "sqlite/database.h"

namespace mw::plant {

/// Writes samples into blocks such that the blocks of a tag never overlap: late ones are merged
/// into the block they fall in, and a last block with room is filled up. Works inside the caller's
/// transaction.
class BlockSealer {
 public:
  static Result<BlockSealer> create(sqlite::Database& database, LogSink log);

  /// `samples` ascending without equal times. A sample whose time a block already holds is left
  /// out; returns how many were.
  Result<uint64_t> seal(uint32_t tag_id, std::span<const StoredSample> samples);

 private:
  Result<uint64_t> seal_group(uint32_t tag_id, std::span<const StoredSample> group);
  Result<void> write(uint32_t tag_id, std::span<const StoredSample> samples);

  sqlite::Statement find_block_, next_start_, put_block_, set_aside_, delete_block_;
  LogSink log_;
};

}  // namespace mw::plant
