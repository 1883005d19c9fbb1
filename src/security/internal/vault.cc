#include "security/internal/vault.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "security/internal/key_file.h"
#include "security/internal/sealed_record.h"

namespace mw::security {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultFile = "secret.key";
constexpr std::string_view kDataKeyBound = "millwright people.db data key";

/// Keys that are forgotten where their scope ends, whichever way it does.
class Forgotten {
 public:
  explicit Forgotten(std::span<AeadKey> keys) : keys_(keys) {}
  Forgotten(const Forgotten&) = delete;
  Forgotten& operator=(const Forgotten&) = delete;
  ~Forgotten() {
    for (AeadKey& each : keys_) OPENSSL_cleanse(each.data(), each.size());
  }

 private:
  const std::span<AeadKey> keys_;
};

std::string_view view(const AeadKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

Result<std::string> fact(PeopleDatabase& database, std::string_view name) {
  std::string value;
  MW_TRY(database.query(
      "SELECT value FROM fact WHERE name = ?", [&](const Row& row) { value = row.bytes(0); },
      name));
  return value;
}

Result<void> set_fact(PeopleDatabase& database, std::string_view name, const std::string& value) {
  return database.run("INSERT OR REPLACE INTO fact VALUES(?, ?)", name, Blob{value});
}

/// A key that cannot be had: what that means, and what to do.
Error lost(const Error& why) {
  return Error::make(
      Code::kUnavailable,
      "second factors cannot be checked: " + why.message.en +
          ". Put the key file back (from where you keep it, or from the backup that people.db came "
          "from), or log in with a recovery code, or take second factors away with `millwright "
          "user totp NAME --off`. Passwords and keys work without it",
      "无法校验第二因素：" + why.message.zh +
          "。请放回密钥文件（从保管处，或与 people.db 同一备份中恢复），或使用恢复码登录，或用 "
          "`millwright user totp NAME --off` 关闭第二因素。密码和密钥不受影响",
      "key_file");
}

struct Stored {
  int64_t person = 0;
  std::string name;
  std::string bytes;
};

Result<std::vector<Stored>> stored_secrets(PeopleDatabase& database) {
  std::vector<Stored> all;
  MW_TRY(database.query("SELECT id, name, totp FROM person WHERE totp IS NOT NULL",
                        [&](const Row& row) {
                          all.push_back({row.integer(0), row.bytes(1), row.bytes(2)});
                        }));
  return all;
}

}  // namespace

std::string totp_bound(int64_t person) { return "totp of person " + std::to_string(person); }

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
  MW_ASSIGN(const std::string noted, fact(database, "key_file"));
  return noted.empty() ? folder_ / kDefaultFile : fs::path(noted);
}

Result<void> Vault::unwrap(const fs::path& path, const std::string& wrapped) {
  auto keys = read_key_file(path);
  if (!keys) return lost(keys.error());
  const Forgotten after(*keys);
  for (const AeadKey& key : *keys) {
    auto data_key = open_record(key, kDataKeyBound, wrapped);
    if (data_key && data_key->size() == data_key_.size()) {
      std::copy(data_key->begin(), data_key->end(), data_key_.begin());
      OPENSSL_cleanse(data_key->data(), data_key->size());
      key_ = key;
      wrapped_ = wrapped;
      return {};
    }
  }
  return lost(Error::make(Code::kConflict,
                          path.string() + " is not the key that people.db was sealed with",
                          path.string() + " 不是 people.db 所用的密钥", "key_file"));
}

Result<void> Vault::refresh(PeopleDatabase& database) {
  MW_ASSIGN(const std::string wrapped, fact(database, "data_key"));
  if (!wrapped_.empty() && wrapped == wrapped_) return {};
  MW_ASSIGN(const fs::path path, file(database));
  return unwrap(path, wrapped);
}

Result<void> Vault::check(PeopleDatabase& database) { return refresh(database); }

Result<std::string> Vault::seal(PeopleDatabase& database, std::string_view bound,
                                std::string_view text) {
  MW_TRY(refresh(database));
  return seal_record(data_key_, bound, text);
}

Result<std::string> Vault::open(PeopleDatabase& database, std::string_view bound,
                                std::string_view sealed) {
  MW_TRY(refresh(database));
  if (auto text = open_record(data_key_, bound, sealed)) return std::move(*text);
  return lost(Error::make(Code::kCorrupt, "the stored secret was changed by somebody else",
                          "存储的密钥被改动", "key_file"));
}

Result<void> Vault::seal_for_the_first_time(PeopleDatabase& database, const std::string& key_file) {
  const fs::path path = key_file.empty() ? folder_ / kDefaultFile : fs::path(key_file);
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
  MW_ASSIGN(wrapped_, seal_record(keys.front(), kDataKeyBound, view(data_key_)));
  key_ = keys.front();
  MW_TRY(set_fact(database, "data_key", wrapped_));
  MW_TRY(set_fact(database, "key_file", key_file));
  MW_ASSIGN(auto secrets, stored_secrets(database));  // in clear
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
  MW_ASSIGN(const std::string wrapped, fact(database, "data_key"));
  MW_ASSIGN(const fs::path noted, file(database));
  if (key_file.empty() || noted == key_file) {
    if (const auto found = unwrap(noted, wrapped); !found) {
      log_(LogLevel::kError, "people", found.error().message.en);
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
  if (!missing) log_(LogLevel::kError, "people", missing.error().message.en);
  return {};
}

Result<void> Vault::settle(PeopleDatabase& database, const std::string& key_file) {
  MW_TRY(database.execute("BEGIN IMMEDIATE"));
  bool first = false;
  const auto body = [&]() -> Result<void> {
    MW_ASSIGN(const std::string wrapped, fact(database, "data_key"));
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

Result<Vault::Rotation> Vault::begin_rotation(PeopleDatabase& database,
                                              const std::string& key_file) {
  MW_TRY(refresh(database));
  MW_ASSIGN(const fs::path noted, file(database));
  Rotation rotation;
  rotation.file = key_file.empty() ? noted : fs::path(key_file);
  std::error_code problem;
  // By another name too: else its old key would be called one that nothing needs.
  if (fs::equivalent(rotation.file, noted, problem)) rotation.file = noted;
  rotation.same_file = rotation.file == noted;
  MW_ASSIGN(rotation.data_key, random_key());
  if (!rotation.same_file && fs::exists(rotation.file, problem)) {
    MW_ASSIGN(auto keys, read_key_file(rotation.file));
    const Forgotten after(keys);
    rotation.key = keys.front();
    return rotation;
  }
  MW_ASSIGN(rotation.key, random_key());
  std::vector<AeadKey> keys = {rotation.key};
  keys.reserve(2);                               // or what is moved would leave a copy
  if (rotation.same_file) keys.push_back(key_);  // until nothing is sealed under it
  const Forgotten after(keys);
  MW_TRY(write_key_file(rotation.file, keys));
  return rotation;
}

Result<void> Vault::rotate(PeopleDatabase& database, const Rotation& rotation) {
  MW_TRY(refresh(database));
  MW_ASSIGN(const auto secrets, stored_secrets(database));
  for (const Stored& each : secrets) {
    const std::string bound = totp_bound(each.person);
    auto text = open(database, bound, each.bytes);
    if (!text) return text.error().within(each.name);
    const auto sealed = seal_record(rotation.data_key, bound, *text);
    OPENSSL_cleanse(text->data(), text->size());
    if (!sealed) return sealed.error();
    MW_TRY(database.run("UPDATE person SET totp = ? WHERE id = ?", Blob{*sealed}, each.person));
  }
  MW_ASSIGN(const std::string wrapped,
            seal_record(rotation.key, kDataKeyBound, view(rotation.data_key)));
  MW_TRY(set_fact(database, "data_key", wrapped));
  const bool standard = rotation.file == folder_ / kDefaultFile;
  return set_fact(database, "key_file", standard ? std::string() : rotation.file.string());
}

Result<void> Vault::finish_rotation(PeopleDatabase& database, const Rotation& rotation) {
  MW_TRY(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  MW_TRY(refresh(database));
  if (!rotation.same_file) return {};
  std::vector<AeadKey> keys = {rotation.key};
  const Forgotten after(keys);
  return write_key_file(rotation.file, keys);
}

}  // namespace mw::security
