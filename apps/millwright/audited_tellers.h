#pragma once

#include <memory>

#include "plant/tellers.h"
#include "security/audit_names.h"

namespace mw::app {

/// Who told batches and events, by the references of the audit log: erasing a person takes the name
/// from the store's records too. Null without names.
std::shared_ptr<plant::Tellers> tellers_of(std::shared_ptr<security::AuditNames> names);

}  // namespace mw::app
