#include "server/internal/tls_files.h"

#include <sys/stat.h>

#include "core/utc_text.h"

namespace mw::server {
namespace {

/// Which file it is, how long and of when: another text when it was replaced or written to.
std::string state_of_file(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) return "none";
  std::string out;
  for (const auto part :
       {static_cast<int64_t>(found.st_dev), static_cast<int64_t>(found.st_ino),
        static_cast<int64_t>(found.st_size), static_cast<int64_t>(found.st_mtim.tv_sec),
        static_cast<int64_t>(found.st_mtim.tv_nsec)}) {
    out += std::to_string(part) + " ";
  }
  return out;
}

}  // namespace

TlsFiles::TlsFiles(std::string certificate_file, std::string key_file,
                   std::shared_ptr<ServedCertificate> shown, LogSink log)
    : certificate_file_(std::move(certificate_file)),
      key_file_(std::move(key_file)),
      shown_(std::move(shown)),
      log_(std::move(log)) {}

Result<std::shared_ptr<TlsContext>> TlsFiles::load() {
  // Before they are read: what is written meanwhile is found to be a change later.
  read_state_ = state_of_file(certificate_file_) + state_of_file(key_file_);
  MW_ASSIGN(std::shared_ptr<TlsContext> context, TlsContext::load(certificate_file_, key_file_));
  shown_->set(context->facts());
  return context;
}

std::shared_ptr<TlsContext> TlsFiles::load_if_changed() {
  if (state_of_file(certificate_file_) + state_of_file(key_file_) == read_state_) return nullptr;
  const auto context = load();
  if (!context) {
    const Text& why = context.error().message;
    shown_->refuse_newer(why);
    log_(LogLevel::kError, "tls", "the certificate in use stays: " + why.en);
    return nullptr;
  }
  const certificates::CertificateFacts facts = (*context)->facts();
  log_(LogLevel::kInfo, "tls",
       "now serving certificate " + facts.subject + ", valid until " + utc_text(facts.until_ns) +
           ", SHA-256 " + facts.sha256);
  warned_ns_ = 0;
  return *context;
}

void TlsFiles::warn_of_expiry(TimeNs now_ns) {
  const auto facts = shown_->get();
  if (!facts || (warned_ns_ != 0 && now_ns - warned_ns_ < kNsPerDay)) return;
  using certificates::CertificateState;
  const CertificateState state = state_of(*facts, now_ns);
  if (state == CertificateState::kValid) return;
  warned_ns_ = now_ns;
  log_(state == CertificateState::kExpiresSoon ? LogLevel::kWarning : LogLevel::kError, "tls",
       "certificate " + facts->subject + " is valid from " + utc_text(facts->from_ns) + " until " +
           utc_text(facts->until_ns) + " (" + label_of(state) +
           "): put a new one in place of its files, no restart is needed");
}

}  // namespace mw::server
