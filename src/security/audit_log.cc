#include "security/audit_log.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "core/atomic_file.h"
#include "core/descriptor.h"
#include "core/file.h"
#include "security/internal/audit_chain.h"
#include "security/internal/audit_files.h"
#include "security/internal/signing_key.h"

namespace mw::security {
namespace {

Result<Descriptor> open_for_writing(const std::filesystem::path& path) {
  Descriptor fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (fd.get() < 0) return errno_error("open", path.string(), errno);
  return fd;
}

Result<void> write_at(int fd, std::string_view bytes, uint64_t offset, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno_error("write", name, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return {};
}

Error broken_log(const std::filesystem::path& folder, const Text& what) {
  return Error::make(
      Code::kCorrupt,
      "the audit log in " + folder.string() + " does not hold: " + what.en +
          "; see `millwright audit verify`, keep the folder as evidence, and move it away to begin "
          "a new log",
      folder.string() + " 中的审计日志不可信：" + what.zh +
          "；请运行 `millwright audit verify`，保留该目录作为证据，移走后将开始新日志",
      "audit");
}

/// A record with its place in a chain, signed.
struct Link {
  std::string bytes;
  AuditRoot root;
};

Result<Link> make_link(const SigningKey& key, const AuditLogId& log, const Sha256Digest& link,
                       const AuditRecord& record) {
  const std::string body = encode_body(record);
  Link made;
  made.root = {log, record.seq, record.ts_ns, record_hash(link, body), key.public_key(), {}};
  MW_ASSIGN(made.root.signature,
            key.sign(root_message(log, record.seq, record.ts_ns, made.root.hash)));
  made.bytes = join_record(body, made.root.hash, made.root.signature);
  return made;
}

}  // namespace

class AuditLog::Impl {
 public:
  explicit Impl(AuditLogOptions options) : files_{options.folder}, options_(std::move(options)) {}

  Result<void> open();
  Result<void> record(const AuditEvent& given);
  const std::shared_ptr<AuditNames>& names() const { return options_.names; }
  Result<FileLock> hold() const { return FileLock::acquire(files_.lock()); }
  AuditRoot root() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  const std::filesystem::path& folder() const { return options_.folder; }

 private:
  Result<void> begin_log();
  Result<void> take_up();
  Result<void> catch_up();
  Result<void> append(const AuditEvent& event);
  Result<void> begin_segment(const AuditRecord& record);
  Result<void> put_head(const AuditRoot& root);

  const AuditFiles files_;
  const AuditLogOptions options_;
  mutable std::mutex mutex_;
  std::optional<SigningKey> key_;
  Descriptor segment_;
  Descriptor head_file_;
  std::string segment_name_;
  uint64_t size_ = 0;    // of the segment
  Sha256Digest link_{};  // what the next record's hash starts from
  AuditRoot head_;
};

/// A new log becomes visible whole: folder, key, first record and head at once.
Result<void> AuditLog::Impl::begin_log() {
  MW_ASSIGN(const SigningKey key, SigningKey::generate());
  std::string pattern = files_.folder.string() + ".new.XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return errno_error("create", pattern, errno);
  const AuditFiles fresh{pattern};
  const auto fill = [&]() -> Result<void> {
    MW_TRY(key.save(fresh.signing_key()));
    SegmentHeader header;
    header.key = key.public_key();
    header.first_seq = 1;
    if (RAND_bytes(header.log.data(), static_cast<int>(header.log.size())) != 1) {
      return Error::make(Code::kInternal, "the system's random generator failed",
                         "系统随机数生成器出错");
    }
    const std::string head = encode(header);
    AuditRecord record{1, options_.clock->now_ns(), {}};
    record.event.who = "service:millwright";
    record.event.action = "audit.begin";
    record.event.detail = "key=" + key_fingerprint(header.key);
    MW_ASSIGN(const Link first, make_link(key, header.log, link_after_header(head), record));
    MW_TRY(write_file_atomically(fresh.segment(1), head + first.bytes));
    return write_file_atomically(fresh.head(), head_bytes(first.root));
  };
  Result<void> filled = fill();
  if (filled && ::rename(pattern.c_str(), files_.folder.c_str()) != 0) {
    filled = errno_error("rename", files_.folder.string(), errno);
  }
  if (filled) return sync_folder(files_.folder.parent_path());
  std::error_code ignored;
  std::filesystem::remove_all(pattern, ignored);
  return filled;
}

Result<void> AuditLog::Impl::open() {
  std::error_code problem;
  if (!std::filesystem::exists(files_.folder, problem) ||
      std::filesystem::is_empty(files_.folder, problem)) {
    // Two first starts at once: the second finds a folder that is not empty, and takes that.
    const auto begun = begin_log();
    if (!begun && !std::filesystem::exists(files_.head(), problem)) return begun;
  }
  if (!std::filesystem::exists(files_.signing_key(), problem)) {
    return Error::make(Code::kConflict,
                       "the audit log's key " + files_.signing_key().string() +
                           " is missing; restore it from a backup, or move the folder away to "
                           "begin a new log",
                       "缺少审计日志密钥 " + files_.signing_key().string() +
                           "；请从备份恢复，或移走该目录以开始新日志",
                       "audit");
  }
  MW_ASSIGN(key_, SigningKey::load(files_.signing_key()));
  MW_ASSIGN(const FileLock lock, FileLock::acquire(files_.lock()));
  return take_up();
}

/// Reads the last segment and stands at its end.
Result<void> AuditLog::Impl::take_up() {
  const auto head = files_.read_head();
  if (!head) {
    return broken_log(files_.folder,
                      {"the file head is missing or damaged", "head 文件缺失或损坏"});
  }
  MW_ASSIGN(const auto segments, files_.segments());
  if (segments.empty()) return broken_log(files_.folder, {"its segments are gone", "日志段缺失"});
  MW_ASSIGN(const std::string bytes, read_file(segments.back(), kSegmentReadLimit));
  const auto header = decode_segment_header(bytes);
  AuditChain chain(head->seq, key_->public_key());
  if (header) chain.begin_at(*header);
  bool head_found = false;
  const std::string name = segments.back().filename().string();
  chain.take_segment(name, bytes, true, [&](const AuditRecord&, const AuditRoot& root) {
    head_found = head_found || (root.seq == head->seq && root.hash == head->hash);
    return true;
  });
  if (chain.report().broken) return broken_log(files_.folder, chain.report().broken->what);
  // A crash between a new segment and its head leaves the head at the end of the one before.
  const bool at_border = header && header->first_seq == head->seq + 1 &&
                         header->link == link_after_record(head->hash, head->signature);
  if ((!head_found && !at_border) || !chain.report().last_root) {
    return broken_log(files_.folder,
                      {"the last records that head vouches for are gone", "末尾记录缺失"});
  }
  MW_ASSIGN(segment_, open_for_writing(segments.back()));
  MW_ASSIGN(head_file_, open_for_writing(files_.head()));
  segment_name_ = name;
  size_ = chain.good_bytes();
  link_ = chain.link();
  head_ = *chain.report().last_root;
  if (chain.report().torn_bytes == 0) return {};
  if (::ftruncate(segment_.get(), static_cast<off_t>(size_)) != 0) {
    return errno_error("truncate", segments.back().string(), errno);
  }
  const std::string torn = std::to_string(chain.report().torn_bytes);
  options_.log(
      LogLevel::kWarning, "audit",
      torn + " bytes of a record that was never acknowledged were taken off the log's end");
  return append({"service:millwright", "", "audit.torn", name, AuditOutcome::kDone,
                 "bytes=" + torn + " sha256=" + sha256_hex(std::string_view(bytes).substr(size_))});
}

/// Another process may have written, or died while it did.
Result<void> AuditLog::Impl::catch_up() {
  struct stat status {};
  char now[kHeadBytes];
  const bool same =
      ::fstat(segment_.get(), &status) == 0 && static_cast<uint64_t>(status.st_size) == size_ &&
      ::pread(head_file_.get(), now, kHeadBytes, 0) == static_cast<ssize_t>(kHeadBytes) &&
      std::string_view(now, kHeadBytes) == head_bytes(head_) &&
      ::fstat(head_file_.get(), &status) == 0 && status.st_nlink > 0;
  return same ? Result<void>() : take_up();
}

Result<void> AuditLog::Impl::put_head(const AuditRoot& root) {
  MW_TRY(write_at(head_file_.get(), head_bytes(root), 0, files_.head().string()));
  head_ = root;
  return {};
}

Result<void> AuditLog::Impl::begin_segment(const AuditRecord& record) {
  SegmentHeader header{head_.log, key_->public_key(), record.seq, link_};
  const std::string head = encode(header);
  // From here on the head may be looked for in the new segment only.
  if (::fdatasync(head_file_.get()) != 0) return errno_error("fsync", "head", errno);
  MW_ASSIGN(const Link made, make_link(*key_, head_.log, link_after_header(head), record));
  const auto path = files_.segment(record.seq);
  MW_TRY(write_file_atomically(path, head + made.bytes));
  auto opened = open_for_writing(path);
  if (opened) {
    if (const auto put = put_head(made.root); !put) opened = put.error();
  }
  if (!opened) {
    // Nothing may stay that was not acknowledged; where even that fails, the next record is read
    // from the files anew.
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    size_ = UINT64_MAX;
    return opened.error();
  }
  segment_ = std::move(*opened);
  segment_name_ = path.filename().string();
  size_ = kSegmentHeaderBytes + made.bytes.size();
  link_ = link_after_record(made.root.hash, made.root.signature);
  return {};
}

Result<void> AuditLog::Impl::append(const AuditEvent& event) {
  const AuditRecord record{head_.seq + 1, options_.clock->now_ns(), event};
  if (size_ >= options_.segment_bytes) return begin_segment(record);
  MW_ASSIGN(const Link made, make_link(*key_, head_.log, link_, record));
  Result<void> written = write_at(segment_.get(), made.bytes, size_, segment_name_);
  if (written && ::fdatasync(segment_.get()) != 0) {
    written = errno_error("fsync", segment_name_, errno);
  }
  if (written) written = put_head(made.root);
  if (!written) {
    // Nothing may stay that was not acknowledged; where even that fails, the next start sees it.
    if (::ftruncate(segment_.get(), static_cast<off_t>(size_)) != 0) size_ = UINT64_MAX;
    return written;
  }
  size_ += made.bytes.size();
  link_ = link_after_record(made.root.hash, made.root.signature);
  return {};
}

Result<void> AuditLog::Impl::record(const AuditEvent& given) {
  AuditEvent event = given;
  if (options_.names != nullptr) {
    MW_ASSIGN(event, options_.names->hidden(std::move(event)));
  }
  const std::lock_guard lock(mutex_);
  MW_ASSIGN(const FileLock turn, FileLock::acquire(files_.lock()));
  MW_TRY(catch_up());
  return append(event);
}

Result<std::unique_ptr<AuditLog>> AuditLog::open(AuditLogOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  MW_TRY(impl->open());
  return std::unique_ptr<AuditLog>(new AuditLog(std::move(impl)));
}

AuditLog::AuditLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AuditLog::~AuditLog() = default;
Result<void> AuditLog::record(const AuditEvent& event) { return impl_->record(event); }
Result<bool> AuditLog::forget_person(std::string_view name) {
  return names() == nullptr ? Result<bool>(false) : names()->forget(name);
}
const std::shared_ptr<AuditNames>& AuditLog::names() const { return impl_->names(); }
Result<FileLock> AuditLog::hold() const { return impl_->hold(); }
AuditRoot AuditLog::root() const { return impl_->root(); }
const std::filesystem::path& AuditLog::folder() const { return impl_->folder(); }

}  // namespace mw::security
