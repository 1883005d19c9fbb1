#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::security {

/// What an Argon2id hash costs (RFC 9106). The defaults are its second recommendation (64 MiB,
/// three passes) with one lane, since the server's threads are the product's: about 0.1 s.
struct PasswordCost {
  uint32_t memory_kib = 64 * 1024;
  uint32_t passes = 3;
};

/// "$argon2id$v=19$m=65536,t=3,p=1$SALT$HASH".
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);
bool password_fits(std::string_view password, const std::string& hash);
/// Whether `hash` was made with another cost.
bool is_outdated(const std::string& hash, const PasswordCost& cost);

/// Errors: kInvalidArgument unless it has 12 characters or more, at most 1024 bytes, and is not the
/// name.
Result<void> check_new_password(std::string_view name, std::string_view password);

}  // namespace mw::security
