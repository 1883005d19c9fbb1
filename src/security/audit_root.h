#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "core/sha256.h"

namespace mw::security {

using AuditLogId = std::array<uint8_t, 16>;
using PublicKey = std::array<uint8_t, 32>;  // Ed25519
using Signature = std::array<uint8_t, 64>;

/// The signed statement "this log had this record at this place", which vouches for all records
/// before it: the chain's hash contains theirs. Small enough to print, mail or copy to another
/// machine, where it proves later that the log was not cut, rolled back or written anew.
struct AuditRoot {
  AuditLogId log{};
  uint64_t seq = 0;
  TimeNs ts_ns = 0;
  Sha256Digest hash{};
  PublicKey key{};
  Signature signature{};
};

/// One line of JSON (docs/formats/audit.md).
std::string audit_root_text(const AuditRoot& root);
/// Reads foreign bytes. Errors: kCorrupt, also for a signature that is not of the root's key.
Result<AuditRoot> parse_audit_root(std::string_view text);

/// The first 16 hexadecimal digits of the key's SHA-256, for people to compare.
std::string key_fingerprint(const PublicKey& key);

}  // namespace mw::security
