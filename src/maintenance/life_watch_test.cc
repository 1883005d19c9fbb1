#include "maintenance/life_watch.h"

#include <gmock/gmock.h>

#include "core/file.h"
#include "maintenance/data/model_pair.h"
#include "maintenance/health_monitor.h"
#include "maintenance/model_card.h"
#include "maintenance/testing/lived_plant.h"

namespace mw::maintenance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Identity kEngineerOfA{Identity::Kind::kPerson, "li", {{Role::kEngineer, {"a"}, {}}}};
const Identity kViewerOfLineA{Identity::Kind::kPerson, "wang", {{Role::kViewer, {"a"}, {}}}};
const Identity kEngineerOfLineB{Identity::Kind::kPerson, "qian", {{Role::kEngineer, {"b"}, {}}}};

class Noted final : public security::Audit {
 public:
  Result<void> record(const security::AuditEvent& event) override {
    if (full) return Error::make(Code::kUnavailable, "the disk is full", "磁盘已满");
    actions.push_back(event.who + " " + event.action + " " + event.object);
    return {};
  }
  bool full = false;
  std::vector<std::string> actions;
};

/// Trained once for all tests.
const LifeModel& pump_model() {
  static const LifeModel kModel = [] {
    LifeOptions options;
    options.settings = {"load"};
    options.cap = 100;
    options.trees = 60;
    options.stride_rows = 2;
    ThreadPool pool(2);
    auto trained = LifeModel::train(made_runs(24), options, pool);
    EXPECT_TRUE(trained) << trained.error().message.en;
    return *std::move(trained);
  }();
  return kModel;
}

class LifeWatchTest : public LivedPlant {
 protected:
  LifeWatchTest() {
    ModelCard card;
    card.mapping.asset = "machine";
    card.mapping.time = "cycle";
    card.report = Json::object();
    card.scores = pump_model().held_out_scores();
    card.lines = {"a"};
    EXPECT_TRUE(save_model(folder_.path() / "models" / "pumps", card, pump_model(), false));
    open();
  }
  void open() {
    watch_.reset();
    LifeWatchOptions options;
    options.folder = folder_.path();
    options.plant = plant_;
    options.clock = &clock_;
    options.audit = audit_;
    auto opened = LifeWatch::open(std::move(options));
    ASSERT_TRUE(opened) << opened.error().message.en;
    watch_ = std::move(*opened);
  }
  LifeWatch::Order order() const {
    return {"p1", "pumps", {{"load", "p1/load"}, {"wear", "p1/wear"}, {"heat", "p1/heat"}},
            {},   3600,    kBegan,
            ""};
  }
  LifeView followed() {
    const auto view = watch_->follow(kEngineerOfA, order());
    EXPECT_TRUE(view) << view.error().message.en;
    return view ? *view : LifeView{};
  }

  std::shared_ptr<Noted> audit_ = std::make_shared<Noted>();
  std::shared_ptr<LifeWatch> watch_;
};

TEST_F(LifeWatchTest, SaysOfALivePumpWhatTheModelSaysOfItsTable) {
  const RunTable seen = made_runs(kMachine + 1, 0.8, 9);
  live_through("p1", seen, kMachine, kBegan);
  const LifeView view = followed();
  ASSERT_TRUE(view.answer) << view.problem.en;
  const auto expected = pump_model().answer(seen, kMachine);
  ASSERT_TRUE(expected);
  EXPECT_EQ(view.answer->kind, LifeAnswerKind::kRange);
  EXPECT_NEAR(view.answer->low, expected->low, 1e-6);
  EXPECT_NEAR(view.answer->point, expected->point, 1e-6);
  EXPECT_NEAR(view.answer->high, expected->high, 1e-6);
  // It has 40 hours to go: the dates hold that.
  ASSERT_TRUE(view.earliest_ns && view.latest_ns && view.likeliest_ns);
  const TimeNs fails = kBegan + 200 * kNsPerHour;
  EXPECT_LE(*view.earliest_ns, fails);
  EXPECT_GE(*view.latest_ns, fails);
  EXPECT_EQ(*view.earliest_ns - view.row_ns,
            static_cast<TimeNs>(view.answer->low * 3600 * kNsPerSecond));
}

TEST_F(LifeWatchTest, TellsWhatItSaidAsTheLifeWentOn) {
  const RunTable seen = made_runs(kMachine + 1, 0.9, 9);
  live_through("p1", seen, kMachine, kBegan);
  const LifeView view = followed();
  ASSERT_THAT(view.course, SizeIs(kMostLifePoints));
  EXPECT_EQ(view.course.front().kind, LifeAnswerKind::kTooEarly);
  EXPECT_EQ(view.course.back().kind, LifeAnswerKind::kRange);
  EXPECT_EQ(view.course.back().ts_ns, view.row_ns);
  EXPECT_LT(view.course.back().point, view.course[30].point);
  const auto then = pump_model().answer(seen, kMachine, 90);  // 180 rows, each third is a point
  EXPECT_NEAR(view.course[29].point, then->point, 1e-6);
}

TEST_F(LifeWatchTest, ANewPartBeginsANewLife) {
  const RunTable seen = made_runs(kMachine + 1, 0.8, 9);
  live_through("p1", seen, kMachine, kBegan);
  LifeWatch::Order with_events = order();
  with_events.begins = "pump replaced";
  ASSERT_TRUE(watch_->follow(kEngineerOfA, with_events));
  EXPECT_FALSE(watch_->view(kViewerOfLineA, "p1")->by_event);
  tell("p1", "pump replaced", clock_.now_ns() - 5 * kNsPerHour);
  clock_.set(clock_.now_ns() + 2 * kNsPerMinute);
  const auto view = watch_->view(kViewerOfLineA, "p1");
  ASSERT_TRUE(view && view->answer) << view->problem.en;
  EXPECT_TRUE(view->by_event);
  EXPECT_EQ(view->answer->kind, LifeAnswerKind::kTooEarly);
  EXPECT_LE(view->answer->age, 5);
  EXPECT_FALSE(view->latest_ns);
}

TEST_F(LifeWatchTest, AWorkOrderIsPlannedByTheDateThatIsSaid) {
  const RunTable seen = made_runs(kMachine + 1, 0.8, 9);
  live_through("p1", seen, kMachine, kBegan);
  HealthCase one;
  one.asset = "p1";
  one.line = "a";
  one.opened_ns = clock_.now_ns();
  const std::string path = (folder_.path() / "maintenance.db").string();
  const auto number = CaseStore::open(path).value().add(one);
  ASSERT_TRUE(number) << number.error().message.en;
  HealthOptions options;
  options.folder = folder_.path();
  options.plant = plant_;
  options.clock = &clock_;
  options.lives = watch_;
  const auto monitor = HealthMonitor::open(std::move(options));
  ASSERT_TRUE(monitor) << monitor.error().message.en;
  const auto before = (*monitor)->work_order(kViewerOfLineA, *number, {});
  ASSERT_TRUE(before) << before.error().message.en;
  EXPECT_FALSE(before->by_life);
  EXPECT_THAT(before->life.why.en, HasSubstr("no model follows"));
  const LifeView view = followed();
  const auto order = (*monitor)->work_order(kViewerOfLineA, *number, {});
  ASSERT_TRUE(order) << order.error().message.en;
  EXPECT_TRUE(order->by_life);
  EXPECT_EQ(order->life.before_ns, view.earliest_ns);
  EXPECT_EQ(order->ahead.end_ns, *view.earliest_ns);
  EXPECT_EQ(order->life.certainty, 0.9);
  EXPECT_TRUE(order->life.held_share) << to_text(view.model.card);
}

TEST_F(LifeWatchTest, NothingIsClaimedWhereASensorIsSilent) {
  const RunTable seen = made_runs(kMachine + 1, 0.8, 9);
  live_through("p1", seen, kMachine, kBegan);
  clock_.set(clock_.now_ns() + 6 * kNsPerHour);
  const LifeView view = followed();
  EXPECT_FALSE(view.answer);
  EXPECT_FALSE(view.latest_ns);
  EXPECT_THAT(view.problem.en, HasSubstr("no good value"));
  EXPECT_THAT(view.problem.zh, HasSubstr("没有有效数值"));
}

TEST_F(LifeWatchTest, NoNumberIsClaimedOfALoadThatNoneHad) {
  RunTable seen = made_runs(kMachine + 1, 0.8, 9);
  for (Column& column : seen.columns) {
    for (double& value : column.values) value += column.name == "load" ? 5'000 : 0;
  }
  live_through("p1", seen, kMachine, kBegan);
  const LifeView view = followed();
  ASSERT_TRUE(view.answer);
  EXPECT_EQ(view.answer->kind, LifeAnswerKind::kUnseenRegime);
  EXPECT_FALSE(view.earliest_ns || view.latest_ns);
}

TEST_F(LifeWatchTest, IsFollowedAfterARestartWhateverBecameOfTheModel) {
  const RunTable seen = made_runs(kMachine + 1, 0.8, 9);
  live_through("p1", seen, kMachine, kBegan);
  const LifeView before = followed();
  std::filesystem::remove_all(folder_.path() / "models" / "pumps");
  open();
  EXPECT_THAT(watch_->models(kEngineerOfA), IsEmpty());
  const auto views = watch_->list(kViewerOfLineA);
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_EQ(views[0].answer->point, before.answer->point);
  EXPECT_EQ(views[0].following.set_by, "li");
  ASSERT_TRUE(watch_->forget_person("LI"));
  open();
  EXPECT_EQ(watch_->list(kViewerOfLineA)[0].following.set_by, "?");
}

TEST_F(LifeWatchTest, AnExchangeThatACrashCutShortIsFinishedWhereItWasWhole) {
  live_through("p1", made_runs(kMachine + 1, 0.5, 9), kMachine, kBegan);
  followed();
  const auto life = folder_.path() / "life";
  std::filesystem::rename(life / "p1", life / ".p1.new");  // before the last step
  open();
  EXPECT_THAT(watch_->list(kViewerOfLineA), SizeIs(1));
  std::filesystem::create_directory(life / ".p1.new");  // nothing of the next one was whole yet
  open();
  EXPECT_THAT(watch_->list(kViewerOfLineA), SizeIs(1));
  EXPECT_FALSE(std::filesystem::exists(life / ".p1.new"));
}

TEST_F(LifeWatchTest, SaysAgainWhatItSaidUntilARowCanBeOver) {
  live_through("p1", made_runs(kMachine + 1, 0.8, 9), kMachine, kBegan);
  const LifeView first = followed();
  clock_.set(clock_.now_ns() + 5 * kNsPerMinute);
  EXPECT_EQ(watch_->view(kViewerOfLineA, "p1")->row_ns, first.row_ns);
  clock_.set(clock_.now_ns() + kNsPerHour);
  EXPECT_EQ(watch_->view(kViewerOfLineA, "p1")->row_ns, first.row_ns + kNsPerHour);
}

TEST_F(LifeWatchTest, GoesOnUnderTheNewNamesOfAMachineAndItsTags) {
  live_through("p1", made_runs(kMachine + 1, 0.8, 9), kMachine, kBegan);
  const LifeView before = followed();
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  std::string now = replaced(kLivedPlant, R"("id": "heat")", R"("id": "warmth")");
  now = replaced(now, R"({"id": "p1")", R"({"id": "q1")");
  now = replaced(now, R"("assets":)", R"("formerly": [{"asset": "q1", "id": "p1"},
      {"tag": "q1/warmth", "id": "p1/heat"}], "assets":)");
  watch_.reset();
  open_plant(now);
  const auto life = folder_.path() / "life";
  for (const bool cut_short : {false, true, false}) {
    if (cut_short) std::filesystem::rename(life / "q1", life / "p1");  // before the last step
    open();
    const auto view = watch_->view(kViewerOfLineA, "q1");
    ASSERT_TRUE(view) << view.error().message.en;
    EXPECT_THAT(view->following.source.columns,
                testing::Contains(std::pair<std::string, std::string>("heat", "q1/warmth")));
    EXPECT_EQ(view->following.set_by, "li");
    ASSERT_TRUE(view->answer) << view->problem.en;
    EXPECT_EQ(view->answer->point, before.answer->point);
    EXPECT_FALSE(std::filesystem::exists(life / "p1"));
  }
  EXPECT_THAT(audit_->actions, ElementsAre("person:li maintenance.life_follow asset:p1",
                                           "service:millwright maintenance.rename asset:q1",
                                           "service:millwright maintenance.rename asset:q1"))
      << "once, and once more for what was cut short";
}

TEST_F(LifeWatchTest, FollowsNobodyWhoseFilesWereTamperedWith) {
  live_through("p1", made_runs(kMachine + 1, 0.5, 9), kMachine, kBegan);
  followed();
  const auto life = folder_.path() / "life" / "p1";
  const std::string digest =
      (*parse_json(*read_file(life / "card.json", 1 << 20)))["model_sha256"].get<std::string>();
  ASSERT_TRUE(write_file_atomically(life / model_file_name(digest), "{}"));
  open();
  EXPECT_EQ(watch_->view(kViewerOfLineA, "p1").error().code, Code::kNotFound);
}

TEST_F(LifeWatchTest, AModelIsForWhoeverMaySeeTheLinesOfItsData) {
  EXPECT_THAT(watch_->models(kEngineerOfA), SizeIs(1));
  EXPECT_THAT(watch_->models(kEngineerOfLineB), IsEmpty());
  LifeWatch::Order of_b = order();
  of_b.asset = "p2";
  for (auto& [column, tag] : of_b.columns) tag.replace(1, 1, "2");
  EXPECT_EQ(watch_->follow(kEngineerOfLineB, of_b).error().param, "model");
}

TEST_F(LifeWatchTest, IsForWhoeverMaySeeAndChangeTheLine) {
  live_through("p1", made_runs(kMachine + 1, 0.5, 9), kMachine, kBegan);
  EXPECT_EQ(watch_->follow(kViewerOfLineA, order()).error().code, Code::kPermissionDenied);
  EXPECT_EQ(watch_->follow(kEngineerOfLineB, order()).error().code, Code::kNotFound);
  EXPECT_EQ(watch_->view(kViewerOfLineA, "p1").error().code, Code::kNotFound);
  audit_->full = true;
  EXPECT_FALSE(watch_->follow(kEngineerOfA, order()));
  EXPECT_THAT(watch_->list(kViewerOfLineA), IsEmpty()) << "what is not on record did not happen";
  audit_->full = false;
  followed();
  EXPECT_THAT(watch_->list(kEngineerOfLineB), IsEmpty());
  EXPECT_EQ(watch_->view(kEngineerOfLineB, "p1").error().code, Code::kNotFound);
  EXPECT_EQ(watch_->end(kEngineerOfLineB, "p1").error().code, Code::kNotFound);
  EXPECT_EQ(watch_->end(kViewerOfLineA, "p1").error().code, Code::kPermissionDenied);
  ASSERT_TRUE(watch_->end(kEngineerOfA, "p1"));
  EXPECT_EQ(watch_->end(kEngineerOfA, "p1").error().code, Code::kNotFound);
  EXPECT_THAT(audit_->actions, ElementsAre("person:li maintenance.life_follow asset:p1",
                                           "person:li maintenance.life_end asset:p1"));
}

TEST_F(LifeWatchTest, WhatDoesNotFitIsRefusedByItsField) {
  live_through("p1", made_runs(kMachine + 1, 0.5, 9), kMachine, kBegan);
  const auto refused = [&](auto change) {
    LifeWatch::Order wrong = order();
    change(wrong);
    const auto view = watch_->follow(kEngineerOfA, wrong);
    EXPECT_FALSE(view);
    EXPECT_FALSE(view.error().message.zh.empty());
    return view.error().param;
  };
  EXPECT_EQ(refused([](auto& each) { each.model = "none"; }), "model");
  EXPECT_EQ(refused([](auto& each) { each.model = "../life/p1"; }), "model");
  EXPECT_EQ(refused([](auto& each) { each.columns.pop_back(); }), "columns");
  EXPECT_EQ(refused([](auto& each) { each.columns[0].second = "p2/load"; }), "columns");
  EXPECT_EQ(refused([](auto& each) { each.columns[0].second = "p1/state"; }), "columns");
  EXPECT_EQ(refused([](auto& each) { each.states = {"flying"}; }), "states");
  EXPECT_EQ(refused([](auto& each) { each.unit_s = 0; }), "unit_s");
  EXPECT_EQ(refused([](auto& each) { each.unit_s = std::nan(""); }), "unit_s");
  EXPECT_EQ(refused([](auto& each) { each.unit_s = HUGE_VAL; }), "unit_s");
  EXPECT_EQ(refused([&](auto& each) { each.since_ns = clock_.now_ns() + 1; }), "since_ms");
  EXPECT_EQ(refused([](auto& each) { each.asset = "p9"; }), "asset");
}

}  // namespace
}  // namespace mw::maintenance
