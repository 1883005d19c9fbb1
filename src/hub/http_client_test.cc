// Against a server that answers as a test says. What needs a certificate is not covered here:
// TLS is exercised by http_tls_test.cc.
#include "hub/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scripted_server.h"

namespace mw::hub {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing_support::ScriptedReply;
using testing_support::ScriptedRequest;
using testing_support::ScriptedServer;

HttpClientOptions quick() {
  HttpClientOptions options;
  options.connect_timeout = milliseconds(2000);
  options.idle_timeout = milliseconds(400);
  return options;
}

HttpRequest request_to(const std::string& address) {
  HttpRequest request;
  request.url = *parse_url(address);
  request.max_body_bytes = 1 << 20;
  return request;
}

TEST(HttpClient, ReadsABodyOfAnyFraming) {
  ScriptedServer server([](const ScriptedRequest& request) {
    if (request.target == "/length") return ScriptedReply::http(200, "hello");
    ScriptedReply reply;
    reply.bytes =
        request.target == "/chunked"
            ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n"
              "0\r\n\r\n"
            : "HTTP/1.0 200 OK\r\n\r\nhello";
    return reply;
  });
  for (const char* path : {"/length", "/chunked", "/close"}) {
    const auto answer = HttpClient(quick()).get_text(request_to(server.address() + path));
    ASSERT_TRUE(answer) << path << answer.error().message.en;
    EXPECT_EQ(answer->first.status, 200);
    EXPECT_EQ(answer->second, "hello") << path;
  }
}

TEST(HttpClient, FollowsRedirectsAndKeepsTheirHeaders) {
  ScriptedServer server([](const ScriptedRequest& request) {
    if (request.target == "/a") {
      return ScriptedReply::http(302, "", {{"Location", "b?x=1"}, {"X-Linked-Etag", "\"abc\""}});
    }
    if (request.target == "/b?x=1") return ScriptedReply::http(307, "", {{"Location", "/c"}});
    return ScriptedReply::http(200, "end");
  });
  const auto answer = HttpClient(quick()).get_text(request_to(server.address() + "/a"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->second, "end");
  EXPECT_EQ(answer->first.url.target, "/c");
  ASSERT_EQ(answer->first.redirects.size(), 2U);
  EXPECT_EQ(answer->first.redirects[0].at("x-linked-etag"), "\"abc\"");
}

TEST(HttpClient, TokenIsNotCarriedToAnotherOrigin) {
  ScriptedServer other([](const ScriptedRequest&) { return ScriptedReply::http(200, "x"); });
  ScriptedServer server([&](const ScriptedRequest& request) {
    if (request.target == "/same") return ScriptedReply::http(302, "", {{"Location", "/other"}});
    return ScriptedReply::http(302, "", {{"Location", other.address() + "/x"}});
  });
  HttpRequest request = request_to(server.address() + "/same");
  request.bearer_token = "secret";
  ASSERT_TRUE(HttpClient(quick()).get_text(request));
  ASSERT_EQ(server.requests().size(), 2U);
  for (const ScriptedRequest& seen : server.requests()) {
    EXPECT_EQ(seen.headers.at("authorization"), "Bearer secret");
  }
  ASSERT_EQ(other.requests().size(), 1U);
  EXPECT_FALSE(other.requests()[0].headers.contains("authorization"));
}

TEST(HttpClient, PostsJsonToItsOwnOriginOnly) {
  ScriptedServer other([](const ScriptedRequest&) { return ScriptedReply::http(200, "x"); });
  ScriptedServer server([&](const ScriptedRequest& request) {
    if (request.target == "/ask") return ScriptedReply::http(200, "answer");
    return ScriptedReply::http(307, "", {{"Location", other.address() + "/x"}});
  });
  HttpRequest request = request_to(server.address() + "/ask");
  request.body = R"({"question":")" + std::string(100'000, 'q') + "\"}";
  ASSERT_TRUE(HttpClient(quick()).get_text(request));
  EXPECT_EQ(server.requests()[0].method, "POST");
  EXPECT_EQ(server.requests()[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(server.requests()[0].body, request.body);
  request.url.target = "/away";
  ASSERT_TRUE(HttpClient(quick()).get_text(request));
  EXPECT_EQ(other.requests()[0].method, "GET");
  EXPECT_EQ(other.requests()[0].body, "");
}

TEST(HttpClient, TokenWithALineBreakForgesNoHeader) {
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply::http(200, "x"); });
  HttpRequest request = request_to(server.address() + "/");
  request.bearer_token = "good\r\nX-Forged: yes";
  const auto answer = HttpClient(quick()).get_text(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().param, "Authorization");
  EXPECT_THAT(answer.error().message.en, testing::Not(HasSubstr("good")));
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpClient, EndsARedirectLoop) {
  ScriptedServer server([](const ScriptedRequest&) {
    return ScriptedReply::http(302, "", {{"Location", "/"}});
  });
  const auto answer = HttpClient(quick()).get_text(request_to(server.address() + "/"));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message.en, HasSubstr("more than 5 redirects"));
  EXPECT_EQ(server.requests().size(), 6U);
}

TEST(HttpClient, RefusesOddRedirects) {
  for (const char* location : {"ftp://x/", "file:///etc/passwd", "http://", "http://u@h/"}) {
    ScriptedServer server([&](const ScriptedRequest&) {
      return ScriptedReply::http(302, "", {{"Location", location}});
    });
    EXPECT_FALSE(HttpClient(quick()).get_text(request_to(server.address() + "/"))) << location;
  }
  ScriptedServer silent([](const ScriptedRequest&) { return ScriptedReply::http(302, ""); });
  const auto answer = HttpClient(quick()).get_text(request_to(silent.address() + "/"));
  EXPECT_EQ(answer.error().code, Code::kCorrupt);
}

TEST(HttpClient, ErrorStatusIsAnAnswerWithItsWords) {
  ScriptedServer server(
      [](const ScriptedRequest&) { return ScriptedReply::http(404, std::string(9000, 'n')); });
  const auto answer = HttpClient(quick()).get_text(request_to(server.address() + "/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->first.status, 404);
  EXPECT_EQ(answer->first.error_body.size(), 4096U);
  EXPECT_EQ(answer->second, "");
}

TEST(HttpClient, BodyOverTheLimitIsRefused) {
  ScriptedServer server([](const ScriptedRequest& request) {
    if (request.target == "/length") return ScriptedReply::http(200, std::string(2000, 'x'));
    ScriptedReply reply;
    reply.bytes = "HTTP/1.0 200 OK\r\n\r\n" + std::string(2000, 'x');
    return reply;
  });
  for (const char* path : {"/length", "/close"}) {
    HttpRequest request = request_to(server.address() + path);
    request.max_body_bytes = 1000;
    const auto answer = HttpClient(quick()).get_text(request);
    ASSERT_FALSE(answer) << path;
    EXPECT_EQ(answer.error().code, Code::kTooLarge) << path << answer.error().message.en;
  }
}

TEST(HttpClient, SilentAndDrippingServersTimeOut) {
  ScriptedServer server([](const ScriptedRequest& request) {
    ScriptedReply reply = ScriptedReply::http(200, "hello");
    reply.hang = true;
    reply.send_at_most = request.target == "/silent" ? 0 : reply.bytes.size() - 2;
    return reply;
  });
  for (const char* path : {"/silent", "/half"}) {
    const auto started = std::chrono::steady_clock::now();
    const auto answer = HttpClient(quick()).get_text(request_to(server.address() + path));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kDeadlineExceeded) << answer.error().message.en;
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
  }
}

TEST(HttpClient, CutAnswersAreErrors) {
  ScriptedServer server([](const ScriptedRequest& request) {
    ScriptedReply reply = ScriptedReply::http(200, "hello");
    reply.send_at_most = reply.bytes.size() - (request.target == "/body" ? 2 : 10);
    return reply;
  });
  for (const char* path : {"/body", "/head"}) {
    const auto answer = HttpClient(quick()).get_text(request_to(server.address() + path));
    ASSERT_FALSE(answer) << path;
    EXPECT_EQ(answer.error().code, Code::kUnavailable) << answer.error().message.en;
  }
}

TEST(HttpClient, WhatIsNotHttpIsAnError) {
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH\r\n\r\n"), std::string("HTTP/1.1 abc\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        "HTTP/1.1 200 OK\r\nA: " + std::string(100'000, 'a') + "\r\n\r\n",
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        std::string("\0\0\0\0", 4)}) {
    ScriptedServer server([&](const ScriptedRequest&) {
      ScriptedReply reply;
      reply.bytes = bytes;
      return reply;
    });
    EXPECT_FALSE(HttpClient(quick()).get_text(request_to(server.address() + "/")))
        << bytes.substr(0, 60);
  }
}

TEST(HttpClient, NobodyListeningIsUnavailableInBothLanguages) {
  uint16_t port = 0;
  {
    const ScriptedServer gone([](const ScriptedRequest&) { return ScriptedReply{}; });
    port = gone.port();
  }
  const auto answer =
      HttpClient(quick()).get_text(request_to("http://127.0.0.1:" + std::to_string(port) + "/"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_FALSE(answer.error().message.zh.empty());
}

TEST(HttpClient, StopEndsAWaitAtOnce) {
  ScriptedServer server([](const ScriptedRequest&) {
    ScriptedReply reply;
    reply.hang = true;
    return reply;
  });
  HttpClientOptions patient = quick();
  patient.idle_timeout = std::chrono::minutes(5);
  std::stop_source stop;
  std::thread asker([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop.request_stop();
  });
  const auto answer =
      HttpClient(patient).get_text(request_to(server.address() + "/"), stop.get_token());
  asker.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kCancelled);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(HttpClient(patient)
                .get_text(request_to(server.address() + "/"), stopped.get_token())
                .error()
                .code,
            Code::kCancelled);
}

TEST(HttpClient, GoesThroughAProxyThatRefuses) {
  ScriptedServer proxy(
      [](const ScriptedRequest&) { return ScriptedReply::http(407, "who are you"); });
  HttpClientOptions options = quick();
  options.proxy = "http://me:secret@127.0.0.1:" + std::to_string(proxy.port());
  const auto answer = HttpClient(options).get_text(request_to("https://hub.example/x"));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message.en, HasSubstr("407"));
  EXPECT_THAT(answer.error().message.en, testing::Not(HasSubstr("secret")));
  ASSERT_EQ(proxy.requests().size(), 1U);
  EXPECT_EQ(proxy.requests()[0].method, "CONNECT");
  EXPECT_EQ(proxy.requests()[0].target, "hub.example:443");
  EXPECT_EQ(proxy.requests()[0].headers.at("proxy-authorization"), "Basic bWU6c2VjcmV0");
  options.proxy = "socks5://127.0.0.1:1";
  EXPECT_EQ(HttpClient(options).get_text(request_to("https://hub.example/x")).error().param,
            "HTTPS_PROXY");
}

TEST(HttpClient, KnowsAddressesOfTheInside) {
  for (const char* ip : {"127.0.0.1",
                         "10.1.2.3",
                         "172.16.0.1",
                         "172.31.255.255",
                         "192.168.1.1",
                         "169.254.169.254",
                         "0.0.0.0",
                         "100.64.0.1",
                         "224.0.0.1",
                         "255.255.255.255",
                         "::1",
                         "::",
                         "fe80::1",
                         "fc00::1",
                         "fd12::1",
                         "ff02::1",
                         "::ffff:127.0.0.1",
                         "::ffff:10.0.0.1",
                         "64:ff9b::a00:1",
                         "no ip"}) {
    EXPECT_TRUE(is_internal_address(ip)) << ip;
  }
  for (const char* ip : {"1.1.1.1", "172.32.0.1", "172.15.0.1", "100.128.0.1", "192.167.1.1",
                         "2606:4700::1", "::ffff:8.8.8.8"}) {
    EXPECT_FALSE(is_internal_address(ip)) << ip;
  }
}

TEST(HttpClient, KnowsWhatGoesPastTheProxy) {
  EXPECT_TRUE(bypasses_proxy("hub.corp.example", "localhost, .corp.example"));
  EXPECT_TRUE(bypasses_proxy("corp.example", "corp.example"));
  EXPECT_TRUE(bypasses_proxy("anything", "*"));
  EXPECT_FALSE(bypasses_proxy("notcorp.example", "corp.example"));
  EXPECT_FALSE(bypasses_proxy("hub.example", ""));
  EXPECT_FALSE(bypasses_proxy("hub.example", ", ,"));
}

}  // namespace
}  // namespace mw::hub
