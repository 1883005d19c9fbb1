#pragma once

#include <set>
#include <string>
#include <vector>

#include "apps/millwright/toml.h"
#include "core/result.h"

namespace mw::app {

/// Reads keys of one table of a TOML file and remembers which were asked for. Errors name file,
/// line and key.
class TableReader {
 public:
  /// `table` must outlive the reader. `prefix` is put in front of keys ("server.").
  TableReader(const toml::table& table, std::string file, std::string prefix)
      : table_(table), file_(std::move(file)), prefix_(std::move(prefix)) {}

  // What is absent leaves `out` as it is.
  Result<void> text(const char* key, std::string& out);
  Result<void> boolean(const char* key, bool& out);
  Result<void> integer(const char* key, int64_t low, int64_t high, int& out);
  Result<void> number(const char* key, double low, double high, double& out);
  Result<void> texts(const char* key, std::vector<std::string>& out);
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
  const std::string file_;
  const std::string prefix_;
  std::set<std::string> known_;
};

}  // namespace mw::app
