#include "maintenance/trainings.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <thread>

#include "maintenance/testing/health_monitor_fixture.h"
#include "maintenance/testing/lived_plant.h"
#include "maintenance/testing/made_failures.h"
#include "maintenance/testing/made_runs.h"

namespace mw::maintenance {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const Identity kSun{Identity::Kind::kPerson, "sun", {{Role::kEngineer, {"a"}, {}}}};

class TrainingsTest : public LivedPlant {
 protected:
  TrainingsTest() {
    TableArchiveOptions options;
    options.folder = folder_.path() / "tables";
    options.plant = plant_;
    options.clock = &clock_;
    tables_ = TableArchive::open(std::move(options)).value();
    runs_ = tables_->add(kEngineer, "runs.csv", made_runs_csv(10), {"a"}).value().number;
    open();
  }
  void open() {
    trainings_.reset();
    TrainingsOptions options;
    options.folder = folder_.path();
    options.tables = tables_;
    options.clock = &clock_;
    options.audit = audit_;
    options.threads = 2;
    auto opened = Trainings::open(std::move(options));
    ASSERT_TRUE(opened) << opened.error().message.en;
    trainings_ = std::move(*opened);
  }
  TrainingOrder order(const std::string& model = "pumps", int trees = 10) const {
    TrainingOrder out;
    out.table = runs_;
    out.mapping.asset = "machine";
    out.mapping.time = "cycle";
    out.life.settings = {"load"};
    out.life.trees = trees;
    out.model = model;
    return out;
  }
  TrainingJob ended(const TrainingJob& job) const {
    while (true) {
      const auto now = trainings_->find(kEngineer, job.number);
      if (!now || now->state != TrainingState::kRunning) return now ? *now : TrainingJob{};
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  std::filesystem::path model(const std::string& name) const {
    return folder_.path() / "models" / name;
  }
  static constexpr int kEndless = 1'000'000;  // trees

  std::shared_ptr<Records> audit_ = std::make_shared<Records>();
  std::shared_ptr<TableArchive> tables_;
  std::unique_ptr<Trainings> trainings_;
  int64_t runs_ = 0;
};

TEST_F(TrainingsTest, MakesTheModelThatTheCommandMakes) {
  const auto job = trainings_->start(kEngineer, order());
  ASSERT_TRUE(job) << job.error().message.en;
  EXPECT_EQ(job->state, TrainingState::kRunning);
  EXPECT_EQ(audit_->actions, std::vector<std::string>{"maintenance.learn_start model:pumps"});
  const TrainingJob done = ended(*job);
  EXPECT_EQ(done.state, TrainingState::kDone) << done.problem.en;
  EXPECT_EQ(done.file, "runs.csv");
  EXPECT_EQ(audit_->actions.back(), "maintenance.learn_end model:pumps");
  const auto stored = open_model(model("pumps"));
  ASSERT_TRUE(stored) << stored.error().message.en;
  EXPECT_EQ(stored->card_json["lines"], Json::array({"a"}));
  const RunTable table = made_runs(10);
  ThreadPool pool(1);
  TableTraining alike;
  alike.life = order().life;
  const auto made = train_from_table(table, make_data_report(table), {}, alike, pool, clock_);
  EXPECT_EQ(to_text(std::get<LifeModel>(stored->model).to_json()),
            to_text(std::get<LifeModel>(made->model).to_json()));
}

TEST_F(TrainingsTest, LearnsFailuresOfATableWithALabel) {
  TrainingOrder wanted = order("mill");
  wanted.table = tables_->add(kEngineer, "mill.csv", made_failures_csv(2000), {"a"}).value().number;
  wanted.mapping = {};
  wanted.mapping.label = "failed";
  wanted.mapping.modes = {"power", "heat", "strain", "chance"};
  const auto job = trainings_->start(kEngineer, wanted);
  ASSERT_TRUE(job) << job.error().message.en;
  EXPECT_TRUE(job->failure);
  EXPECT_EQ(ended(*job).state, TrainingState::kDone);
  EXPECT_TRUE(std::holds_alternative<FailureModel>(open_model(model("mill"))->model));
}

TEST_F(TrainingsTest, RefusesAtOnceWhatCanBeSeenAtOnce) {
  const auto refused = [&](const TrainingOrder& wanted) {
    return trainings_->start(kEngineer, wanted).error();
  };
  EXPECT_EQ(refused(order("../x")).param, "name");
  EXPECT_EQ(refused(order("")).param, "name");
  TrainingOrder wrong = order();
  wrong.mapping.asset = "pump";
  EXPECT_EQ(refused(wrong).param, "asset");
  EXPECT_THAT(refused(wrong).message.en, HasSubstr("'machine'")) << "what there is, is listed";
  wrong = order();
  wrong.mapping.asset.clear();
  EXPECT_THAT(refused(wrong).message.en, HasSubstr("at least 8 assets"));
  wrong = order();
  wrong.life.settings = {"speed"};
  EXPECT_EQ(refused(wrong).param, "settings");
  wrong = order();
  wrong.life.cap = 0;
  EXPECT_EQ(refused(wrong).param, "cap");
  wrong = order();
  wrong.table = 7;
  EXPECT_EQ(refused(wrong).code, Code::kNotFound);
  EXPECT_TRUE(audit_->actions.empty());
  EXPECT_TRUE(trainings_->list(kEngineer).empty());
}

TEST_F(TrainingsTest, ReplacesAModelOnlyWhereThatIsSaidAndAllowed) {
  ASSERT_EQ(ended(*trainings_->start(kEngineer, order())).state, TrainingState::kDone);
  const auto again = trainings_->start(kEngineer, order());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kConflict);
  EXPECT_THAT(again.error().message.en, HasSubstr("replaced"));
  TrainingOrder replacing = order();
  replacing.replace = true;
  const auto stranger = trainings_->start(kEngineerOfB, replacing);
  EXPECT_EQ(stranger.error().code, Code::kNotFound) << "the table is not theirs";
  EXPECT_EQ(ended(*trainings_->start(kSun, replacing)).state, TrainingState::kDone);
  TrainingOrder of_both = replacing;
  of_both.table = tables_->add(kEngineer, "runs.csv", made_runs_csv(10), {"a", "b"}).value().number;
  ASSERT_EQ(ended(*trainings_->start(kEngineer, of_both)).state, TrainingState::kDone);
  const auto hidden = trainings_->start(kSun, replacing);
  EXPECT_THAT(hidden.error().message.en, HasSubstr("is taken"));
}

TEST_F(TrainingsTest, TellsHowFarItIsAndKeepsNothingWhenCancelled) {
  const auto job = trainings_->start(kEngineer, order("pumps", kEndless));
  ASSERT_TRUE(job) << job.error().message.en;
  TrainingJob now = *job;
  while (now.done < 3) now = trainings_->find(kSun, job->number).value();
  EXPECT_EQ(now.stage, "trees");
  EXPECT_EQ(now.total, 6 * int64_t{kEndless});
  EXPECT_GT(now.per_s, 0);
  EXPECT_EQ(trainings_->start(kEngineer, order("other")).error().code, Code::kConflict)
      << "one of a person at a time";
  EXPECT_EQ(trainings_->cancel(kEngineerOfB, job->number).error().code, Code::kNotFound);
  const auto cancelled = trainings_->cancel(kSun, job->number);
  ASSERT_TRUE(cancelled) << cancelled.error().message.en;
  EXPECT_EQ(cancelled->state, TrainingState::kCancelled);
  EXPECT_EQ(audit_->actions.back(), "maintenance.learn_cancel model:pumps");
  EXPECT_EQ(trainings_->cancel(kSun, job->number).error().code, Code::kConflict);
  ASSERT_EQ(ended(*trainings_->start(kEngineer, order("other"))).state, TrainingState::kDone)
      << "the thread is free again";
  EXPECT_FALSE(std::filesystem::exists(model("pumps")));
}

TEST_F(TrainingsTest, ASecondPersonsWaitsForTheFirst) {
  const auto first = trainings_->start(kEngineer, order("first", kEndless));
  const auto second = trainings_->start(kSun, order("second"));
  ASSERT_TRUE(second) << second.error().message.en;
  EXPECT_EQ(trainings_->find(kSun, second->number)->stage, "waiting");
  ASSERT_TRUE(trainings_->cancel(kEngineer, first->number));
  EXPECT_EQ(ended(*second).state, TrainingState::kDone);
}

TEST_F(TrainingsTest, AStopOfTheServerInterruptsAndIsToldAfterwards) {
  const auto job = trainings_->start(kEngineer, order("pumps", kEndless));
  const auto waits = trainings_->start(kSun, order("second"));
  ASSERT_TRUE(waits);
  open();
  for (const auto& each : {job, waits}) {
    const auto told = trainings_->find(kEngineer, each->number);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->state, TrainingState::kInterrupted);
    EXPECT_EQ(told->model, each->model);
  }
  EXPECT_FALSE(std::filesystem::exists(model("pumps")));
  EXPECT_EQ(ended(*trainings_->start(kEngineer, order())).state, TrainingState::kDone);
  open();
  EXPECT_EQ(trainings_->list(kEngineer)[0].state, TrainingState::kDone);
}

TEST_F(TrainingsTest, GoesOnWhereItsTableIsRemovedAndFailsByName) {
  const auto job = trainings_->start(kEngineer, order());
  ASSERT_TRUE(tables_->remove(kEngineer, runs_));
  EXPECT_EQ(ended(*job).state, TrainingState::kDone);
  runs_ = tables_->add(kEngineer, "runs.csv", made_runs_csv(10), {"a"}).value().number;
  const auto refused = trainings_->start(kEngineer, order("second"));
  audit_->full = true;  // what ends has to be in the log, or it is not kept
  const TrainingJob failed = ended(*refused);
  EXPECT_EQ(failed.state, TrainingState::kFailed);
  EXPECT_EQ(failed.problem.en, "the disk is full");
  EXPECT_FALSE(std::filesystem::exists(model("second")));
  ASSERT_TRUE(trainings_->forget_person("li"));
  EXPECT_EQ(trainings_->list(kEngineer)[0].by, "?");
}

}  // namespace
}  // namespace mw::maintenance
