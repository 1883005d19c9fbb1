#include <unistd.h>

#include <fstream>

#include "core/file_lock.h"
#include "hub/internal/fetch.h"
#include "hub/internal/partial_file.h"

namespace mw::hub {
namespace {

constexpr std::size_t kCopyBytes = 1 << 20;

}  // namespace

Result<ModelFile> copy_into_store(const ModelStore& store, const std::filesystem::path& path,
                                  std::string name, uint64_t bytes, CopyProgress progress,
                                  std::stop_token stop) {
  const auto partial = store.partial_path(sha256_hex(path.string()));
  MW_ASSIGN(const FileLock lock, FileLock::acquire(partial.string() + ".lock", stop, [&] {
              progress.meter.set_stage(PullProgress::Stage::kWaiting, progress.bytes);
            }));
  MW_ASSIGN(PartialFile copy, PartialFile::open(partial));
  MW_TRY(copy.clear());
  progress.meter.set_stage(PullProgress::Stage::kFetching, progress.bytes);
  std::ifstream in(path, std::ios::binary);
  std::vector<char> buffer(kCopyBytes);
  while (in) {
    if (stop.stop_requested()) return Error::make(Code::kCancelled, "cancelled", "已取消");
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    MW_TRY(copy.append({buffer.data(), static_cast<std::size_t>(in.gcount())}));
    progress.meter.set_done(progress.done + copy.bytes());
  }
  if (in.bad() || copy.bytes() != bytes) {
    copy.discard();
    return Error::make(Code::kIo, path.string() + ": read " + std::to_string(copy.bytes()) +
                                      " of " + std::to_string(bytes) + " bytes");
  }
  const std::string sha256 = copy.sha256();
  if (store.has_blob(sha256, bytes)) {
    copy.discard();
  } else {
    MW_TRY(store.adopt_blob(copy.path(), sha256));
  }
  return ModelFile{std::move(name), sha256, bytes};
}

// A copy, not a link: what the store holds must not change when the user's file does.
Result<Fetched> fetch_from_file(const ModelStore& store, const Source& source, ProgressMeter& meter,
                                std::stop_token stop) {
  std::error_code problem;
  const std::filesystem::path path = std::filesystem::absolute(source.file, problem);
  if (std::filesystem::is_directory(path, problem)) {
    return fetch_from_folder(store, path, meter, stop);
  }
  const uint64_t bytes = std::filesystem::file_size(path, problem);
  if (problem) return errno_error("read", path.string(), problem.value());
  if (const auto model = check_is_gguf(path); !model) return model.error().within(path.string());
  MW_TRY(check_free_space(store.folder(), bytes + kSpareBytes));
  MW_ASSIGN(ModelFile file,
            copy_into_store(store, path, path.filename().string(), bytes, {meter, 0, bytes}, stop));
  return Fetched{{std::move(file)}, {}};
}

}  // namespace mw::hub
