// Scope: formats, which the JSON-Schema-Test-Suite leaves optional, and what OpenAPI adds to JSON
// Schema: held to, without a meaning for a mask, or refused by pointer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grammar/compiled_grammar.h"
#include "grammar/internal/grammar_state.h"

namespace mw::grammar {
namespace {

using ::testing::HasSubstr;

bool accepts(const char* schema, std::string_view text) {
  const auto made = compile_schema(Json::parse(schema));
  EXPECT_TRUE(made) << schema << ": " << made.error().message.en;
  return made && (*made)->state().pool.matches((*made)->state().start, text);
}

TEST(SchemaFormat, NumbersStayInTheRangeOfTheirFormat) {
  const char* small = R"({"type": "integer", "format": "int32"})";
  EXPECT_TRUE(accepts(small, "2147483647"));
  EXPECT_TRUE(accepts(small, "-2147483648"));
  EXPECT_FALSE(accepts(small, "2147483648"));
  EXPECT_FALSE(accepts(small, "-2147483649"));
  const char* large = R"({"type": "integer", "format": "int64"})";
  EXPECT_TRUE(accepts(large, "9223372036854775807"));
  EXPECT_FALSE(accepts(large, "9223372036854775808"));
  EXPECT_FALSE(accepts(R"({"type": "integer", "format": "uint8"})", "256"));
}

TEST(SchemaFormat, OfANumberConstrainsNoText) {
  EXPECT_TRUE(accepts(R"({"type": ["string", "integer"], "format": "int32"})", "\"any\""));
}

TEST(SchemaFormat, BytesAreBase64) {
  const char* schema = R"({"type": "string", "format": "byte"})";
  for (const char* text : {R"("")", R"("TWE=")", R"("TWFu")", R"("TQ==")"}) {
    EXPECT_TRUE(accepts(schema, text)) << text;
  }
  for (const char* text : {R"("T")", R"("TQ=")", R"("T!==")"}) {
    EXPECT_FALSE(accepts(schema, text)) << text;
  }
}

TEST(SchemaFormat, OneThatSaysHowAValueIsMeantAllowsEveryValue) {
  EXPECT_TRUE(accepts(R"({"type": "number", "format": "double"})", "1.5"));
  EXPECT_TRUE(accepts(R"({"type": "integer", "format": "unixtime"})", "1795747090"));
  EXPECT_TRUE(accepts(R"({"type": "string", "format": "password"})", "\"x\""));
  EXPECT_TRUE(accepts(R"({"type": "string", "format": "binary"})", "\"x\""));
}

TEST(SchemaFormat, AnUnknownOneIsRefusedByPointer) {
  const auto refused =
      compile_schema(Json::parse(R"({"properties": {"n": {"type": "string", "format": "isbn"}}})"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message.en, HasSubstr("/properties/n/format"));
}

TEST(OpenApi, ItsNotesConstrainNothing) {
  EXPECT_TRUE(accepts(R"({"type": "string", "example": "press", "xml": {"name": "m"},
                          "externalDocs": {"url": "https://plant.example"},
                          "discriminator": {"propertyName": "kind"}})",
                      "\"mixer\""));
}

TEST(OpenApi, NullableIsRefusedSinceValidatorsDisagreeAboutIt) {
  const auto refused = compile_schema(Json::parse(R"({"type": "string", "nullable": true})"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message.en, HasSubstr("/nullable"));
}

}  // namespace
}  // namespace mw::grammar
