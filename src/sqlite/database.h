#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::sqlite {

/// A prepared statement of one connection. Bind, step until it returns false, reset; texts and
/// blobs that column_* returns live until the next step or reset.
class Statement {
 public:
  Statement& bind(int index, int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::nullptr_t);
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::span<const std::byte> blob);

  /// True: a row is there. False: done. The bound bytes must live until then.
  Result<bool> step();
  /// Runs a statement that gives no rows, then resets it.
  Result<void> run();
  void reset();

  int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::span<const std::byte> blob(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Resets a statement at the end of a scope, so that it holds no read lock.
class StatementScope {
 public:
  explicit StatementScope(Statement& statement) : statement_(statement) {}
  StatementScope(const StatementScope&) = delete;
  StatementScope& operator=(const StatementScope&) = delete;
  ~StatementScope() { statement_.reset(); }

 private:
  Statement& statement_;
};

/// One connection; used by one thread at a time.
class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly };
  static Result<Database> open(const std::string& path, Mode mode);

  Result<void> execute(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row.
  Result<int64_t> integer(const char* sql);
  /// Writes all that is committed now to a new file, while others write on: `on_progress` is
  /// told the share done, 0..1.
  Result<void> copy_to(const std::string& path,
                       const std::function<void(double share)>& on_progress);
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  int64_t changes() const;
  /// The last error of this connection: the file's name, SQLite's words, what to do next.
  Error error() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace mw::sqlite
