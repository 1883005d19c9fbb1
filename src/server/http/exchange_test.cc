#include "server/http/exchange.h"

#include <gtest/gtest.h>

#include "core/clock.h"
#include "server/http/api_error.h"

namespace mw::server {
namespace {

StreamHead stream_head() {
  StreamHead head;
  head.head.content_type = "text/event-stream";
  head.ping = ": ping\n\n";
  head.format_error = openai_error_event;
  return head;
}

TEST(Exchange, SendsTheHeadOfAStreamWithItsFirstWrite) {
  Exchange exchange({}, 1000);
  exchange.begin_stream(stream_head());
  EXPECT_FALSE(exchange.take().head.has_value());
  EXPECT_TRUE(exchange.write("a"));
  EXPECT_TRUE(exchange.write("b"));
  const auto first = exchange.take();
  ASSERT_TRUE(first.head.has_value());
  EXPECT_TRUE(first.streamed);
  EXPECT_EQ(first.bytes, "ab");
  EXPECT_FALSE(first.finished);
  exchange.finish();
  const auto last = exchange.take();
  EXPECT_FALSE(last.head.has_value());
  EXPECT_TRUE(last.finished);
}

TEST(Exchange, AnswersWithAStatusUntilTheStreamHasStarted) {
  Exchange before({}, 1000);
  before.begin_stream(stream_head());
  EXPECT_TRUE(before.respond(json_response(Json{{"a", 1}}, 503)));
  const auto answer = before.take();
  EXPECT_EQ(answer.head->status, 503);
  EXPECT_FALSE(answer.streamed);
  EXPECT_EQ(answer.bytes, "{\"a\":1}");

  Exchange after({}, 1000);
  after.begin_stream(stream_head());
  after.write("x");
  EXPECT_FALSE(after.respond(json_response(Json{})));
}

TEST(Exchange, RefusesToGrowPastItsQueueAndLeavesTheStopToTheIoThread) {
  Exchange exchange({}, 10);
  bool stopped = false;
  int wakes = 0;
  exchange.attach([&] { ++wakes; });
  exchange.on_stop([&] { stopped = true; });
  exchange.begin_stream(stream_head());
  EXPECT_TRUE(exchange.write("12345"));
  EXPECT_FALSE(exchange.write("678901"));
  EXPECT_TRUE(exchange.overflowed());
  EXPECT_FALSE(exchange.open());
  EXPECT_FALSE(stopped);
  // Also where nothing was taken since the last call, which may have found a write under way.
  EXPECT_EQ(wakes, 2);
  exchange.abandon();
  EXPECT_TRUE(stopped);
  EXPECT_TRUE(exchange.stop_token().stop_requested());
}

TEST(Exchange, TakesAPieceOfAnySizeWhereNothingWaits) {
  Exchange exchange({}, 10);
  exchange.begin_stream(stream_head());
  EXPECT_TRUE(exchange.write(std::string(1000, 'x')));
  EXPECT_FALSE(exchange.overflowed());
  EXPECT_EQ(exchange.take().bytes.size(), 1000u);
  EXPECT_TRUE(exchange.write(std::string(1000, 'y')));
  EXPECT_FALSE(exchange.write("z")) << "nobody has read it";
  EXPECT_TRUE(exchange.overflowed());
}

TEST(Exchange, CallsOnStopAtOnceWhenItIsTooLate) {
  Exchange exchange({}, 10);
  exchange.abandon();
  bool stopped = false;
  exchange.on_stop([&] { stopped = true; });
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(exchange.write("a"));
  EXPECT_FALSE(exchange.respond({}));
}

TEST(Exchange, FailsWithAStatusBeforeTheStreamAndWithAnEventInsideIt) {
  const Error late = Error::make(Code::kDeadlineExceeded, "late");
  Exchange before({}, 1000);
  before.begin_stream(stream_head());
  before.fail(late);
  EXPECT_EQ(before.take().head->status, 504);

  Exchange inside({}, 1000);
  inside.begin_stream(stream_head());
  inside.write("data: 1\n\n");
  inside.fail(late);
  const auto rest = inside.take();
  EXPECT_TRUE(rest.finished);
  EXPECT_NE(rest.bytes.find("data: {\"error\":{\"message\":\"late\""), std::string::npos);
}

TEST(Exchange, StartsLateStreamsAndPingsSilentOnes) {
  Exchange exchange({}, 1000);
  StreamHead head = stream_head();
  head.late_start_ms = 100;
  head.ping_every_ms = 200;
  exchange.begin_stream(std::move(head));
  const int64_t now = steady_ns();
  exchange.tick(now);
  EXPECT_FALSE(exchange.take().head.has_value());
  exchange.tick(now + 150 * kNsPerMs);
  const auto started = exchange.take();
  EXPECT_TRUE(started.head.has_value());
  EXPECT_EQ(started.bytes, ": ping\n\n");
  exchange.tick(now + 300 * kNsPerMs);
  EXPECT_EQ(exchange.take().bytes, "");
  exchange.tick(now + 400 * kNsPerMs);
  EXPECT_EQ(exchange.take().bytes, ": ping\n\n");
}

TEST(Exchange, ForgetsItsCallbacksWhenDetachedSoThatNothingKeepsItAlive) {
  auto exchange = std::make_shared<Exchange>(HttpRequest{}, 1000);
  const std::weak_ptr<Exchange> weak = exchange;
  exchange->on_stop([exchange] {});
  exchange->detach();
  exchange->on_stop([exchange] {});
  exchange.reset();
  EXPECT_TRUE(weak.expired());
}

}  // namespace
}  // namespace mw::server
