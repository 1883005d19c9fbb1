#include "sqlite/database.h"

#include "core/check.h"

namespace mw::sqlite {
namespace {

constexpr int kPagesAStep = 1024;  // 4 MiB

/// The last part of the file's path; ":memory:" for none.
std::string file_of(sqlite3* handle) {
  const char* path = handle == nullptr ? nullptr : sqlite3_db_filename(handle, "main");
  if (path == nullptr || *path == '\0') return ":memory:";
  const std::string_view whole(path);
  return std::string(whole.substr(whole.rfind('/') + 1));
}

/// SQLite's result codes in our terms; the extended code stands in the message.
Error sqlite_error(sqlite3* handle, int result, const std::string& what) {
  Code code = Code::kIo;
  Text next;
  switch (result & 0xff) {
    case SQLITE_FULL:
      code = Code::kResourceExhausted;
      next = {" (the disk is full: free space)", "（磁盘已满，请释放空间）"};
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      code = Code::kCorrupt;
      next = {" (restore it from a backup, or move the file away to start an empty one)",
              "（请从备份恢复，或移走该文件以新建空库）"};
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      code = Code::kPermissionDenied;
      next = {" (check that the folder exists and is writable)", "（请检查目录是否存在且可写）"};
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      code = Code::kConflict;
      next = {" (another Millwright uses the same data folder: stop it, or give another --data)",
              "（另一个 Millwright 正在使用同一数据目录，请停止它或用 --data 指定其他目录）"};
      break;
    default:
      break;
  }
  const std::string text = what + ": " +
                           (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result)) +
                           " [" + std::to_string(result) + "]";
  return Error::make(code, text + next.en, text + next.zh);
}

sqlite3* connection(sqlite3_stmt* statement) { return sqlite3_db_handle(statement); }

}  // namespace

Statement& Statement::bind(int index, int64_t value) {
  MW_CHECK_EQ(sqlite3_bind_int64(handle_.get(), index, value), SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, double value) {
  MW_CHECK_EQ(sqlite3_bind_double(handle_.get(), index, value), SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, std::nullptr_t) {
  MW_CHECK_EQ(sqlite3_bind_null(handle_.get(), index), SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  MW_CHECK_EQ(sqlite3_bind_text64(handle_.get(), index, text.data(), text.size(), SQLITE_STATIC,
                                  SQLITE_UTF8),
              SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, std::span<const std::byte> blob) {
  MW_CHECK_EQ(sqlite3_bind_blob64(handle_.get(), index, blob.data(), blob.size(), SQLITE_STATIC),
              SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int result = sqlite3_step(handle_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  sqlite3* handle = connection(handle_.get());
  return sqlite_error(handle, sqlite3_extended_errcode(handle), file_of(handle));
}

Result<void> Statement::run() {
  const Result<bool> stepped = step();
  reset();
  if (!stepped) return stepped.error();
  return {};
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }

std::string Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (data == nullptr) return {};
  return std::string(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
}

std::span<const std::byte> Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  Database database;
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  database.handle_.reset(handle);
  if (result != SQLITE_OK) return sqlite_error(handle, result, "open " + path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 1000);
  return database;
}

Result<void> Database::execute(const char* sql) {
  const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return error();
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  Statement statement;
  statement.handle_.reset(handle);
  if (result != SQLITE_OK) return error();
  return statement;
}

Result<int64_t> Database::integer(const char* sql) {
  MW_ASSIGN(Statement statement, prepare(sql));
  MW_ASSIGN(const bool row, statement.step());
  if (!row) return Error::make(Code::kCorrupt, file_of(handle_.get()) + ": no row for " + sql);
  return statement.integer(0);
}

Result<void> Database::copy_to(const std::string& path,
                               const std::function<void(double share)>& on_progress) {
  MW_ASSIGN(Database target, open(path, Mode::kReadWrite));
  // A transaction that has read keeps its view: without one, each change that another process
  // makes meanwhile would start the copy over.
  MW_TRY(execute("BEGIN"));
  const auto copy = [&]() -> Result<void> {
    MW_TRY(integer("SELECT count(*) FROM sqlite_schema"));
    struct Finish {
      void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
    };
    const std::unique_ptr<sqlite3_backup, Finish> backup(
        sqlite3_backup_init(target.handle_.get(), "main", handle_.get(), "main"));
    if (backup == nullptr) return target.error();
    int result = SQLITE_OK;
    while (result == SQLITE_OK) {
      result = sqlite3_backup_step(backup.get(), kPagesAStep);
      const int total = sqlite3_backup_pagecount(backup.get());
      if (total > 0) {
        on_progress(1.0 - static_cast<double>(sqlite3_backup_remaining(backup.get())) / total);
      }
    }
    if (result == SQLITE_DONE) return {};
    return sqlite_error(nullptr, result, "copy " + file_of(handle_.get()) + " to " + path);
  };
  const Result<void> copied = copy();
  const Result<void> ended = execute("ROLLBACK");
  return copied ? ended : copied;
}

int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

Error Database::error() const {
  return sqlite_error(handle_.get(), sqlite3_extended_errcode(handle_.get()),
                      file_of(handle_.get()));
}

}  // namespace mw::sqlite
