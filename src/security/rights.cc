#include "security/rights.h"

#include <algorithm>
#include <array>

namespace mw::security {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"viewer", "operator", "engineer", "admin"};
constexpr std::size_t kMostNames = 1000;
constexpr std::size_t kMostBytes = 128;

Result<void> check_names(const std::vector<std::string>& names, const char* param) {
  const auto bad = [](const std::string& name) {
    return name.empty() || name.size() > kMostBytes ||
           std::any_of(name.begin(), name.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  };
  if (names.size() <= kMostNames && std::none_of(names.begin(), names.end(), bad)) return {};
  return Error::make(Code::kInvalidArgument,
                     std::string(param) +
                         ": expected at most 1000 names of 1 to 128 bytes without control "
                         "characters, or * for all",
                     std::string(param) + "：最多 1000 个名称，每个 1 至 128 字节；* 表示全部",
                     param);
}

}  // namespace

std::string_view role_name(Role role) { return kNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_of(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

Result<void> check_grant(const Grant& grant) {
  MW_TRY(check_names(grant.lines, "line"));
  return check_names(grant.labels, "label");
}

Identity identity_of(Identity::Kind kind, std::string name, Grant grant) {
  return {kind, std::move(name), {std::move(grant)}};
}

Identity newcomer(std::string name) { return {Identity::Kind::kPerson, std::move(name), {}}; }

std::string audit_name(const Identity& who) {
  switch (who.kind) {
    case Identity::Kind::kPerson:
      return "person:" + who.name;
    case Identity::Kind::kApiKey:
      return "key:" + who.name;
    case Identity::Kind::kService:
      break;
  }
  return "service:" + who.name;
}

}  // namespace mw::security
