#include "security/internal/sealed_record.h"

#include <algorithm>

#include "security/random.h"

namespace mw::security {
namespace {

constexpr char kVersion = 1;

}  // namespace

Result<std::string> seal_record(const AeadKey& key, std::string_view bound, std::string_view text) {
  AeadNonce nonce{};
  MW_ASSIGN(const std::string random, random_bytes(nonce.size()));
  std::copy(random.begin(), random.end(), nonce.begin());
  MW_ASSIGN(const std::string sealed, aead_seal(key, nonce, bound, text));
  return std::string(1, kVersion) + random + sealed;
}

std::optional<std::string> open_record(const AeadKey& key, std::string_view bound,
                                       std::string_view record) {
  AeadNonce nonce{};
  if (record.size() < 1 + nonce.size() || record[0] != kVersion) return std::nullopt;
  std::copy_n(record.begin() + 1, nonce.size(), nonce.begin());
  return aead_open(key, nonce, bound, record.substr(1 + nonce.size()));
}

}  // namespace mw::security
