#include "server/openai/response_store.h"

#include <chrono>
#include <vector>

#include "core/file.h"
#include "server/kept_responses.h"

namespace mw::server::openai {
namespace {

constexpr uint64_t kMostFileBytes = 64 << 20;  // a request's body, an answer, and escapes
constexpr const char* kSuffix = ".json";

Error not_found(const std::string& id) {
  const std::string shown = id.substr(0, 100);
  return Error::make(Code::kNotFound,
                     "no response '" + shown +
                         "' is kept: it was never stored, was deleted, or is older than the server "
                         "keeps them",
                     "没有保存回答“" + shown + "”：未保存、已删除或已过期", "response_id");
}

}  // namespace

std::string owner_of(const Identity& who) {
  const bool key = who.kind == Identity::Kind::kApiKey;
  return (key ? "key:" : who.kind == Identity::Kind::kPerson ? "person:" : "service:") + who.name;
}

ResponseStore::ResponseStore(ResponseStoreOptions options, std::shared_ptr<const Clock> clock,
                             LogSink log)
    : options_(std::move(options)), clock_(std::move(clock)), log_(std::move(log)) {
  if (options_.folder.empty()) return;
  if (const auto made = make_private_folder(options_.folder); !made) {
    log_(LogLevel::kWarning, "responses", made.error().message.en);
  }
  load_folder();
  writer_ = std::thread([this] { write_loop(); });
}

ResponseStore::~ResponseStore() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (writer_.joinable()) writer_.join();
}

void ResponseStore::load_folder() {
  std::error_code problem;
  for (const auto& item : std::filesystem::directory_iterator(options_.folder, problem)) {
    const std::filesystem::path path = item.path();
    const std::string id = path.stem().string();
    if (path.extension() != kSuffix || !is_response_id(id)) {  // half of a file, or not ours
      if (item.is_regular_file(problem)) std::filesystem::remove(path, problem);
      continue;
    }
    const auto written = std::filesystem::last_write_time(path, problem);
    const auto system = std::chrono::file_clock::to_sys(written).time_since_epoch();
    Entry entry;
    entry.created_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(system).count();
    entry.bytes = std::filesystem::file_size(path, problem);
    if (problem) continue;
    bytes_ += entry.bytes;
    by_age_.emplace(entry.created_ns, id);
    entries_.emplace(id, std::move(entry));
  }
  drop_old_locked();
}

void ResponseStore::put(const StoredResponse& stored) {
  if (!enabled()) return;
  const std::string id = stored.id();
  auto bytes = std::make_shared<const std::string>(to_bytes(stored));
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    Entry entry{clock_->now_ns(), bytes->size(), bytes};
    bytes_ += entry.bytes;
    by_age_.emplace(entry.created_ns, id);
    entries_[id] = std::move(entry);
    if (!options_.folder.empty()) to_write_.push_back(id);
    drop_old_locked();
  }
  changed_.notify_all();
}

Result<StoredResponse> ResponseStore::find(const std::string& owner, const std::string& id) const {
  std::shared_ptr<const std::string> unwritten;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return not_found(id);
    const int64_t age_ns = clock_->now_ns() - found->second.created_ns;
    if (age_ns > options_.keep_days * kNsPerDay) return not_found(id);
    unwritten = found->second.unwritten;
  }
  std::string bytes;
  if (unwritten == nullptr) {
    MW_ASSIGN(bytes, read_file(file_of(id), kMostFileBytes));
  }
  MW_ASSIGN(StoredResponse stored,
            parse_stored_response(unwritten ? std::string_view(*unwritten) : bytes));
  if (stored.owner != owner || stored.id() != id) return not_found(id);
  return stored;
}

Result<void> ResponseStore::erase(const std::string& owner, const std::string& id) {
  const auto found = find(owner, id);
  // A file that cannot be read is nobody's: whoever asks may have it gone.
  if (!found && found.error().code != Code::kCorrupt) return found.error();
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return writing_ != id; });
  if (!options_.folder.empty()) {
    std::error_code problem;
    std::filesystem::remove(file_of(id), problem);
    if (problem) {
      return Error::make(Code::kIo, "removing " + file_of(id).string() + ": " + problem.message(),
                         "无法删除 " + file_of(id).string() + "：" + problem.message());
    }
  }
  forget_locked(id);
  return {};
}

Result<std::size_t> ResponseStore::erase_all(const std::string& owner) {
  std::vector<std::string> ids;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (const auto& [id, entry] : entries_) ids.push_back(id);
  }
  std::size_t erased = 0;
  for (const std::string& id : ids) {
    const auto stored = find(owner, id);
    if (!stored) continue;
    MW_TRY(erase(owner, id));
    ++erased;
  }
  return erased;
}

void ResponseStore::forget_locked(const std::string& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  bytes_ -= found->second.bytes;
  by_age_.erase({found->second.created_ns, id});
  entries_.erase(found);
}

void ResponseStore::drop_old_locked() {
  const int64_t oldest_ns = clock_->now_ns() - options_.keep_days * kNsPerDay;
  while (!by_age_.empty()) {
    const auto [created_ns, id] = *by_age_.begin();
    const bool fits = entries_.size() <= options_.most && bytes_ <= options_.most_bytes;
    if (enabled() && fits && created_ns >= oldest_ns) return;
    forget_locked(id);
    if (!options_.folder.empty()) to_remove_.push_back(id);
  }
}

std::filesystem::path ResponseStore::file_of(const std::string& id) const {
  return options_.folder / (id + kSuffix);
}

void ResponseStore::write_loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    drop_old_locked();
    while (!to_remove_.empty()) {
      const std::filesystem::path path = file_of(to_remove_.front());
      lock.unlock();
      std::error_code problem;
      std::filesystem::remove(path, problem);
      if (problem) log_(LogLevel::kWarning, "responses", path.string() + ": " + problem.message());
      lock.lock();
      to_remove_.pop_front();
    }
    changed_.notify_all();
    if (!to_write_.empty()) {
      write_one(lock);
      continue;
    }
    if (stopping_) return;
    changed_.wait_for(lock, std::chrono::hours(1),
                      [this] { return stopping_ || !to_write_.empty() || !to_remove_.empty(); });
  }
}

void ResponseStore::write_one(std::unique_lock<std::mutex>& lock) {
  const std::string id = to_write_.front();
  to_write_.pop_front();
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;  // it was erased meanwhile
  const std::shared_ptr<const std::string> bytes = found->second.unwritten;
  writing_ = id;
  lock.unlock();
  const auto written = write_file_atomically(file_of(id), *bytes);
  if (!written) {
    log_(LogLevel::kWarning, "responses",
         id + " stays in memory until the server ends: " + written.error().message.en);
  }
  lock.lock();
  writing_.clear();
  const auto still = entries_.find(id);
  if (still == entries_.end()) {
    to_remove_.push_back(id);  // it made way while it was written
  } else if (written) {
    still->second.unwritten.reset();
  }
  changed_.notify_all();
}

void ResponseStore::settle() {
  if (options_.folder.empty()) return;
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock,
                [this] { return to_write_.empty() && to_remove_.empty() && writing_.empty(); });
}

}  // namespace mw::server::openai

namespace mw::server {

Result<std::size_t> erase_kept_responses(const std::filesystem::path& folder,
                                         const std::string& owner) {
  std::size_t erased = 0;
  std::error_code problem;
  for (const auto& item : std::filesystem::directory_iterator(folder, problem)) {
    const auto bytes = read_file(item.path(), openai::kMostFileBytes);
    if (item.path().extension() != openai::kSuffix || !bytes) continue;
    const auto stored = openai::parse_stored_response(*bytes);
    if (!stored || stored->owner != owner) continue;
    if (!std::filesystem::remove(item.path(), problem) || problem) {
      return Error::make(Code::kIo, "removing " + item.path().string() + ": " + problem.message(),
                         "无法删除 " + item.path().string() + "：" + problem.message());
    }
    ++erased;
  }
  return erased;
}

}  // namespace mw::server
