#include "backup/internal/sealed_stream.h"

#include <argon2.h>

#include "core/hex.h"
#include "core/json.h"

namespace mw::backup {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kSaltBytes = 16;
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
  if (result == ARGON2_OK) return cipher;
  return Error::make(
      Code::kResourceExhausted,
      std::string("the backup's key could not be made: ") + argon2_error_message(result),
      std::string("无法生成备份密钥：") + argon2_error_message(result));
}

security::AeadNonce ChunkCipher::next_nonce(bool last) {
  security::AeadNonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[i] = static_cast<uint8_t>(count_ >> (8 * i));
  nonce[8] = last ? 1 : 0;
  ++count_;
  return nonce;
}

Result<std::string> ChunkCipher::seal(std::string_view chunk, bool last) {
  return security::aead_seal(key_, next_nonce(last), header_, chunk);
}

std::optional<std::string> ChunkCipher::open(std::string_view sealed, bool last) {
  return security::aead_open(key_, next_nonce(last), header_, sealed);
}

}  // namespace mw::backup
