#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

struct pg_conn;
struct pg_result;

namespace mw::postgres {

/// A parameter of a statement; texts and bytes are looked at until the statement has run.
using Value = std::variant<int64_t, std::string_view, std::span<const std::byte>>;

/// What a statement gave, all of it in memory. Columns must be of the type that is asked for.
class Rows {
 public:
  int count() const;
  int64_t integer(int row, int column) const;  // smallint, integer, bigint, boolean
  std::string text(int row, int column) const;
  /// Lives as long as the rows.
  std::span<const std::byte> bytes(int row, int column) const;

 private:
  friend class Connection;
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

struct Address {
  std::string url;       // "postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full"
  std::string password;  // when the URL has none
};

/// Whether libpq takes a text for a URL of its kind.
bool is_url(std::string_view text);
/// "PostgreSQL database plant on db.example": what may be shown and logged, never a password.
/// Errors  kInvalidArgument, without the URL.
Result<std::string> describe(const Address& address);

/// One connection over libpq; used by one thread at a time. Notices of the server are dropped, a
/// cut cable is an error after some ten seconds.
///
/// Errors  kUnavailable when the server does not answer or ends the connection, kResourceExhausted
///         when its disk is full, kPermissionDenied, kIo for what else it says.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Address& address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One statement or several, without parameters.
  Result<Rows> execute(const std::string& sql);
  /// Parameters are $1, $2; the server finds their types.
  Result<void> prepare(const std::string& name, const std::string& sql);
  Result<Rows> run(const std::string& name, std::span<const Value> values);
  /// True when the connection has ended; it does not come back.
  bool lost() const;
  /// True after an error within a transaction, until it is rolled back.
  bool in_transaction() const;

 private:
  Connection(pg_conn* handle, std::string name) : handle_(handle), name_(std::move(name)) {}
  Result<Rows> take(pg_result* result);

  pg_conn* handle_;
  const std::string name_;
};

}  // namespace mw::postgres
