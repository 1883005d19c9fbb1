#include "security/internal/keyed_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/check.h"
#include "core/file.h"
#include "core/hex.h"
#include "core/private_file.h"
#include "security/random.h"

namespace mw::security {
namespace {

constexpr std::size_t kKeyBytes = 32;

}  // namespace

Result<KeyedHash> KeyedHash::open(const std::filesystem::path& path, bool may_create) {
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) {
    if (!may_create) {
      return Error::make(Code::kConflict,
                         path.string() +
                             " is missing: keys, sessions and recovery codes cannot be checked "
                             "without it; restore it from a backup",
                         "缺少 " + path.string() + "：无法校验密钥、会话和恢复码；请从备份恢复",
                         "people");
    }
    MW_ASSIGN(const std::string key, random_bytes(kKeyBytes));
    const auto* bytes = reinterpret_cast<const uint8_t*>(key.data());
    MW_TRY(write_file_atomically(path, hex_of({bytes, key.size()}) + "\n"));  // mode 0600
  }
  MW_TRY(check_private(path, "people"));
  MW_ASSIGN(const std::string text, read_file(path, 256));
  std::string key(kKeyBytes, '\0');
  auto* bytes = reinterpret_cast<uint8_t*>(key.data());
  if (text.size() != 2 * kKeyBytes + 1 ||
      !from_hex(std::string_view(text).substr(0, 2 * kKeyBytes), {bytes, key.size()})) {
    return Error::make(Code::kCorrupt,
                       path.string() + " does not hold a key; restore it from a backup",
                       path.string() + " 内容不是密钥，请从备份恢复", "people");
  }
  return KeyedHash(std::move(key));
}

Sha256Digest KeyedHash::of(std::string_view purpose, std::string_view secret) const {
  std::string message(purpose);
  message += '\0';
  message += secret;
  Sha256Digest out{};
  unsigned int length = 0;
  MW_CHECK(HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
                reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(),
                &length) != nullptr);
  return out;
}

}  // namespace mw::security
