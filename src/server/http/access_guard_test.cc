#include "server/http/access_guard.h"

#include <gtest/gtest.h>

#include "server/router.h"

namespace mw::server {
namespace {

HttpRequest with(std::vector<Header> headers, bool secure = false) {
  HttpRequest request;
  request.headers = std::move(headers);
  request.secure = secure;
  return request;
}

/// A route that needs a key, as all with data do.
Route route_of(const char* pattern = "/api/plant", security::Role least = security::Role::kViewer) {
  Route route;
  route.pattern = pattern;
  route.least_role = least;
  return route;
}

AccessGuard guard_of(ServerOptions options) {
  auto guard = AccessGuard::create(options);
  EXPECT_TRUE(guard) << guard.error().message.en;
  return std::move(*guard);
}

TEST(AccessGuard, RefusesForeignHostsOnLoopback) {
  ServerOptions options;
  options.allowed_hosts = {"mill.local"};
  const AccessGuard guard = guard_of(options);
  for (const char* host : {"localhost:8080", "127.0.0.1", "[::1]:1", "mill.local:99"})
    EXPECT_TRUE(guard.check_origin(with({{"Host", host}}))) << host;
  for (const char* host : {"evil.example", "127.0.0.1.evil.example", "192.168.0.2", "a b"})
    EXPECT_FALSE(guard.check_origin(with({{"Host", host}}))) << host;
}

TEST(AccessGuard, RefusesForeignOrigins) {
  ServerOptions options;
  options.allowed_origins = {"https://panel.example"};
  const AccessGuard guard = guard_of(options);
  const Header host = {"Host", "localhost:8080"};
  EXPECT_TRUE(guard.check_origin(with({host, {"Origin", "http://localhost:8080"}})));
  EXPECT_TRUE(guard.check_origin(with({host, {"Origin", "https://panel.example"}})));
  EXPECT_TRUE(guard.check_origin(with({host, {"Origin", "https://localhost:8080"}}, true)));
  for (const char* origin : {"http://evil.example", "null", "http://localhost:3000",
                             "https://localhost:8080", "http://localhost:8080.evil.example"})
    EXPECT_FALSE(guard.check_origin(with({host, {"Origin", origin}}))) << origin;
}

TEST(AccessGuard, RefusesLoadsFromOtherSitesButFollowsLinks) {
  const AccessGuard guard = guard_of({});
  const Header host = {"Host", "localhost"};
  EXPECT_FALSE(guard.check_origin(
      with({host, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "no-cors"}})));
  EXPECT_TRUE(guard.check_origin(
      with({host, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}})));
  EXPECT_TRUE(guard.check_origin(with({host, {"Sec-Fetch-Site", "same-origin"}})));
}

TEST(AccessGuard, KnowsAKeyInEveryUsualForm) {
  ServerOptions options;
  options.api_keys = {{"panel", "0123456789abcdef"}, {"other", "fedcba9876543210"}};
  const AccessGuard guard = guard_of(options);
  for (const Header& header :
       {Header{"Authorization", "Bearer 0123456789abcdef"},
        Header{"authorization", "bearer  0123456789abcdef"},
        Header{"Authorization", "BEARER 0123456789abcdef"}, Header{"X-Api-Key", "0123456789abcdef"},
        // base64("x:0123456789abcdef") and base64("me:...")
        Header{"Authorization", "Basic eDowMTIzNDU2Nzg5YWJjZGVm"},
        Header{"Authorization", "Basic bWU6MDEyMzQ1Njc4OWFiY2RlZg=="}}) {
    const auto who = guard.identify(with({header}), route_of());
    ASSERT_TRUE(who) << header.value;
    EXPECT_EQ(who->name, "panel");
    EXPECT_EQ(who->kind, Identity::Kind::kApiKey);
  }
  for (const char* value : {"", "Bearer", "Bearer ", "Bearer 0123456789abcdeg",
                            "Basic ====", "Basic !!!!", "0123456789abcdef"}) {
    const auto who = guard.identify(with({{"Authorization", value}}), route_of());
    ASSERT_FALSE(who) << value;
    EXPECT_EQ(who.error().code, Code::kUnauthenticated);
  }
}

TEST(AccessGuard, AsksNobodyWithoutKeys) {
  EXPECT_EQ(guard_of({}).identify(with({}), route_of())->name, "local");
}

TEST(AccessGuard, RefusesConfiguredKeysThatLookLikeSomethingElse) {
  for (const ApiKey& key :
       {ApiKey{"office", "mw_0123456789abcdef"}, ApiKey{"local", "0123456789abcdef"},
        ApiKey{"mw_office", "0123456789abcdef"}}) {
    ServerOptions options;
    options.api_keys = {key};
    const auto guard = AccessGuard::create(options);
    ASSERT_FALSE(guard) << key.name;
    EXPECT_EQ(guard.error().param, "api_keys");
  }
}

TEST(AccessGuard, RefusesToServeOthersWithoutTlsAndKeys) {
  ServerOptions options;
  options.address = "0.0.0.0";
  EXPECT_FALSE(AccessGuard::create(options));
  options.tls_certificate_file = "cert.pem";
  options.tls_key_file = "key.pem";
  EXPECT_FALSE(AccessGuard::create(options));
  options.api_keys = {{"a", "short"}};
  EXPECT_FALSE(AccessGuard::create(options));
  options.api_keys = {{"a", "0123456789abcdef"}};
  ASSERT_TRUE(AccessGuard::create(options));
  EXPECT_TRUE(guard_of(options).check_origin(with({{"Host", "any.example"}})));
  options.tls_key_file.clear();
  EXPECT_FALSE(AccessGuard::create(options));
}

}  // namespace
}  // namespace mw::server
