#include "models/prefix_store.h"

#include <algorithm>
#include <atomic>

#include "core/check.h"
#include "core/clock.h"
#include "core/file.h"
#include "models/internal/prefix_head.h"
#include "models/internal/trusted_file.h"
#include "models/internal/xxh64.h"
#include "tensor/attention.h"

namespace mw::models {
namespace {

constexpr const char* kSuffix = ".mwprefix";
constexpr uint64_t kMostWaitingBytes = uint64_t{256} << 20;

uint64_t checksum_of(std::span<const std::byte> block) {
  Xxh64 hash;
  hash.update(block);
  return hash.digest();
}

std::size_t bytes_of(const BlockParts& block) {
  std::size_t bytes = 0;
  for (const std::span<std::byte> part : block) bytes += part.size();
  return bytes;
}

Result<PrefixHead> read_head(const TrustedFile& file, uint64_t file_bytes) {
  std::vector<std::byte> bytes(kPrefixStartBytes);
  MW_TRY(file.read(0, bytes));
  MW_ASSIGN(const uint64_t wanted, prefix_head_bytes(bytes, file_bytes));
  bytes.resize(static_cast<std::size_t>(wanted));
  MW_TRY(file.read(0, bytes));
  return parse_prefix_head(bytes, file_bytes);
}

/// Whole blocks in which both begin alike.
int shared_blocks(std::span<const int32_t> a, std::span<const int32_t> b) {
  const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return static_cast<int>((end - a.begin()) / tensor::kKvBlock);
}

}  // namespace

Result<std::unique_ptr<PrefixStore>> PrefixStore::open(Options options, LogSink log) {
  MW_TRY(make_private_folder(options.folder));
  auto store = std::unique_ptr<PrefixStore>(new PrefixStore(std::move(options), std::move(log)));
  store->load_folder();
  store->writer_ = std::thread([raw = store.get()] { raw->work(); });
  return store;
}

PrefixStore::PrefixStore(Options options, LogSink log)
    : options_(std::move(options)), log_(std::move(log)) {}

PrefixStore::~PrefixStore() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  writer_.join();
}

void PrefixStore::load_folder() {
  std::error_code problem;
  for (const auto& item : std::filesystem::directory_iterator(options_.folder, problem)) {
    const std::filesystem::path path = item.path();
    if (path.extension() != kSuffix) {  // of a writer that was killed: the folder is ours alone
      if (item.is_regular_file(problem)) std::filesystem::remove(path, problem);
      continue;
    }
    const TrustedFile file(path);
    const auto size = file.size();
    const auto head = size ? read_head(file, *size) : Result<PrefixHead>(size.error());
    if (!head) {
      log_(LogLevel::kWarning, "prompts",
           path.string() + " is removed: " + head.error().message.en);
      std::filesystem::remove(path, problem);
      continue;
    }
    const auto used = std::filesystem::last_write_time(path, problem).time_since_epoch();
    entries_.push_back({path.filename().string(), head->owner, head->ids, head->checksums,
                        head->data_offset(), *size,
                        std::chrono::duration_cast<std::chrono::nanoseconds>(used).count()});
  }
}

std::optional<PrefixStore::Match> PrefixStore::find(const std::string& rights,
                                                    std::span<const int32_t> ids) const {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (entries_.empty()) return std::nullopt;
  const Sha256Digest owner = prefix_owner(options_.model, rights);
  Match best;
  for (const Entry& entry : entries_) {
    if (entry.owner != owner) continue;
    const int shared = shared_blocks(entry.ids, ids);
    if (shared > best.blocks) best = {entry.file, shared};
  }
  return best.blocks >= options_.least_blocks ? std::optional(best) : std::nullopt;
}

Result<void> PrefixStore::read(const Match& match, int first, std::span<const BlockParts> targets,
                               ThreadPool& pool) {
  Entry entry;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& each) { return each.file == match.file; });
    if (found == entries_.end()) return Error::make(Code::kNotFound, match.file + " is gone");
    found->used_ns = SystemClock().now_ns();
    entry = *found;
  }
  MW_CHECK(first >= 0 && first + static_cast<int>(targets.size()) <= match.blocks);
  const std::filesystem::path path = options_.folder / entry.file;
  const TrustedFile file(path);
  std::mutex mutex;
  std::optional<Error> problem;
  pool.run(static_cast<int>(targets.size()), [&](int chunk) {
    const auto index = static_cast<std::size_t>(chunk);
    const auto block = static_cast<std::size_t>(first) + index;
    std::vector<std::byte> bytes(static_cast<std::size_t>(options_.block_bytes));
    MW_CHECK_EQ(bytes_of(targets[index]), bytes.size());
    auto got = file.read(entry.data_offset + block * options_.block_bytes, bytes);
    if (got && checksum_of(bytes) != entry.checksums[block]) {
      got = Error::make(Code::kCorrupt, "the checksum of a block does not fit its bytes");
    }
    if (got) {
      const std::byte* from = bytes.data();
      for (const std::span<std::byte> part : targets[index]) {
        std::copy_n(from, part.size(), part.data());
        from += part.size();
      }
      return;
    }
    const std::lock_guard<std::mutex> guard(mutex);
    problem = got.error();
  });
  std::error_code ignored;  // only the order of removal depends on it
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now(), ignored);
  if (!problem) return {};
  forget(entry.file);
  return problem->within(path.string());
}

void PrefixStore::forget(const std::string& file) {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::erase_if(entries_, [&](const Entry& each) { return each.file == file; });
  std::error_code ignored;  // it is not read again either way
  std::filesystem::remove(options_.folder / file, ignored);
}

void PrefixStore::save(const std::string& rights, std::span<const int32_t> ids,
                       std::span<const BlockParts> blocks) {
  if (static_cast<int>(blocks.size()) < options_.least_blocks) return;
  ids = ids.first(blocks.size() * tensor::kKvBlock);
  const auto kept = find(rights, ids);
  if (kept && kept->blocks == static_cast<int>(blocks.size())) return;
  const uint64_t bytes = blocks.size() * options_.block_bytes;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    const bool waits = std::any_of(jobs_.begin(), jobs_.end(), [&](const Job& job) {
      return std::equal(ids.begin(), ids.end(), job.entry.ids.begin(), job.entry.ids.end());
    });
    if (waits || stopping_ || job_bytes_ + bytes > kMostWaitingBytes) return;
  }
  PrefixHead head{
      prefix_owner(options_.model, rights), options_.block_bytes, {ids.begin(), ids.end()}, {}};
  Job job;
  job.blocks.reserve(bytes);
  for (const BlockParts& block : blocks) {
    const std::size_t begin = job.blocks.size();
    for (const std::span<std::byte> part : block) {
      job.blocks.append(reinterpret_cast<const char*>(part.data()), part.size());
    }
    head.checksums.push_back(checksum_of(std::as_bytes(std::span(job.blocks)).subspan(begin)));
  }
  job.head = build_prefix_head(head);
  const std::string name = sha256_hex(job.head).substr(0, 32) + kSuffix;
  job.entry = {name,
               head.owner,
               std::move(head.ids),
               std::move(head.checksums),
               job.head.size(),
               job.head.size() + job.blocks.size(),
               SystemClock().now_ns()};
  if (job.entry.bytes > options_.budget_bytes) return;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    job_bytes_ += job.blocks.size();
    jobs_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void PrefixStore::wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty(); });
}

void PrefixStore::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !jobs_.empty() || stopping_; });
    if (jobs_.empty()) return;
    const Job& job = jobs_.front();  // stays where it is while others come behind it
    lock.unlock();
    write(job);
    lock.lock();
    job_bytes_ -= job.blocks.size();
    jobs_.pop_front();
    changed_.notify_all();
  }
}

void PrefixStore::write(const Job& job) {
  make_room_for(job.entry.bytes);
  const std::filesystem::path path = options_.folder / job.entry.file;
  const std::string_view parts[] = {job.head, job.blocks};
  if (const auto written = write_file_atomically(path, parts); !written) {
    log_(LogLevel::kWarning, "prompts",
         "a shared beginning is not kept: " + written.error().message.en);
    return;
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  entries_.push_back(job.entry);
}

void PrefixStore::make_room_for(uint64_t bytes) {
  const std::lock_guard<std::mutex> guard(mutex_);
  uint64_t used = 0;
  for (const Entry& each : entries_) used += each.bytes;
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.used_ns < b.used_ns; });
  std::size_t gone = 0;
  while (gone < entries_.size() && used + bytes > options_.budget_bytes) {
    used -= entries_[gone].bytes;
    std::error_code ignored;
    std::filesystem::remove(options_.folder / entries_[gone].file, ignored);
    ++gone;
  }
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(gone));
}

}  // namespace mw::models
