// Long work one after the other, without telling anybody that others have some.
#include "server/api/turns.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <stdexcept>
#include <thread>

namespace mw::server {
namespace {

std::shared_ptr<Exchange> request_of(const std::string& name, std::size_t body_bytes = 0) {
  HttpRequest request;
  request.body.assign(body_bytes, 'x');
  request.who = Identity::viewer_of({"a"});
  request.who.name = name;
  return std::make_shared<Exchange>(std::move(request), 1 << 20);
}
HttpResponse done() {
  HttpResponse response;
  response.body = "done";
  return response;
}
/// What the asker got: nothing yet, the work's answer, or the refusal.
std::string answer_of(const std::shared_ptr<Exchange>& exchange) {
  for (int tries = 0; tries < 2000 && exchange->open(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  Exchange::Outgoing out = exchange->take();
  return !out.head ? "" : out.head->status == 200 ? out.bytes : std::to_string(out.head->status);
}

/// Work that goes on until it is let go.
class Gate {
 public:
  Handler handler() {
    return [this](const std::shared_ptr<Exchange>& exchange) {
      std::unique_lock<std::mutex> lock(mutex_);
      ++entered_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return free_; });
      exchange->respond(done());
    };
  }
  void wait_for(int entered) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return entered_ >= entered; });
  }
  void let_go() {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int entered_ = 0;
  bool free_ = false;
};

const Handler kAnswer = [](const std::shared_ptr<Exchange>& exchange) {
  exchange->respond(done());
};

TEST(Turns, TellNobodyThatAnotherWorks) {
  Gate gate;
  Turns turns({"another import", "导入"}, no_log());
  const auto li = request_of("li"), kim = request_of("kim");
  turns.take(li, gate.handler());
  gate.wait_for(1);
  turns.take(kim, kAnswer);
  EXPECT_TRUE(kim->open()) << "waits, and is not refused";
  gate.let_go();
  EXPECT_EQ(answer_of(li), "done");
  EXPECT_EQ(answer_of(kim), "done") << "the same bytes as without li";
  turns.stop();
}

TEST(Turns, RefuseWhoeverHasARequestOfTheirOwnOpen) {
  Gate gate;
  Turns turns({"another import", "导入"}, no_log());
  const auto first = request_of("li"), second = request_of("li");
  turns.take(first, gate.handler());
  gate.wait_for(1);
  turns.take(second, kAnswer);
  EXPECT_EQ(answer_of(second), "429");
  gate.let_go();
  EXPECT_EQ(answer_of(first), "done");
  const auto third = request_of("li");
  turns.take(third, kAnswer);
  EXPECT_EQ(answer_of(third), "done");
  turns.stop();
}

TEST(Turns, ForgetWhoeverLeftBeforeTheirTurn) {
  Gate gate;
  Turns turns({"another import", "导入"}, no_log());
  const auto li = request_of("li"), gone = request_of("kim"), again = request_of("kim");
  turns.take(li, gate.handler());
  gate.wait_for(1);
  bool called = false;
  turns.take(gone, [&](const std::shared_ptr<Exchange>&) { called = true; });
  gone->abandon();
  turns.take(again, kAnswer);
  EXPECT_TRUE(again->open()) << "not refused for a request that nobody waits for";
  gate.let_go();
  EXPECT_EQ(answer_of(again), "done");
  EXPECT_FALSE(called);
  turns.stop();
}

TEST(Turns, RefuseWhatWouldFillTheMemoryWhileItWaits) {
  constexpr std::size_t kLargest = std::size_t{64} << 20;
  Gate gate;
  Turns turns({"another import", "导入"}, no_log());
  std::vector<std::shared_ptr<Exchange>> held;
  for (const char* name : {"li", "kim", "ann", "bob"}) {
    held.push_back(request_of(name, kLargest));
    turns.take(held.back(), gate.handler());
  }
  const auto fifth = request_of("eve", kLargest);
  turns.take(fifth, kAnswer);
  EXPECT_EQ(answer_of(fifth), "429");
  gate.let_go();
  for (const auto& each : held) EXPECT_EQ(answer_of(each), "done");
  const auto later = request_of("zoe");
  turns.take(later, kAnswer);
  EXPECT_EQ(answer_of(later), "done");  // by then all of before are let go
  const auto again = request_of("eve", kLargest);
  turns.take(again, kAnswer);
  EXPECT_EQ(answer_of(again), "done");
  turns.stop();
}

TEST(Turns, GoOnAfterWorkThatThrew) {
  Turns turns({"another import", "导入"}, no_log());
  const auto li = request_of("li"), again = request_of("li");
  turns.take(li, [](const std::shared_ptr<Exchange>&) { throw std::runtime_error("x"); });
  EXPECT_EQ(answer_of(li), "500");
  turns.take(again, kAnswer);
  EXPECT_EQ(answer_of(again), "done");
  turns.stop();
}

}  // namespace
}  // namespace mw::server
