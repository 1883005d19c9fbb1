// Failover, against servers on loopback that do what a test says: refuse, hang, answer garbage.
#include "upstream/upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>

#include "core/clock.h"
#include "tests/support/scripted_server.h"

namespace mw::upstream {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing_support::ScriptedReply;
using testing_support::ScriptedRequest;
using testing_support::ScriptedServer;

constexpr const char* kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
constexpr const char* kModels = R"({"object":"list","data":[{"id":"m","object":"model"}]})";

std::string stream_of(std::initializer_list<const char*> events) {
  std::string out = kHead;
  for (const char* event : events) out += "data: " + std::string(event) + "\n\n";
  return out;
}

ScriptedReply raw(std::string bytes) {
  ScriptedReply reply;
  reply.bytes = std::move(bytes);
  return reply;
}

/// A server that lists "m" and answers questions as `script` says.
ScriptedServer::Script answering(ScriptedServer::Script script) {
  return [script = std::move(script)](const ScriptedRequest& request) {
    if (request.method == "GET") return ScriptedReply::http(200, kModels);
    return script(request);
  };
}

ScriptedServer::Script saying(std::initializer_list<const char*> events) {
  return answering([bytes = stream_of(events)](const ScriptedRequest&) { return raw(bytes); });
}

/// "token..." is a token, "[DONE]" the end, "garbage" an error; all else is nothing.
class Sink final : public AnswerSink {
 public:
  explicit Sink(bool streams = true) : streams_(streams) {}
  void begin(int replica) override {
    replicas.push_back(replica);
    text.clear();
    done_ = false;
  }
  Result<Progress> event(std::string_view data) override {
    if (data == "garbage") return Error::make(Code::kCorrupt, "not an answer");
    if (data == "[DONE]") {
      done_ = true;
      return Progress::kDone;
    }
    if (!data.starts_with("token")) return Progress::kNothing;
    text += data;
    told_ = told_ || streams_;
    return Progress::kToken;
  }
  Result<void> end() override {
    if (done_) return {};
    return Error::make(Code::kUnavailable, "the answer is not whole");
  }
  bool told() const override { return told_; }

  std::vector<int> replicas;
  std::string text;

 private:
  const bool streams_;
  bool done_ = false;
  bool told_ = false;
};

UpstreamOptions options_of(std::initializer_list<std::string> addresses) {
  UpstreamOptions out;
  out.name = "cluster";
  for (const std::string& address : addresses) {
    out.replicas.push_back(*parse_base_url(address + "/v1"));
  }
  out.connect_timeout = milliseconds(1000);
  out.first_token_timeout = milliseconds(300);
  out.token_timeout = milliseconds(300);
  out.health_interval = milliseconds(60'000);
  return out;
}

struct Asked {
  explicit Asked(UpstreamOptions options, LogSink log = no_log())
      : upstream(std::move(options), "test", std::move(log)) {}
  Outcome ask(Sink& sink, std::stop_token stop = {}) {
    return upstream.ask({"chat/completions", "m", R"({"model":"m"})", "req_1", 0}, sink,
                        std::move(stop));
  }
  bool wait_health(Health wanted, std::size_t replica = 0) {
    for (int i = 0; i < 500; ++i) {
      if (upstream.replicas()[replica].health == wanted) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
  Upstream upstream;
};

int questions(const ScriptedServer& server) {
  int out = 0;
  for (const ScriptedRequest& each : server.requests()) out += each.method == "POST" ? 1 : 0;
  return out;
}

TEST(Upstream, AsksTheFirstReplicaWithItsKeyAndNothingElse) {
  ScriptedServer first(saying({"token1", "token2", "[DONE]"}));
  ScriptedServer second(saying({"[DONE]"}));
  UpstreamOptions options = options_of({first.address(), second.address()});
  options.api_key = "sk-upstream";
  Asked asked(std::move(options));
  Sink sink;
  const Outcome outcome = asked.ask(sink);
  ASSERT_FALSE(outcome.error) << outcome.error->message.en;
  EXPECT_EQ(outcome.replica, 1);
  EXPECT_EQ(sink.text, "token1token2");
  EXPECT_EQ(questions(second), 0);
  for (const ScriptedRequest& each : first.requests()) {
    EXPECT_EQ(each.headers.at("authorization"), "Bearer sk-upstream");
    if (each.method != "POST") continue;
    EXPECT_EQ(each.target, "/v1/chat/completions");
    EXPECT_EQ(each.body, R"({"model":"m"})");
    EXPECT_EQ(each.headers.at("x-request-id"), "req_1");
  }
}

/// Ways of a replica not to answer, after each of which the next one is asked.
TEST(Upstream, GoesOnToTheNextReplicaAfterWhateverIsNoAnswer) {
  struct Case {
    const char* what;
    ScriptedReply reply;
  };
  ScriptedReply stuck;
  stuck.hang = true;
  ScriptedReply pings = raw(std::string(kHead) + ": ping\n\n: ping\n\n");
  pings.hang = true;
  ScriptedReply cut = ScriptedReply::http(200, "data: [DONE]\n\n");
  cut.send_at_most = cut.bytes.size() - 5;
  const Case cases[] = {
      {"closes at once", raw("")},
      {"accepts and never answers", stuck},
      {"only pings", pings},
      {"is no HTTP", raw("SSH-2.0-OpenSSH_9.2\r\n")},
      {"says what is no event", raw(std::string(kHead) + "<html>502</html>")},
      {"says garbage", raw(stream_of({"garbage"}))},
      {"ends within an event", raw(std::string(kHead) + "data: {\"ch")},
      {"ends before its length", cut},
      {"ends before the end", raw(stream_of({"role"}))},
      {"a line without end", raw(kHead + std::string("data: ") + std::string(2 << 20, 'x'))},
      {"500", ScriptedReply::http(500, R"({"error":{"message":"out of memory"}})")},
      {"502 of a proxy", ScriptedReply::http(502, "<html>")},
      {"503", ScriptedReply::http(503, "")},
      {"401", ScriptedReply::http(401, R"({"error":{"message":"bad key"}})")},
      {"404", ScriptedReply::http(404, "")},
      {"a redirect", ScriptedReply::http(307, "", {{"Location", "http://127.0.0.1:1/"}})},
      {"429", ScriptedReply::http(429, "", {{"Retry-After", "7"}})},
  };
  for (const Case& each : cases) {
    ScriptedServer broken(answering([&](const ScriptedRequest&) { return each.reply; }));
    ScriptedServer sound(saying({"token", "[DONE]"}));
    Asked asked(options_of({broken.address(), sound.address()}));
    Sink sink;
    const int64_t start = steady_ns();
    const Outcome outcome = asked.ask(sink);
    ASSERT_FALSE(outcome.error) << each.what << ": " << outcome.error->message.en;
    EXPECT_EQ(outcome.replica, 2) << each.what;
    EXPECT_EQ(sink.text, "token") << each.what;
    EXPECT_THAT(sink.replicas, ElementsAre(1, 2)) << each.what;
    EXPECT_LT(steady_ns() - start, 3 * kNsPerSecond) << each.what;
  }
}

TEST(Upstream, NobodyListensAtAllIsAReplicaLikeAnother) {
  std::string dead;
  { dead = ScriptedServer(saying({})).address(); }
  ScriptedServer sound(saying({"token", "[DONE]"}));
  Asked asked(options_of({dead, sound.address()}));
  Sink sink;
  EXPECT_EQ(asked.ask(sink).replica, 2);
  EXPECT_TRUE(asked.wait_health(Health::kDown));
}

TEST(Upstream, RepeatsNothingOnceSomebodyWasTold) {
  ScriptedReply half = raw(stream_of({"token1"}));
  half.hang = true;
  for (const ScriptedReply& reply :
       {raw(stream_of({"token1"})), half, raw(stream_of({"token1", "garbage"}))}) {
    ScriptedServer dying(answering([&](const ScriptedRequest&) { return reply; }));
    ScriptedServer sound(saying({"token", "[DONE]"}));
    Asked asked(options_of({dying.address(), sound.address()}));
    Sink sink;
    const Outcome outcome = asked.ask(sink);
    ASSERT_TRUE(outcome.error);
    EXPECT_FALSE(outcome.open);
    EXPECT_EQ(outcome.replica, 1);
    EXPECT_EQ(outcome.error->code == Code::kUnavailable, reply.hang == false);
    EXPECT_EQ(questions(sound), 0);
  }
}

TEST(Upstream, AskAgainWhenNobodyWasToldOfTheFirstHalf) {
  ScriptedServer dying(saying({"token1"}));
  ScriptedServer sound(saying({"token", "[DONE]"}));
  Asked asked(options_of({dying.address(), sound.address()}));
  Sink whole(false);
  EXPECT_EQ(asked.ask(whole).replica, 2);
  EXPECT_EQ(whole.text, "token");
}

TEST(Upstream, HandsOnARefusalOfTheRequestInTheReplicasWordsWithoutTheKey) {
  ScriptedServer first(answering([](const ScriptedRequest&) {
    return ScriptedReply::http(
        400,
        R"({"error":{"message":"temperature\u001b[2J of sk-upstream","param":"temperature"}})");
  }));
  ScriptedServer second(saying({"token", "[DONE]"}));
  std::string logged;
  std::mutex mutex;
  UpstreamOptions options = options_of({first.address(), second.address()});
  options.api_key = "sk-upstream";
  Asked asked(std::move(options), [&](LogLevel, std::string_view, std::string_view message) {
    const std::lock_guard<std::mutex> guard(mutex);
    logged += message;
  });
  Sink sink;
  const Outcome outcome = asked.ask(sink);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kInvalidArgument);
  EXPECT_EQ(outcome.error->param, "temperature");
  EXPECT_FALSE(outcome.open);
  EXPECT_THAT(outcome.error->message.en, HasSubstr("temperature"));
  EXPECT_THAT(outcome.error->message.en, Not(HasSubstr("sk-upstream")));
  EXPECT_THAT(outcome.error->message.en, Not(HasSubstr("\x1b")));
  EXPECT_EQ(questions(second), 0);
  const std::lock_guard<std::mutex> guard(mutex);
  EXPECT_THAT(logged, HasSubstr("temperature"));
  EXPECT_THAT(logged, Not(HasSubstr("sk-upstream")));
}

TEST(Upstream, ABusyReplicaIsLeftAloneAndTheAskerTold) {
  ScriptedServer only(answering([](const ScriptedRequest&) {
    return ScriptedReply::http(429, "", {{"Retry-After", "7"}});
  }));
  Asked asked(options_of({only.address()}));
  Sink sink;
  const Outcome first = asked.ask(sink);
  ASSERT_TRUE(first.error);
  EXPECT_EQ(first.error->code, Code::kResourceExhausted);
  EXPECT_EQ(first.retry_after_ms, 7000);
  EXPECT_TRUE(first.open);
  const Outcome second = asked.ask(sink);
  EXPECT_GT(second.retry_after_ms, 5000);
  EXPECT_EQ(questions(only), 1);  // not asked again
}

TEST(Upstream, AStuckReplicaIsNotTriedByEveryRequest) {
  ScriptedReply stuck;
  stuck.hang = true;
  ScriptedServer first(answering([&](const ScriptedRequest&) { return stuck; }));
  ScriptedServer second(saying({"token", "[DONE]"}));
  Asked asked(options_of({first.address(), second.address()}));
  const int64_t start = steady_ns();
  for (int i = 0; i < 20; ++i) {
    Sink sink;
    EXPECT_EQ(asked.ask(sink).replica, 2);
  }
  EXPECT_EQ(questions(first), 2);
  EXPECT_LT(steady_ns() - start, 2 * kNsPerSecond);
}

TEST(Upstream, AFailingProbeEndsTheWaitOfThoseBeforeTheirFirstToken) {
  std::atomic<bool> sick{false};
  ScriptedServer first([&](const ScriptedRequest& request) {
    ScriptedReply stuck;
    stuck.hang = true;
    if (request.method == "POST") sick = true;
    if (request.method == "GET") return ScriptedReply::http(sick ? 500 : 200, kModels);
    return stuck;
  });
  ScriptedServer second(saying({"token", "[DONE]"}));
  UpstreamOptions options = options_of({first.address(), second.address()});
  options.first_token_timeout = milliseconds(60'000);
  options.health_interval = milliseconds(50);
  Asked asked(std::move(options));
  Sink sink;
  const int64_t start = steady_ns();
  EXPECT_EQ(asked.ask(sink).replica, 2);
  EXPECT_LT(steady_ns() - start, 5 * kNsPerSecond);
}

TEST(Upstream, AnAskerThatLeavesEndsTheRequestAtOnce) {
  ScriptedReply half = raw(stream_of({"token1"}));
  half.hang = true;
  ScriptedServer first(answering([&](const ScriptedRequest&) { return half; }));
  UpstreamOptions options = options_of({first.address()});
  options.token_timeout = milliseconds(60'000);
  Asked asked(std::move(options));
  std::stop_source stop;
  std::thread leaver([&] {
    while (asked.upstream.replicas()[0].running == 0) std::this_thread::yield();
    std::this_thread::sleep_for(milliseconds(50));
    stop.request_stop();
  });
  Sink sink;
  const int64_t start = steady_ns();
  const Outcome outcome = asked.ask(sink, stop.get_token());
  leaver.join();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kCancelled);
  EXPECT_LT(steady_ns() - start, 2 * kNsPerSecond);
  EXPECT_EQ(asked.upstream.replicas()[0].failed, 0u);  // not its fault
  EXPECT_EQ(asked.upstream.replicas()[0].running, 0);
}

TEST(Upstream, ADeadlineEndsTheSearch) {
  ScriptedReply stuck;
  stuck.hang = true;
  ScriptedServer first(answering([&](const ScriptedRequest&) { return stuck; }));
  ScriptedServer second(answering([&](const ScriptedRequest&) { return stuck; }));
  UpstreamOptions options = options_of({first.address(), second.address()});
  options.first_token_timeout = milliseconds(60'000);
  Asked asked(std::move(options));
  Sink sink;
  const Outcome outcome = asked.upstream.ask(
      {"chat/completions", "m", "{}", "req_1", steady_ns() + 200 * kNsPerMs}, sink, {});
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kDeadlineExceeded);
  EXPECT_EQ(questions(second), 0);
}

TEST(Upstream, NoMoreThanItsShareIsUnderWay) {
  ScriptedReply half = raw(stream_of({"token1"}));
  half.hang = true;
  ScriptedServer first(answering([&](const ScriptedRequest&) { return half; }));
  UpstreamOptions options = options_of({first.address()});
  options.max_requests = 1;
  options.token_timeout = milliseconds(60'000);
  Asked asked(std::move(options));
  std::stop_source stop;
  std::thread waiting([&] {
    Sink sink;
    asked.ask(sink, stop.get_token());
  });
  while (asked.upstream.replicas()[0].running == 0) std::this_thread::yield();
  Sink sink;
  const Outcome outcome = asked.ask(sink);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kResourceExhausted);
  stop.request_stop();
  waiting.join();
}

TEST(Upstream, ListsWhatItsReplicasListAndAsksOnlyThoseThatHaveIt) {
  ScriptedServer first([](const ScriptedRequest& request) {
    if (request.method == "POST") return raw(stream_of({"[DONE]"}));
    return ScriptedReply::http(200, R"({"data":[{"id":"other"}]})");
  });
  ScriptedServer second(saying({"token", "[DONE]"}));
  Asked asked(options_of({first.address(), second.address()}));
  ASSERT_TRUE(asked.wait_health(Health::kUp, 0));
  ASSERT_TRUE(asked.wait_health(Health::kUp, 1));
  EXPECT_THAT(asked.upstream.models(), ElementsAre("other", "m"));
  Sink sink;
  EXPECT_EQ(asked.ask(sink).replica, 2);
  EXPECT_EQ(questions(first), 0);
  const Outcome unknown =
      asked.upstream.ask({"chat/completions", "none", "{}", "req_1", 0}, sink, {});
  ASSERT_TRUE(unknown.error);
  EXPECT_EQ(unknown.error->code, Code::kNotFound);
}

TEST(Upstream, AServerWithoutAListIsHealthyByItsHealthRoute) {
  ScriptedServer first([](const ScriptedRequest& request) {
    return ScriptedReply::http(request.target == "/health" ? 200 : 404, "");
  });
  UpstreamOptions options = options_of({first.address()});
  options.models = {"m"};
  Asked asked(std::move(options));
  EXPECT_TRUE(asked.wait_health(Health::kUp));
  EXPECT_THAT(asked.upstream.models(), ElementsAre("m"));
}

TEST(Upstream, FetchReadsAWholeAnswerOrGoesOn) {
  ScriptedServer first(answering(
      [](const ScriptedRequest&) { return ScriptedReply::http(200, "not what was asked for"); }));
  ScriptedServer second(
      answering([](const ScriptedRequest&) { return ScriptedReply::http(200, "vectors"); }));
  Asked asked(options_of({first.address(), second.address()}));
  std::string got;
  const Outcome outcome = asked.upstream.fetch({"embeddings", "m", "{}", "req_1", 0},
                                               [&](std::string_view body) -> Result<void> {
                                                 if (body != "vectors")
                                                   return Error::make(Code::kCorrupt, "no vectors");
                                                 got = body;
                                                 return {};
                                               },
                                               {});
  EXPECT_EQ(outcome.replica, 2);
  EXPECT_EQ(got, "vectors");
}

TEST(Upstream, FetchEndsAtTheDeadlineToo) {
  ScriptedReply stuck;
  stuck.hang = true;
  ScriptedServer first(answering([&](const ScriptedRequest&) { return stuck; }));
  UpstreamOptions options = options_of({first.address()});
  options.first_token_timeout = milliseconds(60'000);
  Asked asked(std::move(options));
  const Outcome outcome =
      asked.upstream.fetch({"embeddings", "m", "{}", "req_1", steady_ns() + 200 * kNsPerMs},
                           [](std::string_view) -> Result<void> { return {}; }, {});
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::kDeadlineExceeded);
}

TEST(UpstreamOptions, NamesAndAddressesAreChecked) {
  EXPECT_TRUE(is_upstream_name("cluster-1"));
  for (const char* name : {"", "a/b", "a b", "a=b", "\xe4\xb8\xad"}) {
    EXPECT_FALSE(is_upstream_name(name)) << name;
  }
  EXPECT_EQ(parse_base_url("https://h:8000/v1/")->text(), "https://h:8000/v1");
  EXPECT_EQ(parse_base_url("http://h:8000")->text(), "http://h:8000");
  for (const char* text : {"", "h:8000", "ftp://h/v1", "http://u:p@h/v1", "http://h/v1?key=1"}) {
    EXPECT_FALSE(parse_base_url(text)) << text;
  }
}

}  // namespace
}  // namespace mw::upstream
