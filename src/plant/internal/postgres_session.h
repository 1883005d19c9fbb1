#pragma once

#include <memory>
#include <string>

#include "core/log.h"
#include "plant/internal/sql_session.h"
#include "postgres/postgres_connection.h"

namespace mw::plant {

/// The schema "millwright" of a PostgreSQL database (ADR 0091). One writing session holds an
/// advisory lock, so that a second Millwright does not write into the same tables.
class PostgresDatabase final : public SqlDatabase {
 public:
  static Result<std::unique_ptr<SqlDatabase>> open(postgres::Address address, LogSink log);

  Result<std::unique_ptr<SqlSession>> connect(SqlSession::Access access) override;
  const std::string& name() const override { return name_; }
  uint64_t size_bytes() const override { return 0; }  // not known without asking the server
  std::optional<uint64_t> free_bytes() const override { return std::nullopt; }

  /// The server's side of a connection; a number alone may come again.
  struct Backend {
    int64_t pid = 0;
    int64_t started_us = 0;
  };
  struct Made {
    std::unique_ptr<postgres::Connection> connection;
    Backend backend;  // of a writer
  };
  /// A connection with our settings and, for writing, the lock and the tables; `former`, which had
  /// the lock, is ended where the server still knows it.
  Result<Made> make(SqlSession::Access access, Backend former) const;

 private:
  PostgresDatabase(postgres::Address address, std::string name, LogSink log)
      : address_(std::move(address)), name_(std::move(name)), log_(std::move(log)) {}
  Result<void> end_former(postgres::Connection& connection, Backend former) const;
  Result<void> become_writer(postgres::Connection& connection) const;

  const postgres::Address address_;
  const std::string name_;
  const LogSink log_;
};

}  // namespace mw::plant
