#pragma once

#include <string>

#include "core/result.h"

namespace mw::plant {

/// Makes commits survive a loss of power: fdatasync on SQLite's write-ahead log, which commits with
/// `synchronous=NORMAL` only write. Opening the log beside SQLite is safe, since its locks are on
/// the other files.
class WalSync {
 public:
  /// `interval_ms` 0 syncs after each commit.
  WalSync(std::string database_path, int interval_ms);
  WalSync(const WalSync&) = delete;
  WalSync& operator=(const WalSync&) = delete;
  ~WalSync();

  void committed();
  /// Steady time of the next sync, 0 when nothing waits for one.
  int64_t due_ns() const { return due_ns_; }
  Result<void> sync();

 private:
  const std::string path_;
  const int64_t interval_ns_;
  int64_t due_ns_ = 0;
  int fd_ = -1;
};

}  // namespace mw::plant
