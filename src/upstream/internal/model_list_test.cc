#include "upstream/internal/model_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::upstream {
namespace {

using testing::ElementsAre;

TEST(ModelList, TakesIdsAndLeavesOutWhatIsNone) {
  const auto ids = parse_model_list(
      R"({"object":"list","data":[{"id":"org/llama"},{"id":"b"},{"id":""},{"id":3},{"id":"a b"},)"
      R"({"id":"a\nb"},7,null,{}]})");
  ASSERT_TRUE(ids);
  EXPECT_THAT(*ids, ElementsAre("org/llama", "b"));
}

TEST(ModelList, KeepsAThousandAtMost) {
  std::string body = R"({"data":[)";
  for (int i = 0; i < 1500; ++i) {
    body += (i > 0 ? "," : "") + (R"({"id":"m)" + std::to_string(i) + "\"}");
  }
  EXPECT_EQ(parse_model_list(body + "]}")->size(), 1000u);
}

TEST(ModelList, RefusesWhatIsNoList) {
  for (const char* body : {"", "<html>", "[]", "{}", R"({"data":{}})", R"({"data":[)", "null",
                           R"({"data":[{"id":"a"}]} x)"}) {
    const auto ids = parse_model_list(body);
    ASSERT_FALSE(ids) << body;
    EXPECT_EQ(ids.error().code, Code::kCorrupt);
  }
}

}  // namespace
}  // namespace mw::upstream
