#include <openssl/rand.h>

#include "backup/archive.h"
#include "backup/internal/sealed_stream.h"
#include "core/atomic_file.h"
#include "core/check.h"

namespace mw::backup {

class ArchiveWriter::Impl {
 public:
  Impl(AtomicFile file, ChunkCipher cipher) : file_(std::move(file)), cipher_(std::move(cipher)) {
    text_.reserve(kSealedChunkBytes);
  }

  Result<void> put(std::string_view bytes) {
    while (!bytes.empty()) {
      // A full chunk waits until more comes: only then is it known not to be the last.
      if (text_.size() == kSealedChunkBytes) MW_TRY(seal(false));
      const std::size_t taken = std::min(bytes.size(), kSealedChunkBytes - text_.size());
      text_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
    }
    return {};
  }
  Result<void> begin(const ArchiveEntry& entry) {
    MW_CHECK_EQ(left_, 0u);
    MW_CHECK(is_entry_path(entry.path));
    left_ = entry.size;
    ++files_;
    return put(to_text({{"path", entry.path}, {"size", entry.size}}) + "\n");
  }
  Result<void> write(std::string_view bytes) {
    MW_CHECK(bytes.size() <= left_);
    left_ -= bytes.size();
    return put(bytes);
  }
  Result<void> commit() {
    MW_CHECK_EQ(left_, 0u);
    MW_TRY(put(to_text({{"end", true}, {"files", files_}}) + "\n"));
    MW_TRY(seal(true));
    return file_.commit();
  }

 private:
  Result<void> seal(bool last) {
    MW_ASSIGN(const std::string sealed, cipher_.seal(text_, last));
    text_.clear();
    return file_.write(sealed);
  }

  AtomicFile file_;
  ChunkCipher cipher_;
  std::string text_;  // of the chunk that is being filled
  uint64_t left_ = 0;
  uint64_t files_ = 0;
};

Result<ArchiveWriter> ArchiveWriter::create(const std::filesystem::path& path,
                                            std::string_view passphrase, const Json& about,
                                            const ArchiveCost& cost) {
  SealHeader header{cost, std::string(16, '\0')};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(header.salt.data()),
                 static_cast<int>(header.salt.size())) != 1) {
    return Error::make(Code::kInternal, "the system's random generator failed",
                       "系统随机数生成器出错");
  }
  MW_ASSIGN(ChunkCipher cipher, ChunkCipher::create(header, header.line(), passphrase));
  MW_ASSIGN(AtomicFile file, AtomicFile::create(path));
  MW_TRY(file.write(header.line()));
  // A chunk of nothing: by it a reader knows a wrong passphrase from damage.
  MW_ASSIGN(const std::string check, cipher.seal({}, false));
  MW_TRY(file.write(check));
  auto impl = std::make_unique<Impl>(std::move(file), std::move(cipher));
  MW_TRY(impl->put(to_text(about) + "\n"));
  return ArchiveWriter(std::move(impl));
}

ArchiveWriter::ArchiveWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveWriter::ArchiveWriter(ArchiveWriter&&) noexcept = default;
ArchiveWriter& ArchiveWriter::operator=(ArchiveWriter&&) noexcept = default;
ArchiveWriter::~ArchiveWriter() = default;
Result<void> ArchiveWriter::begin(const ArchiveEntry& entry) { return impl_->begin(entry); }
Result<void> ArchiveWriter::write(std::string_view bytes) { return impl_->write(bytes); }
Result<void> ArchiveWriter::commit() { return impl_->commit(); }

}  // namespace mw::backup
