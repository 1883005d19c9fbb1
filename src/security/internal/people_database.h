#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sqlite/database.h"

namespace mw::security {

/// A row of a statement's answer.
class Row {
 public:
  explicit Row(const sqlite::Statement& statement) : statement_(statement) {}
  int64_t integer(int column) const { return statement_.integer(column); }
  /// Texts and blobs alike; empty for null.
  std::string bytes(int column) const;

 private:
  const sqlite::Statement& statement_;
};

/// A blob argument of a statement.
struct Blob {
  std::string_view bytes;
};

/// One connection to people.db; used by one thread at a time. Statements are few and rare, so each
/// is prepared where it is run.
class PeopleDatabase {
 public:
  /// Makes the tables of a new file. Errors: kConflict (a file of something else), kUnsupported (of
  /// a newer version), kCorrupt.
  static Result<PeopleDatabase> open(const std::string& path);

  Result<void> execute(const char* sql) { return database_.execute(sql); }
  using OnRow = std::function<void(const Row& row)>;
  /// Runs one statement with its arguments (integers, texts, Blobs) in place of its `?`s.
  template <class... Arguments>
  Result<void> query(std::string_view sql, const OnRow& on_row, const Arguments&... arguments) {
    MW_ASSIGN(sqlite::Statement statement, database_.prepare(sql));
    int index = 0;
    (bind(statement, ++index, arguments), ...);
    return step(statement, on_row);
  }
  template <class... Arguments>
  Result<void> run(std::string_view sql, const Arguments&... arguments) {
    return query(sql, OnRow(), arguments...);
  }
  /// The first column of the first row.
  Result<int64_t> integer(const char* sql) { return database_.integer(sql); }
  int64_t changes() const { return database_.changes(); }

 private:
  explicit PeopleDatabase(sqlite::Database database) : database_(std::move(database)) {}
  static Result<void> step(sqlite::Statement& statement, const OnRow& on_row);
  static void bind(sqlite::Statement& statement, int index, int64_t value) {
    statement.bind(index, value);
  }
  static void bind(sqlite::Statement& statement, int index, std::string_view text) {
    statement.bind(index, text);
  }
  static void bind(sqlite::Statement& statement, int index, Blob blob) {
    statement.bind(index, std::as_bytes(std::span(blob.bytes)));
  }

  sqlite::Database database_;
};

}  // namespace mw::security
