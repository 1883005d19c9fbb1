#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/log.h"
#include "core/result.h"
#include "hub/http_client.h"
#include "upstream/replica.h"
#include "upstream/upstream_options.h"

namespace mw::upstream {

/// What a request is, whichever replica gets it.
struct Question {
  std::string path;   // "chat/completions", after the base address
  std::string model;  // its id there
  std::string body;   // JSON
  std::string request_id;
  int64_t deadline_ns = 0;  // steady_ns() by which it must be done; 0: none
};

/// What an event was.
enum class Progress { kNothing, kToken, kDone };

/// Takes an answer as it comes. Members are called on the thread that asks.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  /// A replica, counted from 1, is asked: what an earlier one said is void.
  virtual void begin(int replica) = 0;
  /// Data of an event. Errors: it is nothing that an answer has; the replica counts as broken.
  virtual Result<Progress> event(std::string_view data) = 0;
  /// The stream is over; an error when the answer is not whole.
  virtual Result<void> end() = 0;
  /// Whether somebody has been told of a part, so that nothing may be asked again.
  virtual bool told() const = 0;
};

/// How a question ended.
struct Outcome {
  std::optional<Error> error;  // none: answered
  int replica = 0;             // that answered or refused, from 1; 0: none did
  /// Another model may be asked: no replica could answer, and nobody was told of anything.
  bool open = false;
  int64_t retry_after_ms = 0;  // of an error that passes; 0: not known
};

/// One cluster: its replicas, their health, and questions that go from one to the next until one
/// answers. A replica that cannot be reached, is silent for too long before its first token, breaks
/// off, answers with what is no answer or with status 5xx, 429, 401, 403 or 404 is followed by the
/// next; another 4xx is the request's own fault and is handed on.
///
/// Errors  kInvalidArgument, kTooLarge (the replica's 4xx, in its words), kNotFound,
///         kResourceExhausted (all are busy, or max_requests are under way), kUnavailable,
///         kDeadlineExceeded, kCancelled.
/// Threads any; ask() and fetch() block, `stop` ends them at once. One thread a replica probes it.
class Upstream {
 public:
  Upstream(UpstreamOptions options, std::string user_agent, LogSink log);
  ~Upstream();
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  /// An answer as a stream of events.
  Outcome ask(const Question& question, AnswerSink& sink, std::stop_token stop);
  /// An answer in one piece, at most 64 MiB; `take` reads it, and its error counts as the
  /// replica's.
  Outcome fetch(const Question& question, const std::function<Result<void>(std::string_view)>& take,
                std::stop_token stop);

  const UpstreamOptions& options() const { return options_; }
  std::vector<ReplicaStatus> replicas() const;
  /// Ids that are shown: those of the options, else all that were ever listed.
  std::vector<std::string> models() const;
  /// Up while any replica that has the model is, down when all are.
  Health health(const std::string& model) const;

 private:
  /// Asks one replica: its response, or what went wrong on the way to a whole answer.
  using AskOne =
      std::function<Result<hub::HttpResponse>(const hub::Url& base, int number, Replica::Call&)>;
  Outcome each_replica(const Question& question, const std::function<bool()>& told,
                       const std::stop_token& stop, const AskOne& ask_one);
  Outcome nobody(const Question& question) const;
  hub::HttpRequest request_to(const hub::Url& base, std::string_view path) const;
  void probe(std::size_t index, const std::stop_token& stop);
  Result<std::optional<std::vector<std::string>>> probe_once(const hub::Url& base,
                                                             const std::stop_token& stop) const;

  const UpstreamOptions options_;
  const hub::HttpClient client_;
  const hub::HttpClient probe_client_;
  const LogSink log_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::atomic<int> running_{0};
  std::mutex probe_mutex_;  // only for waiting between probes
  std::condition_variable_any probe_wake_;
  std::vector<std::jthread> probers_;
};

}  // namespace mw::upstream
