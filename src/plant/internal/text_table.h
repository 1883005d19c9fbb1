#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/result.h"
#include "plant/internal/store_tables.h"

namespace mw::plant {

/// Numbers for the texts of states and text tags, so that a sample stays 32 bytes. Texts are never
/// removed.
/// Threads  safe from any thread; load and save belong to the store's writer.
class TextTable {
 public:
  enum class Use { kState, kText };
  /// A device that sends ever new texts must not fill the memory (a text of 20 bytes takes about
  /// 120), nor take the last places from the states of machines.
  static constexpr std::size_t kMostTexts = 500'000;
  static constexpr std::size_t kForStates = 4096;

  Result<void> load(StoreTables& tables);
  /// The number of a text, new if need be; nothing when the table is full.
  std::optional<uint32_t> number(std::string_view text, Use use);
  /// Empty for a number that was never given.
  std::string text(uint32_t number) const;

  /// Writes the texts that are not in the file yet; mark_saved() once that committed.
  Result<std::size_t> save(StoreTables& tables);
  void mark_saved(std::size_t count);

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> texts_;  // number - 1 is the index; their bytes stay where they are
  std::unordered_map<std::string_view, uint32_t> numbers_;
  std::size_t saved_ = 0;
};

}  // namespace mw::plant
