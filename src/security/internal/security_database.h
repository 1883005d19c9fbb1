#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::security {

/// A row of a statement's answer.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  /// Texts and blobs alike.
  std::string bytes(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// A blob argument of a statement.
struct Blob {
  std::string_view bytes;
};

/// One connection to people.db; used by one thread at a time. Statements are few and rare, so each
/// is prepared where it is run.
class SecurityDatabase {
 public:
  static Result<SecurityDatabase> open(const std::string& path);

  Result<void> execute(const char* sql);
  using OnRow = std::function<void(const Row& row)>;
  /// Runs one statement with its arguments (integers, texts, Blobs) in place of its `?`s.
  template <class... Arguments>
  Result<void> query(std::string_view sql, const OnRow& on_row, const Arguments&... arguments) {
    MW_ASSIGN(const Statement statement, prepare(sql));
    int index = 0;
    (bind(statement.get(), ++index, arguments), ...);
    return step(statement.get(), on_row);
  }
  template <class... Arguments>
  Result<void> run(std::string_view sql, const Arguments&... arguments) {
    return query(sql, OnRow(), arguments...);
  }
  /// The first column of the only row.
  Result<int64_t> integer(std::string_view sql);
  int changes() const { return sqlite3_changes(handle_.get()); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  Result<Statement> prepare(std::string_view sql);
  Result<void> step(sqlite3_stmt* statement, const OnRow& on_row);
  static void bind(sqlite3_stmt* statement, int index, int64_t value);
  static void bind(sqlite3_stmt* statement, int index, std::string_view text);
  static void bind(sqlite3_stmt* statement, int index, Blob blob);
  Error error(int result) const;

  std::unique_ptr<sqlite3, Close> handle_;
};

/// Makes the tables of a new file, checks those of an old one. Errors: kConflict (a file of
/// something else), kUnsupported (of a newer version), kCorrupt.
Result<void> prepare_people_schema(SecurityDatabase& database);

}  // namespace mw::security
