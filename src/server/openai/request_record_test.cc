#include "server/openai/request_record.h"

#include <gtest/gtest.h>

#include "core/clock.h"

namespace mw::server::openai {
namespace {

runtime::GenerateResult result(int tokens, int64_t queue_ms, int64_t prefill_ms,
                               int64_t decode_ms) {
  runtime::GenerateResult out;
  out.ids.assign(static_cast<std::size_t>(tokens), 1);
  out.queue_ns = queue_ms * kNsPerMs;
  out.prefill_ns = prefill_ms * kNsPerMs;
  out.decode_ns = decode_ms * kNsPerMs;
  return out;
}

TEST(RequestRecord, HasTheTimesOfTheAnswerThatTookLongest) {
  auto one = result(5, 1, 10, 100);
  auto two = result(9, 2, 20, 200);
  two.finish = runtime::FinishReason::kLength;
  two.predicted_first_token_ns = 30 * kNsPerMs;
  const FinishedRequest record = finished_request({}, {&one, &two}, {7, 3, 14});
  EXPECT_EQ(record.answers, 2);
  EXPECT_EQ(record.prompt_tokens, 7);
  EXPECT_EQ(record.generated_tokens, 14);
  EXPECT_EQ(record.queue_ns, 2 * kNsPerMs);
  EXPECT_EQ(record.first_token_ns, 22 * kNsPerMs);
  EXPECT_EQ(record.predicted_first_token_ns, 30 * kNsPerMs);
  EXPECT_DOUBLE_EQ(record.decode_tok_s.value(), 40);
  EXPECT_EQ(record.finish, runtime::FinishReason::kLength);
}

TEST(RequestRecord, SaysWhyItFailedAndNotThatTheOthersWereCancelled) {
  auto failed = result(0, 50, 0, 0);
  failed.finish = runtime::FinishReason::kError;
  failed.error = Error::make(Code::kDeadlineExceeded, "too late", "太迟");
  auto cancelled = result(1, 1, 60, 0);
  cancelled.finish = runtime::FinishReason::kCancelled;
  const FinishedRequest record = finished_request({}, {&cancelled, &failed}, {});
  EXPECT_EQ(record.finish, runtime::FinishReason::kError);
  EXPECT_EQ(record.problem.zh, "太迟");
  EXPECT_EQ(record.decode_tok_s, std::nullopt);  // one token has no rate
}

TEST(RequestRecord, HasNoFirstTokenWhereNoneCame) {
  auto waiting = result(0, 50, 0, 0);
  waiting.finish = runtime::FinishReason::kCancelled;
  EXPECT_EQ(finished_request({}, {&waiting}, {}).first_token_ns, std::nullopt);
}

}  // namespace
}  // namespace mw::server::openai
