#include "security/internal/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "core/check.h"
#include "security/internal/base32.h"

namespace mw::security {

int64_t totp_step(TimeNs now_ns) { return now_ns / (30 * kNsPerSecond); }

std::string totp_code(std::string_view secret, int64_t step, int digits) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < 8; ++i) {
    counter[7 - i] = static_cast<unsigned char>(static_cast<uint64_t>(step) >> (8 * i));
  }
  std::array<unsigned char, 20> hash{};
  unsigned int length = 0;
  MW_CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
                counter.size(), hash.data(), &length) != nullptr);
  const std::size_t at = hash[19] & 15;
  const uint32_t number = (hash[at] & 0x7Fu) << 24 | uint32_t{hash[at + 1]} << 16 |
                          uint32_t{hash[at + 2]} << 8 | hash[at + 3];
  std::string text(static_cast<std::size_t>(digits), '0');
  uint32_t rest = number;
  for (std::size_t i = text.size(); i-- > 0; rest /= 10) {
    text[i] = static_cast<char>('0' + rest % 10);
  }
  return text;
}

std::optional<int64_t> match_totp(std::string_view secret, std::string_view code, TimeNs now_ns,
                                  int64_t last_step) {
  if (code.size() != kTotpDigits) return std::nullopt;
  const int64_t now = totp_step(now_ns);
  std::optional<int64_t> found;
  for (int64_t step = now - 1; step <= now + 1; ++step) {
    const std::string right = totp_code(secret, step);
    if (CRYPTO_memcmp(right.data(), code.data(), code.size()) == 0 && step > last_step) {
      found = step;
    }
  }
  return found;
}

std::string totp_uri(std::string_view name, std::string_view secret) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += kDigits[byte >> 4];
      escaped += kDigits[byte & 15];
    }
  }
  return "otpauth://totp/Millwright:" + escaped + "?secret=" + base32(secret) +
         "&issuer=Millwright&algorithm=SHA1&digits=6&period=30";
}

}  // namespace mw::security
