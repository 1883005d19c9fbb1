// The 200 questions of tests/cases/ask: every number right, none invented, at least 95 % answered.
// Prints both splits; with MILLWRIGHT_ASK_RESULT=FILE it also writes one line of JSON there, for
// bench/results/ask.jsonl. MILLWRIGHT_ASK_SHOW=1 prints the tuning questions that failed; those
// held out are never shown.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>

#include "assistant/assistant.h"
#include "assistant/internal/number_text.h"
#include "plant/plant_tools.h"
#include "tests/support/ask_case_file.h"
#include "tests/support/source_dir.h"

namespace mw::assistant {
namespace {

struct Score {
  int asked = 0;
  int answered = 0;  // all that was expected is there
  int wrong = 0;     // expected facts that came with another value or are told otherwise
  int invented = 0;  // numbers in the text that no evidence carries
  int numbers = 0;   // numbers in the texts
};

bool same(double a, double b) { return std::fabs(a - b) <= 1e-6 * std::max(1.0, std::fabs(b)); }

const Evidence* find(const AskAnswer& answer, const Expectation& expected, bool with_value) {
  for (const Evidence& each : answer.evidence) {
    if (each.fact != expected.fact) continue;
    if (expected.tag != "-" && each.tag != expected.tag) continue;
    if (!expected.state.empty() && each.text != expected.state) continue;
    if (with_value && expected.value && (!each.value || !same(*each.value, *expected.value)))
      continue;
    return &each;
  }
  return nullptr;
}

/// The numbers of a text as runs of digits, read without the product's own tokens. Digits that
/// belong to names are told apart by `names`.
std::vector<std::string> numbers_in(std::string text, const std::set<std::string>& names) {
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    for (size_t at = text.find(*name); at != std::string::npos; at = text.find(*name, at)) {
      text.replace(at, name->size(), " ");
    }
  }
  std::vector<std::string> out;
  std::string run;
  for (const char c : text + " ") {
    const bool digit = c >= '0' && c <= '9';
    if (digit || (c == '.' && !run.empty())) {
      run.push_back(c);
      continue;
    }
    while (!run.empty() && run.back() == '.') run.pop_back();
    if (!run.empty()) out.push_back(run);
    run.clear();
  }
  return out;
}

/// Every number that the evidence could put into a text, spelled out.
std::set<std::string> spelled(const AskAnswer& answer, const TimeZone& zone) {
  std::set<std::string> out;
  const auto add_time = [&](TimeNs at) {
    const CivilTime c = zone.to_civil(at);
    char text[8];
    for (const int part : {c.year, c.month, c.day, c.hour, c.minute, c.second}) {
      std::snprintf(text, sizeof text, "%02d", part);
      out.insert(text);
    }
  };
  const auto add_duration = [&](double seconds) {
    for (const double unit : {86400.0, 3600.0, 60.0, 1.0}) {
      out.insert(std::to_string(static_cast<long long>(seconds / unit)));
      seconds = std::fmod(seconds, unit);
    }
  };
  for (const Evidence& each : answer.evidence) {
    if (each.value) {
      for (int decimals = 0; decimals <= 4; ++decimals) {
        char text[64];
        std::snprintf(text, sizeof text, "%.*f", decimals, std::fabs(*each.value));
        out.insert(text);
      }
      if (each.unit == "s") add_duration(*each.value);
    }
    if (each.ts_ns) add_time(*each.ts_ns);
    if (each.window) {
      add_time(each.window->start_ns);
      add_time(each.window->end_ns);
    }
    char share[16];
    std::snprintf(share, sizeof share, "%.0f", each.good_share * 100);
    out.insert(share);
  }
  return out;
}

class AskCases : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* other = std::getenv("MILLWRIGHT_ASK_CASES");  // to try other questions
    file_ = new AskCaseFile(AskCaseFile::load(
        other != nullptr ? other
                         : mw::testing_support::source_path("tests/cases/ask/questions.case")));
    site_ = new AskCasePlant(*file_);
    tools_ = new ToolRegistry;
    plant::register_tools(*tools_, site_->plant());
    AskOptions options;
    options.zone = *TimeZone::parse_posix(file_->zone);
    // An error in the log is a sentence of our own that did not verify.
    const LogSink log = [](LogLevel level, std::string_view, std::string_view message) {
      if (level != LogLevel::kError) return;
      ++logged_errors_;
      std::printf("log: %.*s\n", static_cast<int>(message.size()), message.data());
    };
    assistant_ = new Assistant(*tools_, site_->plant(), nullptr, site_->clock(), options, log);
  }
  static void TearDownTestSuite() {
    delete assistant_;
    delete tools_;
    delete site_;
    delete file_;
  }

  static std::set<std::string> names() {
    std::set<std::string> out = {"1/min", "m3/min"};
    const auto view = site_->plant().catalogue(Identity::local_viewer());
    for (const auto& asset : view->assets()) out.insert({asset.id, asset.name.en, asset.name.zh});
    return out;
  }

  static void judge(const AskCase& each, Score& score, bool show) {
    AskRequest request;
    request.question = each.question;
    const auto answer = assistant_->ask(Identity::local_viewer(), request, {}, {});
    ++score.asked;
    std::string fault;
    if (!answer) {
      fault = "error: " + answer.error().message.en;
    } else if (answer->refused || !answer->readings.empty()) {
      fault = answer->refused ? "refused: " : "readings: ";
      for (const Reading& reading : answer->readings) fault += "[" + reading.text + "] ";
      fault += answer->answer;
    } else {
      if (answer->language != each.language()) fault += "wrong language; ";
      for (const Expectation& expected : each.expected) {
        const Evidence* right = find(*answer, expected, true);
        if (right != nullptr) {
          if (!expected.text.empty() && answer->answer.find(expected.text) == std::string::npos) {
            ++score.wrong;
            fault += "'" + expected.text + "' is not said; ";
          }
          continue;
        }
        const Evidence* other = find(*answer, expected, false);
        fault += "expected " + expected.fact + " " + expected.tag + " " + expected.text;
        if (other != nullptr) {
          ++score.wrong;
          fault += ", got " + std::to_string(other->value.value_or(NAN));
        }
        fault += "; ";
      }
      const std::set<std::string> allowed = spelled(*answer, *TimeZone::parse_posix(file_->zone));
      for (const Sentence& sentence : answer->sentences) {
        for (const std::string& number : numbers_in(sentence.text, names())) {
          ++score.numbers;
          if (allowed.count(number) > 0) continue;
          ++score.invented;
          fault += "invented " + number + "; ";
        }
        if (sentence.evidence.empty()) fault += "a sentence without evidence; ";
      }
      fault = fault.empty() ? "" : fault + "\n    answer: " + answer->answer;
    }
    if (fault.empty()) ++score.answered;
    if (!fault.empty() && show) {
      std::printf("%s %s\n    %s\n", each.name.c_str(), each.question.c_str(), fault.c_str());
    }
  }

  static AskCaseFile* file_;
  static AskCasePlant* site_;
  static ToolRegistry* tools_;
  static Assistant* assistant_;
  static int logged_errors_;
};

AskCaseFile* AskCases::file_ = nullptr;
AskCasePlant* AskCases::site_ = nullptr;
ToolRegistry* AskCases::tools_ = nullptr;
Assistant* AskCases::assistant_ = nullptr;
int AskCases::logged_errors_ = 0;

/// MILLWRIGHT_ASK_LINES=FILE: answers each line of the file, to try phrasings out.
TEST_F(AskCases, AnswersALineAtATimeOnRequest) {
  const char* path = std::getenv("MILLWRIGHT_ASK_LINES");
  if (path == nullptr) GTEST_SKIP() << "MILLWRIGHT_ASK_LINES is not set";
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty()) continue;
    AskRequest request;
    request.question = line;
    const auto answer = assistant_->ask(Identity::local_viewer(), request, {}, {});
    std::printf("? %s\n", line.c_str());
    if (!answer) {
      std::printf("  ERROR %s\n", answer.error().message.en.c_str());
      continue;
    }
    std::printf("  %s%s\n", answer->refused ? "REFUSED " : "", answer->answer.c_str());
    for (const Reading& reading : answer->readings) std::printf("   - %s\n", reading.text.c_str());
    ASSERT_FALSE(answer->replay_id.empty());
  }
}

TEST_F(AskCases, NumbersAreRightNoneIsInventedAndNearlyAllAreAnswered) {
  if (std::getenv("MILLWRIGHT_ASK_CASES") == nullptr) {
    ASSERT_EQ(file_->cases.size(), 200u);
  }
  const char* show = std::getenv("MILLWRIGHT_ASK_SHOW");
  Score tune, held;
  int zh = 0;
  for (const AskCase& each : file_->cases) {
    zh += each.language() == Language::kZh ? 1 : 0;
    judge(each, each.held_out() ? held : tune, show != nullptr && !each.held_out());
  }
  EXPECT_EQ(2 * zh, static_cast<int>(file_->cases.size()));
  EXPECT_EQ(logged_errors_, 0);
  for (const auto& [name, score] : {std::pair{"tune", &tune}, std::pair{"held", &held}}) {
    std::printf("%s: %d of %d answered, %d wrong, %d invented of %d numbers\n", name,
                score->answered, score->asked, score->wrong, score->invented, score->numbers);
    EXPECT_EQ(score->wrong, 0) << name;
    EXPECT_EQ(score->invented, 0) << name;
    EXPECT_GT(score->numbers, score->asked) << name;
    EXPECT_GE(score->answered, score->asked * 95 / 100) << name;
  }
  if (const char* path = std::getenv("MILLWRIGHT_ASK_RESULT")) {
    const auto part = [](const Score& score) {
      return Json{{"asked", score.asked},
                  {"answered", score.answered},
                  {"wrong", score.wrong},
                  {"invented", score.invented},
                  {"numbers", score.numbers}};
    };
    std::ofstream(path, std::ios::app)
        << to_text(Json{{"bench", "ask"}, {"tune", part(tune)}, {"held", part(held)}}) << "\n";
  }
}

}  // namespace
}  // namespace mw::assistant
