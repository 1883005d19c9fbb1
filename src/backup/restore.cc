#include "backup/restore.h"

#include <algorithm>
#include <cerrno>

#include "backup/internal/scratch_folder.h"
#include "core/atomic_file.h"
#include "core/file.h"
#include "sqlite/database.h"

namespace mw::backup {
namespace {

namespace fs = std::filesystem;

/// Goes through a backup; `take` gets each file's bytes, part by part, the first time with none.
Result<BackupContent> read_through(
    const fs::path& file, std::string_view passphrase, const Progress& on_progress,
    const std::function<Result<void>(const ArchiveEntry& entry, std::string_view bytes)>& take,
    const std::function<Result<void>()>& file_done) {
  std::error_code problem;
  const uint64_t total = fs::file_size(file, problem);
  if (problem) return errno_error("open", file.string(), problem.value());
  MW_ASSIGN(ArchiveReader archive, ArchiveReader::open(file, passphrase));
  BackupContent content;
  content.about = archive.about();
  std::string buffer(1 << 16, '\0');
  while (true) {
    MW_ASSIGN(const std::optional<ArchiveEntry> entry, archive.next());
    if (!entry) return content;
    MW_TRY(take(*entry, {}));
    while (true) {
      MW_ASSIGN(const std::size_t got, archive.read(buffer));
      if (got == 0) break;
      MW_TRY(take(*entry, std::string_view(buffer).substr(0, got)));
      content.bytes += got;
      on_progress(std::min(content.bytes, total), total);
    }
    MW_TRY(file_done());
    content.files.push_back(*entry);
  }
}

Result<void> check_target(const fs::path& to) {
  std::error_code problem;
  if (!fs::exists(to, problem)) return {};
  if (fs::is_directory(to, problem) && fs::is_empty(to, problem) && !problem) return {};
  return Error::make(Code::kConflict,
                     to.string() +
                         " is not empty: a restore replaces nothing; name a new folder, "
                         "or move that one away",
                     to.string() + " 不为空：恢复不会覆盖任何内容；请指定新目录，或先移走该目录",
                     "to");
}

Result<bool> is_sound(const fs::path& database) {
  auto opened = sqlite::Database::open(database.string(), sqlite::Database::Mode::kReadWrite);
  if (!opened) return false;
  auto check = opened->prepare("PRAGMA quick_check(1)");
  if (!check) return false;
  const auto row = check->step();
  return row && *row && check->text(0) == "ok";
}

}  // namespace

Result<BackupContent> check_backup(const fs::path& file, std::string_view passphrase,
                                   const Progress& on_progress) {
  return read_through(
      file, passphrase, on_progress,
      [](const ArchiveEntry&, std::string_view) -> Result<void> { return {}; },
      []() -> Result<void> { return {}; });
}

Result<RestoreReport> restore(const fs::path& file, std::string_view passphrase,
                              const fs::path& wanted, const Progress& on_progress) {
  fs::path to = fs::absolute(wanted).lexically_normal();
  if (!to.has_filename()) to = to.parent_path();  // "newdir/", as a shell completes it
  MW_TRY(check_target(to));
  MW_ASSIGN(ScratchFolder scratch, ScratchFolder::beside(to));
  std::optional<AtomicFile> out;
  RestoreReport report;
  MW_ASSIGN(report.content,
            read_through(
                file, passphrase, on_progress,
                [&](const ArchiveEntry& entry, std::string_view bytes) -> Result<void> {
                  if (!bytes.empty()) return out->write(bytes);
                  const fs::path path = scratch.path() / entry.path;
                  MW_TRY(make_private_folder(path.parent_path()));
                  MW_ASSIGN(out, AtomicFile::create(path));
                  return {};
                },
                [&] { return out->commit(); }));
  for (const ArchiveEntry& entry : report.content.files) {
    if (!entry.path.ends_with(".db")) continue;
    MW_ASSIGN(const bool sound, is_sound(scratch.path() / entry.path));
    if (!sound) report.damaged.push_back(entry.path);
  }
  const auto audit = security::check_audit(scratch.path() / "audit");
  if (audit) {
    report.audit = *audit;
  } else if (audit.error().code != Code::kNotFound) {
    return audit.error();
  }
  MW_TRY(sync_folder(scratch.path()));
  std::error_code problem;
  fs::remove(to, problem);  // an empty one, or none
  if (problem) return errno_error("replace", to.string(), problem.value());
  fs::rename(scratch.path(), to, problem);
  if (problem) return errno_error("rename", to.string(), problem.value());
  scratch.keep();
  MW_TRY(sync_folder(to.parent_path()));
  return report;
}

}  // namespace mw::backup
