#include "server/console/static_files.h"

#include <gtest/gtest.h>

#include "server/testing/api_server.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::TestClient;

constexpr EmbeddedFile kFiles[] = {
    {"assets/index-B3xYz_12.js", "aaaa", "script", "packed"},
    {"favicon.svg", "bbbb", "<svg/>", {}},
    {"index.html", "cccc", "<html>", "zipped"},
};

HttpRequest get(std::string path, std::vector<Header> headers = {}) {
  HttpRequest request;
  request.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}

std::string header(const HttpResponse& response, std::string_view name) {
  const std::string* value = find_header(response.headers, name);
  return value == nullptr ? "" : *value;
}

TEST(StaticFiles, SendsTheCompressedFormToThoseWhoTakeIt) {
  const StaticFiles files(kFiles);
  const auto plain = files.answer(get("/assets/index-B3xYz_12.js"));
  EXPECT_EQ(plain.body, "script");
  EXPECT_EQ(plain.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
  const auto packed =
      files.answer(get("/assets/index-B3xYz_12.js", {{"accept-encoding", "br, gzip;q=0.8"}}));
  EXPECT_EQ(packed.body, "packed");
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
  EXPECT_NE(header(packed, "ETag"), header(plain, "ETag"));
  EXPECT_EQ(files.answer(get("/favicon.svg", {{"Accept-Encoding", "gzip"}})).body, "<svg/>");
}

TEST(StaticFiles, CachesForEverOnlyWhatCarriesItsHash) {
  const StaticFiles files(kFiles);
  EXPECT_EQ(header(files.answer(get("/assets/index-B3xYz_12.js")), "Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(header(files.answer(get("/")), "Cache-Control"), "no-cache");
  EXPECT_EQ(header(files.answer(get("/favicon.svg")), "Cache-Control"), "no-cache");
  EXPECT_TRUE(is_content_hashed("assets/a-12345678.css"));
  EXPECT_FALSE(is_content_hashed("assets/a-1234567.css"));
  EXPECT_FALSE(is_content_hashed("assets/a.css"));
  EXPECT_FALSE(is_content_hashed("other/a-12345678.css"));
}

TEST(StaticFiles, SaysNotModifiedForAKnownTag) {
  const StaticFiles files(kFiles);
  const std::string tag = header(files.answer(get("/index.html")), "ETag");
  EXPECT_EQ(tag, "\"cccc\"");
  const auto again = files.answer(get("/", {{"If-None-Match", "\"x\", " + tag}}));
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(files.answer(get("/", {{"If-None-Match", "\"x\""}})).status, 200);
  const auto other = files.answer(get("/", {{"If-None-Match", tag}, {"Accept-Encoding", "gzip"}}));
  EXPECT_EQ(other.status, 200);  // the compressed form has a tag of its own
}

TEST(StaticFiles, GivesThePageForPathsOfTheConsoleAndNothingElse) {
  const StaticFiles files(kFiles);
  for (const char* path : {"/", "/plant", "/plant/cnc-2", "/models"}) {
    EXPECT_EQ(files.answer(get(path)).body, "<html>") << path;
  }
  for (const char* path : {"/missing.js", "/assets/none-12345678.js", "/api/none", "/v1/none"}) {
    EXPECT_EQ(files.answer(get(path)).status, 404) << path;
  }
}

TEST(StaticFiles, SaysHowToBuildTheConsoleWhenThereIsNone) {
  const StaticFiles none({});
  const auto page = none.answer(get("/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("npm run build"), std::string::npos);
  EXPECT_EQ(none.answer(get("/api/none")).status, 404);
}

TEST(ConsoleRoutes, ServeAPageUnderAStrictPolicy) {
  ApiServer server;
  TestClient client(server.port());
  const auto page = client.get("/");
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->header("Content-Type"), "text/html; charset=utf-8");
  const std::string policy = page->header("Content-Security-Policy");
  for (const char* part : {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                           "require-trusted-types-for 'script'"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(client.get("/plant", "Accept: text/html\r\n")->status, 200);
  EXPECT_EQ(client.get("/models", "Accept: text/html\r\n")->header("Content-Type"),
            "text/html; charset=utf-8");
  EXPECT_EQ(client.get("/v1/images")->status, 404);
  EXPECT_EQ(client.post("/v1/images", "{}")->status, 404);
}

TEST(ContentType, FollowsTheExtension) {
  EXPECT_EQ(content_type_of("a/b.CSS"), "text/css; charset=utf-8");
  EXPECT_EQ(content_type_of("a.b/c"), "application/octet-stream");
}

}  // namespace
}  // namespace mw::server
