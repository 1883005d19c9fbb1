#include "apps/millwright/table_reader.h"

#include <algorithm>
#include <sstream>

#include "apps/millwright/json_table.h"
#include "apps/millwright/setup_authorities.h"
#include "certificates/authority.h"
#include "core/address_text.h"
#include "core/private_file.h"

namespace mw::app {
namespace {

constexpr std::size_t kMostKeyBytes = 100;

}  // namespace

TablePlace TablePlace::item(const std::string& key, std::size_t i) const {
  if (!is_json()) return {file, prefix + key + ".", secrets, authorities};
  return {file, name(key) + "/" + std::to_string(i), secrets, authorities};
}

std::string TablePlace::name(const std::string& key) const {
  return is_json() ? prefix + "/" + pointer_token(key) : prefix + key;
}

Result<void> TableReader::text(const char* key, std::string& out) {
  const toml::node* node = take(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::string>();
  if (!value) return wrong(key, *node, "a string");
  out = *value;
  return {};
}

Result<void> TableReader::boolean(const char* key, bool& out) {
  const toml::node* node = take(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<bool>();
  if (!value) return wrong(key, *node, "true or false");
  out = *value;
  return {};
}

Result<void> TableReader::integer(const char* key, int64_t low, int64_t high, int& out) {
  const toml::node* node = take(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<int64_t>();
  if (!value || *value < low || *value > high) {
    return wrong(key, *node,
                 "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  out = static_cast<int>(*value);
  return {};
}

Result<void> TableReader::number(const char* key, double low, double high, double& out) {
  const toml::node* node = take(key);
  if (node == nullptr) return {};
  const auto value = node->value<double>();  // a whole number too
  if (!node->is_number() || !value || !(*value >= low && *value <= high)) {
    std::ostringstream range;
    range << "a number from " << low << " to " << high;
    return wrong(key, *node, range.str());
  }
  out = *value;
  return {};
}

Result<void> TableReader::texts(const char* key, std::vector<std::string>& out) {
  const toml::node* node = take(key);
  if (node == nullptr) return {};
  const toml::array* array = node->as_array();
  if (array == nullptr) return wrong(key, *node, "a list of strings");
  out.clear();
  for (const toml::node& each : *array) {
    const auto value = each.value_exact<std::string>();
    if (!value) return wrong(key, each, "a list of strings");
    out.push_back(*value);
  }
  return {};
}

Result<const toml::table*> TableReader::table(const char* key) {
  const toml::node* node = take(key);
  if (node == nullptr) return static_cast<const toml::table*>(nullptr);
  if (node->as_table() == nullptr) return wrong(key, *node, "a table");
  return node->as_table();
}

Result<std::vector<const toml::table*>> TableReader::tables(const char* key) {
  std::vector<const toml::table*> out;
  const toml::node* node = take(key);
  if (node == nullptr) return out;
  const std::string expected = "tables, each under [[" + std::string(key) + "]]";
  const toml::array* array = node->as_array();
  if (array == nullptr) return wrong(key, *node, expected);
  for (const toml::node& each : *array) {
    if (each.as_table() == nullptr) return wrong(key, each, expected);
    out.push_back(each.as_table());
  }
  return out;
}

Result<void> TableReader::finish() const {
  for (const auto& [key, node] : table_) {
    if (known_.contains(std::string(key.str()))) continue;
    std::string names;
    for (const std::string& each : known_) names += (names.empty() ? "" : ", ") + each;
    return error(std::string(key.str()), node, "is not known here; known are " + names);
  }
  return {};
}

const toml::node* TableReader::take(const char* key) {
  known_.insert(key);
  return table_.get(key);
}

Result<std::string> TableReader::secret(const char* key) {
  std::string file;
  MW_TRY(text(key, file));
  if (file.empty()) return std::string();
  if (!place_.is_json()) return read_secret_line(file, place_.name(key));
  if (!is_secret_name(file) || !place_.secrets) {
    return wrong_table(key, "must name a password that was kept");
  }
  return place_.secrets(file);
}

Result<std::string> TableReader::authority() {
  std::string file;
  MW_TRY(text("ca_file", file));
  if (!place_.is_json()) return file;
  if (!file.empty()) {
    return wrong_table("ca_file", "must not be here: config.toml can name files");
  }
  std::string pem;
  MW_TRY(text("ca", pem));
  if (pem.empty()) return file;
  const auto read = certificates::read_authorities(pem);
  if (read) return authority_file(place_.authorities, pem).string();
  const Text& why = read.error().message;
  const std::string name = place_.name("ca");
  return Error::make(Code::kInvalidArgument, name + ": " + why.en, name + "：" + why.zh, name);
}

Result<void> TableReader::address(const char* key, std::string& out) {
  std::string given;
  MW_TRY(text(key, given));
  const toml::node* node = table_.get(key);
  if (node == nullptr) return {};
  if (!userinfo_of(given).empty()) {
    return error(key, *node,
                 "must hold no user and no password: give them in keys of their own, and the "
                 "password in a file");
  }
  out = std::move(given);
  return {};
}

Error TableReader::error(const std::string& key, const toml::node& node,
                         const std::string& what) const {
  const std::string name = place_.name(key.substr(0, kMostKeyBytes));
  if (place_.is_json()) {
    return Error::make(Code::kInvalidArgument, name + " " + what, name + "：有误（" + what + "）",
                       name);
  }
  const std::string line = std::to_string(node.source().begin.line);
  return Error::make(Code::kInvalidArgument,
                     place_.file + " line " + line + ": '" + name + "' " + what,
                     place_.file + " 第 " + line + " 行：“" + name + "”有误", name);
}

}  // namespace mw::app
