// Scope: what the scheduler promises whatever the model: answers do not depend on company, limits
// end answers where they should, cancelling frees memory, overload is refused. The model here is a
// fake that says the next letter; the real one is covered in models/ and tests/integration.
#include "runtime/scheduler.h"

#include <gtest/gtest.h>

#include <future>

#include "runtime/testing/alphabet.h"

namespace mw::runtime {
namespace {

using testing::SchedulerTest;

TEST_F(SchedulerTest, AnAnswerEndsAtItsLengthOrAtTheEndToken) {
  const auto scheduler = make();
  auto result = generate(*scheduler, from('a', 3));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "bcd");
  EXPECT_EQ(result->finish, FinishReason::kLength);
  EXPECT_EQ(result->prompt_tokens, 2);
  result = generate(*scheduler, from('x', 10));
  EXPECT_EQ(result->text, "yz");
  EXPECT_EQ(result->finish, FinishReason::kStop);
  EXPECT_EQ(result->ids.back(), 256);
}

TEST_F(SchedulerTest, AStopStringEndsTheAnswerAndIsNotPartOfIt) {
  const auto scheduler = make();
  auto request = from('a', 20);
  request.stop = {"ghi"};
  std::string streamed;
  const auto result =
      generate(*scheduler, request, [&](const Piece& piece) { streamed += piece.text; });
  EXPECT_EQ(result->text, "bcdef");
  EXPECT_EQ(streamed, "bcdef");
  EXPECT_EQ(result->finish, FinishReason::kStop);
}

TEST_F(SchedulerTest, AFormIsWholeAtItsLimitAndItsEndSaysThatItWasTheLimit) {
  const Json words = {{"type", "array"}, {"minItems", 1}, {"items", {{"type", "string"}}}};
  const auto grammar = grammar::compile_schema(words);
  ASSERT_TRUE(grammar);
  const auto scheduler = make();
  int held_short = 0;
  for (int most = 4; most < 40; ++most) {
    auto request = from('a', most);
    request.grammar = *grammar;
    request.end_within_limit = true;
    request.sampling = {.temperature = 3.0F, .seed = static_cast<uint64_t>(most)};
    const auto result = generate(*scheduler, request);
    ASSERT_TRUE(result);
    EXPECT_TRUE(parse_json(result->text, 50)) << result->text;
    EXPECT_LE(std::ssize(result->ids), most);
    held_short += result->finish == FinishReason::kLength ? 1 : 0;
  }
  EXPECT_GT(held_short, 10);
  auto request = from('a', 12);
  request.grammar = *grammar;
  const auto cut = generate(*scheduler, request);
  EXPECT_FALSE(parse_json(cut->text, 50)) << cut->text;
  request.end_within_limit = true;
  request.max_tokens = 3;  // nothing that short is an array of a string
  EXPECT_EQ(std::ssize(generate(*scheduler, request)->ids), 3);
}

TEST_F(SchedulerTest, ManyAtOnceGetTheAnswersTheyWouldGetAlone) {
  const auto scheduler = make({.max_running = 8});
  model_->held = true;  // until all are there: else a busy machine may serve them one by one
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 40; ++i) {
    auto promise = std::make_shared<std::promise<std::string>>();
    answers.push_back(promise->get_future());
    ASSERT_TRUE(
        scheduler->submit(from(static_cast<char>('a' + i % 20), 1 + i % 7), {},
                          [promise](const GenerateResult& r) { promise->set_value(r.text); }));
  }
  model_->held = false;
  for (int i = 0; i < 40; ++i) {
    std::string expected;
    for (int k = 0; k < 1 + i % 7 && 'a' + i % 20 + k < 'z'; ++k) {
      expected += static_cast<char>('a' + i % 20 + k + 1);
    }
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].get(), expected) << i;
  }
  EXPECT_LT(model_->passes, 100);  // 40 answers of 4 tokens on average, one by one: 160
}

TEST_F(SchedulerTest, CancellingEndsAnAnswerAndGivesItsMemoryBack) {
  const auto scheduler = make({.max_running = 2});
  for (int i = 0; i < 200; ++i) {
    auto request = from('!', 250);
    request.ignore_eos = true;
    std::promise<FinishReason> ended;
    const auto id =
        scheduler->submit(request, {}, [&](const GenerateResult& r) { ended.set_value(r.finish); });
    ASSERT_TRUE(id);
    scheduler->cancel(*id);
    const FinishReason reason = ended.get_future().get();
    EXPECT_TRUE(reason == FinishReason::kCancelled || reason == FinishReason::kLength);
  }
  EXPECT_EQ(generate(*scheduler, from('a', 2))->text, "bc");
  EXPECT_EQ(scheduler->stats().running, 0);
}

TEST_F(SchedulerTest, WhatCannotFitIsRefusedWithTheNumbers) {
  const auto scheduler = make();
  const auto refused = scheduler->submit(from('a', 1000), {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_NE(refused.error().message.en.find("256"), std::string::npos);
  GenerateRequest empty;
  EXPECT_EQ(scheduler->submit(empty, {}, {}).error().param, "prompt");
  GenerateRequest outside;
  outside.prompt_ids = {9999};
  EXPECT_FALSE(scheduler->submit(outside, {}, {}));
}

TEST_F(SchedulerTest, AFullQueueIsRefusedAsBusy) {
  const auto scheduler = make({.max_running = 1, .max_waiting = 2});
  int refused = 0;
  for (int i = 0; i < 50; ++i) {
    auto request = from('a', 200);
    request.ignore_eos = true;
    const auto id = scheduler->submit(request, {}, {});
    if (!id && id.error().code == Code::kResourceExhausted) ++refused;
  }
  EXPECT_GT(refused, 0);
}

TEST_F(SchedulerTest, ScoresRankTheLikelierContinuation) {
  const auto scheduler = make();
  const auto scores = scheduler->score({'!', 'a'}, {{'b', 'c', 'd'}, {'b', 'x', 'd'}, {'q'}});
  ASSERT_TRUE(scores);
  EXPECT_GT((*scores)[0], (*scores)[1]);
  EXPECT_GT((*scores)[1], (*scores)[2]);
}

TEST_F(SchedulerTest, LogprobsComeWithTheTextTheyBelongTo) {
  const auto scheduler = make();
  auto request = from('a', 3);
  request.top_logprobs = 2;
  std::string text;
  std::vector<TokenLogprob> entries;
  ASSERT_TRUE(generate(*scheduler, request, [&](const Piece& piece) {
    text += piece.text;
    entries.insert(entries.end(), piece.logprobs.begin(), piece.logprobs.end());
  }));
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].bytes, "b");
  EXPECT_EQ(entries[0].top.size(), 2u);
  EXPECT_EQ(entries[0].top[0].first, "b");
  EXPECT_LT(entries[0].logprob, 0.0);
}

TEST_F(SchedulerTest, ShuttingDownTellsEverybody) {
  auto scheduler = make({.max_running = 1});
  std::atomic<int> told = 0;
  for (int i = 0; i < 5; ++i) {
    auto request = from('a', 250);
    request.ignore_eos = true;
    ASSERT_TRUE(scheduler->submit(request, {}, [&](const GenerateResult&) { ++told; }));
  }
  scheduler.reset();
  EXPECT_EQ(told, 5);
}

}  // namespace
}  // namespace mw::runtime
