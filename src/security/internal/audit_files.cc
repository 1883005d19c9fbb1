#include "security/internal/audit_files.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "core/file.h"

namespace mw::security {

std::string AuditFiles::segment_name(uint64_t first_seq) {
  char name[40];
  std::snprintf(name, sizeof name, "%020" PRIu64 ".mwaudit", first_seq);
  return name;
}

Result<std::vector<std::filesystem::path>> AuditFiles::segments() const {
  std::vector<std::filesystem::path> found;
  std::error_code problem;
  for (auto each = std::filesystem::directory_iterator(folder, problem);
       !problem && each != std::filesystem::directory_iterator(); each.increment(problem)) {
    if (each->path().extension() == ".mwaudit") found.push_back(each->path());
  }
  if (problem) return errno_error("list", folder.string(), problem.value());
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<AuditRoot> AuditFiles::read_head() const {
  const auto text = read_file(head(), 2 * kHeadBytes);
  if (!text) return std::nullopt;
  const auto root = parse_audit_root(*text);
  return root ? std::optional(*root) : std::nullopt;
}

std::string head_bytes(const AuditRoot& root) {
  std::string text = audit_root_text(root);
  text.resize(kHeadBytes - 1, ' ');
  return text + "\n";
}

}  // namespace mw::security
