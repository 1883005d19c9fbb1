#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "apps/millwright/toml.h"
#include "core/result.h"

namespace mw::app {

/// The password that was kept under a name.
using SecretReader = std::function<Result<std::string>(const std::string& name)>;

/// Where a table stands, for errors: in a file of TOML, or in a document of JSON of which it was
/// made (json_table.h).
struct TablePlace {
  std::string file;      // "config.toml"; empty: JSON
  std::string prefix;    // "server.", or the JSON pointer of the table: "/connectors/0"
  SecretReader secrets;  // of JSON: its passwords; null: it has none
  std::filesystem::path authorities = {};  // of JSON: where what it holds of them lies as files
  bool is_json() const { return file.empty(); }
  /// Of item `i` of its list `key`.
  TablePlace item(const std::string& key, std::size_t i) const;
  /// "server.listen", "/connectors/0/name".
  std::string name(const std::string& key) const;
};

/// Reads keys of one table and remembers which were asked for. Errors name file, line and key, or
/// the JSON pointer.
class TableReader {
 public:
  /// `table` must outlive the reader.
  TableReader(const toml::table& table, TablePlace place)
      : table_(table), place_(std::move(place)) {}
  /// `prefix` is put in front of keys ("server.").
  TableReader(const toml::table& table, std::string file, std::string prefix)
      : TableReader(table, TablePlace{std::move(file), std::move(prefix), {}}) {}

  // What is absent leaves `out` as it is.
  Result<void> text(const char* key, std::string& out);
  /// An address without user and password, which would be shown wherever it is told.
  Result<void> address(const char* key, std::string& out);
  Result<void> boolean(const char* key, bool& out);
  Result<void> integer(const char* key, int64_t low, int64_t high, int& out);
  Result<void> number(const char* key, double low, double high, double& out);
  Result<void> texts(const char* key, std::vector<std::string>& out);
  /// The first line of the file that the key names, which its owner only may read; empty without.
  /// JSON names a password that was kept.
  Result<std::string> secret(const char* key);
  /// The file of the certificates of an authority whose word is taken: `ca_file` of TOML; JSON
  /// holds them as `ca` and can name no file. Empty without.
  Result<std::string> authority();
  /// nullptr when it is not there.
  Result<const toml::table*> table(const char* key);
  /// [[key]], [[key]], ...
  Result<std::vector<const toml::table*>> tables(const char* key);

  /// An error for what nobody asked for.
  Result<void> finish() const;
  /// An error about the whole table.
  Error wrong_table(const std::string& key, const std::string& what) const {
    return error(key, table_, what);
  }

 private:
  const toml::node* take(const char* key);
  Error error(const std::string& key, const toml::node& node, const std::string& what) const;
  Error wrong(const char* key, const toml::node& node, const std::string& expected) const {
    return error(key, node, "must be " + expected);
  }

  const toml::table& table_;
  const TablePlace place_;
  std::set<std::string> known_;
};

}  // namespace mw::app
