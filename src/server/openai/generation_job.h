#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/generator.h"
#include "server/http/exchange.h"
#include "server/openai/admission.h"
#include "server/openai/answer_format.h"
#include "server/openai/reasoning.h"
#include "server/request_history.h"
#include "server/server_metrics.h"

namespace mw::server::openai {

/// Everything that is needed to answer one request, checked and ready.
struct GenerationPlan {
  std::shared_ptr<Exchange> exchange;
  // Shared with the model host. The job itself keeps no strong reference: its callbacks are
  // destroyed on the generator's own thread, which could then be the one to destroy the generator.
  std::shared_ptr<runtime::Generator> generator;
  std::vector<runtime::GenerateRequest> choices;  // in the order of their index
  std::unique_ptr<AnswerFormat> format;
  bool stream = false;
  int keep_best_of = 1;  // of each so many choices keep `keep`, the likeliest (best_of)
  int keep = 1;
  int prompts = 1;  // choices belong to prompts in equal runs
  Thought reasoning = Thought::kNone;
  std::shared_ptr<const tokenizers::Tokenizer> tokenizer;  // counts reasoning tokens
  std::vector<Header> headers;
  std::shared_ptr<Admission::Ticket> ticket;
  std::shared_ptr<ServerMetrics> metrics;
  std::shared_ptr<RequestHistory> history;
  FinishedRequest record;  // what is known of it beforehand
};

/// Runs the choices of one request and writes them to its exchange, as a stream or whole. Lives
/// as long as the generator may call it. When the client goes, all choices are cancelled.
class GenerationJob : public std::enable_shared_from_this<GenerationJob> {
 public:
  static void start(GenerationPlan plan);
  explicit GenerationJob(GenerationPlan plan);

 private:
  struct Choice {
    runtime::Generator::RequestId id = 0;
    bool submitted = false;
    bool opened = false;
    std::string text;
    std::string reasoning;
    ReasoningSplitter splitter;
    std::vector<runtime::TokenLogprob> logprobs;
    runtime::GenerateResult result;
    bool done = false;   // ended well
    bool ended = false;  // one way or the other
    int64_t last_piece_ns = 0;
  };

  void submit_all(runtime::Generator& generator);
  void on_piece(std::size_t index, const runtime::Piece& piece);
  /// Keeps the parts for a whole answer, or returns their events.
  std::string take_parts_locked(std::size_t index, const ReasoningSplitter::Parts& parts);
  void on_done(std::size_t index, const runtime::GenerateResult& result);
  /// Ends what still runs. On the generator's own thread it is alive by definition; elsewhere use
  /// cancel_from_outside().
  void cancel_all(runtime::Generator& generator);
  void cancel_from_outside();
  /// True when this call ended the answer.
  bool fail(const Error& error);
  void emit_locked(const std::string& events);
  void complete_locked();
  void respond_whole_locked(const Usage& usage);
  Usage usage_locked() const;
  /// Puts the request into the history once all that was submitted has ended.
  void record_locked();

  GenerationPlan plan_;                  // its `generator` is empty
  runtime::Generator* const generator_;  // for callbacks on its own thread
  const std::weak_ptr<runtime::Generator> weak_generator_;
  std::mutex mutex_;
  std::vector<Choice> choices_;
  std::string backlog_;     // events from before all choices were accepted
  bool armed_ = false;      // all choices were accepted
  bool stopped_ = false;    // nobody listens
  bool finished_ = false;   // answered, one way or the other
  bool submitted_ = false;  // no choice follows; those that were refused never run
  bool recorded_ = false;
};

}  // namespace mw::server::openai
