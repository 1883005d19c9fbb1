// Scope: equality with Python's jinja2 on the templates of eight families and on single constructs
// (tests/golden/runtime/chat_template), the origin of text, limits, and what is refused. Prompts as
// ids are tested in chat_prompt_test.cc. Fuzzed besides: fuzz/targets/chat_template_fuzz.cc.

#include "runtime/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/file.h"
#include "tests/support/source_dir.h"

namespace mw::runtime {
namespace {

using ::testing::HasSubstr;

const std::string& folder() {
  static const std::string path =
      mw::testing_support::source_path("tests/golden/runtime/chat_template/");
  return path;
}

Result<std::string> render(std::string_view source, const std::vector<ChatMessage>& messages = {},
                           const Json& variables = Json::object()) {
  auto parsed = ChatTemplate::parse(source, "<s>", "</s>");
  if (!parsed) return parsed.error();
  return (*parsed)->render(messages, true, variables);
}

TEST(ChatTemplate, RendersWhatJinjaRenders) {
  const auto text = read_file(folder() + "cases.json", 4 << 20);
  ASSERT_TRUE(text);
  const Json cases = *parse_json(*text);
  int rendered = 0;
  for (const Json& each : cases) {
    std::string source;
    if (each.contains("template")) {
      source = each["template"].get<std::string>();
    } else {
      source = *read_file(folder() + each["name"].get<std::string>(), 1 << 20);
    }
    std::vector<ChatMessage> messages;
    for (const Json& message : each["messages"]) {
      messages.push_back({message["role"].get<std::string>(), message["content"]});
    }
    const auto parsed = ChatTemplate::parse(source, "<s>", "</s>");
    ASSERT_TRUE(parsed) << source << "\n" << parsed.error().message.en;
    const auto got =
        (*parsed)->render(messages, each["add_generation_prompt"].get<bool>(), each["variables"]);
    if (each.contains("refused")) {
      EXPECT_FALSE(got) << source;
      continue;
    }
    ASSERT_TRUE(got) << source << "\n" << got.error().message.en;
    EXPECT_EQ(*got, each["expected"].get<std::string>()) << source;
    ++rendered;
  }
  EXPECT_GT(rendered, 130);
}

TEST(ChatTemplate, OnlyTextOfMessagesCountsAsForeign) {
  const auto parsed = ChatTemplate::parse(
      "{% for m in messages %}<|{{ m.role }}|>{{ (m.content | trim).upper() ~ '!' }}{% endfor %}",
      "", "");
  ASSERT_TRUE(parsed);
  const auto parts = (*parsed)->render_parts({{"user", " hi "}, {"user", "yo"}}, false);
  ASSERT_TRUE(parts);
  std::string shown;
  for (const TemplatePart& part : *parts) {
    shown += (part.from_message ? "[" : "(") + part.text + (part.from_message ? "]" : ")");
  }
  EXPECT_EQ(shown, "(<|user|>)[HI](!<|user|>)[YO](!)");
}

TEST(ChatTemplate, TextKeepsItsOriginThroughEveryOperation) {
  const std::vector<ChatMessage> messages = {{"user", "a<x>b"}};
  for (const char* expression :
       {"messages[0].content", "messages[0]['content'][1:4]", "messages[0].content.split('a')[1]",
        "messages[0].content | replace('a', '')", "messages[0].content | tojson",
        "messages | tojson", "[messages[0].content] | join", "messages[0].content | list | join",
        "messages[0].content | title", "{'k': messages[0].content}.k | string",
        "messages[0].content.strip('ab')", "messages | map(attribute='content') | first"}) {
    const auto parsed = ChatTemplate::parse("{{ " + std::string(expression) + " }}", "", "");
    ASSERT_TRUE(parsed) << expression;
    const auto parts = (*parsed)->render_parts(messages, false);
    ASSERT_TRUE(parts) << expression;
    bool found = false;
    for (const TemplatePart& part : *parts) {
      const bool holds =
          part.text.find("<x>") != std::string::npos || part.text.find("<X>") != std::string::npos;
      EXPECT_TRUE(!holds || part.from_message) << expression;
      found = found || holds;
    }
    EXPECT_TRUE(found) << expression;
  }
}

TEST(ChatTemplate, TextsOfVariablesAreForeignToo) {
  const auto parsed = ChatTemplate::parse("{{ tools[0].name }}", "", "");
  const auto parts =
      (*parsed)->render_parts({}, false, *parse_json(R"({"tools":[{"name":"<|im_end|>"}]})"));
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1U);
  EXPECT_TRUE(parts->front().from_message);
}

TEST(ChatTemplate, AnUnknownRoleIsRefusedByName) {
  const auto got = render("{{ messages[0].role }}", {{"user", "a"}, {"im_end|>", "b"}});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().param, "messages[1].role");
}

struct Refused {
  const char* source;
  const char* message;
  Code code;
};

TEST(ChatTemplate, WhatIsNotSupportedIsRefusedAtLoadWithTheLine) {
  const Refused cases[] = {
      {"a\n{% call f() %}{% endcall %}", "line 2: the statement 'call'", Code::kUnsupported},
      {"{% include 'x' %}", "the statement 'include'", Code::kUnsupported},
      {"{% import 'os' as os %}", "the statement 'import'", Code::kUnsupported},
      {"{{ x | shell }}", "the filter 'shell'", Code::kUnsupported},
      {"{{ x is weird }}", "the test 'is weird'", Code::kUnsupported},
      {"{{ open('/etc/passwd') }}", "the function 'open'", Code::kUnsupported},
      {"{{ ''.format(x) }}", "the method 'format'", Code::kUnsupported},
      {"{{ x.__class__.mro() }}", "the method 'mro'", Code::kUnsupported},
      {"{{ cycler.__init__.__globals__.os.popen('id').read() }}", "the method 'popen'",
       Code::kUnsupported},
      {"{{ (x)(1) }}", "the function 'x'", Code::kUnsupported},
      {"{{ [1](2) }}", "calling a value", Code::kUnsupported},
      {"{{ 2 ** 3 }}", "'**'", Code::kUnsupported},
      {"{% set a, b = c %}", "several names", Code::kUnsupported},
      {"{% for x in y recursive %}{% endfor %}", "recursive", Code::kUnsupported},
      {"{{ f(*x) }}", "the function 'f'", Code::kUnsupported},
      {"\n\n{% if x %}", "line 3: the template ends where 'endif'", Code::kCorrupt},
      {"{% endif %}", "'endif' without its beginning", Code::kCorrupt},
      {"{% break %}", "outside a loop", Code::kCorrupt},
      {"{{ 'a }}", "a string that does not end", Code::kCorrupt},
      {"{{ a", "a tag that does not end", Code::kCorrupt},
      {"{# a", "a comment {# that does not end", Code::kCorrupt},
      {"{{ a b }}", "expected '}}', got 'b'", Code::kCorrupt},
      {"{{ }}", "expected a value", Code::kCorrupt},
      {"{{ (1 }}", "unexpected '}'", Code::kCorrupt},
      {"{{ ] }}", "unexpected ']'", Code::kCorrupt},
      {"{{ a[] }}", "expected an index", Code::kCorrupt},
      {"{{ '\\ud800' }}", "names no character", Code::kCorrupt},
      {"{{ '\\x1' }}", "too few digits", Code::kCorrupt},
      {"{{ 99999999999999999999 }}", "more than 64 bits", Code::kCorrupt},
      {"{% for 1 in x %}", "expected a name", Code::kCorrupt},
      {"{% for x of y %}", "expected 'in'", Code::kCorrupt},
  };
  for (const Refused& each : cases) {
    const auto got = ChatTemplate::parse(each.source, "", "");
    ASSERT_FALSE(got) << each.source;
    EXPECT_THAT(got.error().message.en, HasSubstr(each.message)) << each.source;
    EXPECT_EQ(got.error().code, each.code) << each.source;
  }
}

TEST(ChatTemplate, AttributesOfTheInterpreterCannotBeReached) {
  // The classic escapes only meet undefined values.
  EXPECT_EQ(*render("{{ ''.__class__ }}{{ messages.__init__ }}{{ [].__class__ is defined }}"),
            "False");
  EXPECT_FALSE(render("{{ ''.__class__.__mro__ }}"));
}

TEST(ChatTemplate, AFailureWhileRenderingNamesTheLine) {
  const auto got = render("a\nb\n{{ raise_exception('roles must alternate') }}");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::kInvalidArgument);
  EXPECT_EQ(got.error().message.en,
            "chat template, line 3: the model does not take this conversation: roles must "
            "alternate");
  EXPECT_THAT(render("{{ nothing.more }}").error().message.en,
              HasSubstr("undefined value 'nothing' has no members"));
}

TEST(ChatTemplate, DatesAreRefusedSoThatEqualRequestsGiveEqualPrompts) {
  EXPECT_EQ(*render("{{ strftime_now is defined }}"), "False");
  EXPECT_EQ(render("{{ strftime_now('%Y') }}").error().code, Code::kUnsupported);
}

std::string repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(ChatTemplate, HostileTemplatesMeetLimits) {
  const std::string sources[] = {
      // Steps: loops in loops.
      "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
      "{{ range(999999999999) | length }}",
      // Text that doubles.
      "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor "
      "%}",
      "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x.replace('a', n.x) %}"
      "{% endfor %}",
      // Lists that share what they hold: small in memory, endless to compare or print.
      "{% set n = namespace(x=[1]) %}{% for i in range(30) %}{% set n.x = [n.x, n.x] %}{% endfor "
      "%}",
      "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
      // Macros that call themselves.
      "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
      "{% macro f(n) %}{% if n %}{{ f(n - 1) ~ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
      // Nesting without end.
      "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x] %}{% endfor %}",
      // Output.
      "{% set a = 'x' | list | join %}{% for i in range(40000) %}" + repeated("0123456789", 100) +
          "{% endfor %}",
  };
  for (const std::string& source : sources) {
    const auto got = render(source);
    ASSERT_FALSE(got) << source.substr(0, 100);
    EXPECT_EQ(got.error().code, Code::kTooLarge) << source.substr(0, 100);
  }
}

TEST(ChatTemplate, DeepNestingIsRefusedWhenRead) {
  const std::string sources[] = {
      "{{ " + repeated("(", 100000) + " }}",
      "{{ " + repeated("[", 100000),
      "{{ " + repeated("-", 100000) + "1 }}",
      "{{ " + repeated("not ", 100000) + "1 }}",
      "{{ 1" + repeated("+1", 100000) + " }}",
      "{{ 1" + repeated("~1", 100000) + " }}",
      "{{ 1" + repeated(" or 1", 100000) + " }}",
      "{{ a" + repeated(".a", 100000) + " }}",
      "{{ a" + repeated("[0]", 100000) + " }}",
      "{{ a" + repeated("|trim", 100000) + " }}",
      "{{ 1" + repeated(" if 1 else 1", 100000) + " }}",
      "{{ 1" + repeated(" is odd", 100000) + " }}",
      repeated("{% if 1 %}", 50000),
      repeated("{% for a in b %}", 50000),
  };
  for (const std::string& source : sources) {
    const auto got = ChatTemplate::parse(source, "", "");
    ASSERT_FALSE(got) << source.substr(0, 40);
  }
  EXPECT_EQ(ChatTemplate::parse(std::string((1 << 20) + 1, 'a'), "", "").error().code,
            Code::kTooLarge);
}

TEST(ChatTemplate, AMacroIsKnownOnlyOnceItIsDefined) {
  EXPECT_FALSE(render("{{ f() }}{% macro f() %}x{% endmacro %}"));
  EXPECT_FALSE(render("{% macro f(a) %}x{% endmacro %}{{ f(1, 2) }}"));
}

TEST(ChatTemplate, ANamespaceCannotHoldItself) {
  EXPECT_FALSE(render("{% set n = namespace() %}{% set n.n = n %}"));
  EXPECT_FALSE(render("{% set n = namespace() %}{% set n.n = [n] %}"));
  EXPECT_FALSE(render("{% set n = namespace() %}{% set m = namespace(n=n) %}"));
  EXPECT_FALSE(render("{% set x = 1 %}{% set x.y = 2 %}"));
}

TEST(ChatTemplate, ALongConversationRendersWithinItsLimits) {
  const std::string source = *read_file(folder() + "qwen3.jinja", 1 << 20);
  std::vector<ChatMessage> messages;
  for (int i = 0; i < 500; ++i) {
    messages.push_back({i % 2 == 0 ? "user" : "assistant", std::string(2000, 'x')});
  }
  const auto got = render(source, messages);
  ASSERT_TRUE(got) << got.error().message.en;
  EXPECT_GT(got->size(), 1000000U);
}

}  // namespace
}  // namespace mw::runtime
