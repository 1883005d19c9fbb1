#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "security/audit_root.h"

namespace mw::security {

inline constexpr uint64_t kSegmentReadLimit = 8 << 20;
inline constexpr std::size_t kHeadBytes = 512;  // one sector, overwritten in place

/// The files of DATA/audit.
struct AuditFiles {
  std::filesystem::path folder;

  std::filesystem::path lock() const { return folder / "lock"; }
  std::filesystem::path head() const { return folder / "head"; }
  std::filesystem::path signing_key() const { return folder / "signing.key"; }
  std::filesystem::path segment(uint64_t first_seq) const {
    return folder / segment_name(first_seq);
  }
  static std::string segment_name(uint64_t first_seq);

  /// Segments in order of their first record.
  Result<std::vector<std::filesystem::path>> segments() const;
  /// Nothing when the file is missing or not what it should be.
  std::optional<AuditRoot> read_head() const;
};

/// The head as its file holds it.
std::string head_bytes(const AuditRoot& root);

}  // namespace mw::security
