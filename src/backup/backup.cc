#include "backup/backup.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "backup/internal/scratch_folder.h"
#include "core/descriptor.h"
#include "core/utc_text.h"
#include "sqlite/database.h"

namespace mw::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLeastPassphrase = 12;
// Where copies of databases lie in clear until they are in the archive: on the disk that has them
// in clear anyway, not beside the archive, which may be on somebody's stick.
constexpr const char* kScratch = "backup.part";

enum class Treatment { kCopy, kDatabase, kAudit, kLeaveOut, kOfTheMoment };

/// What a file of the data folder is to a backup, by its path in there.
Treatment treatment_of(const fs::path& path) {
  const std::string top = path.begin()->string();
  const std::string name = path.filename().string();
  if (top == "models" || top == "broker") return Treatment::kLeaveOut;
  if (top == kScratch) return Treatment::kOfTheMoment;
  if (top == "audit") return Treatment::kAudit;
  // Locks, addresses and SQLite's own journals mean something to running processes only; what a
  // machine can do is another on the next one.
  const bool of_the_moment = name == "server.json" || name.ends_with(".lock") ||
                             name.ends_with("-wal") || name.ends_with("-shm") ||
                             (name.starts_with("machine") && name.ends_with(".json"));
  if (of_the_moment) return Treatment::kOfTheMoment;
  return name.ends_with(".db") ? Treatment::kDatabase : Treatment::kCopy;
}

struct Plan {
  std::vector<fs::path> databases;  // relative, as all here
  std::vector<fs::path> files;
  std::vector<fs::path> audit;
  std::vector<std::string> left_out;
  uint64_t bytes = 0;
};

/// All of `folder`, the data folder or one below it.
Result<Plan> plan_of(const fs::path& data, const fs::path& folder) {
  Plan plan;
  std::error_code problem;
  fs::recursive_directory_iterator each(folder, problem);
  for (; !problem && each != fs::recursive_directory_iterator(); each.increment(problem)) {
    const fs::path path = each->path().lexically_relative(data);
    const Treatment treatment = treatment_of(path);
    if (treatment == Treatment::kLeaveOut) {
      plan.left_out.push_back(path.generic_string());
      each.disable_recursion_pending();
      continue;
    }
    const fs::file_status status = each->symlink_status(problem);
    if (status.type() == fs::file_type::not_found) {  // removed since it was listed
      problem.clear();
      continue;
    }
    if (problem) break;
    if (fs::is_directory(status) || treatment == Treatment::kOfTheMoment) continue;
    if (!fs::is_regular_file(status) || !is_entry_path(path.generic_string())) {
      plan.left_out.push_back(path.generic_string());  // a link leads out of the folder
      continue;
    }
    (treatment == Treatment::kDatabase ? plan.databases
     : treatment == Treatment::kAudit  ? plan.audit
                                       : plan.files)
        .push_back(path);
    const uint64_t size = each->file_size(problem);
    if (!problem) plan.bytes += size;
    problem.clear();  // it has gone meanwhile
  }
  if (problem) return errno_error("list", data.string(), problem.value());
  for (auto* list : {&plan.databases, &plan.files, &plan.audit}) {
    std::sort(list->begin(), list->end());
  }
  // Just before the files: plant_setup.json names passwords that people.db holds (ADR 0130).
  std::stable_partition(plan.databases.begin(), plan.databases.end(),
                        [](const fs::path& name) { return name != "people.db"; });
  std::sort(plan.left_out.begin(), plan.left_out.end());
  return plan;
}

class Copier {
 public:
  Copier(const BackupOptions& options, const Plan& plan, ArchiveWriter archive)
      : options_(options), plan_(plan), archive_(std::move(archive)) {}

  /// The bytes of an open file, as many as it had when it was opened.
  Result<void> add(const fs::path& file, const fs::path& name) {
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() < 0 && errno == ENOENT) return {};  // removed since the folder was listed
    if (fd.get() < 0) return errno_error("open", file.string(), errno);
    struct stat status = {};
    if (::fstat(fd.get(), &status) != 0) return errno_error("stat", file.string(), errno);
    auto left = static_cast<uint64_t>(status.st_size);
    MW_TRY(archive_.begin({name.generic_string(), left}));
    ++report_.files;
    report_.bytes += left;
    std::string buffer(1 << 16, '\0');
    while (left > 0) {
      const auto wanted = static_cast<std::size_t>(std::min<uint64_t>(left, buffer.size()));
      const ssize_t got = ::read(fd.get(), buffer.data(), wanted);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno_error("read", file.string(), errno);
      if (got == 0) {
        return Error::make(Code::kConflict,
                           file.string() + " became shorter while it was copied: try again",
                           file.string() + " 在复制时变短，请重试", "data");
      }
      MW_TRY(archive_.write({buffer.data(), static_cast<std::size_t>(got)}));
      left -= static_cast<uint64_t>(got);
      advance(static_cast<uint64_t>(got));
    }
    return {};
  }

  Result<void> add_database(const fs::path& name, const fs::path& scratch) {
    const fs::path copy = scratch / name.filename();
    MW_ASSIGN(sqlite::Database database,
              sqlite::Database::open((options_.data / name).string(),
                                     sqlite::Database::Mode::kReadWrite));
    MW_TRY(database.execute("PRAGMA busy_timeout = 5000"));
    MW_TRY(database.copy_to(copy.string(), [&](double) { advance(0); }));
    MW_TRY(add(copy, name));
    std::error_code ignored;
    fs::remove(copy, ignored);
    return {};
  }

  /// Copied while nobody records anything: a few megabytes, so that is short.
  Result<void> add_audit(const fs::path& scratch) {
    {
      std::optional<FileLock> held;
      if (options_.audit != nullptr) {
        MW_ASSIGN(held, options_.audit->hold());
      }
      std::error_code problem;
      if (!fs::exists(options_.data / "audit", problem)) return {};
      MW_ASSIGN(const Plan now, plan_of(options_.data, options_.data / "audit"));
      audit_ = now.audit;
      for (const fs::path& name : audit_) {
        fs::create_directories((scratch / name).parent_path(), problem);
        if (!problem) fs::copy_file(options_.data / name, scratch / name, problem);
        if (problem) return errno_error("copy", name.string(), problem.value());
      }
    }
    for (const fs::path& name : audit_) MW_TRY(add(scratch / name, name));
    return {};
  }

  Result<BackupReport> finish() {
    MW_TRY(archive_.commit());
    report_.left_out = plan_.left_out;
    return report_;
  }

 private:
  void advance(uint64_t bytes) {
    done_ += bytes;
    options_.on_progress(std::min(done_, plan_.bytes), plan_.bytes);
  }

  const BackupOptions& options_;
  const Plan& plan_;
  ArchiveWriter archive_;
  BackupReport report_;
  std::vector<fs::path> audit_;
  uint64_t done_ = 0;
};

}  // namespace

Result<BackupReport> back_up(const BackupOptions& options) {
  std::error_code problem;
  if (fs::exists(options.to, problem)) {
    return Error::make(Code::kConflict,
                       options.to.string() + " exists already: a backup replaces nothing",
                       options.to.string() + " 已存在：备份不会覆盖任何文件", "to");
  }
  if (options.passphrase.size() < kLeastPassphrase) {
    return Error::make(Code::kInvalidArgument,
                       "the passphrase of a backup has 12 characters or more: whoever finds the "
                       "file can try as long as they like",
                       "备份口令至少 12 个字符：拿到文件的人可以无限次尝试", "passphrase");
  }
  MW_ASSIGN(const auto turn, FileLock::try_acquire(options.data / kLockFile));
  if (!turn) {
    return Error::make(Code::kConflict, "another backup of this data folder is being made",
                       "该数据目录的另一个备份正在进行", "data");
  }
  MW_ASSIGN(const Plan plan, plan_of(options.data, options.data));
  const Json about{{"made", utc_text(options.clock->now_ns())},
                   {"version", options.version},
                   {"from", options.data.string()},
                   {"left_out", plan.left_out}};
  // One that a killed backup left is emptied first.
  MW_ASSIGN(const ScratchFolder scratch, ScratchFolder::at(options.data / kScratch));
  MW_ASSIGN(ArchiveWriter archive,
            ArchiveWriter::create(options.to, options.passphrase, about, options.cost));
  Copier copier(options, plan, std::move(archive));
  for (const fs::path& name : plan.databases) MW_TRY(copier.add_database(name, scratch.path()));
  for (const fs::path& name : plan.files) MW_TRY(copier.add(options.data / name, name));
  MW_TRY(copier.add_audit(scratch.path()));
  return copier.finish();
}

}  // namespace mw::backup
