#include "server/openai/request_record.h"

#include <algorithm>

#include "core/check.h"
#include "core/clock.h"

namespace mw::server::openai {
namespace {

using runtime::FinishReason;
using runtime::GenerateResult;

int64_t took_ns(const GenerateResult& result) {
  return result.queue_ns + result.prefill_ns + result.decode_ns;
}

/// What the whole request ended with: an error ends the other answers, which are cancelled then.
int weight(FinishReason reason) {
  switch (reason) {
    case FinishReason::kStop:
      return 0;
    case FinishReason::kLength:
      return 1;
    case FinishReason::kCancelled:
      return 2;
    case FinishReason::kError:
      return 3;
  }
  return 3;
}

}  // namespace

FinishedRequest finished_request(FinishedRequest record,
                                 const std::vector<const GenerateResult*>& results,
                                 const Usage& usage) {
  MW_CHECK(!results.empty());
  record.answers = static_cast<int>(results.size());
  record.prompt_tokens = usage.prompt_tokens;
  record.cached_prompt_tokens = usage.cached_prompt_tokens;
  record.generated_tokens = usage.completion_tokens;
  const GenerateResult& longest = **std::max_element(
      results.begin(), results.end(),
      [](const auto* one, const auto* other) { return took_ns(*one) < took_ns(*other); });
  record.queue_ns = longest.queue_ns;
  record.prefill_ns = longest.prefill_ns;
  record.decode_ns = longest.decode_ns;
  record.predicted_first_token_ns = longest.predicted_first_token_ns;
  if (!longest.ids.empty()) record.first_token_ns = longest.queue_ns + longest.prefill_ns;
  if (longest.ids.size() > 1 && longest.decode_ns > 0) {
    // The first token is the end of reading; the others were written in decode_ns.
    record.decode_tok_s = static_cast<double>(longest.ids.size() - 1) *
                          static_cast<double>(kNsPerSecond) /
                          static_cast<double>(longest.decode_ns);
  }
  const GenerateResult& worst =
      **std::max_element(results.begin(), results.end(), [](const auto* one, const auto* other) {
        return weight(one->finish) < weight(other->finish);
      });
  record.finish = worst.finish;
  if (worst.finish == FinishReason::kError) record.problem = worst.error.message;
  return record;
}

}  // namespace mw::server::openai
