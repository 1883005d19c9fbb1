#include "assistant/report_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assistant/internal/report_clauses.h"
#include "tests/support/temporary_folder.h"

namespace mw::assistant {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimeNs kNow = 1'760'000'400 * kNsPerSecond;  // 2025-10-09 09:00 UTC

class ReportReaderTest : public testing::Test {
 protected:
  ReportReaderTest() {
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = plant::Catalogue::parse(R"json({
      "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
      "kinds": [{"id": "press", "name": {"en": "press", "zh": "压机"},
        "failure_modes": [
          {"id": "bearing", "name": {"en": "bearing wear", "zh": "轴承磨损"}, "signs": ["shake"],
           "parts": [{"number": "6205-2RS", "quantity": 1}]},
          {"id": "seal", "name": {"en": "oil seal leak", "zh": "油封泄漏"}, "signs": ["pressure"]},
          {"id": "fan", "name": {"en": "blocked fan", "zh": "风扇堵塞"}, "signs": ["heat"]}],
        "tags": [{"id": "heat", "unit": "degC", "name": {"en": "oil temperature", "zh": "油温"}},
                 {"id": "pressure", "unit": "bar", "name": {"en": "pressure", "zh": "压力"}},
                 {"id": "shake", "unit": "mm/s", "name": {"en": "vibration", "zh": "振动"}}]}],
      "assets": [{"id": "press-1", "kind": "press", "line": "a", "name": {"en": "Press 1", "zh": "1号压机"}},
                 {"id": "press-2", "kind": "press", "line": "b", "name": {"en": "Press 2", "zh": "2号压机"}}]
    })json")
                            .value();
    options.clock = &clock_;
    plant_ = plant::Plant::open(std::move(options)).value();
  }
  MaintenanceReport read(const std::string& text,
                         const Identity& who = Identity::local_viewer()) const {
    const ReportReader reader(*plant_, nullptr, clock_, {});
    const auto report = reader.read(who, text);
    EXPECT_TRUE(report) << report.error().message.en;
    return report ? *report : MaintenanceReport{};
  }
  static std::string words(const MaintenanceReport& report, const ReportQuote& quote) {
    return report.text.substr(quote.begin, quote.end - quote.begin);
  }
  static std::vector<std::string> told(const MaintenanceReport& report) {
    std::vector<std::string> out;
    for (const ReportClause& each : report.clauses) {
      out.push_back(std::string(role_name(each.role)) + ": " + words(report, each.quote));
    }
    return out;
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<plant::Plant> plant_;
};

TEST_F(ReportReaderTest, TellsWhatWasNoticedWhyAndWhatWasDone) {
  const auto report = read(
      "Yesterday at 14:05 Press 1 was noisy, vibration was up. The bearing showed wear due to "
      "missing grease. "
      "Replaced the bearing 6205-2rs, both rings and the cover; Press 1 runs again. Downtime 2.5 "
      "h, the work took 90 minutes.");
  EXPECT_EQ(report.language, Language::kEn);
  EXPECT_THAT(
      told(report),
      ElementsAre("noticed: Yesterday at 14:05 Press 1 was noisy", "noticed: vibration was up",
                  "cause: The bearing showed wear due to missing grease",
                  "done: Replaced the bearing 6205-2rs, both rings and the cover",
                  "result: Press 1 runs again", "other: Downtime 2.5 h, the work took 90 minutes"));
  ASSERT_THAT(report.assets, SizeIs(1));
  EXPECT_EQ(report.assets[0].id, "press-1");
  ASSERT_THAT(report.modes, SizeIs(1));
  EXPECT_EQ(report.modes[0].id, "bearing");
  EXPECT_TRUE(report.modes[0].by_name);
  EXPECT_EQ(words(report, report.modes[0].quote), "bearing showed wear");
  ASSERT_THAT(report.parts, SizeIs(1));
  EXPECT_EQ(report.parts[0].number, "6205-2RS");
  EXPECT_EQ(words(report, report.parts[0].quote), "6205-2rs");
  ASSERT_THAT(report.times, SizeIs(1));
  EXPECT_EQ(report.times[0].window.start_ns, kNow - 19 * kNsPerHour + 5 * kNsPerMinute);
  ASSERT_TRUE(report.standstill);
  EXPECT_DOUBLE_EQ(report.standstill->hours, 2.5);
}

TEST_F(ReportReaderTest, ReadsChineseAlike) {
  const auto report = read(
      "昨天14:"
      "05，2号压机漏油，压力偏低。原因是油封老化导致泄漏。更换油封并补油，停机两小时，试机正常。");
  EXPECT_EQ(report.language, Language::kZh);
  ASSERT_THAT(report.assets, SizeIs(1));
  EXPECT_EQ(report.assets[0].id, "press-2");
  ASSERT_FALSE(report.modes.empty());
  EXPECT_EQ(report.modes[0].id, "seal");
  const auto clauses = told(report);
  EXPECT_THAT(clauses, testing::Contains("cause: 原因是油封老化导致泄漏"));
  EXPECT_THAT(clauses, testing::Contains("done: 更换油封并补油"));
  EXPECT_THAT(clauses, testing::Contains("result: 试机正常"));
  ASSERT_TRUE(report.standstill);
  EXPECT_DOUBLE_EQ(report.standstill->hours, 2);
  EXPECT_EQ(words(report, report.standstill->quote), "两小时");
}

TEST_F(ReportReaderTest, FallsBackToTheSignalsThatAModeShowsIn) {
  const auto report = read("Press 1: oil temperature too high, cleaned the filter mat.");
  ASSERT_THAT(report.modes, SizeIs(1));
  EXPECT_EQ(report.modes[0].id, "fan");
  EXPECT_FALSE(report.modes[0].by_name);
}

TEST_F(ReportReaderTest, FindsNothingWhereNothingIsSaid) {
  const auto report = read("Handed over to the night shift as planned.");
  EXPECT_THAT(report.assets, IsEmpty());
  EXPECT_THAT(report.modes, IsEmpty());
  EXPECT_THAT(report.parts, IsEmpty());
  EXPECT_FALSE(report.standstill || report.work);
  ASSERT_THAT(report.clauses, SizeIs(1));
  EXPECT_EQ(report.clauses[0].role, ReportRole::kOther);
}

TEST_F(ReportReaderTest, NamesNothingThatTheReaderMayNotSee) {
  const Identity of_a{Identity::Kind::kPerson, "bo", {{Role::kViewer, {"a"}, {}}}};
  const auto report = read("Press 2 leaks at the oil seal", of_a);
  EXPECT_THAT(report.assets, IsEmpty());
  for (const ReportMode& each : report.modes) EXPECT_EQ(each.asset, "press-1");
}

TEST_F(ReportReaderTest, QuotesStandInTheTextWhateverTheBytes) {
  const std::vector<std::string> texts = {std::string("\xff\xfe, replaced\0 1 h", 17),
                                          std::string(3000, ','),
                                          std::string("。，；"),
                                          std::string("停机9999999999小时"),
                                          std::string("2 h.\n\n\n3 min; 12:00"),
                                          std::string(8000, 'a')};
  for (const std::string& text : texts) {
    const ReportReader reader(*plant_, nullptr, clock_, {});
    const auto report = reader.read(Identity::local_viewer(), text);
    if (!report) {
      EXPECT_EQ(report.error().param, "text");
      continue;
    }
    const Json json = to_json(*report);
    EXPECT_TRUE(parse_json(to_text(json)));
    for (const ReportClause& each : report->clauses) {
      EXPECT_LT(each.quote.begin, each.quote.end);
      EXPECT_LE(each.quote.end, report->text.size());
    }
  }
  const ReportReader reader(*plant_, nullptr, clock_, {});
  EXPECT_EQ(reader.read(Identity::local_viewer(), std::string(8001, 'a')).error().code,
            Code::kTooLarge);
  EXPECT_EQ(reader.read(Identity::local_viewer(), " \n ").error().param, "text");
}

}  // namespace
}  // namespace mw::assistant
