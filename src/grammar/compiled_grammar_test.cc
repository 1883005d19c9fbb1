// Scope: the notations apart from JSON Schema: what their languages hold and what is refused, by
// name and in time.

#include "grammar/compiled_grammar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <iostream>

#include "grammar/internal/grammar_state.h"

namespace mw::grammar {
namespace {

using ::testing::HasSubstr;

// Sanitizers and unoptimised code are not what the limit of time is about.
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr int kSlowness = 1;
#else
constexpr int kSlowness = 30;
#endif

bool accepts(const GrammarPtr& grammar, std::string_view text) {
  return grammar->state().pool.matches(grammar->state().start, text);
}

GrammarPtr regex(std::string_view pattern) {
  auto made = compile_regex(pattern);
  EXPECT_TRUE(made) << pattern << ": " << made.error().message.en;
  return made ? *made : nullptr;
}

GrammarPtr rules(std::string_view text) {
  auto made = compile_lark(text);
  EXPECT_TRUE(made) << text << ": " << made.error().message.en;
  return made ? *made : nullptr;
}

struct Case {
  const char* what;
  std::vector<const char*> good;
  std::vector<const char*> bad;
};

TEST(RegularExpression, MatchesTheWholeText) {
  const Case cases[] = {
      {"abc", {"abc"}, {"", "ab", "abcd"}},
      {"a|bc|", {"a", "bc", ""}, {"b", "ab"}},
      {"(ab)*c+d?", {"c", "ababccd"}, {"ab", "dd"}},
      {"[a-c]{2,3}", {"ab", "cba"}, {"a", "abca", "ad"}},
      {"[^a-c\\n]", {"d", "\xe4\xb8\xad"}, {"a", "\n", "dd", "\xe4\xb8"}},
      {"\\d+\\.\\d{2}", {"3.14", "10.00"}, {"3.1", ".14"}},
      {"^a$", {"a"}, {"b", "aa"}},
      {"(?:x|y)(?<n>z)", {"xz", "yz"}, {"x", "z"}},
      {".", {"\xf0\x9f\x98\x80", "a"}, {"\n", ""}},
      {"\\u4e2d\\x41[\\u{1F600}]",
       {"\xe4\xb8\xad"
        "A\xf0\x9f\x98\x80"},
       {"A"}},
      {"(?=a)[a-z]+(?!b)c", {"abc", "axc"}, {"bc"}},
      {"(?!abc)[a-c]+", {"ab", "acb"}, {"abc", "abca"}},
      {"\\[\\]\\/\\-", {"[]/-"}, {"[]"}},
      {"a{2}b{0,}c{1,}?", {"aac", "aabbcc"}, {"abc"}},
      {"(a*)*(b|)", {"", "aaab"}, {"ba"}},
  };
  for (const Case& each : cases) {
    const GrammarPtr grammar = regex(each.what);
    if (!grammar) continue;
    for (const char* text : each.good)
      EXPECT_TRUE(accepts(grammar, text)) << each.what << " " << text;
    for (const char* text : each.bad)
      EXPECT_FALSE(accepts(grammar, text)) << each.what << " " << text;
  }
}

TEST(RegularExpression, WhatIsNotEnforcedIsRefusedByName) {
  const std::pair<const char*, const char*> cases[] = {
      {"a\\b", "word boundary"},     {"(a)\\1", "back reference"}, {"\\p{L}", "property"},
      {"(?<=a)b", "lookbehind"},     {"(^a)*b", "assertion"},      {"(?i)a", "kind of group"},
      {"(?<n>a)\\k<n>", "reference"}};
  for (const auto& [pattern, why] : cases) {
    const auto made = compile_regex(pattern);
    ASSERT_FALSE(made) << pattern;
    EXPECT_EQ(made.error().code, Code::kUnsupported) << pattern;
    EXPECT_THAT(made.error().message.en, HasSubstr(why)) << pattern;
  }
}

TEST(RegularExpression, BrokenOnesAreRefusedWithTheCharacter) {
  for (const char* pattern :
       {"(", ")", "a)", "[a", "[b-a]", "*", "a**", "a{2,1}", "\\", "a{9999999}", "\\u12", "\\ud800",
        "\\xZZ", "+a", "{2}", "(?<n", "\\q", "[\\d-z]"}) {
    const auto made = compile_regex(pattern);
    ASSERT_FALSE(made) << pattern;
    EXPECT_EQ(made.error().code, Code::kInvalidArgument) << pattern;
    EXPECT_THAT(made.error().message.en, HasSubstr("character")) << pattern;
    EXPECT_FALSE(made.error().message.zh.empty()) << pattern;
  }
}

TEST(RegularExpression, ALanguageWithoutTextIsRefused) {
  const auto made = compile_regex("a(?!b)(?=b)b");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message.en, HasSubstr("no text"));
}

TEST(Rules, ReadLark) {
  const GrammarPtr grammar = rules(R"~(
    // an expression
    ?start: sum
    sum: product (("+" | "-") product)*
    product: atom ("*" atom)* -> times
    atom: NUMBER | "(" sum ")" | [ "neg" ] NAME
    NUMBER.2: DIGIT+ ("." DIGIT+)?
    DIGIT: "0".."9"
    NAME: /[a-z]+/i   # letters
  )~");
  for (const char* text : {"1", "1+2*3", "(1.5-x)*Yz", "((a))", "negx"}) {
    EXPECT_TRUE(accepts(grammar, text)) << text;
  }
  for (const char* text : {"", "1+", "(1", "1 + 2", "1.", "*"}) {
    EXPECT_FALSE(accepts(grammar, text)) << text;
  }
}

TEST(Rules, ReadGbnf) {
  const GrammarPtr grammar = rules(
      "root ::= item (\", \" item){0,2} \"\\n\"\nitem ::= [a-c]+ | \"\\x41\" # a comment\n  | "
      "[^a-z\\n]{2}\n");
  for (const char* text : {"a\n", "abc, A\n", "00, a, b\n"})
    EXPECT_TRUE(accepts(grammar, text)) << text;
  for (const char* text : {"a", "d\n", "a, b, c, a\n"})
    EXPECT_FALSE(accepts(grammar, text)) << text;
}

TEST(Rules, RecursionInTheMiddleIsFollowed) {
  const GrammarPtr grammar = rules("start: \"a\" start \"b\" | \"\"");
  EXPECT_TRUE(accepts(grammar, ""));
  EXPECT_TRUE(accepts(grammar, "aaabbb"));
  EXPECT_FALSE(accepts(grammar, "aaabb"));
}

TEST(Rules, BrokenOrUnsupportedOnesAreRefusedWithLineAndRule) {
  struct Bad {
    const char* text;
    const char* why;
    const char* param;
  };
  const Bad cases[] = {
      {"", "start", "grammar"},
      {"a: \"x\"", "start", "a"},
      {"start: b", "no rule 'b'", "b"},
      {"start: start \"a\" | \"a\"", "left recursion", "start"},
      {"start: b\nb: c? b \"x\" | \"x\"\nc: \"c\"", "left recursion", "b"},
      {"start: \"a\" start", "no end", "start"},
      {"start: A\nA: \"a\" A | \"b\"", "upper case", "A"},
      {"start: A\nA: b\nb: \"x\"", "upper case", "A"},
      {"start: \"a\"\nstart: \"b\"", "twice", "start"},
      {"%import common.WS\nstart: WS", "directive", "grammar"},
      {"start: \"a\"\n%ignore \" \"", "directive", "grammar"},
      {"start: (\"a\"", "')'", "start"},
      {"start: \"a", "no end", "start"},
      {"start: /a", "no end", "start"},
      {"start: /(/", "regular expression", "start"},
      {"start: x{a}\nx: \"a\"", "templates", "start"},
      {"start: \"a\"~3..1", "count", "start"},
      {"start: \"\\q\"", "escape", "start"},
      {"start: $", "means nothing", "start"},
      {"root ::= \"a\" | root \"b\"", "left recursion", "root"},
  };
  for (const Bad& each : cases) {
    const auto made = compile_lark(each.text);
    ASSERT_FALSE(made) << each.text;
    EXPECT_THAT(made.error().message.en, HasSubstr(each.why)) << each.text;
    EXPECT_THAT(made.error().message.en, HasSubstr("line")) << each.text;
    EXPECT_EQ(made.error().param, each.param) << each.text;
    EXPECT_FALSE(made.error().message.zh.empty()) << each.text;
  }
}

TEST(Choices, AreTakenWhole) {
  const auto grammar = compile_choice({"yes", "yes and no", "\xe6\x98\xaf"});
  ASSERT_TRUE(grammar);
  EXPECT_TRUE(accepts(*grammar, "yes"));
  EXPECT_TRUE(accepts(*grammar, "yes and no"));
  EXPECT_FALSE(accepts(*grammar, "yes and"));
  EXPECT_FALSE(compile_choice({}));
}

TEST(JsonObject, IsAnyObject) {
  const auto grammar = compile_json_object();
  ASSERT_TRUE(grammar);
  for (const char* text :
       {"{}", R"({"a":1})", R"({"a": [1, 2.5e-3, null], "b": {"c": "\u00e9\n\ud83d\ude00"}})",
        "{\n  \"a\": true,\n  \"a\": false\n}"}) {
    EXPECT_TRUE(accepts(*grammar, text)) << text;
  }
  for (const char* text : {"", "[]", "1", R"({"a":01})", R"({"a":"\ud83d"})", R"({a:1})",
                           R"({"a":1,})", "{\"a\":\"\n\"}", "{}  "}) {
    EXPECT_FALSE(accepts(*grammar, text)) << text;
  }
}

// Each either works or ends with an error; none takes long.
TEST(Bombs, EndWithin100Milliseconds) {
  const auto nested = [](const std::string& open, int times, const std::string& inside,
                         const std::string& close) {
    std::string out;
    for (int i = 0; i < times; ++i) out += open;
    out += inside;
    for (int i = 0; i < times; ++i) out += close;
    return out;
  };
  const auto timed = [](const std::string& what, const auto& compile) {
    const std::clock_t begin = std::clock();  // of this process: others may be busy
    const bool made = compile();
    const double took_ms = 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    if (std::getenv("MW_VERBOSE") != nullptr)
      std::cout << took_ms << " ms " << what.substr(0, 80) << (made ? " compiled\n" : " refused\n");
    EXPECT_LT(took_ms, 100 * kSlowness) << what << (made ? " compiled" : " refused");
  };
  const std::string regexes[] = {nested("(", 90, "a", ")*"),
                                 nested("(", 50, "a", "{1000}){1000}"),
                                 "(a|aa)+(a|aa)+(a|aa)+b",
                                 "(.*){1,32000}x",
                                 "((a{0,1000}){0,1000}){0,1000}",
                                 "(?!.*(a|b)*c.{500}).*a.{1000}b.{1000}",
                                 "(?=.*a.{60})(?=.*b.{60})(?=.*c.{61}).*",
                                 "(?=(.{999983})*$)(?=(.{999979})*$).+",
                                 std::string(16'000, '('),
                                 "(x+x+)+y(?=z)z",
                                 nested("(?=", 90, "a", ".*)")};
  for (const std::string& pattern : regexes) {
    timed(pattern.substr(0, 60), [&] { return bool(compile_regex(pattern)); });
    const Json schema = {{"type", "string"}, {"pattern", pattern}};
    timed("schema " + pattern.substr(0, 60), [&] { return bool(compile_schema(schema)); });
  }
  std::string many = "start: a0\n";
  for (int i = 0; i < 990; ++i) {
    many += "a" + std::to_string(i) + ": a" + std::to_string(i + 1) + " a" + std::to_string(i + 1) +
            "\n";
  }
  many += "a990: \"x\"";
  timed("rules", [&] { return bool(compile_lark(many)); });
  Json deep = {{"type", "string"}};
  for (int i = 0; i < 190; ++i) deep = {{"type", "array"}, {"items", {{"not", {{"not", deep}}}}}};
  timed("deep", [&] { return bool(compile_schema(deep)); });
  Json wide = Json::array();
  for (int i = 0; i < 40; ++i) {
    wide.push_back(
        {{"anyOf",
          {{{"required", {"a" + std::to_string(i)}}}, {{"required", {"b" + std::to_string(i)}}}}}});
  }
  timed("product of anyOf", [&] { return bool(compile_schema({{"allOf", wide}})); });
  timed("oneOf of anyOf", [&] { return bool(compile_schema({{"oneOf", wide}})); });
  timed("negated", [&] { return bool(compile_schema({{"not", {{"oneOf", wide}}}})); });
  const Json bounds[] = {
      {{"type", "integer"}, {"multipleOf", 99991}, {"minimum", 1}, {"maximum", 1e18}},
      {{"type", "number"}, {"multipleOf", 0.000123}, {"not", {{"multipleOf", 0.000127}}}},
      {{"type", "string"}, {"minLength", 9000000}, {"pattern", "a.*b"}},
      {{"type", "array"}, {"minItems", 100000000}},
      {{"type", "array"}, {"minItems", 100000000}, {"contains", {{"type", "null"}}}},
      {{"type", "array"},
       {"minItems", 100000},
       {"uniqueItems", true},
       {"items", {{"type", "integer"}}}},
      {{"type", "object"}, {"minProperties", 1000000}},
      {{"type", "object"},
       {"minProperties", 100000},
       {"propertyNames", {{"pattern", "^[ab]{0,15}$"}}}},
  };
  for (const Json& schema : bounds) {
    timed(to_text(schema), [&] { return bool(compile_schema(schema)); });
  }
}

}  // namespace
}  // namespace mw::grammar
