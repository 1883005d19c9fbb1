// Scope: what requests owe each other: prompts shared within the same rights, guesses that change
// nothing, operators before batch jobs, deadlines, predictions, and what stats say when.
#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "core/clock.h"
#include "runtime/scheduler.h"
#include "runtime/testing/alphabet.h"
#include "tests/support/temporary_folder.h"

namespace mw::runtime {
namespace {

using testing::SchedulerTest;

GenerateRequest long_prompt(int tokens, char last) {
  GenerateRequest request;
  request.prompt_ids.assign(static_cast<std::size_t>(tokens), '!');
  request.prompt_ids.back() = last;
  request.max_tokens = 2;
  return request;
}

/// Collects the order in which answers end.
struct Endings {
  std::mutex mutex;
  std::vector<std::string> names;
  std::promise<void> all;
  std::size_t expected = 0;
  Generator::OnDone as(std::string name) {
    return [this, name = std::move(name)](const GenerateResult& result) {
      const std::lock_guard<std::mutex> guard(mutex);
      names.push_back(name + (result.finish == FinishReason::kError ? ": error" : ""));
      if (names.size() == expected) all.set_value();
    };
  }
};

TEST_F(SchedulerTest, ASecondRequestSharesThePromptOfTheFirst) {
  const auto scheduler = make();
  EXPECT_EQ(generate(*scheduler, long_prompt(100, 'a'))->cached_prompt_tokens, 0);
  const auto again = generate(*scheduler, long_prompt(100, 'k'));
  EXPECT_EQ(again->cached_prompt_tokens, 96);  // whole blocks of 16
  EXPECT_EQ(again->text, "lm");
  EXPECT_EQ(scheduler->stats().cached_prompt_tokens, 96u);
  EXPECT_EQ(scheduler->stats().prompt_tokens, 200u);
}

TEST_F(SchedulerTest, ABeginningThatSomebodyReadsIsNotReadTwice) {
  const auto scheduler = make();
  model_->pause_us = 500;
  Endings endings;
  endings.expected = 4;
  std::atomic<int> cached = 0;
  for (int i = 0; i < 4; ++i) {  // as n = 4 asks
    ASSERT_TRUE(scheduler->submit(long_prompt(200, 'a'), {}, [&](const GenerateResult& result) {
      cached += result.cached_prompt_tokens;
      endings.as("a")(result);
    }));
  }
  endings.all.get_future().wait();
  EXPECT_EQ(cached, 3 * 192);
}

TEST_F(SchedulerTest, APromptIsNotSharedWithOtherRights) {
  const auto scheduler = make();
  auto request = long_prompt(100, 'a');
  request.rights = "line 1";
  EXPECT_EQ(generate(*scheduler, request)->cached_prompt_tokens, 0);
  EXPECT_EQ(generate(*scheduler, request)->cached_prompt_tokens, 96);
  request.rights = "line 2";
  EXPECT_EQ(generate(*scheduler, request)->cached_prompt_tokens, 0);
}

TEST_F(SchedulerTest, AtLeastOneTokenOfAKnownPromptIsRead) {
  const auto scheduler = make();
  ASSERT_TRUE(generate(*scheduler, long_prompt(64, 'a')));
  const auto again = generate(*scheduler, long_prompt(64, 'a'));
  EXPECT_EQ(again->cached_prompt_tokens, 48);
  EXPECT_EQ(again->text, "bc");
}

TEST_F(SchedulerTest, ASharedBeginningIsKnownAfterARestart) {
  const mw::testing_support::TemporaryFolder folder;
  SchedulerOptions options;
  options.kept_prompts = {.folder = folder.path(), .model = "alphabet", .least_blocks = 4};
  {
    const auto scheduler = make(options);
    auto request = long_prompt(160, 'a');
    ASSERT_TRUE(generate(*scheduler, request));
    request.prompt_ids[130] = '?';  // another question after the same 8 blocks
    EXPECT_EQ(generate(*scheduler, request)->cached_prompt_tokens, 128);
  }
  const auto scheduler = make(options);
  const auto after = generate(*scheduler, long_prompt(150, 'k'));
  EXPECT_EQ(after->cached_prompt_tokens, 128);
  EXPECT_EQ(after->text, "lm");
  auto other = long_prompt(150, 'k');
  other.rights = "others";
  EXPECT_EQ(generate(*scheduler, other)->cached_prompt_tokens, 0);
}

TEST_F(SchedulerTest, KeptPromptsTakeNoMoreThanTheirShare) {
  const auto scheduler = make({.kv_bytes = 64 * 2 * 16 * 16 * 2});  // 64 blocks
  for (int i = 0; i < 20; ++i) {
    auto request = long_prompt(60, 'a');
    request.prompt_ids[0] = i;
    ASSERT_TRUE(generate(*scheduler, request));
  }
  EXPECT_EQ(scheduler->stats().kv_bytes_cached, 16u * 2 * 16 * 16 * 2);
  EXPECT_EQ(scheduler->stats().kv_bytes_used, scheduler->stats().kv_bytes_cached);
}

TEST_F(SchedulerTest, KeptPromptsMakeRoomForNewOnes) {
  // 64 blocks of 16 positions; each prompt takes 10 of them and is kept.
  const auto scheduler = make({.kv_bytes = 64 * 2 * 16 * 16 * 2});
  for (int i = 0; i < 40; ++i) {
    auto request = long_prompt(150, 'a');
    request.prompt_ids[0] = i;
    EXPECT_EQ(generate(*scheduler, request)->text, "bc") << i;
  }
}

TEST_F(SchedulerTest, GuessingAheadChangesNoTokenAndSavesSteps) {
  GenerateRequest request;  // the alphabet, then its beginning: what follows was seen before
  for (char letter = 'a'; letter <= 'z'; ++letter) request.prompt_ids.push_back(letter);
  for (const char letter : {'a', 'b', 'c'}) request.prompt_ids.push_back(letter);
  request.max_tokens = 20;
  request.hash_logits = true;
  const auto plain = generate(*make({.guess_tokens = false}), request);
  const int passes_plain = model_->passes.exchange(0);
  const auto scheduler = make();
  const auto guessed = generate(*scheduler, request);
  EXPECT_EQ(guessed->text, "defghijklmnopqrstuvw");
  EXPECT_EQ(guessed->text, plain->text);
  EXPECT_EQ(guessed->ids, plain->ids);
  EXPECT_EQ(guessed->logits_hash, plain->logits_hash);
  EXPECT_LT(model_->passes, passes_plain / 2);
  EXPECT_GT(scheduler->stats().guessed_right_tokens, 10u);
}

TEST_F(SchedulerTest, WhatAGrammarLeavesNoChoiceAboutCostsNoStepOfItsOwn) {
  GenerateRequest request;
  request.prompt_ids = {'x'};
  request.max_tokens = 40;
  request.hash_logits = true;
  const auto grammar = grammar::compile_choice({"temperature is high", "pressure is high"});
  ASSERT_TRUE(grammar);
  request.grammar = *grammar;
  const auto plain = generate(*make({.guess_tokens = false}), request);
  const int passes_plain = model_->passes.exchange(0);
  const auto scheduler = make();
  const auto forced = generate(*scheduler, request);
  EXPECT_EQ(forced->finish, FinishReason::kStop);
  EXPECT_EQ(forced->text, plain->text);
  EXPECT_EQ(forced->ids, plain->ids);
  EXPECT_EQ(forced->logits_hash, plain->logits_hash);
  EXPECT_LT(model_->passes, passes_plain / 3);
  EXPECT_GT(scheduler->stats().forced_tokens, 10u);
}

TEST_F(SchedulerTest, AGrammarHoldsAfterTheThoughtThatEndsByForce) {
  GenerateRequest request;
  request.prompt_ids = {'a'};
  request.max_tokens = 60;
  const auto grammar = grammar::compile_choice({"yes", "no"});
  ASSERT_TRUE(grammar);
  request.grammar = *grammar;
  request.thought = grammar::Thought::kOpen;
  request.max_thought_tokens = 5;
  const auto plain = generate(*make({.guess_tokens = false}), request);
  const auto forced = generate(*make(), request);
  EXPECT_EQ(forced->ids, plain->ids);
  EXPECT_EQ(forced->finish, FinishReason::kStop);
  EXPECT_EQ(forced->text.substr(0, 13), "bcdef</think>");
  const std::string answer = forced->text.substr(forced->text.find_last_of("> \t\r\n") + 1);
  EXPECT_TRUE(answer == "yes" || answer == "no") << forced->text;
}

TEST_F(SchedulerTest, AWrongGuessLeavesNoTrace) {
  GenerateRequest request;  // "abcq" suggests q after abc; the model says d
  for (const char letter : {'a', 'b', 'c', 'q', 'q', 'q', 'a', 'b', 'c'}) {
    request.prompt_ids.push_back(letter);
  }
  request.max_tokens = 30;
  request.hash_logits = true;
  const auto plain = generate(*make({.guess_tokens = false}), request);
  const auto guessed = generate(*make(), request);
  EXPECT_EQ(guessed->ids, plain->ids);
  EXPECT_EQ(guessed->logits_hash, plain->logits_hash);
}

TEST_F(SchedulerTest, ABatchJobMakesWayForAnOperatorAndGoesOnLater) {
  const auto scheduler = make({.max_running = 1});
  Endings endings;
  endings.expected = 2;
  auto night = from('!', 240);
  night.ignore_eos = true;
  night.priority = Priority::kBatch;
  std::promise<void> started;
  std::string text;
  const auto on_piece = [&, told = false](const Piece& piece) mutable {
    text += piece.text;
    if (!std::exchange(told, true)) started.set_value();
  };
  model_->pause_us = 200;
  ASSERT_TRUE(scheduler->submit(night, on_piece, endings.as("night")));
  started.get_future().wait();
  ASSERT_TRUE(scheduler->submit(from('a', 3), {}, endings.as("operator")));
  endings.all.get_future().wait();
  EXPECT_EQ(endings.names, (std::vector<std::string>{"operator", "night"}));
  EXPECT_EQ(scheduler->stats().preempted, 1u);
  model_->pause_us = 0;
  const auto alone = generate(*make(), night);
  EXPECT_EQ(text, alone->text);
}

TEST_F(SchedulerTest, AnAnswerThatMissesItsDeadlineEndsThere) {
  const auto scheduler = make();
  model_->pause_us = 1000;
  auto request = from('!', 250);
  request.ignore_eos = true;
  request.deadline_ns = steady_ns() + 50 * kNsPerMs;
  const int64_t began = steady_ns();
  const auto result = generate(*scheduler, request);
  EXPECT_LT(steady_ns() - began, 200 * kNsPerMs);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kDeadlineExceeded);
}

TEST_F(SchedulerTest, WhatEndsWhileItWaitsHasItsTimeInTheQueue) {
  const auto scheduler = make({.max_running = 1});
  model_->pause_us = 1000;
  auto busy = from('!', 250);
  busy.ignore_eos = true;
  ASSERT_TRUE(scheduler->submit(busy, {}, {}));
  std::promise<GenerateResult> ended;
  const auto id = scheduler->submit(from('a', 2), {},
                                    [&](const GenerateResult& result) { ended.set_value(result); });
  ASSERT_TRUE(id);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  scheduler->cancel(*id);
  const GenerateResult result = ended.get_future().get();
  EXPECT_EQ(result.finish, FinishReason::kCancelled);
  EXPECT_GE(result.queue_ns, 20 * kNsPerMs);
  EXPECT_EQ(result.prefill_ns, 0);
  EXPECT_EQ(result.decode_ns, 0);
}

TEST_F(SchedulerTest, ARequestWhoseFirstTokenWouldComeTooLateIsRefused) {
  const auto scheduler = make({.max_running = 1, .max_first_token_ms = 100});
  model_->pause_us = 1000;
  auto busy = from('!', 250);
  busy.ignore_eos = true;
  std::vector<Generator::RequestId> ids;
  Code refused = Code::kInternal;
  for (int i = 0; i < 50 && refused == Code::kInternal; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const auto id = scheduler->submit(busy, {}, {});
    if (id) {
      ids.push_back(*id);
    } else {
      refused = id.error().code;
    }
  }
  EXPECT_EQ(refused, Code::kResourceExhausted);
  EXPECT_LT(ids.size(), 20u);
  EXPECT_GT(scheduler->predicted_first_token_ns(busy), 100 * kNsPerMs);
}

TEST_F(SchedulerTest, WhoIsToldThatItsAnswerEndedIsNoLongerCounted) {
  const auto scheduler = make();
  for (int i = 0; i < 200; ++i) {
    std::promise<int> running;
    ASSERT_TRUE(scheduler->submit(from('a', 2), {}, [&](const GenerateResult&) {
      running.set_value(scheduler->stats().running);
    }));
    ASSERT_EQ(running.get_future().get(), 0) << i;
  }
}

}  // namespace
}  // namespace mw::runtime
