#include "apps/millwright/command_line.h"

#include <gtest/gtest.h>

namespace mw::app {
namespace {

TEST(CommandLine, TakesFlagsInBothSpellingsAndAnyPlace) {
  CommandLine line("pull", {"--data", "/d", "model", "--threads=3", "--json"});
  EXPECT_TRUE(line.json());
  EXPECT_EQ(line.option("data", "DIR", "", "where"), "/d");
  EXPECT_EQ(line.integer("threads", "N", 1, "how many", 1, 64), 3);
  EXPECT_FALSE(line.flag("quiet", "say less"));
  EXPECT_EQ(line.positional("SOURCE", "what"), "model");
  EXPECT_TRUE(line.check());
  EXPECT_FALSE(line.finish());
}

TEST(CommandLine, KeepsDefaultsWhenNothingIsGiven) {
  CommandLine line("generate", {});
  EXPECT_EQ(line.option("data", "DIR", "/default", ""), "/default");
  EXPECT_EQ(line.integer("max-tokens", "N", 128, "", 0, 1000), 128);
  EXPECT_DOUBLE_EQ(line.number("temperature", "T", 0.7, "", 0, 2), 0.7);
  EXPECT_FALSE(line.maybe_option("seed", "S", ""));
  EXPECT_FALSE(line.maybe_positional("MODEL", ""));
  EXPECT_TRUE(line.check());
}

TEST(CommandLine, ValueMayLookLikeAFlagOrANumberBelowZero) {
  CommandLine line("generate", {"--prompt", "--help me", "--bias", "-1.5"});
  EXPECT_EQ(line.option("prompt", "TEXT", "", ""), "--help me");
  EXPECT_DOUBLE_EQ(line.number("bias", "X", 0, "", -100, 100), -1.5);
  EXPECT_TRUE(line.check());
}

TEST(CommandLine, WordsAfterTwoDashesAreNoFlags) {
  CommandLine line("ask", {"--json", "--", "--json"});
  EXPECT_EQ(line.positional("QUESTION", ""), "--json");
  EXPECT_TRUE(line.check());
}

TEST(CommandLine, LastOfARepeatedFlagHolds) {
  CommandLine line("serve", {"--listen", "a:1", "--listen=b:2"});
  EXPECT_EQ(line.option("listen", "ADDR", "", ""), "b:2");
}

TEST(CommandLine, AFlagOfManyValuesKeepsThemInOrder) {
  CommandLine line("serve", {"--adapter", "a=1", "--json", "--adapter=b=2"});
  EXPECT_EQ(line.options("adapter", "NAME=PATH", ""), (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_TRUE(line.options("other", "X", "").empty());
  EXPECT_TRUE(line.check());
}

TEST(CommandLine, NamesWhatIsWrong) {
  struct Case {
    std::vector<std::string> words;
    std::string param;
  };
  const std::vector<Case> cases = {
      {{"m", "--nonsense"}, "--nonsense"},
      {{"m", "-x"}, "-x"},
      {{}, "MODEL"},
      {{"m", "extra"}, "extra"},
      {{"m", "--threads", "x"}, "--threads"},
      {{"m", "--threads", "0"}, "--threads"},
      {{"m", "--threads", "65"}, "--threads"},
      {{"m", "--threads=2x"}, "--threads"},
      {{"m", "--threads"}, "--threads"},
      {{"m", "--", "extra"}, "extra"},
      {{"m", "--heat", "nan"}, "--heat"},
      {{"m", "--heat", ""}, "--heat"},
      {{"m", "--threads", "99999999999999999999"}, "--threads"},
      {{"m", "--kv", "int4"}, "--kv"},
      {{"m", "--kv="}, "--kv"},
  };
  for (const Case& item : cases) {
    CommandLine line("bench", item.words);
    line.integer("threads", "N", 2, "", 1, 64);
    line.number("heat", "T", 0, "", 0, 2);
    EXPECT_EQ(line.choice("kv", {"auto", "f16"}, ""), "auto");
    line.positional("MODEL", "");
    const auto checked = line.check();
    ASSERT_FALSE(checked) << item.param;
    EXPECT_EQ(checked.error().param, item.param);
    EXPECT_EQ(info(checked.error().code).exit_status, 2);
    EXPECT_FALSE(checked.error().message.zh.empty());
  }
}

TEST(CommandLine, UsageListsWhatWasAskedFor) {
  CommandLine line("pull", {"x"});
  line.describe("Fetches a model.");
  line.option("data", "DIR", "/d", "state on disk");
  line.positional("SOURCE", "where from");
  const std::string usage = line.usage();
  EXPECT_NE(usage.find("usage: millwright pull SOURCE [flags]\nFetches a model.\n"),
            std::string::npos);
  EXPECT_NE(usage.find("--data DIR  state on disk (default /d)\n"), std::string::npos);
  EXPECT_NE(usage.find("--json"), std::string::npos);
}

TEST(CommaList, NothingBetweenTwoCommasIsNoItem) {
  EXPECT_EQ(comma_list("a,,b,"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(comma_list(" a"), (std::vector<std::string>{" a"}));
  EXPECT_TRUE(comma_list("").empty());
}

TEST(CommandLine, HelpEndsTheCommandWithSuccess) {
  CommandLine line("pull", {"--help"});
  line.positional("SOURCE", "");
  EXPECT_EQ(line.finish(), 0);
}

}  // namespace
}  // namespace mw::app
