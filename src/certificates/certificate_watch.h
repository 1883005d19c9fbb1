#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "certificates/look_at_peer.h"
#include "core/language.h"
#include "core/log.h"

namespace mw::certificates {

/// What a certificate is met for.
struct Use {
  std::string kind;  // "broker", "connector", "feed", "store", "sign_on", "channel", "upstream"
  std::string name;  // "kafka-1"
  auto operator<=>(const Use&) const = default;
};

struct Watched {
  Use use;
  Peer peer;
};

/// How it stands with one of them.
struct WatchedStatus {
  Use use;
  std::string address;                          // "kafka-1:9093"
  std::optional<CertificateFacts> certificate;  // as it was seen last; nothing: not yet
  TimeNs seen_ns = 0;                           // when that was
  std::optional<Text> problem;                  // why the last look saw none
};

/// "valid" and the like, "unknown" where none was seen.
const char* state_word(const WatchedStatus& status, TimeNs now_ns);

struct WatchOptions {
  std::vector<Watched> watched;
  /// Of those whose certificates others see anyway (OPC UA): asked whenever somebody asks us.
  std::function<std::vector<WatchedStatus>()> seen_by_others;
  /// Told after each look what it is met for, and when the first of its certificates expires.
  std::function<void(const Use& use, TimeNs until_ns)> on_seen;
  const Clock* clock = nullptr;  // must outlive it
  LogSink log = no_log();
  int64_t look_every_ns = 6 * kNsPerHour;
  int64_t look_again_ns = 10 * kNsPerMinute;   // at what was not seen, or is not well
  std::chrono::milliseconds patience{10'000};  // for one look
  std::function<Result<CertificateFacts>(const Peer&, std::chrono::milliseconds, std::stop_token)>
      look = look_at_peer;
};

/// Looks at the certificates of all whom we talk to before they expire, also at those we seldom
/// meet: a mail server's is found to be over when the first alarm is to be told. It connects as
/// anybody does and goes, so that neither Paho nor librdkafka has to say what they were shown.
/// Says in the log what is not valid, once a day.
///
/// Threads  one of its own from the start on; status() is safe from any.
class CertificateWatch {
 public:
  explicit CertificateWatch(WatchOptions options);
  ~CertificateWatch();
  CertificateWatch(const CertificateWatch&) = delete;
  CertificateWatch& operator=(const CertificateWatch&) = delete;

  std::vector<WatchedStatus> status() const;

 private:
  void run(const std::stop_token& stop);
  void look(std::size_t index, const std::stop_token& stop);
  void tell(const Use& use) const;
  void warn();

  const WatchOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<WatchedStatus> status_;     // of options_.watched, in its order
  std::vector<int64_t> due_ns_;           // steady; only the thread's
  std::map<std::string, TimeNs> warned_;  // only the thread's
  std::jthread thread_;                   // last: it ends first
};

}  // namespace mw::certificates
