#pragma once

#include <map>
#include <string>
#include <vector>

#include "security/secrets.h"

namespace mw::security {

/// Secrets in memory, whose key can be lost.
class FakeSecrets final : public Secrets {
 public:
  Result<void> keep(std::string_view name, std::string_view text) override {
    if (lost) return lost_key();
    all[std::string(name)] = text;
    return {};
  }
  Result<std::string> read(std::string_view name) override {
    const auto found = all.find(name);
    if (found == all.end()) return Error::make(Code::kNotFound, "no such secret", "没有");
    if (lost) return lost_key();
    return found->second;
  }
  Result<void> forget(std::string_view name) override {
    all.erase(std::string(name));
    return {};
  }
  Result<std::vector<std::string>> names() override {
    std::vector<std::string> out;
    for (const auto& [name, text] : all) out.push_back(name);
    return out;
  }

  std::map<std::string, std::string, std::less<>> all;
  bool lost = false;

 private:
  static Error lost_key() {
    return Error::make(Code::kUnavailable, "secret.key is missing", "缺少 secret.key", "key_file");
  }
};

}  // namespace mw::security
