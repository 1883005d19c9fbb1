#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "backup/archive.h"
#include "backup/internal/sealed_stream.h"
#include "core/descriptor.h"

namespace mw::backup {
namespace {

constexpr std::size_t kMostHeaderBytes = 512;
constexpr std::size_t kMostLineBytes = 1 << 20;  // `about` names models and what was left out
constexpr std::size_t kMostPathBytes = 1024;
constexpr uint64_t kMostFiles = 1'000'000;

Error damaged(const char* en, const char* zh) {
  return Error::make(Code::kCorrupt,
                     std::string("the backup is damaged: ") + en + "; use another one",
                     std::string("备份已损坏：") + zh + "；请使用其他备份", "file");
}

Error wrong_key() {
  return Error::make(
      Code::kUnauthenticated,
      "the passphrase is not the one that the backup was made with, or its beginning was changed",
      "口令与制作备份时不同，或备份开头被改动", "passphrase");
}

}  // namespace

bool is_entry_path(std::string_view path) {
  if (path.empty() || path.size() > kMostPathBytes) return false;
  const bool plain = std::none_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
  });
  if (!plain) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > 255) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

class ArchiveReader::Impl {
 public:
  explicit Impl(ByteSource source) : source_(std::move(source)) {}

  Result<void> open(std::string_view passphrase) {
    MW_TRY(fill(kMostHeaderBytes));
    const std::string header_line = raw_.substr(0, raw_.find('\n') + 1);
    MW_ASSIGN(const SealHeader header, SealHeader::parse(header_line));
    auto cipher = ChunkCipher::create(header, header_line, passphrase);
    if (!cipher) return cipher.error();
    cipher_.emplace(std::move(*cipher));
    const std::string check = raw_.substr(header_line.size(), kTagBytes);
    if (check.size() < kTagBytes) return damaged("it ends too early", "提前结束");
    if (!cipher_->open(check, false)) return wrong_key();
    raw_.erase(0, header_line.size() + kTagBytes);
    MW_ASSIGN(const std::string line, read_line());
    auto about = parse_json(line, 16);
    if (!about || !about->is_object()) return damaged("it says nothing of itself", "缺少说明");
    about_ = std::move(*about);
    return {};
  }

  const Json& about() const { return about_; }

  Result<std::optional<ArchiveEntry>> next() {
    std::string ignored(64 * 1024, '\0');
    while (left_ > 0) MW_TRY(read(ignored));
    MW_ASSIGN(const std::string line, read_line());
    const auto json = parse_json(line, 2);
    if (!json || !json->is_object()) return damaged("a file's name is none", "文件条目无效");
    const auto end = json_bool(*json, "end", false);
    if (end && *end) return finish(*json);
    const auto path = json_string(*json, "path");
    const auto size = json_integer(*json, "size", -1);
    if (!path || !size || *size < 0 || !is_entry_path(*path) || names_.size() >= kMostFiles ||
        !names_.insert(*path).second) {
      return damaged("a file's name is none", "文件条目无效");
    }
    left_ = static_cast<uint64_t>(*size);
    return std::optional(ArchiveEntry{*path, left_});
  }

  Result<std::size_t> read(std::span<char> into) {
    const auto wanted = static_cast<std::size_t>(std::min<uint64_t>(into.size(), left_));
    if (wanted == 0) return std::size_t{0};
    MW_TRY(need_text());
    const std::size_t count = std::min(wanted, text_.size() - at_);
    std::memcpy(into.data(), text_.data() + at_, count);
    at_ += count;
    left_ -= count;
    return count;
  }

 private:
  /// Raw bytes up to `wanted`, or all that there are.
  Result<void> fill(std::size_t wanted) {
    while (raw_.size() < wanted && !source_ended_) {
      const std::size_t before = raw_.size();
      raw_.resize(wanted);
      auto got = source_({raw_.data() + before, wanted - before});
      raw_.resize(before + (got ? *got : 0));
      if (!got) return got.error();
      source_ended_ = *got == 0;
    }
    return {};
  }

  /// At least a byte of text that was not taken yet.
  Result<void> need_text() {
    while (at_ == text_.size()) {
      if (last_seen_) return damaged("it ends too early", "提前结束");
      constexpr std::size_t kChunk = kSealedChunkBytes + kTagBytes;
      MW_TRY(fill(kChunk + 1));  // one more: whether this one is the last
      last_seen_ = raw_.size() <= kChunk;
      const auto text = cipher_->open(
          std::string_view(raw_).substr(0, std::min(raw_.size(), kChunk)), last_seen_);
      if (!text) return damaged("bytes were changed or are missing", "内容被改动或缺失");
      raw_.erase(0, kChunk);
      text_ = *text;
      at_ = 0;
    }
    return {};
  }

  Result<std::string> read_line() {
    std::string line;
    while (true) {
      MW_TRY(need_text());
      const std::size_t end = text_.find('\n', at_);
      const std::size_t count = (end == std::string::npos ? text_.size() : end) - at_;
      if (line.size() + count > kMostLineBytes) return damaged("a line is too long", "条目过长");
      line.append(text_, at_, count);
      at_ += count;
      if (end == std::string::npos) continue;
      ++at_;
      return line;
    }
  }

  Result<std::optional<ArchiveEntry>> finish(const Json& json) {
    const auto files = json_integer(json, "files", -1);
    if (!files || *files != static_cast<int64_t>(names_.size()) || at_ != text_.size() ||
        !last_seen_) {
      return damaged("something comes after its end, or a file is missing",
                     "结尾之后还有内容，或缺少文件");
    }
    return std::optional<ArchiveEntry>();
  }

  ByteSource source_;
  std::optional<ChunkCipher> cipher_;
  std::string raw_;  // read, not opened
  bool source_ended_ = false;
  std::string text_;  // of the chunk that is being read
  std::size_t at_ = 0;
  bool last_seen_ = false;
  uint64_t left_ = 0;  // of the file
  std::set<std::string> names_;
  Json about_;
};

Result<ArchiveReader> ArchiveReader::open(ByteSource source, std::string_view passphrase) {
  auto impl = std::make_unique<Impl>(std::move(source));
  MW_TRY(impl->open(passphrase));
  return ArchiveReader(std::move(impl));
}

Result<ArchiveReader> ArchiveReader::open(const std::filesystem::path& path,
                                          std::string_view passphrase) {
  const auto file = std::make_shared<Descriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file->get() < 0) return errno_error("open", path.string(), errno);
  return open(
      [file, name = path.string()](std::span<char> into) -> Result<std::size_t> {
        while (true) {
          const ssize_t got = ::read(file->get(), into.data(), into.size());
          if (got >= 0) return static_cast<std::size_t>(got);
          if (errno != EINTR) return errno_error("read", name, errno);
        }
      },
      passphrase);
}

ArchiveReader::ArchiveReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;
ArchiveReader::~ArchiveReader() = default;
const Json& ArchiveReader::about() const { return impl_->about(); }
Result<std::optional<ArchiveEntry>> ArchiveReader::next() { return impl_->next(); }
Result<std::size_t> ArchiveReader::read(std::span<char> into) { return impl_->read(into); }

}  // namespace mw::backup
