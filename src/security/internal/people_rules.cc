#include "security/internal/people_rules.h"

#include <algorithm>

#include "security/internal/access_table.h"
#include "security/internal/people_impl.h"

namespace mw::security {

Result<void> check_name(std::string_view name) {
  const auto bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f ||
           std::string_view(":\"'\\/<>").find(c) != std::string::npos;
  };
  if (!name.empty() && name.size() <= 64 && lower_ascii(std::string(name)) != kLocalName &&
      std::none_of(name.begin(), name.end(), bad))
    return {};
  return Error::make(
      Code::kInvalidArgument,
      "name: expected 1 to 64 bytes without spaces and : \" ' \\ / < >, and not 'local'",
      "名称应为 1 至 64 字节，不含空格和 : \" ' \\ / < >，且不能是 local", "name");
}

std::string described(const Grant& grant) {
  return "role=" + std::string(role_name(grant.role)) + " lines=" + names_text(grant.lines) +
         " labels=" + names_text(grant.labels);
}

Result<std::vector<Grant>> grants_of(PeopleDatabase& database, int64_t person) {
  std::vector<Grant> grants;
  MW_TRY(database.query(
      "SELECT role, lines, labels, 0 AS nth FROM person WHERE id = ? UNION ALL "
      "SELECT g.role, g.lines, g.labels, 1 FROM membership m JOIN person_group g "
      "ON g.id = m.person_group WHERE m.person = ? ORDER BY nth",
      [&](const Row& row) { grants.push_back(grant_of(row, 0)); }, person, person));
  return grants;
}

Result<int64_t> count_admins(PeopleDatabase& database) {
  return database.integer(
      "SELECT count(*) FROM person p WHERE disabled = 0 AND password <> '' AND (role = 'admin' OR "
      "EXISTS(SELECT 1 FROM membership m JOIN person_group g ON g.id = m.person_group "
      "WHERE m.person = p.id AND g.role = 'admin'))");
}

Result<void> keep_an_admin(PeopleDatabase& database, int64_t admins_before) {
  MW_ASSIGN(const int64_t left, count_admins(database));
  if (left > 0 || admins_before == 0) return {};
  return Error::make(Code::kConflict,
                     "this is the last administrator who can log in: make another one first",
                     "这是最后一名可登录的管理员，请先添加另一名管理员", "name");
}

}  // namespace mw::security
