// Erasing a person: what is kept of them goes, what the audit log says of them holds without a
// name.
#include "security/internal/people_impl.h"
#include "security/internal/people_rules.h"
#include "security/people.h"

namespace mw::security {

Result<void> People::Impl::erase(const Actor& actor, std::string_view name) {
  std::string stored(name);
  const auto erased =
      change_person(actor, name, event_of(actor, "user.erase", {}),
                    [&](PeopleDatabase& database, int64_t id, AuditEvent& event) -> Result<void> {
                      stored = event.object.substr(event.object.find(':') + 1);
                      MW_ASSIGN(const int64_t admins, count_admins(database));
                      MW_TRY(database.run("DELETE FROM failure WHERE subject = ? OR subject = ?",
                                          std::string_view(name_subject(stored)),
                                          std::string_view("confirm:" + name_subject(stored))));
                      MW_TRY(database.run("DELETE FROM person WHERE id = ?", id));
                      return keep_an_admin(database, admins);
                    });
  // Nobody of that name: an erasure that was killed after the change may have left the name.
  const bool gone = !erased && erased.error().code == Code::kNotFound;
  if (!erased && !gone) return erased;
  {
    const std::lock_guard lock(offers_mutex_);
    offers_.erase(stored);
  }
  {
    const std::lock_guard lock(mutex_);
    MW_TRY(database_.execute("PRAGMA wal_checkpoint(TRUNCATE)"));  // nothing stays in the journal
  }
  MW_ASSIGN(const bool named, options_.audit->forget_person(stored));
  return gone && !named ? erased : Result<void>{};
}

Result<void> People::erase_person(const Actor& actor, std::string_view name) {
  return impl_->erase(actor, name);
}

}  // namespace mw::security
