#include "server/router.h"

#include <gtest/gtest.h>

namespace mw::server {
namespace {

Router router_of(std::initializer_list<std::pair<Method, const char*>> routes) {
  Router router;
  for (const auto& [method, pattern] : routes) {
    Route route;
    route.method = method;
    route.pattern = pattern;
    route.doc.operation = pattern;
    route.handler = [](const std::shared_ptr<Exchange>&) {};
    router.add(std::move(route));
  }
  return router;
}

TEST(Router, FindsByMethodAndPathAndNamesTheAllowedMethods) {
  const Router router = router_of({{Method::kGet, "/a"}, {Method::kPost, "/a"}});
  EXPECT_EQ(router.match(Method::kPost, "/a").route->method, Method::kPost);
  EXPECT_EQ(router.match(Method::kHead, "/a").route->method, Method::kGet);
  EXPECT_EQ(router.match(Method::kDelete, "/a").route, nullptr);
  EXPECT_EQ(router.match(Method::kDelete, "/a").allowed, "GET, HEAD, POST");
  EXPECT_EQ(router.match(Method::kGet, "/b").allowed, "");
}

TEST(Router, BindsNamesAndTheRestOfThePath) {
  const Router router =
      router_of({{Method::kGet, "/v1/models/{id...}"}, {Method::kGet, "/x/{a}/y/{b}"}});
  auto match = router.match(Method::kGet, "/v1/models/hf:org/repo");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.values[0].second, "hf:org/repo");
  match = router.match(Method::kGet, "/x/1/y/2");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.values[1], (std::pair<std::string, std::string>{"b", "2"}));
  EXPECT_EQ(router.match(Method::kGet, "/x/1/y").route, nullptr);
  EXPECT_EQ(router.match(Method::kGet, "/x/1/y/2/3").route, nullptr);
  EXPECT_EQ(router.match(Method::kGet, "/v1/models").route, nullptr);
}

TEST(Router, ForgivesAMissingV1) {
  const Router router = router_of({{Method::kGet, "/v1/models"}, {Method::kGet, "/"}});
  EXPECT_EQ(router.match(Method::kGet, "/models").route->pattern, "/v1/models");
  EXPECT_EQ(router.match(Method::kGet, "/").route->pattern, "/");
  EXPECT_EQ(router.match(Method::kPost, "/models").allowed, "GET, HEAD");
}

TEST(Router, KeepsPagesForBrowsersAndAddressesForClients) {
  Router router = router_of({{Method::kGet, "/v1/models"}, {Method::kPost, "/v1/completions"}});
  Route page;
  page.pattern = "/{path...}";
  page.doc.operation = "page";
  page.last_resort = true;
  page.handler = [](const std::shared_ptr<Exchange>&) {};
  router.add(std::move(page));
  EXPECT_EQ(router.match(Method::kGet, "/models", false).route->pattern, "/v1/models");
  EXPECT_EQ(router.match(Method::kGet, "/models", true).route->pattern, "/{path...}");
  EXPECT_EQ(router.match(Method::kGet, "/v1/models", true).route->pattern, "/v1/models");
  EXPECT_EQ(router.match(Method::kPost, "/completions").route->pattern, "/v1/completions");
  EXPECT_EQ(router.match(Method::kPost, "/none").route, nullptr);
  EXPECT_EQ(router.match(Method::kPost, "/none").allowed, "");
}

}  // namespace
}  // namespace mw::server
