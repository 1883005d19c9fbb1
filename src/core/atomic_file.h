#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/descriptor.h"
#include "core/result.h"

namespace mw {

/// A file that appears whole or not at all, written in parts: a sibling with mode 0600 until
/// commit(), removed when that was not reached.
class AtomicFile {
 public:
  static Result<AtomicFile> create(const std::filesystem::path& path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  Result<void> write(std::string_view bytes);
  /// fsync, rename, fsync of the folder.
  Result<void> commit();

 private:
  AtomicFile() = default;
  std::filesystem::path path_;
  std::string temporary_;  // empty: nothing to remove
  Descriptor fd_;
};

/// Makes what was created, renamed or removed in `folder` last over a crash; "" is the current one.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace mw
