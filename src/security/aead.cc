#include "security/aead.h"

#include <openssl/evp.h>

#include <limits>
#include <memory>

namespace mw::security {
namespace {

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

constexpr int kTag = static_cast<int>(kAeadTagBytes);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool fits_int(std::string_view text) {
  return text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
}

bool start(EVP_CIPHER_CTX* context, const AeadKey& key, const AeadNonce& nonce,
           std::string_view bound, bool sealing) {
  int length = 0;
  return context != nullptr && fits_int(bound) &&
         EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nullptr, key.data(), nonce.data(),
                           sealing ? 1 : 0) == 1 &&
         (bound.empty() || EVP_CipherUpdate(context, nullptr, &length, bytes_of(bound),
                                            static_cast<int>(bound.size())) == 1);
}

}  // namespace

Result<std::string> aead_seal(const AeadKey& key, const AeadNonce& nonce, std::string_view bound,
                              std::string_view text) {
  const Context context(EVP_CIPHER_CTX_new());
  std::string out(text.size() + kAeadTagBytes, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int length = 0;
  if (fits_int(text) && start(context.get(), key, nonce, bound, true) &&
      EVP_CipherUpdate(context.get(), to, &length, bytes_of(text), static_cast<int>(text.size())) ==
          1 &&
      EVP_CipherFinal_ex(context.get(), to + text.size(), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, to + text.size()) == 1) {
    return out;
  }
  return Error::make(Code::kInternal, "OpenSSL could not encrypt", "OpenSSL 加密出错");
}

std::optional<std::string> aead_open(const AeadKey& key, const AeadNonce& nonce,
                                     std::string_view bound, std::string_view sealed) {
  if (sealed.size() < kAeadTagBytes || !fits_int(sealed)) return std::nullopt;
  const Context context(EVP_CIPHER_CTX_new());
  const std::string_view body = sealed.substr(0, sealed.size() - kAeadTagBytes);
  std::string tag(sealed.substr(body.size()));
  std::string out(body.size(), '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int length = 0;
  if (start(context.get(), key, nonce, bound, false) &&
      EVP_CipherUpdate(context.get(), to, &length, bytes_of(body), static_cast<int>(body.size())) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_CipherFinal_ex(context.get(), to + body.size(), &length) == 1) {
    return out;
  }
  return std::nullopt;
}

}  // namespace mw::security
