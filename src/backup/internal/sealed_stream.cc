#include "backup/internal/sealed_stream.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "core/hex.h"
#include "core/json.h"

namespace mw::backup {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::string_view kName = "millwright-backup ";
// A header that asks for more is not worth opening: 1 GiB, and a minute on a small machine.
constexpr int64_t kMostMemoryKib = 1 << 20;
constexpr int64_t kMostPasses = 16;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error not_a_backup() {
  return Error::make(Code::kCorrupt,
                     "this is no backup of Millwright's, or its beginning is damaged",
                     "该文件不是 Millwright 的备份，或其开头已损坏", "file");
}

}  // namespace

std::string SealHeader::line() const {
  return std::string(kName) +
         to_text({{"version", kVersion},
                  {"cipher", "AES-256-GCM"},
                  {"kdf", "argon2id"},
                  {"memory_kib", cost.memory_kib},
                  {"passes", cost.passes},
                  {"salt", hex_of({bytes_of(salt), salt.size()})}}) +
         "\n";
}

Result<SealHeader> SealHeader::parse(std::string_view line) {
  if (!line.starts_with(kName) || !line.ends_with('\n')) return not_a_backup();
  line.remove_prefix(kName.size());
  const auto json = parse_json(line.substr(0, line.size() - 1), 2);
  if (!json || !json->is_object()) return not_a_backup();
  const auto version = json_integer(*json, "version", 0);
  const auto memory = json_integer(*json, "memory_kib", 0);
  const auto passes = json_integer(*json, "passes", 0);
  const auto salt = json_string(*json, "salt");
  if (!version || !memory || !passes || !salt || *version < 1) return not_a_backup();
  if (*version > kVersion) {
    return Error::make(Code::kUnsupported,
                       "the backup is of version " + std::to_string(*version) +
                           ", this Millwright reads version 1: restore it with a newer one",
                       "备份版本为 " + std::to_string(*version) +
                           "，本程序只能读取版本 1：请使用更新的 Millwright 恢复",
                       "file");
  }
  SealHeader header{{static_cast<uint32_t>(*memory), static_cast<uint32_t>(*passes)},
                    std::string(kSaltBytes, '\0')};
  if (*memory < 8 || *memory > kMostMemoryKib || *passes < 1 || *passes > kMostPasses ||
      !from_hex(*salt, {reinterpret_cast<uint8_t*>(header.salt.data()), kSaltBytes})) {
    return not_a_backup();
  }
  return header;
}

Result<ChunkCipher> ChunkCipher::create(const SealHeader& header, std::string_view line,
                                        std::string_view passphrase) {
  ChunkCipher cipher{std::string(line)};
  const int result = argon2id_hash_raw(header.cost.passes, header.cost.memory_kib, 1,
                                       passphrase.data(), passphrase.size(), header.salt.data(),
                                       header.salt.size(), cipher.key_.data(), cipher.key_.size());
  cipher.context_.reset(EVP_CIPHER_CTX_new());
  if (result == ARGON2_OK && cipher.context_ != nullptr) return cipher;
  return Error::make(
      Code::kResourceExhausted,
      std::string("the backup's key could not be made: ") + argon2_error_message(result),
      std::string("无法生成备份密钥：") + argon2_error_message(result));
}

bool ChunkCipher::start(bool sealing, bool last) {
  std::array<uint8_t, kNonceBytes> nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[i] = static_cast<uint8_t>(count_ >> (8 * i));
  nonce[8] = last ? 1 : 0;
  ++count_;
  int length = 0;
  return EVP_CipherInit_ex(context_.get(), EVP_aes_256_gcm(), nullptr, key_.data(), nonce.data(),
                           sealing ? 1 : 0) == 1 &&
         EVP_CipherUpdate(context_.get(), nullptr, &length, bytes_of(header_),
                          static_cast<int>(header_.size())) == 1;
}

Result<std::string> ChunkCipher::seal(std::string_view chunk, bool last) {
  std::string out(chunk.size() + kTagBytes, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int length = 0;
  if (start(true, last) &&
      EVP_CipherUpdate(context_.get(), to, &length, bytes_of(chunk),
                       static_cast<int>(chunk.size())) == 1 &&
      EVP_CipherFinal_ex(context_.get(), to + chunk.size(), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, to + chunk.size()) ==
          1) {
    return out;
  }
  return Error::make(Code::kInternal, "OpenSSL could not encrypt", "OpenSSL 加密出错");
}

std::optional<std::string> ChunkCipher::open(std::string_view sealed, bool last) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  const std::string_view body = sealed.substr(0, sealed.size() - kTagBytes);
  std::string tag(sealed.substr(body.size()));
  std::string out(body.size(), '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int length = 0;
  if (start(false, last) &&
      EVP_CipherUpdate(context_.get(), to, &length, bytes_of(body),
                       static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_CipherFinal_ex(context_.get(), to + body.size(), &length) == 1) {
    return out;
  }
  return std::nullopt;
}

}  // namespace mw::backup
