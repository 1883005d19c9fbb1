#include "security/internal/password_hash.h"

#include <argon2.h>

#include <algorithm>

#include "security/random.h"

namespace mw::security {
namespace {

constexpr uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kLeastCharacters = 12;
constexpr std::size_t kMostBytes = 1024;

std::string parameters(const PasswordCost& cost) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) +
         ",t=" + std::to_string(cost.passes) + ",p=" + std::to_string(kLanes) + "$";
}

}  // namespace

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  MW_ASSIGN(const std::string salt, random_bytes(kSaltBytes));
  const std::size_t size =
      argon2_encodedlen(cost.passes, cost.memory_kib, kLanes, kSaltBytes, kHashBytes, Argon2_id);
  std::string encoded(size, '\0');
  const int result =
      argon2id_hash_encoded(cost.passes, cost.memory_kib, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (result != ARGON2_OK) {
    return Error::make(
        Code::kResourceExhausted,
        std::string("the password could not be hashed: ") + argon2_error_message(result),
        std::string("无法计算密码散列：") + argon2_error_message(result));
  }
  encoded.resize(std::min(encoded.find('\0'), encoded.size()));
  return encoded;
}

bool password_fits(std::string_view password, const std::string& hash) {
  return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool is_outdated(const std::string& hash, const PasswordCost& cost) {
  return !hash.starts_with(parameters(cost));
}

Result<void> check_new_password(std::string_view name, std::string_view password) {
  const auto characters =
      static_cast<std::size_t>(std::count_if(password.begin(), password.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      }));
  if (characters >= kLeastCharacters && password.size() <= kMostBytes && password != name)
    return {};
  return Error::make(Code::kInvalidArgument,
                     "password: expected at least 12 characters (a few words do), at most 1024 "
                     "bytes, and not the name",
                     "密码至少 12 个字符、至多 1024 字节，且不得与用户名相同", "password");
}

}  // namespace mw::security
