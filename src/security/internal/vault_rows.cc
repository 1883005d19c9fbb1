#include "security/internal/vault_rows.h"

namespace mw::security {

Result<std::string> read_fact(PeopleDatabase& database, std::string_view name) {
  std::string value;
  MW_TRY(database.query(
      "SELECT value FROM fact WHERE name = ?", [&](const Row& row) { value = row.bytes(0); },
      name));
  return value;
}

Result<void> set_fact(PeopleDatabase& database, std::string_view name, const std::string& value) {
  return database.run("INSERT OR REPLACE INTO fact VALUES(?, ?)", name, Blob{value});
}

Result<std::vector<Stored>> stored_totps(PeopleDatabase& database) {
  std::vector<Stored> all;
  MW_TRY(database.query("SELECT id, name, totp FROM person WHERE totp IS NOT NULL",
                        [&](const Row& row) {
                          all.push_back({row.integer(0), row.bytes(1), row.bytes(2)});
                        }));
  return all;
}

Result<std::vector<Stored>> stored_kept(PeopleDatabase& database) {
  std::vector<Stored> all;
  MW_TRY(database.query("SELECT name, sealed FROM secret", [&](const Row& row) {
    all.push_back({0, row.bytes(0), row.bytes(1)});
  }));
  return all;
}

}  // namespace mw::security
