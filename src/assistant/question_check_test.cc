#include "assistant/question_check.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mw::assistant {
namespace {

TEST(QuestionCheck, AnyMixtureOfWordsKeepsToWhatExists) {
  // The checks abort; a run to the end is the result.
  const char* const kPieces[] = {
      "CNC-2",  "2号",        "数控机床",     " ",     "temperature", "温度",      "最近",
      "十分钟", "last ",      "99999999999 ", "hours", "between ",    " and ",     "3",
      ":",      "75",         "pm",           "昨天",  "到",          "从",        "compare",
      "which ", "不",         "parts",        "产量",  "\xff",        "\xe6\xb8",  "ago",
      "明天",   "2026-02-30", "fault",        "故障",  "how long ",   "和",        "the ",
      "of ",    "1",          "号",           "半",    "点",          "press",     "-",
      "/",      "-0.0",       "week",         "夜班",  "前",          "and a half"};
  const QuestionCheck check;
  std::mt19937 random(20261124);
  for (int round = 0; round < 3000; ++round) {
    std::string question;
    const size_t pieces = 1 + random() % 14;
    for (size_t i = 0; i < pieces; ++i) question += kPieces[random() % std::size(kPieces)];
    check.run(question);
  }
  check.run("");
  check.run(std::string(4000, 'a'));
  SUCCEED();
}

}  // namespace
}  // namespace mw::assistant
