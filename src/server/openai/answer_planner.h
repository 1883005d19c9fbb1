#pragma once

#include <memory>
#include <optional>
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

std::optional<Refusal> find_model(const ApiState& state, const std::string& name,
                                  std::shared_ptr<runtime::ServedModel>& out);

/// What all kinds of answers do once their prompts are ids: limits, seeds, headers, admission. One
/// a request; what it is given must outlive it.
class Planner {
 public:
  Planner(const ApiState& state, const std::shared_ptr<Exchange>& exchange,
          const GenerationFields& fields, const runtime::ServedModel& model);

  /// The client's own limit, from the end of its header on: x-millwright-deadline-ms.
  std::optional<Refusal> read_deadline();
  /// Compiles what the answers have to match.
  std::optional<Refusal> read_form();
  std::optional<Refusal> read_tools(const ToolUse& tools);
  /// Adds `count` choices after the same prompt. `field` names the prompt in errors.
  std::optional<Refusal> add(std::vector<int32_t> ids, int count, const char* field);
  FormatOptions format(const char* prefix) const;
  /// Admits and runs what was added.
  void start(GenerationPlan plan);

 private:
  FinishedRequest record() const;

  const ApiState& state_;
  const std::shared_ptr<Exchange>& exchange_;
  const GenerationFields& fields_;
  const runtime::ServedModel& model_;
  uint64_t seed_ = 0;
  int64_t deadline_ms_ = 0;  // 0: none
  grammar::GrammarPtr grammar_;
  std::vector<runtime::GenerateRequest> requests_;
};

}  // namespace mw::server::openai
