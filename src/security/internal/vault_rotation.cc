// The half of Vault that changes keys.
#include <utility>

#include "security/internal/key_file.h"
#include "security/internal/sealed_record.h"
#include "security/internal/vault.h"
#include "security/internal/vault_rows.h"

namespace mw::security {
namespace {

namespace fs = std::filesystem;

}  // namespace

Result<Vault::Rotation> Vault::begin_rotation(PeopleDatabase& database,
                                              const std::string& key_file) {
  MW_TRY(check(database));
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

Result<Vault::Rotation> Vault::begin_without_old(PeopleDatabase& database,
                                                 const std::string& key_file) {
  const auto known = refresh(database);
  if (!known && known.error().param != kKeyParam) return known.error();
  if (known) {
    return Error::make(Code::kConflict,
                       "the key is there and opens what is sealed: leave --lost away",
                       "密钥仍在且可用：请去掉 --lost", "lost");
  }
  MW_ASSIGN(const fs::path noted, file(database));
  Rotation rotation;
  rotation.lost = true;
  rotation.file = key_file.empty() ? noted : fs::path(key_file);
  MW_ASSIGN(rotation.data_key, random_key());
  std::error_code problem;
  if (!fs::exists(rotation.file, problem)) {
    std::vector<AeadKey> made(1);
    const Forgotten after(made);
    MW_ASSIGN(made[0], random_key());
    MW_TRY(write_key_file(rotation.file, made));
  }
  MW_ASSIGN(std::vector<AeadKey> keys, read_key_file(rotation.file));
  const Forgotten after(keys);
  rotation.key = keys.front();
  return rotation;
}

Result<void> Vault::reseal(PeopleDatabase& database, const Rotation& rotation) {
  MW_TRY(check(database));
  const auto anew = [&](const std::string& bound, const std::string& old) -> Result<std::string> {
    MW_ASSIGN(std::string text, open(database, bound, old));
    auto sealed = seal_record(rotation.data_key, bound, text);
    OPENSSL_cleanse(text.data(), text.size());
    return sealed;
  };
  MW_ASSIGN(const auto secrets, stored_totps(database));
  for (const Stored& each : secrets) {
    const auto sealed = anew(totp_bound(each.person), each.bytes);
    if (!sealed) return sealed.error().within(each.name);
    MW_TRY(database.run("UPDATE person SET totp = ? WHERE id = ?", Blob{*sealed}, each.person));
  }
  MW_ASSIGN(const auto kept, stored_kept(database));
  for (const Stored& each : kept) {
    const auto sealed = anew(secret_bound(each.name), each.bytes);
    if (!sealed) return sealed.error().within(each.name);
    MW_TRY(database.run("UPDATE secret SET sealed = ? WHERE name = ?", Blob{*sealed}, each.name));
  }
  return {};
}

Result<void> Vault::rotate(PeopleDatabase& database, const Rotation& rotation) {
  MW_TRY(rotation.lost ? database.run("DELETE FROM secret") : reseal(database, rotation));
  MW_ASSIGN(const std::string wrapped,
            seal_record(rotation.key, kDataKeyBound, key_view(rotation.data_key)));
  MW_TRY(set_fact(database, "data_key", wrapped));
  const bool standard = rotation.file == folder_ / kDefaultKeyFile;
  return set_fact(database, "key_file", standard ? std::string() : rotation.file.string());
}

Result<void> Vault::finish_rotation(PeopleDatabase& database, const Rotation& rotation) {
  MW_TRY(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  MW_TRY(check(database));
  if (!rotation.same_file) return {};
  std::vector<AeadKey> keys = {rotation.key};
  const Forgotten after(keys);
  return write_key_file(rotation.file, keys);
}

}  // namespace mw::security
