#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "core/sha256.h"
#include "core/thread_pool.h"
#include "models/kv_cache.h"

namespace mw::models {

/// Keeps shared beginnings of prompts (system prompts, manuals) over restarts: one file a
/// beginning, its tokens and the blocks of their keys and values. What is wrong with a file is
/// logged, the file removed, and the beginning computed again.
///
/// Rights   a beginning is found only by the rights it was kept under, and by the same build and
/// model:
///          another build may round differently, and then a replay would differ.
/// Disk     at most `budget_bytes`, least recently used first; files are replaced whole.
/// Threads  all members from one thread, save() returns at once; a thread of its own writes.
class PrefixStore {
 public:
  struct Options {
    std::filesystem::path folder;
    std::string model;  // build and model file: its fingerprint
    uint64_t block_bytes = 0;
    uint64_t budget_bytes = uint64_t{1} << 30;
    int least_blocks = 16;  // a shorter beginning is read faster than its file is looked after
  };
  /// Reads what the folder holds, of any model; files that cannot be believed are removed.
  static Result<std::unique_ptr<PrefixStore>> open(Options options, LogSink log);
  /// Finishes the files that are waiting to be written.
  ~PrefixStore();

  struct Match {
    std::string file;
    int blocks = 0;  // of the prompt that the file begins with
  };
  /// The longest kept beginning of `ids`, whole blocks only.
  std::optional<Match> find(const std::string& rights, std::span<const int32_t> ids) const;

  /// Reads blocks from `first` on, one into each target. What is not as it was written is an error,
  /// and forgotten.
  Result<void> read(const Match& match, int first, std::span<const BlockParts> targets,
                    ThreadPool& pool);

  /// Keeps a beginning of whole blocks, unless it is kept already, too short, or more is waiting to
  /// be written than memory should hold.
  void save(const std::string& rights, std::span<const int32_t> ids,
            std::span<const BlockParts> blocks);

  /// For tests: waits until nothing is being written.
  void wait();

 private:
  struct Entry {
    std::string file;
    Sha256Digest owner;
    std::vector<int32_t> ids;
    std::vector<uint64_t> checksums;
    uint64_t data_offset = 0;
    uint64_t bytes = 0;   // of the whole file
    int64_t used_ns = 0;  // time of the last use
  };
  struct Job {
    Entry entry;
    std::string head;
    std::string blocks;
  };

  PrefixStore(Options options, LogSink log);
  void load_folder();
  void forget(const std::string& file);
  void write(const Job& job);
  void make_room_for(uint64_t bytes);
  void work();

  const Options options_;
  const LogSink log_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  std::deque<Job> jobs_;  // the first is being written
  uint64_t job_bytes_ = 0;
  bool stopping_ = false;
  std::thread writer_;
};

}  // namespace mw::models
