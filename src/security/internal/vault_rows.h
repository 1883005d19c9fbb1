#pragma once

#include <openssl/crypto.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "security/aead.h"
#include "security/internal/people_database.h"

namespace mw::security {

// What the two halves of Vault share: the rows that it reads and writes, and keys in memory.

inline constexpr const char* kDefaultKeyFile = "secret.key";
inline constexpr const char* kKeyParam = "key_file";  // of errors: the key cannot be had
inline constexpr std::string_view kDataKeyBound = "millwright people.db data key";

/// Keys that are forgotten where their scope ends, whichever way it does.
class Forgotten {
 public:
  explicit Forgotten(std::span<AeadKey> keys) : keys_(keys) {}
  Forgotten(const Forgotten&) = delete;
  Forgotten& operator=(const Forgotten&) = delete;
  ~Forgotten() {
    for (AeadKey& each : keys_) OPENSSL_cleanse(each.data(), each.size());
  }

 private:
  const std::span<AeadKey> keys_;
};

inline std::string_view key_view(const AeadKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

/// A row of `fact`; empty where there is none.
Result<std::string> read_fact(PeopleDatabase& database, std::string_view name);
Result<void> set_fact(PeopleDatabase& database, std::string_view name, const std::string& value);

/// A secret where it lies.
struct Stored {
  int64_t person = 0;
  std::string name;
  std::string bytes;
};

/// Second factors, by person; those that are kept by name.
Result<std::vector<Stored>> stored_totps(PeopleDatabase& database);
Result<std::vector<Stored>> stored_kept(PeopleDatabase& database);

}  // namespace mw::security
