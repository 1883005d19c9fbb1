#include "runtime/internal/request_queue.h"

#include <gtest/gtest.h>

#include <map>

#include "core/clock.h"

namespace mw::runtime {
namespace {

constexpr int64_t kNow = 1000 * kNsPerSecond;

class RequestQueueTest : public ::testing::Test {
 protected:
  void add(Generator::RequestId id, const std::string& client,
           Priority priority = Priority::kInteractive, int64_t waited_s = 0) {
    auto sequence = std::make_unique<Sequence>();
    sequence->id = id;
    sequence->request.client = client;
    sequence->request.priority = priority;
    sequence->request.prompt_ids.resize(10);
    sequence->submitted_ns = kNow - waited_s * kNsPerSecond;
    queue_.push(std::move(sequence));
  }
  /// Ids in the order in which they get a place, each running on.
  std::vector<Generator::RequestId> order() {
    std::vector<Generator::RequestId> ids;
    while (const Sequence* next = queue_.next(
               kNow, [this](const std::string& who) { return running_[who]; },
               [](const Sequence&) { return true; })) {
      ids.push_back(next->id);
      ++running_[next->request.client];
      queue_.take(next->id);
    }
    return ids;
  }
  using Ids = std::vector<Generator::RequestId>;
  RequestQueue queue_;
  std::map<std::string, int> running_;
};

TEST_F(RequestQueueTest, OneClientIsServedInTheOrderItAsked) {
  for (Generator::RequestId id = 1; id <= 3; ++id) add(id, "a");
  EXPECT_EQ(order(), (Ids{1, 2, 3}));
}

TEST_F(RequestQueueTest, AClientWithFewerAnswersUnderWayGoesBeforeABusyOne) {
  for (Generator::RequestId id = 1; id <= 3; ++id) add(id, "busy");
  add(4, "quiet");
  EXPECT_EQ(order(), (Ids{1, 4, 2, 3}));
}

TEST_F(RequestQueueTest, OperatorsGoBeforeBatchJobs) {
  add(1, "night", Priority::kBatch);
  add(2, "operator");
  EXPECT_EQ(queue_.prompt_tokens_before(Priority::kInteractive), 10);
  EXPECT_EQ(queue_.prompt_tokens_before(Priority::kBatch), 20);
  EXPECT_EQ(order(), (Ids{2, 1}));
}

TEST_F(RequestQueueTest, ABatchJobThatWaitedAMinuteIsNotStarved) {
  add(1, "night", Priority::kBatch, 61);
  add(2, "operator");
  EXPECT_EQ(order(), (Ids{1, 2}));
}

TEST_F(RequestQueueTest, WhatHasMissedItsDeadlineIsTakenOut) {
  add(1, "a");
  auto late = std::make_unique<Sequence>();
  late->id = 2;
  late->request.deadline_ns = kNow - 1;
  queue_.push(std::move(late));
  const auto taken = queue_.take_late(kNow);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0]->id, 2u);
  EXPECT_EQ(queue_.size(), 1);
}

}  // namespace
}  // namespace mw::runtime
