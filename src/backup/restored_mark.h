#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/result.h"

namespace mw::backup {

/// What a data folder says of itself once it came out of a backup (restored.json in it): people,
/// rights and keys are those of back then, and whoever looks at it should know.
struct RestoredMark {
  std::string made;  // when the backup was, UTC: "2026-11-27T14:03:00Z"
  TimeNs restored_ns = 0;
  bool sound = true;  // nothing in it was damaged, and the audit log held
};

Result<void> write_restored_mark(const std::filesystem::path& data, const RestoredMark& mark);
/// Nothing where the folder was not restored, or where the file says nothing that can be read.
std::optional<RestoredMark> read_restored_mark(const std::filesystem::path& data);

}  // namespace mw::backup
