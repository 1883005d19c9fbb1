#include "security/internal/signing_key.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>

#include "core/file.h"
#include "core/private_file.h"

namespace mw::security {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error key_error(const std::string& what) {
  return Error::make(Code::kInternal, "OpenSSL could not " + what, "OpenSSL 出错：" + what);
}

}  // namespace

Result<SigningKey> SigningKey::of(Handle handle) {
  SigningKey key;
  std::size_t size = key.public_key_.size();
  if (EVP_PKEY_get_raw_public_key(handle.get(), key.public_key_.data(), &size) != 1 ||
      size != key.public_key_.size()) {
    return key_error("read an Ed25519 key");
  }
  key.handle_ = std::move(handle);
  return key;
}

Result<SigningKey> SigningKey::generate() {
  Handle handle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (handle == nullptr) return key_error("make an Ed25519 key");
  return of(std::move(handle));
}

Result<SigningKey> SigningKey::load(const std::filesystem::path& path) {
  MW_TRY(check_private(path, "audit"));
  MW_ASSIGN(std::string pem, read_file(path, 4096));
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Handle handle(bio == nullptr ? nullptr
                               : PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  OPENSSL_cleanse(pem.data(), pem.size());
  if (handle == nullptr || EVP_PKEY_is_a(handle.get(), "ED25519") != 1) {
    return Error::make(Code::kCorrupt,
                       path.string() + " holds no Ed25519 key; restore it from a backup",
                       path.string() + " 不是 Ed25519 密钥，请从备份恢复", "audit");
  }
  return of(std::move(handle));
}

Result<void> SigningKey::save(const std::filesystem::path& path) const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_.get(), nullptr, nullptr, 0,
                                                      nullptr, nullptr) != 1) {
    return key_error("write an Ed25519 key");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  const auto written = write_file_atomically(path, {data, static_cast<std::size_t>(size)});
  OPENSSL_cleanse(data, static_cast<std::size_t>(size));
  return written;  // mkostemp made it 0600
}

Result<Signature> SigningKey::sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  Signature signature{};
  std::size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(message), message.size()) !=
          1) {
    return key_error("sign");
  }
  return signature;
}

bool signature_fits(const PublicKey& key, std::string_view message, const Signature& signature) {
  struct Free {
    void operator()(EVP_PKEY* handle) const { EVP_PKEY_free(handle); }
  };
  const std::unique_ptr<EVP_PKEY, Free> handle(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const Context context(EVP_MD_CTX_new());
  return handle != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

}  // namespace mw::security
