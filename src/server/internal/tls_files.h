#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/log.h"
#include "server/internal/transport.h"
#include "server/served_certificate.h"

namespace mw::server {

/// The certificate's and the key's file, and whether they are others than when they were last
/// read: whoever renews a certificate replaces two files and restarts nothing.
///
/// Threads  one at a time.
class TlsFiles {
 public:
  TlsFiles(std::string certificate_file, std::string key_file,
           std::shared_ptr<ServedCertificate> shown, LogSink log);

  /// Errors: as TlsContext::load.
  Result<std::shared_ptr<TlsContext>> load();
  /// A context of files that changed and that fit each other; null where nothing did or they do
  /// not (yet): that is told once for each change, and the one in use stays.
  std::shared_ptr<TlsContext> load_if_changed();
  /// Says in the log what state the certificate is in, where that is not "valid"; once a day.
  void warn_of_expiry(TimeNs now_ns);

 private:
  const std::string certificate_file_;
  const std::string key_file_;
  const std::shared_ptr<ServedCertificate> shown_;
  const LogSink log_;
  std::string read_state_;  // of both files, when they were last read
  TimeNs warned_ns_ = 0;
};

}  // namespace mw::server
