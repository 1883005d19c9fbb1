#include <unistd.h>

#include <fstream>

#include "core/file_lock.h"
#include "hub/internal/fetch.h"
#include "hub/internal/partial_file.h"

namespace mw::hub {
namespace {

constexpr std::size_t kCopyBytes = 1 << 20;
constexpr uint64_t kSpareBytes = 64 << 20;

}  // namespace

// A copy, not a link: what the store holds must not change when the user's file does.
Result<Fetched> fetch_from_file(const ModelStore& store, const Source& source, ProgressMeter& meter,
                                std::stop_token stop) {
  std::error_code problem;
  const std::filesystem::path path = std::filesystem::absolute(source.file, problem);
  const uint64_t bytes = std::filesystem::file_size(path, problem);
  if (problem) return errno_error("read", path.string(), problem.value());
  if (const auto model = check_is_gguf(path); !model) return model.error().within(path.string());
  MW_TRY(check_free_space(store.folder(), bytes + kSpareBytes));
  const auto partial = store.partial_path(sha256_hex(path.string()));
  MW_ASSIGN(const FileLock lock, FileLock::acquire(partial.string() + ".lock", stop, [&] {
              meter.set_stage(PullProgress::Stage::kWaiting, bytes);
            }));
  MW_ASSIGN(PartialFile copy, PartialFile::open(partial));
  MW_TRY(copy.clear());
  meter.set_stage(PullProgress::Stage::kFetching, bytes);
  std::ifstream in(path, std::ios::binary);
  std::vector<char> buffer(kCopyBytes);
  while (in) {
    if (stop.stop_requested()) return Error::make(Code::kCancelled, "cancelled", "已取消");
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    MW_TRY(copy.append({buffer.data(), static_cast<std::size_t>(in.gcount())}));
    meter.set_done(copy.bytes());
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
  return Fetched{{path.filename().string(), sha256, bytes}, {}};
}

}  // namespace mw::hub
