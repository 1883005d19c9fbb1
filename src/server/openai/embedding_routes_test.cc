// /v1/embeddings and /v1/rerank over a real socket, with an embedder whose numbers can be told by
// hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "server/testing/api_server.h"

namespace mw::server {
namespace {

using testing::ApiServer;
using testing::body_of;
using ::testing::HasSubstr;
using testing::TestClient;

constexpr char kEmbed[] = "/v1/embeddings";
constexpr char kRerank[] = "/v1/rerank";

std::string embed_body(const std::string& input, const std::string& members = {}) {
  return R"({"model":"vectors","input":)" + input + (members.empty() ? "" : "," + members) + "}";
}

std::string message_of(const std::optional<testing::SeenResponse>& response) {
  return body_of(response)["error"]["message"].get<std::string>();
}

TEST(Embeddings, AnswersOneTextAndManyWithTheTokensThatWereRead) {
  ApiServer server;
  TestClient client(server.port());
  auto one = client.post(kEmbed, embed_body("\"a b\""));
  EXPECT_EQ(one->status, 200);
  // [CLS] a b [SEP]: 1 + 3 + 4 + 2
  EXPECT_EQ(one->body,
            R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[4,10,1]}],)"
            R"("model":"vectors","usage":{"prompt_tokens":4,"total_tokens":4}})");
  auto many = body_of(client.post(kEmbed, embed_body(R"(["a","b c"])")));
  EXPECT_EQ(many["data"].size(), 2U);
  EXPECT_EQ(many["data"][1]["index"], 1);
  EXPECT_EQ(many["usage"]["total_tokens"], 7);
}

TEST(Embeddings, Base64HoldsTheSameFloats) {
  ApiServer server;
  TestClient client(server.port());
  const auto body =
      body_of(client.post(kEmbed, embed_body("\"a b\"", R"("encoding_format":"base64")")));
  EXPECT_EQ(body["data"][0]["embedding"], "AACAQAAAIEEAAIA/");  // 4, 10, 1
}

TEST(Embeddings, ShorterVectorsAreThoseOfTheModelAndOfLengthOne) {
  ApiServer server;
  TestClient client(server.port());
  const auto two = body_of(client.post(kEmbed, embed_body("\"a\"", R"("dimensions":2)")));
  const auto vector = two["data"][0]["embedding"].get<std::vector<double>>();
  ASSERT_EQ(vector.size(), 2U);
  EXPECT_NEAR(vector[0] * vector[0] + vector[1] * vector[1], 1.0, 1e-6);
  const auto other = client.post(kEmbed, embed_body("\"a\"", R"("dimensions":1)"));
  EXPECT_EQ(other->status, 400);
  EXPECT_EQ(body_of(other)["error"]["param"], "dimensions");
  EXPECT_THAT(message_of(other), HasSubstr("3, 2"));
}

TEST(Embeddings, WhatIsTooLongIsRefusedWithNumbersOrSplitWhereAskedFor) {
  ApiServer server;
  TestClient client(server.port());
  std::string text;
  for (int i = 0; i < 20; ++i) text += "a ";
  const auto refused = client.post(kEmbed, embed_body("[\"a\",\"" + text + "\"]"));
  EXPECT_EQ(refused->status, 400);
  EXPECT_THAT(message_of(refused), HasSubstr("input[1] has 22 tokens"));
  EXPECT_THAT(message_of(refused), HasSubstr("holds 16"));
  const auto split = client.post(kEmbed, embed_body("\"" + text + "\"", R"("truncate":"SPLIT")"));
  EXPECT_EQ(split->status, 200);
  EXPECT_EQ(body_of(split)["usage"]["prompt_tokens"], 24);  // 14 + 6, each with [CLS] and [SEP]
  EXPECT_EQ(split->header("x-millwright-split-inputs"), "1");
  ASSERT_EQ(server.models->embedder->seen.size(), 2U);
  EXPECT_EQ(server.models->embedder->seen[0].ids.size(), 16U);
  // By tokens: (16 [16, 45, 1] + 8 [8, 21, 1]) to length 1.
  const auto vector = body_of(split)["data"][0]["embedding"].get<std::vector<double>>();
  EXPECT_NEAR(vector[1] / vector[0], (16 * 45 + 8 * 21) / (16.0 * 16 + 8 * 8), 1e-5);
  for (const char* cut : {"START", "END"}) {
    const auto never =
        client.post(kEmbed, embed_body("\"a\"", std::string(R"("truncate":")") + cut + "\""));
    EXPECT_EQ(body_of(never)["error"]["param"], "truncate");
  }
}

TEST(Embeddings, IdsAreReadAsCl100kOrRefusedWithTheWayOut) {
  ApiServer server;
  TestClient client(server.port());
  const auto refused = client.post(kEmbed, embed_body("[[3,4]]"));
  EXPECT_EQ(refused->status, 400);
  EXPECT_THAT(message_of(refused), HasSubstr("check_embedding_ctx_length=False"));
  EXPECT_THAT(message_of(refused), HasSubstr("token_encoding"));
  const auto own = client.post(kEmbed, embed_body("[3,4]", R"("token_encoding":"model")"));
  EXPECT_EQ(body_of(own)["data"][0]["embedding"], Json::parse("[4.0,10.0,1.0]"));
  const auto outside = client.post(kEmbed, embed_body("[3,400]", R"("token_encoding":"model")"));
  EXPECT_THAT(message_of(outside), HasSubstr("no token 400"));

  tokenizers::TokenizerSpec spec;
  spec.kind = tokenizers::TokenizerSpec::Kind::kWordPiece;
  spec.tokens = {"b", "a"};
  spec.token_types = {1, 1};
  server.models->cl100k = std::move(tokenizers::Tokenizer::create(std::move(spec))).value();
  const auto decoded = client.post(kEmbed, embed_body("[[1,0]]"));
  EXPECT_EQ(body_of(decoded)["data"][0]["embedding"], Json::parse("[4.0,10.0,1.0]"));  // "a b"
  EXPECT_THAT(message_of(client.post(kEmbed, embed_body("[7]"))), HasSubstr("no token 7"));
}

TEST(Embeddings, BadFieldsAreNamed) {
  ApiServer server;
  TestClient client(server.port());
  const std::pair<std::string, const char*> cases[] = {
      {embed_body("\"\""), "input"},
      {embed_body("[]"), "input"},
      {embed_body("[\"a\",\"\"]"), "input"},
      {embed_body("[-1]"), "input"},
      {embed_body("{}"), "input"},
      {R"({"model":"vectors"})", "input"},
      {R"({"input":"a"})", "model"},
      {embed_body("\"a\"", R"("encoding_format":"hex")"), "encoding_format"},
      {embed_body("\"a\"", R"("dimensions":0)"), "dimensions"},
      {embed_body("\"a\"", R"("user":1)"), "user"},
      {embed_body("\"a\"", R"("token_encoding":"o200k")"), "token_encoding"}};
  for (const auto& [body, field] : cases) {
    const auto response = client.post(kEmbed, body);
    EXPECT_EQ(response->status, 400) << body;
    EXPECT_EQ(body_of(response)["error"]["param"], field) << body;
  }
  const auto unknown = client.post(kEmbed, embed_body("\"a\"", R"("input_type":"query")"));
  EXPECT_EQ(unknown->header("x-millwright-ignored-fields"), "input_type");
  const auto missing = client.post(kEmbed, R"({"model":"none","input":"a"})");
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(body_of(missing)["error"]["code"], "model_not_found");
  const auto ranker = client.post(kEmbed, R"({"model":"ranker","input":"a"})");
  EXPECT_THAT(message_of(ranker), HasSubstr("ranks pairs"));
}

TEST(Embeddings, CountAsAnswersUnderWay) {
  ApiServer server({}, true, 0);  // no answer may be under way
  TestClient client(server.port());
  EXPECT_EQ(client.post(kEmbed, embed_body("\"a\""))->status, 429);
  EXPECT_TRUE(server.models->embedder->seen.empty());
}

TEST(Rerank, OrdersDocumentsAndKeepsTheFirstOnes) {
  ApiServer server;
  TestClient client(server.port());
  const auto all = body_of(client.post(
      kRerank,
      R"({"model":"ranker","query":"a","documents":["a","z",{"text":"m"}],"return_documents":true})"));
  ASSERT_EQ(all["results"].size(), 3U);
  EXPECT_EQ(all["results"][0]["index"], 1);
  EXPECT_EQ(all["results"][0]["document"]["text"], "z");
  EXPECT_EQ(all["results"][1]["index"], 2);
  // [CLS] a [SEP] z [SEP] sums to 1 + 3 + 2 + 28 + 2 = 36.
  EXPECT_NEAR(all["results"][0]["relevance_score"].get<double>(), 1 / (1 + std::exp(-0.36)), 1e-6);
  EXPECT_EQ(all["usage"]["total_tokens"], 15);
  EXPECT_EQ(server.models->ranker->seen[0].type_ids, (std::vector<int32_t>{0, 0, 0, 1, 1}));
  const auto first = body_of(
      client.post(kRerank, R"({"model":"ranker","query":"a","documents":["a","z"],"top_n":1})"));
  ASSERT_EQ(first["results"].size(), 1U);
  EXPECT_FALSE(first["results"][0].contains("document"));
}

TEST(Rerank, AnEmbeddingModelRanksByCosineOnlyWhereAskedFor) {
  ApiServer server;
  TestClient client(server.port());
  const std::string body = R"({"model":"vectors","query":"a b","documents":["z","b a"])";
  const auto refused = client.post(kRerank, body + "}");
  EXPECT_EQ(refused->status, 400);
  EXPECT_THAT(message_of(refused), HasSubstr("cosine"));
  const auto ranked = body_of(client.post(kRerank, body + R"(,"method":"cosine"})"));
  EXPECT_EQ(ranked["results"][0]["index"], 1);
  EXPECT_NEAR(ranked["results"][0]["relevance_score"].get<double>(), 1.0, 1e-6);
}

TEST(Rerank, LongDocumentsAreRefusedOrReadInParts) {
  ApiServer server;
  TestClient client(server.port());
  std::string text;
  for (int i = 0; i < 20; ++i) text += "z ";
  const std::string body = R"({"model":"ranker","query":"a","documents":["a",")" + text + "\"]";
  const auto refused = client.post(kRerank, body + "}");
  EXPECT_THAT(message_of(refused), HasSubstr("documents[1] has 24 tokens"));
  const auto split = client.post(kRerank, body + R"(,"truncate":"SPLIT"})");
  EXPECT_EQ(split->status, 200);
  EXPECT_EQ(split->header("x-millwright-split-inputs"), "1");
  EXPECT_EQ(body_of(split)["results"][0]["index"], 1);
  const auto empty = client.post(kRerank, R"({"model":"ranker","query":"","documents":["a"]})");
  EXPECT_EQ(body_of(empty)["error"]["param"], "query");
  const auto none = client.post(kRerank, R"({"model":"ranker","query":"a","documents":[]})");
  EXPECT_EQ(body_of(none)["error"]["param"], "documents");
}

}  // namespace
}  // namespace mw::server
