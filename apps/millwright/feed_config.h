#pragma once

#include <memory>
#include <string>

#include "apps/millwright/toml.h"
#include "core/clock.h"
#include "core/result.h"
#include "plant/feed_options.h"
#include "security/audit_event.h"
#include "security/people.h"

namespace mw::app {

/// One [[feed]] of a configuration (docs/ops/connectors.md). Whether its tags exist, the plant
/// tells when it opens.
Result<plant::FeedOptions> read_feed(const toml::table& table, const std::string& file);

/// Feeds under the rights of service keys, their decisions in the audit log.
plant::FeedHost feed_host(std::shared_ptr<security::People> people,
                          std::shared_ptr<security::Audit> audit);

/// Who the service key of that name is at `now_ns`.
/// Errors  kNotFound: none has that name; kPermissionDenied: it is revoked, over, or not for the
///         plant.
Result<Identity> identity_of_key(const std::vector<security::KeyInfo>& keys,
                                 const std::string& name, TimeNs now_ns);

}  // namespace mw::app
