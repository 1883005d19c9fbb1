#include "server/openai/relay_vectors.h"

#include <gtest/gtest.h>

namespace mw::server::openai {
namespace {

TEST(RelayVectors, AreSortedByTheirIndex) {
  const auto vectors =
      parse_vectors(R"({"data":[{"index":1,"embedding":[3,4.5]},{"index":0,"embedding":[1,2]}],)"
                    R"("usage":{"prompt_tokens":9,"total_tokens":9}})",
                    2);
  ASSERT_TRUE(vectors) << vectors.error().message.en;
  EXPECT_EQ(vectors->vectors, (std::vector<std::vector<float>>{{1, 2}, {3, 4.5F}}));
  EXPECT_EQ(vectors->tokens, 9);
}

TEST(RelayVectors, RefuseWhatIsNotOneForEachText) {
  for (const char* body :
       {"", "[]", "{}", R"({"data":[]})", R"({"data":[{"index":0,"embedding":[1]}]})",
        R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})",
        R"({"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]})",
        R"({"data":[{"index":0,"embedding":[1]},{"index":-1,"embedding":[1]}]})",
        R"({"data":[{"embedding":[1]},{"embedding":[1]}]})",
        R"({"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":["1"]},{"index":1,"embedding":[1]}]})",
        R"({"data":[{"index":0,"embedding":[1e300]},{"index":1,"embedding":[1]}]})",
        R"({"data":[{"index":0,"embedding":"AAA="},{"index":1,"embedding":[1]}]})",
        R"({"data":[1,2]})"}) {
    const auto vectors = parse_vectors(body, 2);
    ASSERT_FALSE(vectors) << body;
    EXPECT_EQ(vectors.error().code, Code::kCorrupt) << body;
  }
}

TEST(RelayScores, AreReadByIndexOneADocument) {
  const auto scores = parse_scores(
      R"({"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]})", 2);
  ASSERT_TRUE(scores);
  EXPECT_EQ(scores->scores, (std::vector<double>{0.1, 0.9}));
  for (const char* body : {"{}", R"({"results":[{"index":0,"relevance_score":1}]})",
                           R"({"results":[{"index":0},{"index":1}]})",
                           R"({"results":[{"index":0,"relevance_score":"1"},)"
                           R"({"index":1,"relevance_score":1}]})"}) {
    EXPECT_FALSE(parse_scores(body, 2)) << body;
  }
}

}  // namespace
}  // namespace mw::server::openai
