#include "security/internal/key_file.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "core/file.h"
#include "core/hex.h"
#include "core/private_file.h"
#include "security/random.h"

namespace mw::security {
namespace {

constexpr std::size_t kLine = 2 * std::tuple_size_v<AeadKey> + 1;
constexpr std::size_t kMostKeys = 2;
constexpr const char* kParam = "key_file";

}  // namespace

Result<std::vector<AeadKey>> read_key_file(const std::filesystem::path& path) {
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) {
    return Error::make(Code::kNotFound, path.string() + " is missing", "缺少 " + path.string(),
                       kParam);
  }
  MW_TRY(check_private(path, kParam));
  auto text = read_file(path, 4096);
  if (!text) {
    Error error = text.error();
    error.param = kParam;
    return error;
  }
  // An editor or a secret store may have left the last line feed out.
  if (!text->empty() && text->back() != '\n') *text += '\n';
  std::vector<AeadKey> keys(text->size() / kLine);
  bool good = !keys.empty() && keys.size() <= kMostKeys && text->size() % kLine == 0;
  for (std::size_t i = 0; good && i < keys.size(); ++i) {
    const std::string_view line = std::string_view(*text).substr(i * kLine, kLine);
    good = line.back() == '\n' && from_hex(line.substr(0, kLine - 1), keys[i]);
  }
  OPENSSL_cleanse(text->data(), text->size());
  if (good) return keys;
  return Error::make(
      Code::kCorrupt,
      path.string() +
          " holds no key: expected a line of 64 hexadecimal digits, as `openssl "
          "rand -hex 32` prints it",
      path.string() + " 中没有密钥：应为一行 64 位十六进制数（openssl rand -hex 32）", kParam);
}

Result<void> write_key_file(const std::filesystem::path& path, const std::vector<AeadKey>& keys) {
  std::string text;
  text.reserve(keys.size() * kLine);
  for (const AeadKey& key : keys) text += hex_of(key) + "\n";
  auto written = write_file_atomically(path, text);  // mode 0600
  OPENSSL_cleanse(text.data(), text.size());
  if (written) return {};
  Error error = written.error();
  error.param = kParam;
  return error;
}

Result<AeadKey> random_key() {
  AeadKey key{};
  MW_ASSIGN(std::string bytes, random_bytes(key.size()));
  std::copy(bytes.begin(), bytes.end(), key.begin());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

}  // namespace mw::security
