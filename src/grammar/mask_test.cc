// Scope: masks against the automaton they are made from. For every state that a text goes through,
// each token's bit is compared with what its bytes do; made-up vocabularies hold tokens that cross
// every border (quotes, escapes, commas, cut characters). Also the life of a matcher.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "grammar/grammar_cache.h"
#include "grammar/internal/grammar_state.h"
#include "grammar/matcher.h"

namespace mw::grammar {
namespace {

std::shared_ptr<const Vocabulary> vocabulary() {
  static const auto made = [] {
    std::vector<std::string> pieces = {""};  // 0: ends an answer
    for (int i = 0; i < 256; ++i) pieces.emplace_back(1, static_cast<char>(i));
    for (const char* piece : {"\"",
                              "{\"",
                              "\":",
                              "\": ",
                              "\",",
                              "\", \"",
                              "\"}",
                              "\"},",
                              "},",
                              "]}",
                              "[\"",
                              "[[",
                              "]]",
                              "\\n",
                              "\\\"",
                              "\\u",
                              "\\u00",
                              "abc",
                              "ab",
                              "name",
                              "names",
                              "nam",
                              "e\"",
                              "e\":",
                              " a",
                              "\n  ",
                              "\n    ",
                              ",\n",
                              "true",
                              "tru",
                              "false",
                              "null",
                              "nul",
                              "12",
                              "1.5",
                              ".0",
                              "-1",
                              "000",
                              "e1",
                              "1e",
                              "\xe4\xb8\xad",
                              "\xe4\xb8",
                              "\xad\xe6",
                              "\xe6\x96\x87\xe4\xb8\xad",
                              "\xf0\x9f\x98\x80\"",
                              "hello world",
                              "hello world\"",
                              "aaaaaaaaaaaaaaaa",
                              "yes",
                              "no",
                              "yes and no",
                              "<tool",
                              "_call>",
                              "\\\\\"",
                              "a\\n\"",
                              "/",
                              "\\/",
                              "\x7f"}) {
      pieces.emplace_back(piece);
    }
    std::mt19937 random(7);
    static constexpr std::string_view kBytes = "ab1\",:{}[] \\n.e-\xe4\xb8\xad";
    for (int i = 0; i < 500; ++i) {
      std::string piece;
      const auto length = 2 + random() % 5;
      for (std::size_t k = 0; k < length; ++k) piece += kBytes[random() % kBytes.size()];
      pieces.push_back(piece);
    }
    pieces.emplace_back("abc");  // the same bytes twice
    return std::make_shared<const Vocabulary>(pieces, std::vector<int32_t>{0});
  }();
  return made;
}

/// Words of few bytes, so that much lies below each node: loops are spared only where it does.
std::shared_ptr<const Vocabulary> words() {
  static const auto made = [] {
    std::vector<std::string> pieces = {""};
    for (int i = 0; i < 256; ++i) pieces.emplace_back(1, static_cast<char>(i));
    std::mt19937 random(11);
    static constexpr std::string_view kBytes = "aaabbbfgz_=-1c! \xe4\xb8\xad";
    for (int i = 0; i < 1500; ++i) {
      std::string piece;
      const auto length = 2 + random() % 5;
      for (std::size_t k = 0; k < length; ++k) piece += kBytes[random() % kBytes.size()];
      pieces.push_back(piece);
    }
    return std::make_shared<const Vocabulary>(pieces, std::vector<int32_t>{0});
  }();
  return made;
}

bool has(std::span<const uint64_t> mask, int32_t id) {
  return ((mask[static_cast<std::size_t>(id) / 64] >> (static_cast<unsigned>(id) % 64)) & 1u) != 0;
}

/// Checks every token at every state of a random walk that the masks allow.
void check_walk(const GrammarPtr& grammar, uint32_t seed, const std::string& what,
                const std::shared_ptr<const Vocabulary>& tokens = vocabulary()) {
  ExprPool& pool = grammar->state().pool;
  Matcher matcher(grammar, tokens);
  Expr state = grammar->state().start;
  std::mt19937 random(seed);
  for (int step = 0; step < 40; ++step) {
    const auto mask = matcher.mask();
    ASSERT_TRUE(mask) << what;
    std::vector<int32_t> allowed;
    for (int32_t id = 1; id < tokens->size(); ++id) {
      const bool alive = pool.derive_all(state, tokens->piece(id)) != ExprPool::kEmpty;
      ASSERT_EQ(has(*mask, id), alive)
          << what << ": token '" << tokens->piece(id) << "' at step " << step;
      if (alive) allowed.push_back(id);
    }
    ASSERT_EQ(has(*mask, 0), pool.nullable(state)) << what;
    ASSERT_EQ(matcher.may_end(), pool.nullable(state)) << what;
    ASSERT_TRUE(!allowed.empty() || pool.nullable(state)) << what << ": a dead end";
    if (allowed.empty()) return;
    const int32_t id = allowed[random() % allowed.size()];
    ASSERT_TRUE(matcher.accept(id)) << what;
    state = pool.derive_all(state, tokens->piece(id));
  }
}

TEST(Mask, IsWhatTheBytesOfEachTokenDo) {
  const char* schemas[] = {
      R"(true)",
      R"({"type":"object"})",
      R"({"type":"string"})",
      R"({"type":"string","maxLength":3})",
      R"({"type":"string","minLength":2,"maxLength":20})",
      R"({"type":"string","minLength":3})",
      R"({"type":"string","pattern":"^[a-c]+(\\n|\")?$"})",
      R"({"type":"string","pattern":"ab","maxLength":9})",
      R"({"type":"string","not":{"pattern":"a"}})",
      R"({"type":"string","format":"date"})",
      R"({"enum":["name","names",12,1.5,null,true,[1,"a"],{"a":1}]})",
      R"({"type":"integer","minimum":-3,"maximum":120,"multipleOf":3})",
      R"({"type":"number","exclusiveMinimum":0.5})",
      R"({"type":"object","properties":{"name":{"type":"string"},"names":{"type":"array"}},
          "required":["name"],"additionalProperties":{"type":"integer"}})",
      R"({"type":"object","patternProperties":{"^a":{"type":"null"}},"minProperties":3,
          "additionalProperties":false})",
      R"({"type":"object","propertyNames":{"maxLength":2},"maxProperties":2})",
      R"({"type":"object","not":{"additionalProperties":{"type":"string"}}})",
      R"({"type":"array","items":{"enum":["yes","no","yes and no"]},"uniqueItems":true,"minItems":2})",
      R"({"type":"array","items":{"type":"number"},"uniqueItems":true})",
      R"({"type":"array","prefixItems":[{"type":"null"}],"contains":{"const":"a"},"maxContains":2,
          "minItems":2,"maxItems":6})",
      R"({"$defs":{"t":{"type":"object","properties":{"a":{"type":"array","items":{"$ref":"#/$defs/t"}}},
          "additionalProperties":false}},"$ref":"#/$defs/t"})",
      R"({"oneOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"properties":{"a":{"const":2}},
          "required":["a"]}],"type":"object"})",
  };
  for (const char* text : schemas) {
    const auto schema = parse_json(text);
    ASSERT_TRUE(schema) << text;
    const auto grammar = compile_schema(*schema);
    ASSERT_TRUE(grammar) << text << grammar.error().message.en;
    for (uint32_t seed = 0; seed < 6; ++seed) check_walk(*grammar, seed, text);
  }
}

TEST(Mask, HoldsForRulesAndRegularExpressionsToo) {
  for (const char* pattern :
       {"[a-c]*\"?", "(?!.*ab)[a-c]{0,9}", "\\d+(\\.\\d+)?", "(a|ab)(c|bcd)*"}) {
    const auto grammar = compile_regex(pattern);
    ASSERT_TRUE(grammar) << pattern;
    for (uint32_t seed = 0; seed < 6; ++seed) check_walk(*grammar, seed, pattern);
  }
  for (const char* rules : {"start: WORD (\",\" WORD)* \"}\"\nWORD: /[a-c]+/",
                            "start: \"[\" start? \"]\" | NUMBER\nNUMBER: /1+/",
                            "root ::= (\"yes\" | \"no\" | \"yes and \" root){1,3}"}) {
    const auto grammar = compile_lark(rules);
    ASSERT_TRUE(grammar) << rules;
    for (uint32_t seed = 0; seed < 6; ++seed) check_walk(*grammar, seed, rules);
  }
}

TEST(Mask, IsTheSameWhereLoopsAreSparedAWalk) {
  for (const char* pattern :
       {"[a-z]+_c|[a-z]+_bar", "([a-z]*=)*!", "([a-f0-9]+-)*z", "[^_]*_[a-z]*", "(ab|[g-z])*1",
        "[a-z ]{0,30}-", "([a-z]+=?[a-z]*-)*1", "(?!.*bb)[a-z]*_", "[a-b]*(c[a-b]*)*!",
        "([ab]|[ab]中)*_"}) {
    const auto grammar = compile_regex(pattern);
    ASSERT_TRUE(grammar) << pattern;
    for (uint32_t seed = 0; seed < 6; ++seed) check_walk(*grammar, seed, pattern, words());
  }
  for (const char* text :
       {R"({"type":"object","patternProperties":{"^[a-z]+_c$":{"type":"null"}},
           "additionalProperties":false,"minProperties":1})",
        R"({"type":"string","pattern":"^[ab]*=[a-z]*$"})", R"({"type":"string","minLength":3})"}) {
    const auto grammar = compile_schema(*parse_json(text));
    ASSERT_TRUE(grammar) << text;
    for (uint32_t seed = 0; seed < 6; ++seed) check_walk(*grammar, seed, text, words());
  }
}

TEST(Matcher, RefusesWhatTheMaskDoesNotAllowAndStaysWhereItIs) {
  const auto grammar = compile_choice({"yes", "no"});
  ASSERT_TRUE(grammar);
  Matcher matcher(*grammar, vocabulary());
  EXPECT_FALSE(matcher.accept_text("x"));
  EXPECT_FALSE(matcher.accept(0));
  EXPECT_FALSE(matcher.accept(-1));
  EXPECT_FALSE(matcher.accept(1 << 20));
  EXPECT_TRUE(matcher.accept_text("ye"));
  EXPECT_FALSE(matcher.must_end());
  EXPECT_TRUE(matcher.accept_text("s"));
  EXPECT_TRUE(matcher.must_end());
  EXPECT_TRUE(matcher.accept(0));
}

TEST(Matcher, ForcedTextIsWhatEveryAnswerGoesOnWith) {
  const auto grammar = compile_choice({"machine-1: \u6696", "machine-1: \u6696\u6696", "mixer"});
  ASSERT_TRUE(grammar);
  Matcher matcher(*grammar, vocabulary());
  EXPECT_EQ(matcher.forced_text(64), "m");
  ASSERT_TRUE(matcher.accept_text("ma"));
  EXPECT_EQ(matcher.forced_text(64), "chine-1: \u6696");  // whole characters, to where it may end
  EXPECT_EQ(matcher.forced_text(5), "chine");
  EXPECT_EQ(matcher.forced_text(11), "chine-1: ");
  ASSERT_TRUE(matcher.accept_text("chine-1: \u6696"));
  EXPECT_EQ(matcher.forced_text(64), "");  // may end
}

TEST(Matcher, ForcedTextOfASchemaAreItsNames) {
  const auto grammar = compile_schema(Json::parse(
      R"({"type":"object","properties":{"temperature_c":{"type":"number"}},
          "required":["temperature_c"],"additionalProperties":false})"));
  ASSERT_TRUE(grammar);
  Matcher matcher(*grammar, vocabulary());
  EXPECT_EQ(matcher.forced_text(64), "{");
  ASSERT_TRUE(matcher.accept_text("{\"t"));
  EXPECT_EQ(matcher.forced_text(64).substr(0, 14), "emperature_c\":");
}

TEST(GrammarCache, GivesTheSameGrammarForTheSameKeyAndForgetsTheOldest) {
  GrammarCache cache(2);
  int compiled = 0;
  const auto get = [&](const std::string& key) {
    return *cache.get(key, [&] {
      ++compiled;
      return compile_choice({key});
    });
  };
  const GrammarPtr a = get("a");
  EXPECT_EQ(get("a"), a);
  get("b");
  get("a");
  get("c");  // b goes
  EXPECT_EQ(get("a"), a);
  EXPECT_EQ(compiled, 3);
  get("b");
  EXPECT_EQ(compiled, 4);
}

}  // namespace
}  // namespace mw::grammar
