#include "security/internal/vault.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "security/internal/key_file.h"
#include "security/internal/sealed_record.h"
#include "security/internal/vault_rows.h"

namespace mw::security {
namespace {

namespace fs = std::filesystem;

/// A key that cannot be had: what that means, and what to do.
Error lost(const Error& why) {
  return Error::make(
      Code::kUnavailable,
      "second factors cannot be checked, passwords of devices neither read nor kept: " +
          why.message.en +
          ". Put the key file back (from where you keep it, or from the backup that people.db came "
          "from). Until then log in with a recovery code, or take second factors away with "
          "`millwright user totp NAME --off`; where it is gone for good, `millwright user "
          "rotate-key --lost` makes another. Passwords of people and keys work without it",
      "无法校验第二因素，也无法读取或保存设备密码：" + why.message.zh +
          "。请放回密钥文件（从保管处，或与 people.db 同一备份中恢复）。在此之前可使用恢复码登录，"
          "或用 `millwright user totp NAME --off` 关闭第二因素；若密钥已彻底丢失，请用 "
          "`millwright user rotate-key --lost` 生成新密钥。人员密码和服务密钥不受影响",
      "key_file");
}

}  // namespace

std::string totp_bound(int64_t person) { return "totp of person " + std::to_string(person); }
std::string secret_bound(std::string_view name) { return "secret " + std::string(name); }

Vault::Rotation::~Rotation() {
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(data_key.data(), data_key.size());
}

Vault::Vault(Vault&& other) noexcept
    : folder_(std::move(other.folder_)),
      log_(std::move(other.log_)),
      wrapped_(std::exchange(other.wrapped_, {})),
      data_key_(other.data_key_),
      key_(other.key_) {
  OPENSSL_cleanse(other.data_key_.data(), other.data_key_.size());
  OPENSSL_cleanse(other.key_.data(), other.key_.size());
}

Vault::~Vault() {
  OPENSSL_cleanse(data_key_.data(), data_key_.size());
  OPENSSL_cleanse(key_.data(), key_.size());
}

Result<fs::path> Vault::file(PeopleDatabase& database) const {
  MW_ASSIGN(const std::string noted, read_fact(database, "key_file"));
  return noted.empty() ? folder_ / kDefaultKeyFile : fs::path(noted);
}

Result<void> Vault::unwrap(const fs::path& path, const std::string& wrapped) {
  MW_ASSIGN(std::vector<AeadKey> keys, read_key_file(path));
  const Forgotten after(keys);
  for (const AeadKey& key : keys) {
    auto data_key = open_record(key, kDataKeyBound, wrapped);
    if (data_key && data_key->size() == data_key_.size()) {
      std::copy(data_key->begin(), data_key->end(), data_key_.begin());
      OPENSSL_cleanse(data_key->data(), data_key->size());
      key_ = key;
      wrapped_ = wrapped;
      return {};
    }
  }
  return Error::make(Code::kConflict,
                     path.string() + " is not the key that people.db was sealed with",
                     path.string() + " 不是 people.db 所用的密钥", "key_file");
}

Result<void> Vault::refresh(PeopleDatabase& database) {
  MW_ASSIGN(const std::string wrapped, read_fact(database, "data_key"));
  if (!wrapped_.empty() && wrapped == wrapped_) return {};
  MW_ASSIGN(const fs::path path, file(database));
  return unwrap(path, wrapped);
}

Result<void> Vault::check(PeopleDatabase& database) {
  const auto known = refresh(database);
  return known || known.error().param != kKeyParam ? known : lost(known.error());
}

Result<std::string> Vault::seal(PeopleDatabase& database, std::string_view bound,
                                std::string_view text) {
  MW_TRY(check(database));
  return seal_record(data_key_, bound, text);
}

Result<std::string> Vault::open(PeopleDatabase& database, std::string_view bound,
                                std::string_view sealed) {
  MW_TRY(check(database));
  if (auto text = open_record(data_key_, bound, sealed)) return std::move(*text);
  return lost(Error::make(Code::kCorrupt,
                          "the stored secret was changed, or sealed under a key that is given up",
                          "存储的密钥被改动，或其所用密钥已作废", "key_file"));
}

Result<std::string> Vault::open_kept(PeopleDatabase& database, std::string_view name,
                                     std::string_view sealed) {
  if (const auto known = refresh(database); !known) {
    Error error = known.error();
    if (error.param == kKeyParam) error.code = Code::kUnavailable;
    return error;
  }
  if (auto text = open_record(data_key_, secret_bound(name), sealed)) return std::move(*text);
  return Error::make(Code::kCorrupt, "what is kept was changed, or is another's",
                     "保存的内容被改动，或属于其他项", "name");
}

Result<void> Vault::seal_for_the_first_time(PeopleDatabase& database, const std::string& key_file) {
  const fs::path path = key_file.empty() ? folder_ / kDefaultKeyFile : fs::path(key_file);
  std::error_code problem;
  if (!fs::exists(path, problem)) {
    std::vector<AeadKey> made(1);
    const Forgotten after(made);
    MW_ASSIGN(made[0], random_key());
    MW_TRY(write_key_file(path, made));
  }
  MW_ASSIGN(std::vector<AeadKey> keys, read_key_file(path));
  const Forgotten after(keys);
  MW_ASSIGN(data_key_, random_key());
  MW_ASSIGN(wrapped_, seal_record(keys.front(), kDataKeyBound, key_view(data_key_)));
  key_ = keys.front();
  MW_TRY(set_fact(database, "data_key", wrapped_));
  MW_TRY(set_fact(database, "key_file", key_file));
  MW_ASSIGN(auto secrets, stored_totps(database));  // in clear
  for (Stored& each : secrets) {
    const auto sealed = seal_record(data_key_, totp_bound(each.person), each.bytes);
    OPENSSL_cleanse(each.bytes.data(), each.bytes.size());
    if (!sealed) return sealed.error();
    MW_TRY(database.run("UPDATE person SET totp = ? WHERE id = ?", Blob{*sealed}, each.person));
  }
  return {};
}

/// Where the key lies, if somebody moved the file and said so.
Result<void> Vault::find_key(PeopleDatabase& database, const std::string& key_file) {
  MW_ASSIGN(const std::string wrapped, read_fact(database, "data_key"));
  MW_ASSIGN(const fs::path noted, file(database));
  if (key_file.empty() || noted == key_file) {
    if (const auto found = unwrap(noted, wrapped); !found) {
      log_(LogLevel::kError, "people", lost(found.error()).message.en);
    }
    return {};
  }
  if (unwrap(key_file, wrapped)) {
    return set_fact(database, "key_file", key_file);
  }
  if (unwrap(noted, wrapped)) {
    return Error::make(
        Code::kConflict,
        "security.key_file is " + key_file + ", but the key lies in " + noted.string() +
            ": move it there (mv " + noted.string() + " " + key_file +
            "), or make another with `millwright user rotate-key --key-file " + key_file + "`",
        "security.key_file 为 " + key_file + "，但密钥位于 " + noted.string() +
            "：请移动该文件，或用 `millwright user rotate-key --key-file " + key_file +
            "` 更换密钥",
        "security.key_file");
  }
  const auto missing = unwrap(key_file, wrapped);
  if (!missing) log_(LogLevel::kError, "people", lost(missing.error()).message.en);
  return {};
}

Result<void> Vault::settle(PeopleDatabase& database, const std::string& key_file) {
  MW_TRY(database.execute("BEGIN IMMEDIATE"));
  bool first = false;
  const auto body = [&]() -> Result<void> {
    MW_ASSIGN(const std::string wrapped, read_fact(database, "data_key"));
    first = wrapped.empty();
    return first ? seal_for_the_first_time(database, key_file) : find_key(database, key_file);
  };
  const Result<void> done = body();
  const Result<void> ended = database.execute(done ? "COMMIT" : "ROLLBACK");
  if (!done) return done;
  MW_TRY(ended);
  if (first) {
    // What lay in clear must not stay in the journal. Others that read now keep it a while.
    return database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  if (wrapped_.empty()) return {};
  // A rotation that was killed after its transaction left the old key in the file.
  MW_ASSIGN(const fs::path path, file(database));
  auto keys = read_key_file(path);
  const Forgotten after(keys ? std::span<AeadKey>(*keys) : std::span<AeadKey>());
  if (!keys || keys->size() < 2 || keys->front() != key_) return {};
  keys->resize(1);
  if (const auto written = write_key_file(path, *keys); !written) {
    log_(LogLevel::kWarning, "people", written.error().message.en);
  }
  return {};
}

}  // namespace mw::security
