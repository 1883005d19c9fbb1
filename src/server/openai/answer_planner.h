#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/model_host.h"
#include "server/api/api_state.h"
#include "server/openai/generation_fields.h"
#include "server/openai/generation_job.h"
#include "server/openai/tool_calls.h"

namespace mw::server::openai {

// A 128k-token conversation is about 0.5 MiB of English; twice that in escapes, twice in reserve.
inline constexpr uint64_t kBodyBytes = 2 * 1024 * 1024;
inline constexpr int kAnswerTimeLimitMs = 10 * 60 * 1000;  // OpenAI's clients wait ten minutes

/// A request that cannot be run, with OpenAI's own code where it has one.
struct Refusal {
  Error error;
  std::string code;  // empty: by Error::code
};

HttpResponse response_of(const Refusal& refusal);

/// The upstream that a model's name belongs to; none: it is one of this machine's.
upstream::Upstreams::Found upstream_of(const ApiState& state, const std::string& name);

/// A model of this machine.
std::optional<Refusal> find_model(const ApiState& state, const std::string& name,
                                  std::shared_ptr<runtime::ServedModel>& out);

/// The client's own limit, from the end of its header on (x-millwright-deadline-ms), as
/// steady_ns(); 0: none. Errors name the header.
Result<int64_t> read_deadline_ns(const HttpRequest& request);
/// More answers than one client may have under way can never be admitted.
Error too_many_answers(const ApiState& state);
/// Names the fields that were ignored, and those that change nothing.
void add_field_headers(const GenerationFields& fields, std::vector<Header>& headers);
/// What the history keeps of a request and is known beforehand.
FinishedRequest record_of(const ApiState& state, const HttpRequest& request,
                          const std::string& model, runtime::Priority priority);

/// What all kinds of answers do once their prompts are ids: limits, seeds, headers, admission. One
/// a request; what it is given must outlive it.
class Planner {
 public:
  Planner(const ApiState& state, const std::shared_ptr<Exchange>& exchange,
          const GenerationFields& fields, const runtime::ServedModel& model);

  std::optional<Refusal> read_deadline();
  /// Compiles what the answers have to match.
  std::optional<Refusal> read_form();
  std::optional<Refusal> read_tools(const ToolUse& tools);
  /// A thought that the answer may begin with: what it has to match holds after that.
  Thought read_thought(std::span<const int32_t> prompt_ids);
  /// Adds `count` choices after the same prompt. `field` names the prompt in errors.
  std::optional<Refusal> add(std::vector<int32_t> ids, int count, const char* field);
  FormatOptions format(const char* prefix) const;
  /// Admits and runs what was added.
  void start(GenerationPlan plan);

 private:
  const ApiState& state_;
  const std::shared_ptr<Exchange>& exchange_;
  const GenerationFields& fields_;
  const runtime::ServedModel& model_;
  uint64_t seed_ = 0;
  int64_t deadline_ns_ = 0;  // 0: none
  grammar::GrammarPtr grammar_;
  bool end_within_limit_ = false;  // it is a form, not calls
  Thought thought_ = Thought::kNone;
  std::vector<runtime::GenerateRequest> requests_;
};

}  // namespace mw::server::openai
