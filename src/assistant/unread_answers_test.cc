// A condition that is not understood is named and nothing is answered in its stead (ADR 0157).
#include <gtest/gtest.h>

#include "assistant/assistant.h"
#include "plant/plant_tools.h"
#include "tests/support/ask_case_file.h"
#include "tests/support/source_dir.h"

namespace mw::assistant {
namespace {

class UnreadAnswers : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    file_ = new AskCaseFile(
        AskCaseFile::load(mw::testing_support::source_path("tests/cases/ask/questions.case")));
    site_ = new AskCasePlant(*file_);
    tools_ = new ToolRegistry;
    plant::register_tools(*tools_, site_->plant());
  }
  static void TearDownTestSuite() {
    delete tools_;
    delete site_;
    delete file_;
  }
  static AskAnswer ask(const std::string& question) {
    AskOptions options;
    options.zone = *TimeZone::parse_posix(file_->zone);
    Assistant assistant(*tools_, site_->plant(), nullptr, site_->clock(), options, no_log());
    AskRequest request;
    request.question = question;
    auto answer = assistant.ask(Identity::local_viewer(), request, {}, {});
    EXPECT_TRUE(answer) << question;
    return answer ? *answer : AskAnswer{};
  }
  static AskCaseFile* file_;
  static AskCasePlant* site_;
  static ToolRegistry* tools_;
};
AskCaseFile* UnreadAnswers::file_ = nullptr;
AskCasePlant* UnreadAnswers::site_ = nullptr;
ToolRegistry* UnreadAnswers::tools_ = nullptr;

TEST_F(UnreadAnswers, AConditionOfWordsOrStatesIsNamed) {
  const struct {
    const char* question;
    const char* words;
  } kCases[] = {
      {"average spindle load of CNC-2 while it was running today", "'running'"},
      {"mean oil temperature of the press in the last hour if the door was open", "'door'"},
      {"What is the average vibration of CNC-1 without outliers today?", "'without'"},
      {"average vibration of CNC-1 excluding the first ten minutes", "'excluding'"},
      {"average temperature of CNC-1 on weekdays", "'weekdays'"},
      {"spindle temperature of CNC-2 in Fahrenheit", "'Fahrenheit'"},
      {"How often did CNC-2 stop because of tool changes today?", "'because'"},
      {"How long was CNC-2 stopped for cleaning today?", "'cleaning'"},
      {"Which machine needs cleaning?", "'cleaning'"},
      {"What is the target of CNC-2?", "'target'"},
      {"Who was on shift when CNC-2 stopped?", "'Who'"},
      {"Assume today is Monday, what was the oil temperature yesterday?", "'Assume'"},
      {"2号数控机床运行时的平均主轴负载是多少", "“运行”"},
      {"今天1号机床除去停机时间的平均振动", "“除去”"},
      {"CNC-2今天因换刀停机多久", "“因换刀”"},
      {"1号压力机的油温用华氏度表示是多少", "华氏度"},
      {"温度第二高的机床是哪台", "第二高"}};
  for (const auto& each : kCases) {
    const AskAnswer answer = ask(each.question);
    EXPECT_TRUE(answer.refused) << each.question << ": " << answer.answer;
    EXPECT_TRUE(answer.tool.empty()) << each.question;
    EXPECT_NE(answer.answer.find(each.words), std::string::npos)
        << each.question << ": " << answer.answer;
  }
}

TEST_F(UnreadAnswers, FiguresByDayAreNotThoseOfTheWholeTime) {
  for (const char* question :
       {"daily average of the oil temperature in the last week", "过去一周每天的平均油温",
        "hourly maximum vibration of CNC-1 today", "今天1号机床每小时的最大振动"}) {
    EXPECT_TRUE(ask(question).refused) << question;
  }
}

TEST_F(UnreadAnswers, WordsThatNarrowNothingDoNotStandInTheWay) {
  for (const char* question :
       {"How fast does the conveyor run now?", "What was the oil pressure of the press in bar?",
        "Which of the two CNCs is hotter?", "哪台机床的振动大", "今天1号机床生产了多少零件",
        "Could you kindly provide the current spindle temperature sensed on CNC-2?",
        "请提供2号机床当前的主轴温度", "1号压力机的油温变化情况",
        "早上好，2号机床现在的主轴温度是多少",
        "Good morning, what is the spindle temperature of CNC-2?"}) {
    const AskAnswer answer = ask(question);
    EXPECT_FALSE(answer.refused) << question << ": " << answer.answer;
  }
}

TEST_F(UnreadAnswers, TooHighIsAskedOfTheNormalRange) {
  for (const char* question : {"Is the vibration of CNC-1 too high?", "1号机床的振动是不是偏高"}) {
    EXPECT_EQ(ask(question).tool, "unusual_now") << question;
  }
}

}  // namespace
}  // namespace mw::assistant
