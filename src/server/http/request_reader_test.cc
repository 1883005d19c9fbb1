#include "server/http/request_reader.h"

#include <gtest/gtest.h>

namespace mw::server {
namespace {

constexpr uint32_t kHeaderBytes = 1024;
constexpr int kFields = 10;

// Feeds `text` in pieces of `step` bytes, as a socket might.
Result<HttpRequest> read(std::string_view text, std::size_t step, uint64_t body_limit = 100) {
  RequestReader reader(kHeaderBytes, kFields);
  std::string buffer;
  while (!text.empty() || !buffer.empty()) {
    const std::size_t before = text.size() + buffer.size();
    buffer += text.substr(0, step);
    text.remove_prefix(std::min(step, text.size()));
    MW_ASSIGN(const std::size_t used, reader.consume(buffer));
    buffer.erase(0, used);
    if (reader.header_done() && !reader.complete()) MW_TRY(reader.allow_body(body_limit));
    if (reader.complete()) return reader.take();
    if (text.empty() && text.size() + buffer.size() == before) break;
  }
  return Error::make(Code::kCorrupt, "incomplete");
}

TEST(RequestReader, GivesTheSameRequestHoweverItIsCut) {
  const std::string text =
      "POST /v1/x?a=b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const auto request = read(text, step);
    ASSERT_TRUE(request) << step << ": " << request.error().message.en;
    EXPECT_EQ(request->method, Method::kPost);
    EXPECT_EQ(request->path, "/v1/x");
    EXPECT_EQ(request->query_value("a"), "b");
    EXPECT_EQ(*request->header("x-a"), "1");
    EXPECT_EQ(request->body, "hello");
  }
}

TEST(RequestReader, JoinsChunksAndForgetsTrailers) {
  const std::string text =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n";
  for (const std::size_t step : {1UL, 7UL, 1000UL}) {
    const auto request = read(text, step);
    ASSERT_TRUE(request) << step;
    EXPECT_EQ(request->body, "abcde");
    EXPECT_EQ(request->header("X-Trailer"), nullptr);
  }
}

struct Broken {
  const char* name;
  const char* text;
  Code code;
};

TEST(RequestReader, RefusesBrokenAndAmbiguousRequests) {
  const Broken table[] = {
      {"no version", "GET /\r\nHost: h\r\n\r\n", Code::kInvalidArgument},
      {"bad version", "GET / HTTP/9.9\r\nHost: h\r\n\r\n", Code::kInvalidArgument},
      {"garbage", "\x16\x03\x01\x02garbage\r\n\r\n", Code::kInvalidArgument},
      {"space before colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", Code::kInvalidArgument},
      {"no host", "GET / HTTP/1.1\r\nX: h\r\n\r\n", Code::kInvalidArgument},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Code::kInvalidArgument},
      {"length and chunks",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
       Code::kInvalidArgument},
      {"two lengths",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
       Code::kInvalidArgument},
      {"negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\nabc",
       Code::kInvalidArgument},
      {"gzip encoding",
       "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
       Code::kUnsupported},
      {"unknown encoding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\nabc",
       Code::kUnsupported},
      {"bad chunk size",
       "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
       Code::kInvalidArgument},
      {"chunk size overflow",
       "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
       Code::kInvalidArgument},
      {"bad target", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", Code::kInvalidArgument},
  };
  for (const Broken& row : table) {
    for (const std::size_t step : {1UL, 1000UL}) {
      const auto request = read(row.text, step);
      ASSERT_FALSE(request) << row.name;
      EXPECT_EQ(request.error().code, row.code) << row.name << ": " << request.error().message.en;
    }
  }
}

TEST(RequestReader, StopsAtItsLimits) {
  const std::string wide = "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'a') + "\r\n\r\n";
  EXPECT_EQ(read(wide, 10).error().param, "header");
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 10; ++i) many += "A: b\r\n";
  EXPECT_EQ(read(many + "\r\n", 1000).error().param, "header");
  const std::string endless_header = "GET / HTTP/1.1\r\n" + std::string(5000, 'x');
  EXPECT_EQ(read(endless_header, 100).error().code, Code::kTooLarge);

  const std::string declared = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n";
  EXPECT_EQ(read(declared, 1000).error().param, "body");
  const std::string chunked =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
      std::string(101, 'a') + "\r\n0\r\n\r\n";
  EXPECT_EQ(read(chunked, 1000).error().param, "body");
}

TEST(RequestReader, CountsTheHeaderTheSameInPiecesAsWhole) {
  // Found by fuzzing: at the limit the parser itself differs by three bytes.
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  for (std::size_t total = kHeaderBytes - 4; total <= kHeaderBytes + 4; ++total) {
    const std::string text = start + std::string(total - start.size() - 4, 'a') + "\r\n\r\n";
    for (const std::size_t step : {1UL, 3UL, 2000UL}) {
      EXPECT_EQ(read(text, step).has_value(), total <= kHeaderBytes) << total << " by " << step;
    }
  }
}

TEST(RequestReader, PutsTheAuthorityOfAnAbsoluteTargetInPlaceOfHost) {
  const auto request = read("GET http://evil.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 1000);
  ASSERT_TRUE(request);
  EXPECT_EQ(*request->header("Host"), "evil.example");
  EXPECT_EQ(request->path, "/a");
}

}  // namespace
}  // namespace mw::server
