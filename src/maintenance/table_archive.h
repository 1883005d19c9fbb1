#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/file.h"
#include "core/identity.h"
#include "core/log.h"
#include "maintenance/lives.h"
#include "maintenance/table_preview.h"
#include "plant/plant.h"
#include "security/audit_event.h"

namespace mw::maintenance {

inline constexpr int64_t kNsPerMicrosecond = 1'000;

/// A table that somebody put here to learn from.
struct KeptTable {
  // Microseconds of when it was added: whoever sees the numbers learns of no table of others.
  int64_t number = 0;
  std::string file;                // its name where it came from
  bool cut = false;                // lives out of the store, not a file
  std::vector<std::string> lines;  // of the plant, that the data are of; empty: not said
  std::string by;
  TimeNs added_ns = 0;
  uint64_t bytes = 0;
  std::string sha256;
};

struct TableArchiveOptions {
  std::filesystem::path folder;         // DATA/maintenance/tables
  std::shared_ptr<plant::Plant> plant;  // ends after it: it holds it
  const Clock* clock = nullptr;         // must outlive it
  LogSink log = no_log();
  std::shared_ptr<security::Audit> audit;            // null: none is kept
  uint64_t most_bytes = uint64_t{64} << 20;          // of one table
  uint64_t most_bytes_a_person = uint64_t{1} << 30;  // of what one person added
  std::size_t most_a_person = 50;
};

/// Tables of labelled histories, each a file that is written whole and what is known of it beside
/// it (docs/formats/maintenance_tables.md, ADR 0150).
///
/// Rights   engineer of all lines that a table is of, of every line where it does not say so
///          (may_with_lines). For others it does not exist (kNotFound).
/// Errors   those of the disk and of the audit log, which has what a person does before it counts.
/// Threads  any.
class TableArchive {
 public:
  /// What a crash left half written is removed; what does not hold is left out and logged.
  static Result<std::unique_ptr<TableArchive>> open(TableArchiveOptions options);

  /// A file's bytes: MATLAB where its name ends with .mat, else text.
  /// Errors   kInvalidArgument: nothing in it, a line that there is not; kPermissionDenied;
  ///          kTooLarge; kResourceExhausted: one's own share is full; those of preview_table.
  Result<KeptTable> add(const Identity& who, const std::string& file, std::string_view bytes,
                        const std::vector<std::string>& lines);

  struct Cut {
    KeptTable table;
    CutLives lives;  // its CSV is moved out
  };
  /// Whole lives out of the store, by kinds of events, of the machines' lines.
  /// Errors   kInvalidArgument: no life in it; those of cut_lives and of add.
  Result<Cut> cut(const Identity& who, const LivesOrder& order);

  /// Newest first.
  std::vector<KeptTable> list(const Identity& who) const;
  Result<KeptTable> find(const Identity& who, int64_t number) const;
  Result<TablePreview> preview(const Identity& who, int64_t number, const TableForm& form) const;
  /// Its bytes; they stay where it is removed meanwhile.
  Result<MappedFile> bytes(const KeptTable& table) const;
  Result<RunTable> read(const Identity& who, int64_t number, const TableMapping& mapping,
                        const std::string& variable) const;
  Result<void> remove(const Identity& who, int64_t number);
  /// Takes a name out of who added what, for good (ADR 0098). May be repeated.
  Result<void> forget_person(const std::string& name);

 private:
  explicit TableArchive(TableArchiveOptions options) : options_(std::move(options)) {}
  void load();
  std::filesystem::path folder_of(int64_t number) const;
  Result<void> check_lines(const Identity& who, const std::vector<std::string>& lines) const;
  Result<KeptTable> keep(const Identity& who, KeptTable table, std::string_view bytes);
  Result<void> check_share(const KeptTable& table) const;
  Result<void> audit(const Identity& who, const char* action, const KeptTable& table) const;

  const TableArchiveOptions options_;
  mutable std::mutex mutex_;
  std::map<int64_t, KeptTable> tables_;
};

/// The bytes of a file as text, as long as it is mapped.
std::string_view text_of(const MappedFile& file);

/// "line-1 line-2"; "-" where it does not say: for audit records.
std::string lines_text(const std::vector<std::string>& lines);

}  // namespace mw::maintenance
