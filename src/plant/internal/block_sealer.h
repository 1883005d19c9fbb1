#pragma once

#include <cstdint>
#include <span>

#include "core/log.h"
#include "core/result.h"
#include "plant/internal/store_tables.h"
#include "plant/internal/stored_sample.h"

namespace mw::plant {

/// Writes samples into blocks such that the blocks of a tag never overlap: late ones are merged
/// into the block they fall in, and a last block with room is filled up. Works inside the caller's
/// transaction.
class BlockSealer {
 public:
  BlockSealer(StoreTables& tables, LogSink log) : tables_(tables), log_(std::move(log)) {}

  /// `samples` ascending without equal times. A sample whose time a block already holds is left
  /// out; returns how many were.
  Result<uint64_t> seal(uint32_t tag_id, std::span<const StoredSample> samples);
  /// Takes out what lies before a time; returns how many samples that were. A block that does not
  /// decode is set aside.
  Result<uint64_t> drop_before(uint32_t tag_id, TimeNs ts_ns);

 private:
  Result<uint64_t> seal_group(uint32_t tag_id, std::span<const StoredSample> group);
  Result<void> write(uint32_t tag_id, std::span<const StoredSample> samples);
  Result<void> set_aside(uint32_t tag_id, TimeNs start_ns);

  StoreTables& tables_;
  LogSink log_;
};

}  // namespace mw::plant
