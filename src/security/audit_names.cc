#include "security/audit_names.h"

#include <algorithm>

#include "security/internal/base32.h"
#include "security/random.h"
#include "sqlite/schema.h"

namespace mw::security {
namespace {

constexpr std::string_view kNamed = "person:";
constexpr std::string_view kReferred = "person/";
constexpr std::size_t kReferenceBytes = 5;  // 40 bits: never another person's, restored or not

constexpr const char* kTables = R"sql(
CREATE TABLE known(
  reference TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) WITHOUT ROWID;
)sql";

/// Where a name or a reference that begins at `from` ends: names hold none of these.
std::size_t end_of(std::string_view text, std::size_t from) {
  while (from < text.size()) {
    const auto byte = static_cast<unsigned char>(text[from]);
    if (byte <= 0x20 || byte == 0x7f ||
        std::string_view(":\"'\\/<>").find(text[from]) != std::string_view::npos) {
      break;
    }
    ++from;
  }
  return from;
}

/// Each word after `mark` is given to `replace`, which tells what the whole becomes.
template <class Replace>
Result<std::string> each_word(std::string_view text, std::string_view mark,
                              const Replace& replace) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t found = text.find(mark, at);
    if (found == std::string_view::npos) break;
    const std::size_t begin = found + mark.size();
    const std::size_t end = end_of(text, begin);
    const std::string_view word = text.substr(begin, end - begin);
    const bool begins = found == 0 || text[found - 1] == ' ' || text[found - 1] == '=';
    out += text.substr(at, found - at);
    if (begins && !word.empty() && word != "?") {
      MW_ASSIGN(const std::string replaced, replace(word));
      out += replaced;
    } else {
      out += text.substr(found, end - found);
    }
    at = end;
  }
  return out + std::string(text.substr(std::min(at, text.size())));
}

}  // namespace

Result<std::unique_ptr<AuditNames>> AuditNames::open(const std::filesystem::path& file) {
  MW_ASSIGN(sqlite::Database database,
            sqlite::Database::open(file.string(), sqlite::Database::Mode::kReadWrite));
  MW_TRY(database.execute(
      "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "PRAGMA secure_delete = ON"));
  MW_TRY(sqlite::prepare(database, {"audit_names.db", 0x4D57414E, 1, 1, kTables}));  // "MWAN"
  std::error_code ignored;  // the folder is private already
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  return std::unique_ptr<AuditNames>(new AuditNames(std::move(database)));
}

Result<std::string> AuditNames::reference_of(std::string_view name) {
  const auto found = [&]() -> Result<std::string> {
    MW_ASSIGN(sqlite::Statement read,
              database_.prepare("SELECT reference FROM known WHERE name = ?"));
    read.bind(1, name);
    MW_ASSIGN(const bool row, read.step());
    return row ? read.text(0) : std::string();
  };
  MW_ASSIGN(std::string reference, found());
  if (!reference.empty()) return reference;
  MW_ASSIGN(const std::string random, random_bytes(kReferenceBytes));
  reference = base32(random);
  for (char& each : reference) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  MW_ASSIGN(sqlite::Statement put, database_.prepare("INSERT OR IGNORE INTO known VALUES(?, ?)"));
  put.bind(1, std::string_view(reference)).bind(2, name);
  MW_TRY(put.run());
  return found();  // another process may have been first
}

Result<AuditEvent> AuditNames::hidden(AuditEvent event) {
  const std::lock_guard lock(mutex_);
  for (std::string* text : {&event.who, &event.object, &event.detail}) {
    MW_ASSIGN(*text, each_word(*text, kNamed, [&](std::string_view name) -> Result<std::string> {
      MW_ASSIGN(const std::string reference, reference_of(name));
      return std::string(kReferred) + reference;
    }));
  }
  return event;
}

Result<std::string> AuditNames::kept(const std::string& audit_name) {
  AuditEvent event;
  event.who = audit_name;
  MW_ASSIGN(event, hidden(std::move(event)));
  return event.who;
}

Result<std::optional<std::string>> AuditNames::name_of(std::string_view kept) {
  if (kept.substr(0, kReferred.size()) != kReferred) return std::optional<std::string>();
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(sqlite::Statement read,
            database_.prepare("SELECT name FROM known WHERE reference = ?"));
  read.bind(1, kept.substr(kReferred.size()));
  MW_ASSIGN(const bool row, read.step());
  return row ? std::optional(read.text(0)) : std::nullopt;
}

Result<AuditNames::Known> AuditNames::known() {
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(sqlite::Statement read, database_.prepare("SELECT reference, name FROM known"));
  Known known;
  while (true) {
    MW_ASSIGN(const bool row, read.step());
    if (!row) return known;
    known.emplace(read.text(0), read.text(1));
  }
}

void AuditNames::show(AuditEvent& event, const Known& known) {
  for (std::string* text : {&event.who, &event.object, &event.detail}) {
    auto shown =
        each_word(*text, kReferred, [&](std::string_view reference) -> Result<std::string> {
          const auto found = known.find(reference);
          return found == known.end() ? std::string(kReferred) + std::string(reference)
                                      : std::string(kNamed) + found->second;
        });
    if (shown) *text = std::move(*shown);
  }
}

Result<bool> AuditNames::forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  bool was = false;
  {
    MW_ASSIGN(sqlite::Statement erase, database_.prepare("DELETE FROM known WHERE name = ?"));
    erase.bind(1, name);
    MW_TRY(erase.run());
    was = database_.changes() > 0;
  }
  MW_TRY(database_.execute("PRAGMA wal_checkpoint(TRUNCATE)"));  // nor in the journal
  return was;
}

}  // namespace mw::security
