#pragma once

#include <mutex>
#include <optional>

#include "certificates/certificate_facts.h"
#include "core/language.h"

namespace mw::server {

/// What the server shows to who connects by TLS, and until when it is worth anything.
struct ServedFacts : certificates::CertificateFacts {
  /// Why files that are newer than it are not in use.
  std::optional<Text> newer_refused = {};
};

/// The certificate in use, from the server that changes it to the pages that show it.
/// Threads  safe from any.
class ServedCertificate {
 public:
  void set(certificates::CertificateFacts facts) {
    const std::lock_guard<std::mutex> guard(mutex_);
    facts_ = ServedFacts{std::move(facts)};
  }
  void refuse_newer(Text why) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (facts_) facts_->newer_refused = std::move(why);
  }
  /// Nothing before there is a server, and without TLS.
  std::optional<ServedFacts> get() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return facts_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<ServedFacts> facts_;
};

}  // namespace mw::server
