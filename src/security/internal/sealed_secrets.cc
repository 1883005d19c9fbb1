#include "security/internal/sealed_secrets.h"

#include <optional>
#include <utility>

namespace mw::security {

/// In one transaction: a rotation in between would leave it sealed under the old data key.
Result<void> SealedSecrets::keep(std::string_view name, std::string_view text) {
  const std::lock_guard lock(mutex_);
  MW_TRY(database_.execute("BEGIN IMMEDIATE"));
  const auto body = [&]() -> Result<void> {
    MW_ASSIGN(const std::string sealed, vault_.seal(database_, secret_bound(name), text));
    return database_.run("INSERT OR REPLACE INTO secret VALUES(?, ?)", name, Blob{sealed});
  };
  const Result<void> done = body();
  const Result<void> ended = database_.execute(done ? "COMMIT" : "ROLLBACK");
  return done ? ended : done;
}

Result<std::string> SealedSecrets::read(std::string_view name) {
  const std::lock_guard lock(mutex_);
  // Of one moment: the row and the data key that it is sealed under.
  MW_TRY(database_.execute("BEGIN"));
  const auto body = [&]() -> Result<std::string> {
    std::optional<std::string> sealed;
    MW_TRY(database_.query(
        "SELECT sealed FROM secret WHERE name = ?", [&](const Row& row) { sealed = row.bytes(0); },
        name));
    if (sealed) return vault_.open_kept(database_, name, *sealed);
    return Error::make(Code::kNotFound, "no secret '" + std::string(name) + "' is kept",
                       "未保存“" + std::string(name) + "”", "name");
  };
  Result<std::string> text = body();
  const Result<void> ended = database_.execute("COMMIT");
  if (text && !ended) return ended.error();
  return text;
}

Result<void> SealedSecrets::forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM secret WHERE name = ?", name);
}

Result<std::vector<std::string>> SealedSecrets::names() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  MW_TRY(database_.query("SELECT name FROM secret ORDER BY name",
                         [&](const Row& row) { all.push_back(row.bytes(0)); }));
  return all;
}

}  // namespace mw::security
