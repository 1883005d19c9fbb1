#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "security/audit_event.h"
#include "sqlite/database.h"

namespace mw::security {

/// Who stands behind the references of the audit log (ADR 0098). The chain cannot be changed, so it
/// says "person/k3f9q2xa" where an event says "person:li"; which name that is stands in a file that
/// can: DATA/audit_names.db. Erasing a person empties their row, and every record holds as before.
/// Safe from any thread; other processes may use the same file.
class AuditNames {
 public:
  /// Makes the file where there is none. Errors: those of sqlite::prepare, kIo.
  static Result<std::unique_ptr<AuditNames>> open(const std::filesystem::path& file);

  /// The event with references in place of names. A name that is met the first time gets one.
  Result<AuditEvent> hidden(AuditEvent event);
  /// What a record says of somebody: "person/k3f9q2xa" of "person:li", else as it is.
  Result<std::string> kept(const std::string& audit_name);
  /// The way back for one: the name "li" of "person/k3f9q2xa". Nothing of what was erased or is no
  /// reference.
  Result<std::optional<std::string>> name_of(std::string_view kept);
  /// By reference.
  using Known = std::map<std::string, std::string, std::less<>>;
  Result<Known> known();
  /// The way back; references of those who were erased stay.
  static void show(AuditEvent& event, const Known& known);
  /// Whether there was such a name, without regard to ASCII case. Nothing of it is left in the
  /// file.
  Result<bool> forget(std::string_view name);

 private:
  explicit AuditNames(sqlite::Database database) : database_(std::move(database)) {}
  Result<std::string> reference_of(std::string_view name);

  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace mw::security
