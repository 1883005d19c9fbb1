#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/language.h"
#include "runtime/generator.h"

namespace mw::server {

/// One request for text that is over: how long it took and where the time went. Neither its prompt
/// nor its answer is kept.
struct FinishedRequest {
  std::string id;  // the x-request-id that the client got
  std::string model;
  std::string client;  // name of its key (never its secret), or its address
  std::string owner;   // who asked, as audit records name them: not shown
  runtime::Priority priority = runtime::Priority::kInteractive;
  int64_t received_ms = 0;  // since 1970, UTC
  int64_t total_ns = 0;     // from the end of its header on
  int answers = 1;          // with more, the times are of the one that took longest
  int prompt_tokens = 0;
  int cached_prompt_tokens = 0;
  int generated_tokens = 0;
  int64_t queue_ns = 0;
  int64_t prefill_ns = 0;
  int64_t decode_ns = 0;
  int64_t predicted_first_token_ns = 0;   // as told beforehand; 0: it could not be told
  std::optional<int64_t> first_token_ns;  // when it came, as predicted: after the submission
  std::optional<double> decode_tok_s;     // of that answer; nothing below two tokens
  runtime::FinishReason finish = runtime::FinishReason::kStop;
  Text problem;  // of kError
};

/// "stop", "length", "cancelled", "error": in metrics and on the wire.
std::string finish_label(runtime::FinishReason reason);

/// The last finished requests, kept while the process runs: some 200 entries of less than a
/// kilobyte. Safe from any thread.
class RequestHistory {
 public:
  explicit RequestHistory(std::size_t capacity = 200) : capacity_(capacity) {}

  void add(FinishedRequest request);
  /// Newest first, and only those after the first `seen` that were ever added. `owner`: only
  /// theirs; empty: everybody's.
  std::vector<FinishedRequest> newest(std::size_t limit, uint64_t seen = 0,
                                      const std::string& owner = {}) const;
  std::optional<FinishedRequest> find(const std::string& id, const std::string& owner = {}) const;
  /// Those that were received before are gone.
  void forget_before(int64_t received_ms);
  /// Whose requests these were is gone.
  void forget(const std::string& owner);
  /// How many were ever added.
  uint64_t added() const;
  std::size_t capacity() const { return capacity_; }

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<FinishedRequest> requests_;  // oldest first
  uint64_t added_ = 0;
};

}  // namespace mw::server
