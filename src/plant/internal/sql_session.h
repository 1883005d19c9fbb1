#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mw::plant {

using Bytes = std::span<const std::byte>;

/// A prepared statement of one connection. Texts and bytes that were bound must live until the last
/// step, what a column gives until the next one.
class SqlQuery {
 public:
  virtual ~SqlQuery() = default;
  virtual SqlQuery& bind(int index, int64_t value) = 0;
  virtual SqlQuery& bind(int index, std::string_view text) = 0;
  virtual SqlQuery& bind(int index, Bytes bytes) = 0;
  /// True: a row is there. False: done.
  virtual Result<bool> step() = 0;
  virtual void reset() = 0;
  virtual int64_t integer(int column) const = 0;
  virtual std::string text(int column) const = 0;
  virtual Bytes bytes(int column) const = 0;
};

/// One connection to a database that speaks the SQL which SQLite and PostgreSQL share, parameters
/// written ?1, ?2. Used by one thread at a time.
class SqlSession {
 public:
  enum class Access { kRead, kWrite };
  virtual ~SqlSession() = default;
  virtual Result<std::unique_ptr<SqlQuery>> prepare(std::string_view sql) = 0;
  /// A read sees one state of the database until it ends.
  virtual Result<void> begin(Access access) = 0;
  virtual Result<void> commit() = 0;
  /// After an error as well, when there may be nothing to roll back.
  virtual void rollback() = 0;
  /// True when the connection was lost and is new: what was prepared is gone.
  virtual Result<bool> reconnect() = 0;
  /// Steady time by which sync() should be called so that commits survive a loss of power; 0: none.
  virtual int64_t sync_due_ns() const = 0;
  virtual Result<void> sync() = 0;
};

/// A database of samples: its schema is there, and connections to it can be had.
class SqlDatabase {
 public:
  virtual ~SqlDatabase() = default;
  virtual Result<std::unique_ptr<SqlSession>> connect(SqlSession::Access access) = 0;
  /// As people know it: "plant.db", "PostgreSQL plant on db.example". Never a password.
  virtual const std::string& name() const = 0;
  virtual uint64_t size_bytes() const = 0;
  /// Of the file system it lies on, where that is known.
  virtual std::optional<uint64_t> free_bytes() const = 0;
};

}  // namespace mw::plant
