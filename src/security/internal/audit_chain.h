#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "security/audit_check.h"
#include "security/internal/audit_codec.h"

namespace mw::security {

/// Follows a chain over its segments' bytes, in order, up to the first thing that does not hold.
class AuditChain {
 public:
  /// `acknowledged`: the record up to which nothing may be torn; `key`, when known, the only one
  /// that counts.
  AuditChain(uint64_t acknowledged, std::optional<PublicKey> key)
      : acknowledged_(acknowledged), key_(key) {}

  /// Begins in the middle, at a segment whose header is believed.
  void begin_at(const SegmentHeader& header);

  using OnRecord = std::function<bool(const AuditRecord&, const AuditRoot&)>;
  /// False when it is over: broken, or `on_record` said so. `last`: no segment follows.
  bool take_segment(const std::string& name, std::string_view bytes, bool last,
                    const OnRecord& on_record);

  const AuditReport& report() const { return report_; }
  uint64_t next_seq() const { return next_seq_; }
  const Sha256Digest& link() const { return link_; }
  /// Of the bytes of the last segment that hold.
  std::size_t good_bytes() const { return good_bytes_; }
  void fail(AuditFault fault, uint64_t seq, std::string en, std::string zh);

 private:
  struct Held {
    AuditRecord record;
    AuditRoot root;
    std::size_t offset = 0;
  };
  bool take_header(std::string_view bytes);
  void take_records(std::string_view bytes, bool last, std::vector<Held>& held);
  void stop_at(AuditFault fault, std::string_view rest, bool last, std::string en, std::string zh);
  void check_signatures(std::vector<Held>& held, std::string_view bytes, bool last);

  uint64_t acknowledged_;
  std::optional<PublicKey> key_;
  std::optional<AuditLogId> log_;
  std::string segment_;
  uint64_t next_seq_ = 1;
  Sha256Digest link_{};
  std::size_t good_bytes_ = 0;
  AuditReport report_;
};

}  // namespace mw::security
