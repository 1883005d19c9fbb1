#include "plant/internal/postgres_schema.h"

namespace mw::plant {
namespace {

constexpr int64_t kVersion = 3;  // as kSchemaVersion of plant.db: the tables are the same

constexpr const char* kTables = R"sql(
CREATE TABLE store(version BIGINT NOT NULL);
CREATE TABLE tag(id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, simulated BIGINT NOT NULL);
CREATE TABLE text(id BIGINT PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE block(
  tag BIGINT NOT NULL, start_ns BIGINT NOT NULL, end_ns BIGINT NOT NULL,
  count BIGINT NOT NULL, body BYTEA NOT NULL, PRIMARY KEY(tag, start_ns));
CREATE TABLE damaged_block(
  tag BIGINT NOT NULL, start_ns BIGINT NOT NULL, end_ns BIGINT NOT NULL,
  count BIGINT NOT NULL, body BYTEA NOT NULL);
CREATE TABLE journal(seq BIGSERIAL PRIMARY KEY, count BIGINT NOT NULL, body BYTEA NOT NULL);
CREATE TABLE rollup(
  tag BIGINT NOT NULL, width_ns BIGINT NOT NULL, start_ns BIGINT NOT NULL,
  body BYTEA NOT NULL, PRIMARY KEY(tag, width_ns, start_ns));
CREATE TABLE due(tag BIGINT NOT NULL, hour_ns BIGINT NOT NULL, PRIMARY KEY(tag, hour_ns));
CREATE TABLE thinned(
  tag BIGINT PRIMARY KEY, raw_from_ns BIGINT NOT NULL, minute_from_ns BIGINT NOT NULL,
  hour_from_ns BIGINT NOT NULL, hold_ns BIGINT NOT NULL);
ALTER TABLE block ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE journal ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE rollup ALTER COLUMN body SET STORAGE EXTERNAL;
INSERT INTO store VALUES(2);
)sql";

// What version 3 added (ADR 0115): batches that were told, events.
constexpr const char* kRecordTables = R"sql(
CREATE TABLE record(
  kind TEXT NOT NULL, place TEXT NOT NULL, start_ns BIGINT NOT NULL, name TEXT NOT NULL,
  end_ns BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY(kind, place, start_ns, name));
UPDATE store SET version = 3;
)sql";

/// The one integer that a statement gives; 0 without a row.
Result<int64_t> number(postgres::Connection& connection, const char* name, const char* sql) {
  MW_TRY(connection.prepare(name, sql));
  MW_ASSIGN(const postgres::Rows rows, connection.run(name, {}));
  return rows.count() > 0 ? rows.integer(0, 0) : 0;
}

Result<void> check_encoding(postgres::Connection& connection, const std::string& name) {
  MW_ASSIGN(const postgres::Rows rows, connection.execute("SHOW server_encoding"));
  const std::string encoding = rows.text(0, 0);
  if (encoding == "UTF8") return {};
  return Error::make(Code::kUnsupported,
                     name + " has the encoding " + encoding +
                         ", expected UTF8: states may be in any language; make the database with "
                         "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0",
                     name + " 的编码为 " + encoding +
                         "，应为 UTF8；请用 CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE "
                         "template0 新建数据库",
                     "plant.store");
}

}  // namespace

Result<void> prepare_schema(postgres::Connection& connection, const std::string& name) {
  MW_TRY(check_encoding(connection, name));
  MW_ASSIGN(const int64_t exists, number(connection, "exists",
                                         "SELECT count(*) FROM information_schema.tables WHERE "
                                         "table_schema = 'millwright' AND table_name = 'store'"));
  if (exists == 0) {
    MW_ASSIGN(const postgres::Rows made,
              connection.execute(std::string("BEGIN; CREATE SCHEMA IF NOT EXISTS millwright;") +
                                 kTables + kRecordTables + "COMMIT"));
  }
  MW_ASSIGN(int64_t version, number(connection, "version", "SELECT version FROM store"));
  if (version == 2) {
    MW_ASSIGN(const postgres::Rows grown,
              connection.execute(std::string("BEGIN;") + kRecordTables + "COMMIT"));
    version = kVersion;
  }
  if (version != kVersion) {
    return Error::make(Code::kUnsupported,
                       name + " has schema version " + std::to_string(version) +
                           ", this Millwright knows " + std::to_string(kVersion) +
                           "; use the one that wrote it",
                       name + " 的结构版本为 " + std::to_string(version) + "，请使用写入它的版本");
  }
  return {};
}

}  // namespace mw::plant
