#include "models/packed_cache.h"

#include <sys/statvfs.h>

#include <algorithm>

#include "core/check.h"
#include "core/file.h"
#include "core/file_lock.h"
#include "core/sha256.h"

namespace mw::models {
namespace {

namespace fs = std::filesystem;

constexpr const char* kArea = "models";
/// The plant's samples live on the same disk: weights that can be made again must not fill it.
constexpr uint64_t kLeaveFree = uint64_t{1} << 30;

Result<void> check_room(const fs::path& folder, uint64_t bytes) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) {
    return errno_error("statvfs", folder.string(), errno);
  }
  const uint64_t free = static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
  if (free >= kLeaveFree && free - kLeaveFree >= bytes) return {};
  return Error::make(Code::kResourceExhausted, folder.string() + ": expected " +
                                                   std::to_string((kLeaveFree + bytes) >> 20) +
                                                   " MiB free, got " + std::to_string(free >> 20));
}

}  // namespace

PackedCache::PackedCache(fs::path folder, fs::path model, std::string model_sha256, LogSink log)
    : folder_(std::move(folder)),
      model_(std::move(model)),
      model_sha256_(std::move(model_sha256)),
      log_(std::move(log)) {
  MW_CHECK(is_sha256_hex(model_sha256_));
}

fs::path PackedCache::file() const {
  return folder_ / (model_sha256_ + "-v" + std::to_string(tensor::kPackedLayout) + ".mwpack");
}

std::optional<PackedWeights> PackedCache::read(ThreadPool& pool) const {
  auto weights = PackedWeights::read(file(), model_sha256_, pool);
  if (weights) return *std::move(weights);
  if (weights.error().code != Code::kNotFound) {
    log_(LogLevel::kWarning, kArea,
         "packed weights are made again, as " + file().string() +
             " is not to be trusted: " + weights.error().message.en);
  }
  return std::nullopt;
}

void PackedCache::keep(const Model& model) const {
  const std::vector<NamedMatrix> matrices = model.matrices();
  const bool all_kept = std::all_of(matrices.begin(), matrices.end(), [](const NamedMatrix& each) {
    return !each.matrix->owns_memory();
  });
  if (all_kept) return;
  const auto kept = write(matrices, model.weight_bytes());
  if (kept) return;
  log_(LogLevel::kWarning, kArea,
       "packed weights are not kept, the next start makes them again: " + kept.error().message.en);
}

Result<void> PackedCache::write(std::span<const NamedMatrix> matrices, uint64_t bytes) const {
  MW_TRY(make_private_folder(folder_));
  MW_ASSIGN(const auto lock, FileLock::try_acquire(folder_ / "lock"));
  if (!lock) return {};  // another process is writing one
  std::error_code problem;
  if (!fs::exists(model_, problem)) return {};  // removed since it was loaded
  remove_others();
  MW_TRY(check_room(folder_, bytes));
  return write_packed_weights(file(), model_sha256_, matrices);
}

void PackedCache::remove_others() const {
  std::error_code problem;
  std::vector<fs::path> others;
  fs::directory_iterator entry(folder_, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    // Of this model: other layouts, and temporaries of a process that was killed (we hold the
    // lock).
    if (name.starts_with(model_sha256_ + "-v") && entry->path() != file()) {
      others.push_back(entry->path());
    }
  }
  for (const fs::path& path : others) fs::remove(path, problem);
}

}  // namespace mw::models
