#include "server/api/query_parameter.h"

#include <gtest/gtest.h>

namespace mw::server {
namespace {

TEST(QueryParameter, IsOptionalUnlessItIsSaidToBeRequired) {
  const Json expected{{"name", "limit"},
                      {"in", "query"},
                      {"required", false},
                      {"description", "1 to 1000"},
                      {"schema", {{"type", "integer"}}}};
  EXPECT_EQ(query_parameter("limit", "integer", "1 to 1000"), expected);
  EXPECT_EQ(query_parameter("limit", "integer", "1 to 1000", true)["required"], true);
}

}  // namespace
}  // namespace mw::server
