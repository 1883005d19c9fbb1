#include "maintenance/vibration_archive.h"

#include <gmock/gmock.h>

#include "core/file.h"
#include "core/testing.h"
#include "maintenance/testing/health_monitor_fixture.h"
#include "maintenance/testing/made_vibration.h"
#include "maintenance/vibration_text.h"

namespace mw::maintenance {
namespace {

using ::testing::HasSubstr;

std::string recorded(std::size_t count, uint64_t seed, double strength = 8) {
  std::vector<double> signal = mw::testing_support::made_noise(count, seed);
  mw::testing_support::add_impacts(signal, 12'000, 3.5848 * 29.95, strength, 3400, 0, 0, 2);
  std::string out = "acceleration\n";
  for (const double each : signal) out += std::to_string(each) + "\n";
  return out;
}

VibrationArchive::Order order(const std::string& bytes) {
  VibrationArchive::Order out;
  out.info.asset = "m1";
  out.info.point = "drive end";
  out.info.rate_hz = 12'000;
  out.info.rpm = 1797;
  out.info.bearing = BearingGeometry{9, 0.3126, 1.537, 0};
  out.info.group = MachineGroup::kMediumRigid;
  out.file = "C:\\data\\de.csv";
  out.bytes = bytes;
  return out;
}

class VibrationArchiveTest : public HealthMonitorFixture {
 protected:
  void SetUp() override {
    open_plant(folder_.path());
    open_archive();
  }
  void open_archive(uint64_t most_bytes = 1 << 28) {
    VibrationOptions options;
    options.folder = folder_.path() / "vibration";
    options.plant = plant_;
    options.clock = &clock_;
    options.audit = audit_;
    options.most_bytes_a_machine = most_bytes;
    auto opened = VibrationArchive::open(std::move(options));
    ASSERT_TRUE(opened) << opened.error().message.en;
    archive_ = std::move(*opened);
  }
  VibrationInfo add(const std::string& bytes, TimeNs ts_ns = 0) {
    VibrationArchive::Order wanted = order(bytes);
    wanted.info.ts_ns = ts_ns;
    const auto added = archive_->add(kEngineer, wanted);
    EXPECT_TRUE(added) << added.error().message.en;
    return added ? added->info : VibrationInfo{};
  }
  std::filesystem::path file_of(const VibrationInfo& info) const {
    return folder_.path() / "vibration" / info.asset / (std::to_string(info.number) + ".vib");
  }
  std::unique_ptr<VibrationArchive> archive_;
};

TEST_F(VibrationArchiveTest, KeepsARecordingOverARestartAndNamesTheDamage) {
  const VibrationInfo info = add(recorded(16'384, 1));
  EXPECT_EQ(info.source, "de.csv");
  EXPECT_EQ(info.channel, "acceleration");
  EXPECT_EQ(info.found.named, BearingPart::kOuterRace);
  EXPECT_EQ(audit_->actions.back(), "maintenance.vibration asset:m1");
  open_archive();
  const auto list = archive_->list(kViewerOfA, "m1");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(to_text(to_json(list->front())), to_text(to_json(info)));
  const auto look = archive_->look(kViewerOfA, "m1", info.number);
  ASSERT_TRUE(look) << look.error().message.en;
  EXPECT_EQ(look->report.bearing->named, BearingPart::kOuterRace);
  EXPECT_EQ(look->plots.lines.size(), 3 + 5 + 9 + 9 + 5u);
}

TEST_F(VibrationArchiveTest, GoesOnUnderTheNewNameOfAMachine) {
  const VibrationInfo info = add(recorded(16'384, 1));
  archive_.reset();
  plant_.reset();
  std::string description = kMadePlant;
  description.replace(description.find(R"("id": "m1")"), 10, R"("id": "n1")");
  description.insert(description.find(R"("assets":)"),
                     R"("formerly": [{"asset": "n1", "id": "m1"}], )");
  open_plant(folder_.path(), description);
  for (int i = 0; i < 2; ++i) {
    audit_->actions.clear();
    open_archive();
    EXPECT_EQ(audit_->actions.size(), i == 0 ? 1u : 0u);
    const auto look = archive_->look(kViewerOfA, "n1", info.number);
    ASSERT_TRUE(look) << look.error().message.en;
    EXPECT_EQ(look->info.asset, "n1");
    EXPECT_EQ(look->report.bearing->named, BearingPart::kOuterRace);
    EXPECT_FALSE(std::filesystem::exists(file_of(info)));
  }
}

class DescribedPoint : public VibrationArchiveTest {
 protected:
  void SetUp() override {
    std::string description = kMadePlant;
    const std::string before = R"("failure_modes":)";
    description.insert(description.find(before), R"("measuring_points": [
      {"point": "drive end", "speed": "speed", "shaft_ratio": 0.5,
       "bearing": {"name": "6205-2RS", "elements": 9, "element_diameter": 0.3126,
                   "pitch_diameter": 1.537}},
      {"point": "fan end", "bearing": {"bpfo": 3.585, "bpfi": 5.415, "bsf": 2.357, "ftf": 0.398}}],
      )");
    const std::string tags = R"("tags": [)";
    description.insert(description.find(tags) + tags.size(),
                       R"({"id": "speed", "unit": "1/min", "watchdog_s": 60},)");
    open_plant(folder_.path(), description);
    open_archive();
  }
  const std::string bytes_ = recorded(16'384, 1);
  void turn_at(double rpm) {
    store({{"m1/speed", rpm, "", clock_.now_ns(), Quality::kGood, {}}});
    clock_.set(clock_.now_ns() + 5 * kNsPerSecond);
  }
  static VibrationArchive::Order bare(const std::string& bytes, const char* point = "drive end") {
    VibrationArchive::Order out = order(bytes);
    out.info.point = point;
    out.info.rpm.reset();
    out.info.bearing.reset();
    return out;
  }
};

TEST_F(DescribedPoint, GivesBearingAndSpeedToARecordingThatSaysNone) {
  turn_at(3594);
  const auto added = archive_->add(kEngineer, bare(bytes_));
  ASSERT_TRUE(added) << added.error().message.en;
  EXPECT_TRUE(added->note.en.empty());
  EXPECT_EQ(added->info.rpm, 1797);
  EXPECT_EQ(added->info.rpm_tag, "m1/speed");
  EXPECT_EQ(added->info.bearing_name, "6205-2RS");
  EXPECT_TRUE(added->info.bearing_from_plant);
  EXPECT_EQ(added->info.found.named, BearingPart::kOuterRace);
  open_archive();
  const auto kept = archive_->list(kViewerOfA, "m1");
  ASSERT_TRUE(kept);
  EXPECT_EQ(to_text(to_json(kept->front())), to_text(to_json(added->info)));
  EXPECT_EQ(to_json(kept->front())["bearing_from"], "plant");
}

TEST_F(DescribedPoint, DoesNotTakeThePlaceOfWhatIsSaidWithARecording) {
  turn_at(3594);
  VibrationArchive::Order said = order(bytes_);
  said.info.bearing = BearingGeometry{8, 0.3126, 1.537, 0};
  const auto added = archive_->add(kEngineer, said);
  ASSERT_TRUE(added) << added.error().message.en;
  EXPECT_EQ(added->info.bearing->elements, 8);
  EXPECT_FALSE(added->info.bearing_from_plant);
  EXPECT_EQ(added->info.rpm_tag, "");
  EXPECT_EQ(to_json(added->info)["bearing_from"], "recording");
}

TEST_F(DescribedPoint, SaysWhyItsBearingIsOfNoUse) {
  const auto silent = archive_->add(kEngineer, bare(bytes_));
  ASSERT_TRUE(silent) << silent.error().message.en;
  EXPECT_THAT(silent->note.en, HasSubstr("'m1/speed' was no good speed"));
  EXPECT_THAT(silent->note.zh, HasSubstr("m1/speed"));
  EXPECT_FALSE(silent->info.bearing || silent->info.found.diagnosed);
  const auto without = archive_->add(kEngineer, bare(bytes_, "fan end"));
  ASSERT_TRUE(without);
  EXPECT_THAT(without->note.en, HasSubstr("speed is not known"));
  auto said = bare(bytes_, "fan end");
  said.info.rpm = 1797;
  const auto by_orders = archive_->add(kEngineer, said);
  ASSERT_TRUE(by_orders) << by_orders.error().message.en;
  EXPECT_EQ(by_orders->info.orders->bpfi, 5.415);
  EXPECT_TRUE(by_orders->info.found.diagnosed);
  const auto elsewhere = archive_->add(kEngineer, bare(bytes_, "gearbox"));
  ASSERT_TRUE(elsewhere);
  EXPECT_TRUE(elsewhere->note.en.empty());
}

TEST_F(VibrationArchiveTest, LooksOnceAtWhatNeverChanges) {
  const VibrationInfo info = add(recorded(16'384, 1));
  const auto before = archive_->look(kViewerOfA, "m1", info.number);
  ASSERT_TRUE(std::filesystem::remove(file_of(info)));  // what a second look would read
  const auto after = archive_->look(kViewerOfA, "m1", info.number);
  ASSERT_TRUE(after) << after.error().message.en;
  EXPECT_EQ(after->plots.envelope.values, before->plots.envelope.values);
  EXPECT_EQ(archive_->look(Identity::viewer_of({"b"}), "m1", info.number).error().code,
            Code::kNotFound);
  open_archive();
  EXPECT_EQ(archive_->look(kViewerOfA, "m1", info.number).error().code, Code::kNotFound);
}

TEST_F(VibrationArchiveTest, HoldsLinesApartAndAsksForRoles) {
  const std::string bytes = recorded(16'384, 1);
  const VibrationInfo info = add(bytes);
  const Identity stranger = Identity::viewer_of({"b"});
  EXPECT_EQ(archive_->list(stranger, "m1").error().code, Code::kNotFound);
  EXPECT_EQ(archive_->look(stranger, "m1", info.number).error().code, Code::kNotFound);
  EXPECT_EQ(archive_->series(stranger, "m1", "drive end", 5, {}).error().code, Code::kNotFound);
  EXPECT_EQ(archive_->remove(stranger, "m1", info.number).error().code, Code::kNotFound);
  EXPECT_EQ(archive_->add(kOperatorOfB, order(bytes)).error().code, Code::kNotFound);
  EXPECT_EQ(archive_->add(kViewerOfA, order(bytes)).error().code, Code::kPermissionDenied);
  EXPECT_EQ(archive_->add(kEngineerOfB, order(bytes)).error().code, Code::kPermissionDenied);
  EXPECT_EQ(archive_->remove(kEngineerOfB, "m1", info.number).error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(archive_->look(kEngineer, "m2", info.number).error().code, Code::kNotFound);
  ASSERT_TRUE(archive_->remove(kEngineer, "m1", info.number));
  EXPECT_EQ(audit_->actions.back(), "maintenance.vibration_remove asset:m1");
  EXPECT_EQ(archive_->remove(kEngineer, "m1", info.number).error().code, Code::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(file_of(info)));
}

TEST_F(VibrationArchiveTest, KeepsNothingThatTheAuditLogDoesNotTake) {
  const VibrationInfo info = add(recorded(16'384, 1));
  audit_->full = true;
  EXPECT_FALSE(archive_->add(kEngineer, order(recorded(16'384, 2))));
  EXPECT_FALSE(archive_->remove(kEngineer, "m1", info.number));
  EXPECT_EQ(archive_->list(kEngineer, "m1")->size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(file_of(info)));
}

TEST_F(VibrationArchiveTest, LetsTheOldestGoForNewerOnesAndSaysSo) {
  open_archive(3 * 66'500);
  const std::string bytes = recorded(16'384, 1);
  const TimeNs first = clock_.now_ns() - kNsPerDay;
  std::vector<VibrationInfo> kept;
  for (int i = 0; i < 3; ++i) kept.push_back(add(bytes, first + i * kNsPerHour));
  VibrationArchive::Order older = order(bytes);
  older.info.ts_ns = first - kNsPerHour;
  EXPECT_EQ(archive_->add(kEngineer, older).error().code, Code::kResourceExhausted);
  const auto added = archive_->add(kEngineer, order(bytes));
  ASSERT_TRUE(added);
  ASSERT_EQ(added->removed.size(), 1u);
  EXPECT_EQ(added->removed[0].number, kept[0].number);
  EXPECT_FALSE(std::filesystem::exists(file_of(kept[0])));
  EXPECT_EQ(archive_->list(kEngineer, "m1")->size(), 3u);
}

TEST_F(VibrationArchiveTest, NamesWhatIsWrongWithARecording) {
  const std::string bytes = recorded(16'384, 1);
  const auto param = [&](const std::string& with, auto change) {
    VibrationArchive::Order wanted = order(with);
    change(wanted);
    const auto added = archive_->add(kEngineer, wanted);
    EXPECT_FALSE(added);
    return added ? std::string() : added.error().param;
  };
  EXPECT_EQ(param(bytes, [](auto& wanted) { wanted.info.asset = "m9"; }), "asset");
  EXPECT_EQ(param(bytes, [](auto& wanted) { wanted.info.point = ""; }), "point");
  EXPECT_EQ(param(bytes, [](auto& wanted) { wanted.info.rate_hz = 0; }), "rate_hz");
  EXPECT_EQ(param(bytes, [](auto& wanted) { wanted.info.rpm.reset(); }), "rpm");
  EXPECT_EQ(param(bytes, [](auto& wanted) { wanted.info.ts_ns = INT64_MAX; }), "ts_ms");
  EXPECT_EQ(param("1\n2\nx\n", [](auto&) {}), "file");
  EXPECT_EQ(param("1\n2\n1e300\n", [](auto&) {}), "file");
  EXPECT_EQ(param("a,b\n1,2\n", [](auto&) {}), "channel");
  EXPECT_EQ(param(recorded(3'000, 1), [](auto&) {}), "acceleration") << "a quarter of a second";
  std::string flat;
  for (int i = 0; i < 16'384; ++i) flat += "0.5\n";
  EXPECT_EQ(param(flat, [](auto&) {}), "signal") << "a dead sensor";
  EXPECT_TRUE(archive_->list(kEngineer, "m1")->empty());
}

TEST_F(VibrationArchiveTest, ShowsTheLastRecordingsOfAPointOldestFirst) {
  const TimeNs first = clock_.now_ns() - kNsPerDay;
  for (int i = 0; i < 3; ++i) {
    add(recorded(16'384, 1, 4.0 * i), first + i * kNsPerHour);
  }
  const auto series = archive_->series(kViewerOfA, "m1", "drive end", 2, {});
  ASSERT_TRUE(series) << series.error().message.en;
  ASSERT_EQ(series->recordings.size(), 2u);
  EXPECT_EQ(series->recordings[1].ts_ns, first + 2 * kNsPerHour);
  ASSERT_EQ(series->waterfall.rows.size(), 2u);
  const auto bin = static_cast<std::size_t>(3400 / series->waterfall.step_hz);
  EXPECT_GT(series->waterfall.rows[1][bin], 1.3 * series->waterfall.rows[0][bin]);
  EXPECT_EQ(archive_->series(kViewerOfA, "m1", "other", 2, {}).error().code, Code::kNotFound);
}

TEST_F(VibrationArchiveTest, ForgetsAPersonAndLeavesOutWhatDoesNotHold) {
  const VibrationInfo info = add(recorded(16'384, 1));
  const VibrationInfo broken = add(recorded(16'384, 2));
  std::string bytes = *read_file(file_of(broken), 1 << 20);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  ASSERT_TRUE(write_file_atomically(file_of(broken), bytes));
  open_archive();
  EXPECT_EQ(archive_->look(kEngineer, "m1", broken.number).error().code, Code::kCorrupt);
  ASSERT_TRUE(archive_->forget_person("LI"));
  ASSERT_TRUE(archive_->forget_person("LI"));
  open_archive();
  const auto list = archive_->list(kEngineer, "m1");
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().by, "?");
  EXPECT_TRUE(archive_->look(kEngineer, "m1", info.number));
  ASSERT_TRUE(write_file_atomically(file_of(info), "nothing of ours"));
  open_archive();
  EXPECT_TRUE(archive_->list(kEngineer, "m1")->empty());
  EXPECT_TRUE(std::filesystem::exists(file_of(info))) << "left as it is";
}

TEST(VibrationText, ReadsABearingAsPeopleWriteIt) {
  EXPECT_EQ(bearing_of_text("9,0.3126,1.537")->elements, 9);
  EXPECT_EQ(bearing_of_text("9,0.3126,1.537,15")->contact_angle_deg, 15);
  for (const char* text : {"", "9", "9,1", "9.5,1,2", "9,1,2,3,4", "9,1,2,", "x,1,2", "1e99,1,2",
                           "2,1,2", "nan,1,2"}) {
    EXPECT_EQ(bearing_of_text(text).error().param, "bearing") << text;
  }
  EXPECT_EQ(orders_of_text("3.585,5.415,2.357,0.398")->bsf, 2.357);
  EXPECT_FALSE(orders_of_text("3.585,5.415,2.357"));
  EXPECT_EQ(group_of_text("large-flexible").value(), MachineGroup::kLargeFlexible);
  EXPECT_EQ(group_name(MachineGroup::kMediumRigid), "medium-rigid");
  EXPECT_THAT(group_of_text("small").error().message.en, HasSubstr("'small'"));
}

}  // namespace
}  // namespace mw::maintenance
