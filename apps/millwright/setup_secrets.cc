#include "apps/millwright/setup_secrets.h"

#include <algorithm>
#include <set>

#include "apps/millwright/json_table.h"
#include "apps/millwright/setup_holders.h"

namespace mw::app {
namespace {

constexpr std::size_t kMostPasswordBytes = 500;

Error wrong(const std::string& pointer, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, pointer + " " + en, pointer + "：" + zh, pointer);
}

/// What a password is for: nobody else may get it, nor by a way that others can read.
std::string purpose_of(const Json& holder) {
  std::string purpose;
  for (const char* key :
       {"kind", "endpoint", "address", "broker", "user", "security", "policy", "sasl", "ca"}) {
    purpose += text_member(holder, key) + "\n";
  }
  const auto tls = holder.find("tls");
  return purpose + (tls != holder.end() && *tls == true ? "tls" : "");
}

Result<std::string> checked_password(const Json& value, const std::string& pointer) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (value.is_string()) {
    std::string text = value.get<std::string>();
    const bool plain = std::none_of(text.begin(), text.end(), is_control);
    if (plain && !text.empty() && text.size() <= kMostPasswordBytes) return text;
  }
  return wrong(pointer, "must be a text of 1 to 500 bytes in one line",
               "应为 1 到 500 字节的单行文本");
}

/// Whether `before` has that kept password for the same purpose.
bool same_purpose(const Json& holder, const std::string& name, const Json& before) {
  bool found = false;
  const auto looked =
      each_holder(before, [&](const Json& each, const auto&, const auto&) -> Result<void> {
        found = found || (text_member(each, "password_file") == name &&
                          purpose_of(each) == purpose_of(holder));
        return {};
      });
  return looked && found;
}

Error cannot_be_read(const std::string& pointer, const Error& why) {
  return wrong(pointer, "must be typed again: it cannot be read, " + why.message.en,
               "请重新输入：无法读取（" + why.message.zh + "）");
}

Error needs_typing(const std::string& pointer) {
  return wrong(pointer + "/password",
               "must be typed again: it was kept for another address, user or security",
               "请重新输入：原密码属于其他地址、用户或安全设置");
}

Result<void> keep_one(Json& holder, const std::string& pointer, const Json& before,
                      const KeptPasswords& passwords, KeptSetup& out) {
  const std::string kept = text_member(holder, "password_file");
  const auto typed = holder.find("password");
  if (typed != holder.end() && !typed->is_null()) {
    MW_ASSIGN(const std::string password, checked_password(*typed, pointer + "/password"));
    MW_ASSIGN(const std::string name, passwords.keep(password));
    out.added.push_back(name);
    holder["password_file"] = name;
  } else if (!kept.empty() && !same_purpose(holder, kept, before)) {
    return needs_typing(pointer);
  }
  holder.erase("password");
  return {};
}

}  // namespace

Result<KeptSetup> keep_passwords(const Json& setup, const Json& before,
                                 const KeptPasswords& passwords) {
  KeptSetup out{setup, {}};
  const auto kept =
      each_holder(out.json, [&](Json& holder, const std::string& pointer, const auto&) {
        return keep_one(holder, pointer, before, passwords, out);
      });
  if (kept) return out;
  for (const std::string& each : out.added) passwords.forget(each);
  return kept.error();
}

void sweep_passwords(const Json& setup, const KeptPasswords& passwords) {
  std::set<std::string> named;
  const auto looked =
      each_holder(setup, [&](const Json& each, const auto&, const auto&) -> Result<void> {
        named.insert(text_member(each, "password_file"));
        return {};
      });
  const auto kept = passwords.names();
  if (!looked || !kept) return;
  for (const std::string& name : *kept) {
    if (!named.contains(name)) passwords.forget(name);
  }
}

Result<std::string> password_for_look(const Json& what, const Json& setup,
                                      const KeptPasswords& passwords) {
  const auto typed = what.find("password");
  if (typed != what.end() && !typed->is_null()) return checked_password(*typed, "/password");
  const std::string kept = text_member(what, "password_file");
  if (kept.empty()) return std::string();
  // The broker's part of a setup has no kind; what is asked for has.
  Json holder = what;
  if (text_member(holder, "kind") == "mqtt") holder.erase("kind");
  if (!is_secret_name(kept) || !same_purpose(holder, kept, setup)) return needs_typing("");
  const auto password = passwords.read(kept);
  return password ? password : cannot_be_read("/password", password.error());
}

}  // namespace mw::app
