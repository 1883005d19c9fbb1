#include "plant/internal/live_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;
constexpr TagIndex kState = 0, kTemperature = 1;

TimeNs after(double seconds) { return kNow + static_cast<int64_t>(seconds * 1e9); }

class LiveTableTest : public testing::Test {
 protected:
  /// As the calls before left it, or as whoever asks at `now_ns` sees it.
  TagValue temperature(TimeNs now_ns = std::numeric_limits<TimeNs>::min()) {
    return table_.value(*plant_->tag("m1/temperature"), now_ns);
  }
  void take(const Sample& sample) { table_.take(std::vector<Sample>{sample}); }
  void link(bool connected, TimeNs since_ns) {
    BrokerStatus status;
    status.configured = true;
    status.connected = connected;
    status.since_ns = since_ns;
    table_.set_broker(status);
  }
  const std::shared_ptr<const Catalogue> plant_ = test_catalogue();
  LiveTable table_{plant_};
};

TEST_F(LiveTableTest, IsBadUntilSomethingCame) {
  EXPECT_EQ(temperature().quality, Quality::kBad);
  EXPECT_FALSE(temperature().value.has_value());
  EXPECT_TRUE(table_.tick(kNow).empty()) << "nothing to mark: there is no value";
}

TEST_F(LiveTableTest, KeepsTheNewestBySourceTime) {
  take(number_at(kTemperature, kNow, 50));
  take(number_at(kTemperature, kNow - kNsPerMinute, 10));  // late
  EXPECT_EQ(temperature().value, 50);
  EXPECT_EQ(temperature().ts_ns, kNow);
}

TEST_F(LiveTableTest, TurnsASilentTagBadOnceAfterItsWatchdogAndGoodAgainByTheNextSample) {
  take(number_at(kTemperature, kNow, 50));
  EXPECT_TRUE(table_.tick(after(9.9)).empty());
  EXPECT_EQ(temperature().quality, Quality::kGood);
  const std::vector<Sample> marks = table_.tick(after(10.1));
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].tag, kTemperature);
  EXPECT_EQ(marks[0].quality, Quality::kBad);
  EXPECT_EQ(marks[0].reason, QualityReason::kSilent);
  EXPECT_TRUE(std::isnan(marks[0].value));
  EXPECT_NE(marks[0].ts_ns % kNsPerMs, 0) << "the place of a sample that may come late";
  EXPECT_EQ(temperature().quality, Quality::kBad);
  EXPECT_EQ(temperature().value, 50) << "the last known value stays visible";
  EXPECT_TRUE(table_.tick(after(20)).empty()) << "one mark a silence";
  take(number_at(kTemperature, after(21), 51));
  EXPECT_EQ(temperature().quality, Quality::kGood);
}

TEST_F(LiveTableTest, NoReaderSeesASilentTagGoodOnceItsPeriodHasPassed) {
  const Tag& tag = *plant_->tag("m1/temperature");
  take(number_at(kTemperature, kNow, 50));
  take(state_at(kState, kNow, "running"));
  (void)table_.tick(after(9.99));
  uint64_t cursor = 0;
  (void)table_.changes(*plant_, cursor, after(9.99));
  const TimeNs period_ns = kNow + kNsPerMs + 10 * kNsPerSecond;  // of its arrival
  EXPECT_EQ(temperature(period_ns).quality, Quality::kGood);
  EXPECT_TRUE(table_.changes(*plant_, cursor, period_ns).values.empty());
  const Change change = table_.changes(*plant_, cursor, period_ns + 1);
  EXPECT_EQ(change.values.size(), 2u) << "subscribers are told without a tick";
  ASSERT_EQ(change.assets.size(), 1u);
  EXPECT_EQ(change.assets[0].state, "") << "not known any more";
  EXPECT_EQ(table_.value(tag, period_ns + 1).reason, QualityReason::kSilent);
  EXPECT_EQ(table_.snapshot(*plant_, period_ns + 1).values[tag.index].quality, Quality::kBad);
  const std::vector<Sample> marks = table_.tick(after(10.2));
  ASSERT_EQ(marks.size(), 2u) << "history gets what a read found";
  EXPECT_LE(marks[0].ts_ns, period_ns);
  EXPECT_TRUE(table_.tick(after(10.4)).empty()) << "once";
}

TEST_F(LiveTableTest, AReadFindsEveryLaterDeadlineToo) {
  take(state_at(kState, after(0), "running"));
  for (double s = 0; s < 60; s += 5) {
    take(number_at(kTemperature, after(s), 50));
    EXPECT_EQ(temperature(after(s + 4.9)).quality, Quality::kGood) << s;
  }
  EXPECT_EQ(temperature(after(65)).quality, Quality::kGood);
  EXPECT_EQ(temperature(after(65.1)).quality, Quality::kBad) << "the last came at 55 s";
  take(number_at(kTemperature, after(70), 51));
  EXPECT_EQ(temperature(after(70.1)).quality, Quality::kGood);
  EXPECT_EQ(temperature(after(80.1)).quality, Quality::kBad) << "and once more";
  take(number_at(kTemperature, after(90), 52));
  link(false, after(91));
  EXPECT_EQ(temperature(after(91.9)).quality, Quality::kGood) << "a broker that restarts";
  EXPECT_EQ(temperature(after(92)).reason, QualityReason::kNoCommunication);
}

TEST_F(LiveTableTest, TurnsEveryTagBadWhenTheLinkIsLost) {
  link(true, kNow);
  take(number_at(kTemperature, kNow, 50));
  take(state_at(kState, kNow, "running"));
  link(false, after(1));
  EXPECT_TRUE(table_.tick(after(1.5)).empty()) << "a broker that restarts is no outage";
  EXPECT_EQ(table_.tick(after(2.1)).size(), 2u);
  EXPECT_EQ(temperature().reason, QualityReason::kNoCommunication);
  const Snapshot snapshot = table_.snapshot(*plant_, after(2.1));
  EXPECT_EQ(snapshot.assets[0].state, "") << "not known any more";
  EXPECT_EQ(snapshot.assets[0].abnormal.size(), 3u);  // the third tag never came at all
}

TEST_F(LiveTableTest, ABrokerThatIsDownSaysNothingOfWhatComesAnotherWay) {
  link(false, kNow);
  const std::vector<Sample> pushed = {number_at(kTemperature, after(10), 20)};
  table_.take(pushed, Arrival::kLive, LiveTable::Way::kOther);
  EXPECT_TRUE(table_.tick(after(11.5)).empty());
  EXPECT_EQ(temperature().quality, Quality::kGood);
  EXPECT_EQ(table_.tick(after(25)).size(), 1u) << "its watchdog still looks";
}

TEST_F(LiveTableTest, TurnsOnlyTheTagsOfALinkBadThatIsLost) {
  link(true, kNow);
  const LiveTable::LinkId own = table_.add_link(std::vector<TagIndex>{kTemperature});
  take(number_at(kTemperature, kNow, 50));
  take(state_at(kState, kNow, "running"));
  table_.set_link(own, false, after(1));
  table_.set_link(own, false, after(2.05));  // told again: since the first time
  std::vector<Sample> marks = table_.tick(after(2.1));
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].tag, kTemperature);
  EXPECT_EQ(marks[0].reason, QualityReason::kNoCommunication);
  // And the broker's loss is nothing to a tag that does not come over it.
  table_.set_link(own, true, after(3));
  take(number_at(kTemperature, after(3), 51));
  link(false, after(3));
  marks = table_.tick(after(4.1));
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].tag, kState);
}

TEST_F(LiveTableTest, TurnsTheTagsOfALinkBadAtOnceThatIsKnownToBeCut) {
  const LiveTable::LinkId own = table_.add_link(std::vector<TagIndex>{kTemperature});
  take(number_at(kTemperature, kNow, 50));
  take(state_at(kState, kNow, "running"));
  const std::vector<Sample> marks = table_.cut_link(own, after(1));
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].tag, kTemperature);
  EXPECT_LE(marks[0].ts_ns, after(1));  // beside the samples, which stand at whole milliseconds
  EXPECT_GT(marks[0].ts_ns, after(1) - kNsPerMs);
  EXPECT_EQ(marks[0].quality, Quality::kBad);
  EXPECT_EQ(temperature().quality, Quality::kBad);
  EXPECT_EQ(temperature().reason, QualityReason::kNoCommunication);
  EXPECT_EQ(temperature().value, 50);
  EXPECT_EQ(temperature().ts_ns, kNow);
  EXPECT_TRUE(table_.cut_link(own, after(2)).empty()) << "one mark is enough";
  EXPECT_TRUE(table_.tick(after(3)).empty());
  // What comes late does not bring it back for longer than a moment.
  take(number_at(kTemperature, after(3), 51));
  EXPECT_EQ(table_.tick(after(3.25)).size(), 1u);
  table_.set_link(own, true, after(4));
  take(number_at(kTemperature, after(4), 52));
  EXPECT_TRUE(table_.tick(after(5)).empty());
  EXPECT_EQ(temperature().quality, Quality::kGood);
}

TEST_F(LiveTableTest, AValueThatOnlyOlderSamplesFollowIsBadAfterTheWatchdogUntilANewerOne) {
  take(number_at(kTemperature, kNow, 50));
  // The device's clock jumps back an hour: its samples arrive each second, all of them older.
  const auto jumped = [&](double seconds, double value) {
    Sample sample = number_at(kTemperature, after(seconds), value);
    sample.ts_ns -= kNsPerHour;
    take(sample);
  };
  for (int s = 1; s <= 9; ++s) {
    jumped(s, 60 + s);
    EXPECT_TRUE(table_.tick(after(s)).empty()) << "late samples alone are no doubt";
    EXPECT_EQ(temperature().quality, Quality::kGood);
  }
  for (int s = 10; s <= 11; ++s) jumped(s, 60 + s);
  const std::vector<Sample> marks = table_.tick(after(11.1));
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].reason, QualityReason::kClockBehind);
  EXPECT_EQ(marks[0].quality, Quality::kBad);
  EXPECT_EQ(temperature().quality, Quality::kBad);
  EXPECT_EQ(temperature().reason, QualityReason::kClockBehind);
  EXPECT_EQ(temperature().value, 50) << "the newest by its own time stays visible";
  for (int s = 12; s <= 30; ++s) {
    jumped(s, 60);
    EXPECT_TRUE(table_.tick(after(s + 0.1)).empty()) << "one mark a stretch";
    EXPECT_EQ(temperature().reason, QualityReason::kClockBehind);
  }
  take(number_at(kTemperature, after(31), 51));  // the clock was mended
  EXPECT_EQ(temperature().quality, Quality::kGood);
  EXPECT_EQ(temperature().value, 51);
  EXPECT_TRUE(table_.tick(after(40)).empty());
}

TEST_F(LiveTableTest, ABacklogThatIsSentAfterABreakIsNoClockSetBack) {
  take(number_at(kTemperature, kNow, 50));
  EXPECT_EQ(table_.tick(after(11)).size(), 1u) << "silent";
  // Half a minute of samples, stamped when they held, in a burst and beside live ones.
  take(number_at(kTemperature, after(30), 80));
  for (int s = 1; s < 30; ++s) {
    Sample late = number_at(kTemperature, after(s), 50 + s);
    late.server_ts_ns = after(30 + 0.3 * s);
    take(late);
    EXPECT_TRUE(table_.tick(late.server_ts_ns).empty());
    EXPECT_EQ(temperature().quality, Quality::kGood);
  }
  EXPECT_EQ(temperature().value, 80);
}

TEST_F(LiveTableTest, AValueSentAgainWithItsTimeStillHolds) {
  const Sample first = number_at(kTemperature, kNow, 50);
  take(first);
  for (int s = 1; s <= 30; ++s) {
    Sample again = first;
    again.server_ts_ns = after(s);
    take(again);
    EXPECT_TRUE(table_.tick(after(s)).empty());
  }
  EXPECT_EQ(temperature().quality, Quality::kGood);
  // Another value under the same time is a clock that stands still.
  for (int s = 31; s <= 45; ++s) {
    Sample stuck = number_at(kTemperature, kNow, s);
    stuck.server_ts_ns = after(s);
    take(stuck);
    table_.tick(after(s));
  }
  EXPECT_EQ(temperature().reason, QualityReason::kClockBehind);
}

TEST_F(LiveTableTest, ADeviceThatComesBackWithAnOldClockIsNotGoodForAMoment) {
  take(number_at(kTemperature, kNow, 50));
  EXPECT_EQ(table_.tick(after(20)).size(), 1u);
  EXPECT_EQ(temperature().reason, QualityReason::kSilent);
  Sample old = number_at(kTemperature, kNow - kNsPerHour, 10);  // restarted, its clock lost power
  old.server_ts_ns = after(60);
  take(old);
  EXPECT_EQ(temperature().quality, Quality::kBad);
  EXPECT_EQ(temperature().reason, QualityReason::kClockBehind);
  EXPECT_TRUE(table_.tick(after(60.1)).empty()) << "history is bad since the silence";
  // And silent again: the reason follows what is the case.
  EXPECT_TRUE(table_.tick(after(75)).empty());
  EXPECT_EQ(temperature().reason, QualityReason::kSilent);
}

TEST_F(LiveTableTest, SurvivesAClockThatIsSetBack) {
  take(number_at(kTemperature, kNow, 50));
  EXPECT_TRUE(table_.tick(kNow - kNsPerHour).empty());
  EXPECT_EQ(table_.tick(kNow - kNsPerHour + 11 * kNsPerSecond).size(), 1u);
}

TEST_F(LiveTableTest, KnowsSinceWhenAStateHolds) {
  take(state_at(kState, kNow, "running"));
  take(state_at(kState, after(5), "running"));
  const auto status = [&] { return table_.snapshot(*plant_, after(10)).assets[0]; };
  EXPECT_EQ(status().state, "running");
  EXPECT_EQ(status().state_since_ns, kNow);
  take(state_at(kState, after(7), "fault"));
  EXPECT_EQ(status().state, "fault");
  EXPECT_EQ(status().state_since_ns, after(7));
}

TEST_F(LiveTableTest, SaysWhyAValueIsAbnormalInBothLanguages) {
  take(number_at(kTemperature, kNow, 84.24));
  const AssetStatus status = table_.snapshot(*plant_, kNow).assets[0];
  ASSERT_FALSE(status.abnormal.empty());
  const auto found = std::find_if(status.abnormal.begin(), status.abnormal.end(),
                                  [](const Abnormal& one) { return one.tag == "m1/temperature"; });
  ASSERT_NE(found, status.abnormal.end());
  EXPECT_EQ(found->reason.en, "temperature 84.2 degC, above the normal 80.0");
  EXPECT_NE(found->reason.zh.find("高于正常上限 80.0"), std::string::npos);
}

TEST_F(LiveTableTest, TellsEachSubscriberWhatChangedSinceItAsked) {
  uint64_t cursor = 0;
  EXPECT_EQ(table_.changes(*plant_, cursor, after(2)).values.size(), 6u)
      << "all of it the first time";
  EXPECT_TRUE(table_.changes(*plant_, cursor, after(2)).values.empty());
  take(number_at(kTemperature, kNow, 50));
  const Change change = table_.changes(*plant_, cursor, after(2));
  ASSERT_EQ(change.values.size(), 1u);
  EXPECT_EQ(change.values[0].value, 50);
  EXPECT_FALSE(change.broker.has_value());
  take(number_at(kTemperature, after(1), 95));
  EXPECT_EQ(table_.changes(*plant_, cursor, after(2)).assets.size(), 1u) << "it became abnormal";
  link(true, after(2));
  EXPECT_TRUE(table_.changes(*plant_, cursor, after(2)).broker.has_value());
}

TEST_F(LiveTableTest, HidesOtherLines) {
  const Identity who = Identity::viewer_of({"b"});
  const auto view = Catalogue::visible_to(plant_, who);
  take(number_at(kTemperature, kNow, 50));
  uint64_t cursor = 0;
  for (const TagValue& value : table_.changes(*view, cursor, kNow).values) {
    EXPECT_EQ(value.tag.rfind("m2/", 0), 0u) << value.tag;
  }
  const Snapshot snapshot = table_.snapshot(*view, kNow);
  ASSERT_EQ(snapshot.assets.size(), 1u);
  EXPECT_EQ(snapshot.assets[0].asset, "m2");
  EXPECT_EQ(snapshot.values.size(), 3u);
}

}  // namespace
}  // namespace mw::plant
