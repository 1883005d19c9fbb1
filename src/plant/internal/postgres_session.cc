#include "plant/internal/postgres_session.h"

#include <array>
#include <chrono>
#include <thread>
#include <vector>

#include "plant/internal/postgres_schema.h"

namespace mw::plant {
namespace {

constexpr int kLockAttempts = 40;  // over two seconds
// The server looks as soon as we do whether the other side is there: its own default lets a session
// behind a cut cable keep the writer's lock for two hours. And nobody waits long for someone's
// VACUUM FULL: samples are buffered meanwhile.
constexpr const char* kSettings = R"sql(
SET search_path = millwright;
SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;
SET tcp_user_timeout = '15s';
SET lock_timeout = '2s';
)sql";

/// ?1 to $1.
std::string postgres_sql(std::string_view sql) {
  std::string out(sql);
  for (char& c : out) {
    if (c == '?') c = '$';
  }
  return out;
}

class PostgresQuery final : public SqlQuery {
 public:
  PostgresQuery(postgres::Connection& connection, std::string name)
      : connection_(connection), name_(std::move(name)) {}

  SqlQuery& bind(int index, int64_t value) override { return set(index, value); }
  SqlQuery& bind(int index, std::string_view text) override { return set(index, text); }
  SqlQuery& bind(int index, Bytes bytes) override { return set(index, bytes); }
  Result<bool> step() override {
    if (!rows_) {
      MW_ASSIGN(postgres::Rows rows, connection_.run(name_, values_));
      rows_.emplace(std::move(rows));
      row_ = -1;
    }
    ++row_;
    return row_ < rows_->count();
  }
  void reset() override { rows_.reset(); }
  int64_t integer(int column) const override { return rows_->integer(row_, column); }
  std::string text(int column) const override { return rows_->text(row_, column); }
  Bytes bytes(int column) const override { return rows_->bytes(row_, column); }

 private:
  SqlQuery& set(int index, postgres::Value value) {
    if (values_.size() < static_cast<std::size_t>(index)) {
      values_.resize(static_cast<std::size_t>(index));
    }
    values_[static_cast<std::size_t>(index) - 1] = value;
    return *this;
  }

  postgres::Connection& connection_;
  const std::string name_;
  std::vector<postgres::Value> values_;
  std::optional<postgres::Rows> rows_;
  int row_ = -1;
};

class PostgresSession final : public SqlSession {
 public:
  PostgresSession(const PostgresDatabase& database, Access access, PostgresDatabase::Made made)
      : database_(database),
        access_(access),
        connection_(std::move(made.connection)),
        backend_(made.backend) {}

  Result<std::unique_ptr<SqlQuery>> prepare(std::string_view sql) override {
    const std::string name = "s" + std::to_string(++prepared_);
    MW_TRY(connection_->prepare(name, postgres_sql(sql)));
    return std::unique_ptr<SqlQuery>(std::make_unique<PostgresQuery>(*connection_, name));
  }
  Result<void> begin(Access access) override {
    return execute(access == Access::kWrite ? "BEGIN"
                                            : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }
  Result<void> commit() override { return execute("COMMIT"); }
  void rollback() override {
    if (connection_->lost() || !connection_->in_transaction()) return;
    // A transaction that cannot be ended ends with its connection.
    if (!execute("ROLLBACK")) unusable_ = true;
  }
  Result<bool> reconnect() override {
    if (!connection_->lost() && !unusable_) return false;
    // The server may still believe in the old connection and keep its lock: the new one ends it.
    MW_ASSIGN(PostgresDatabase::Made fresh, database_.make(access_, backend_));
    connection_ = std::move(fresh.connection);
    backend_ = fresh.backend;
    unusable_ = false;
    return true;
  }
  int64_t sync_due_ns() const override { return 0; }
  Result<void> sync() override { return {}; }

 private:
  Result<void> execute(const char* sql) {
    const Result<postgres::Rows> done = connection_->execute(sql);
    if (!done) return done.error();
    return {};
  }

  const PostgresDatabase& database_;
  const Access access_;
  std::unique_ptr<postgres::Connection> connection_;
  PostgresDatabase::Backend backend_;
  uint64_t prepared_ = 0;
  bool unusable_ = false;
};

}  // namespace

Result<std::unique_ptr<SqlDatabase>> PostgresDatabase::open(postgres::Address address,
                                                            LogSink log) {
  MW_ASSIGN(std::string name, postgres::describe(address));
  return std::unique_ptr<SqlDatabase>(
      new PostgresDatabase(std::move(address), std::move(name), std::move(log)));
}

Result<std::unique_ptr<SqlSession>> PostgresDatabase::connect(SqlSession::Access access) {
  MW_ASSIGN(Made made, make(access, {}));
  return std::unique_ptr<SqlSession>(
      std::make_unique<PostgresSession>(*this, access, std::move(made)));
}

Result<PostgresDatabase::Made> PostgresDatabase::make(SqlSession::Access access,
                                                      Backend former) const {
  MW_ASSIGN(std::unique_ptr<postgres::Connection> connection, postgres::Connection::open(address_));
  const Result<postgres::Rows> set = connection->execute(kSettings);
  if (!set) return set.error();
  Backend backend;
  if (access == SqlSession::Access::kWrite) {
    if (former.pid != 0) MW_TRY(end_former(*connection, former));
    MW_TRY(become_writer(*connection));
    MW_TRY(connection->prepare(
        "self",
        "SELECT pid::bigint, (extract(epoch FROM backend_start) * 1000000)::bigint "
        "FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
    MW_ASSIGN(const postgres::Rows self, connection->run("self", {}));
    if (self.count() > 0) backend = {self.integer(0, 0), self.integer(0, 1)};
  }
  return Made{std::move(connection), backend};
}

Result<void> PostgresDatabase::end_former(postgres::Connection& connection, Backend former) const {
  MW_TRY(connection.prepare(
      "end",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::bigint AND "
      "(extract(epoch FROM backend_start) * 1000000)::bigint = $2::bigint"));
  const std::array<postgres::Value, 2> values = {former.pid, former.started_us};
  const Result<postgres::Rows> ended = connection.run("end", values);
  if (!ended) return ended.error();
  return {};
}

Result<void> PostgresDatabase::become_writer(postgres::Connection& connection) const {
  // 0x4D57504C, "MWPL", as in plant.db's application_id. A writer that just ended may have it for
  // a moment, until the server notices.
  MW_TRY(connection.prepare("lock", "SELECT pg_try_advisory_lock(1297567820)"));
  const auto lock = [&]() -> Result<bool> {
    MW_ASSIGN(const postgres::Rows rows, connection.run("lock", {}));
    return rows.integer(0, 0) != 0;
  };
  MW_ASSIGN(bool locked, lock());
  for (int attempt = 0; !locked && attempt < kLockAttempts; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    MW_ASSIGN(locked, lock());
  }
  if (!locked) {
    return Error::make(
        Code::kConflict,
        "another Millwright writes to " + name_ + ": stop it, or give each its own database",
        "另一个 Millwright 正在写入 " + name_ + "；请先停止它，或使用不同的数据库");
  }
  MW_ASSIGN(const postgres::Rows fsync, connection.execute("SHOW fsync"));
  if (fsync.text(0, 0) == "off") {
    log_(LogLevel::kWarning, "plant",
         name_ + " runs with fsync = off: a loss of power there loses acknowledged samples");
  }
  // A commit that has returned is on disk, whatever this server's default is.
  MW_ASSIGN(const postgres::Rows set,
            connection.execute("SELECT set_config('synchronous_commit', 'on', false) "
                               "WHERE current_setting('synchronous_commit') = 'off'"));
  return prepare_schema(connection, name_);
}

}  // namespace mw::plant
