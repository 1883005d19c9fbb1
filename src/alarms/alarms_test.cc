#include "alarms/alarms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plant/ingest.h"
#include "security/audit_check.h"
#include "security/audit_log.h"
#include "tests/support/temporary_folder.h"

namespace mw::alarms {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const Identity kOperator{Identity::Kind::kPerson, "olga", {{Role::kOperator, {"*"}, {}}}};
const Identity kEngineer{Identity::Kind::kPerson, "erik", {{Role::kEngineer, {"*"}, {}}}};
const Identity kViewer{Identity::Kind::kPerson, "vera", {{Role::kViewer, {"*"}, {}}}};
const Identity kOfLineB{Identity::Kind::kPerson, "bob", {{Role::kEngineer, {"b"}, {}}}};

/// A real audit log that can be made to fail.
class TestAudit final : public security::Audit {
 public:
  explicit TestAudit(const std::filesystem::path& folder) : folder_(folder) {
    security::AuditLogOptions options;
    options.folder = folder;
    log_ = std::move(*security::AuditLog::open(std::move(options)));
  }
  Result<void> record(const security::AuditEvent& event) override {
    if (broken) return Error::make(Code::kIo, "the audit log cannot be written");
    return log_->record(event);
  }
  std::vector<std::string> alarm_events() const {
    std::vector<std::string> out;
    security::AuditCheckOptions options;
    options.on_record = [&](const security::AuditRecord& record) {
      const security::AuditEvent& event = record.event;
      if (event.action.starts_with("alarm.")) {
        out.push_back(event.who + " " + event.action + " " + event.object);
      }
      return true;
    };
    const auto report = security::check_audit(folder_, options);
    EXPECT_TRUE(report && report->intact());
    return out;
  }
  bool broken = false;

 private:
  const std::filesystem::path folder_;
  std::unique_ptr<security::AuditLog> log_;
};

class AlarmsTest : public testing::Test {
 protected:
  AlarmsTest() { open(); }
  void open() {
    alarms_.reset();
    auto opened = Alarms::open(
        {(folder_.path() / "alarms.db").string(), catalogue_, &clock_, no_log(), audit_});
    ASSERT_TRUE(opened) << opened.error().message.en;
    alarms_ = std::move(opened).value();
  }
  void at(int64_t second) { clock_.set(kStart + second * kNsPerSecond); }
  void temperature(int64_t second, double value, const char* asset = "m1",
                   Quality quality = Quality::kGood) {
    at(second);
    plant::TagValue now;
    now.tag = std::string(asset) + "/t";
    now.value = value;
    now.quality = quality;
    alarms_->take({now});
    alarms_->tick();
  }
  void hot(int64_t second, const char* asset = "m1") {
    temperature(second, 95, asset);
    at(second + 10);
    alarms_->tick();
  }
  std::vector<std::string> standing(const Identity& who) const {
    std::vector<std::string> out;
    for (const AlarmView& view : alarms_->list(who, false)) {
      out.push_back(view.rule.id + " " + std::string(state_name(view.status.state())));
    }
    return out;
  }
  std::vector<std::string> journal(const Identity& who, EntryFilter filter = {}) const {
    std::vector<std::string> out;
    const auto entries = alarms_->journal(who, filter);
    EXPECT_TRUE(entries);
    for (const Entry& entry : *entries) {
      out.push_back(std::string(event_name(entry.event)) +
                    (entry.who.empty() ? "" : " " + entry.who));
    }
    return out;
  }
  Result<AlarmView> act(const Identity& who, Alarms::Action action, const std::string& note = {},
                        int64_t for_ns = 0, const std::string& rule = "m1.t.high") {
    return alarms_->act(who, {action, rule, note, for_ns});
  }

  static constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kStart};
  std::shared_ptr<TestAudit> audit_ = std::make_shared<TestAudit>(folder_.path() / "audit");
  std::shared_ptr<const plant::Catalogue> catalogue_ = plant::Catalogue::parse(R"json({
        "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
        "kinds": [{"id": "machine", "states": [{"id": "running"}],
                   "tags": [{"id": "state", "kind": "state"},
                            {"id": "t", "unit": "degC", "normal": [null, 80]}]}],
        "assets": [{"id": "m1", "kind": "machine", "line": "a"},
                   {"id": "m2", "kind": "machine", "line": "b"}]})json")
                                                           .value();
  std::unique_ptr<Alarms> alarms_;
};

TEST_F(AlarmsTest, ARuleIsReplacedOnlyAsItWasSeen) {
  Json rule = to_json(alarms_->find(kEngineer, "m1.t.high")->rule);
  rule["revision"] = "";
  auto refused = alarms_->put_rule(kEngineer, rule);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(refused.error().param, "id") << "a new one must not replace another";
  const std::string seen = revision_of(alarms_->find(kEngineer, "m1.t.high")->rule);
  rule["revision"] = seen;
  rule["priority"] = "critical";
  ASSERT_TRUE(alarms_->put_rule(kEngineer, rule));
  rule["priority"] = "low";
  refused = alarms_->put_rule(kEngineer, rule);
  ASSERT_FALSE(refused) << "changed meanwhile";
  EXPECT_EQ(refused.error().param, "revision");
  EXPECT_EQ(alarms_->find(kEngineer, "m1.t.high")->rule.priority, Priority::kCritical);
  ASSERT_TRUE(alarms_->remove_rule(kEngineer, "m1.t.high"));
  EXPECT_EQ(alarms_->put_rule(kEngineer, rule).error().param, "revision") << "removed meanwhile";
  rule["revision"] = "";
  EXPECT_TRUE(alarms_->put_rule(kEngineer, rule));
  rule["revision"] = 5;
  EXPECT_EQ(alarms_->put_rule(kEngineer, rule).error().code, Code::kInvalidArgument);
}

TEST_F(AlarmsTest, ComesByTheNormalRangeAndIsAcknowledgedByAPerson) {
  temperature(0, 95);
  EXPECT_THAT(standing(kViewer), IsEmpty()) << "10 s have to pass";
  at(10);
  alarms_->tick();
  EXPECT_THAT(standing(kViewer), ElementsAre("m1.t.high unacknowledged"));
  const auto view = act(kOperator, Alarms::Action::kAcknowledge, "on my way");
  ASSERT_TRUE(view) << view.error().message.en;
  EXPECT_EQ(view->status.state(), State::kAcknowledged);
  EXPECT_EQ(view->value, 95);
  EXPECT_EQ(view->unit, "degC");
  EXPECT_THAT(journal(kViewer), ElementsAre("acknowledged olga", "raised"));
  EXPECT_EQ(alarms_->journal(kViewer, {})->front().note, "on my way");
}

TEST_F(AlarmsTest, ARestartForgetsNothing) {
  hot(0);
  ASSERT_TRUE(act(kOperator, Alarms::Action::kShelve, "sensor is being changed", kNsPerHour));
  hot(20, "m2");
  ASSERT_TRUE(act(kOperator, Alarms::Action::kAcknowledge, {}, 0, "m2.t.high"));
  open();
  alarms_->tick();
  EXPECT_THAT(standing(kViewer), ElementsAre("m2.t.high acknowledged", "m1.t.high shelved"));
  temperature(40, 95);
  EXPECT_THAT(journal(kViewer, {}), SizeIs(4)) << "what stands already is no news";
  temperature(3700, 95);
  EXPECT_THAT(standing(kViewer), testing::Contains("m1.t.high unacknowledged"));
}

TEST_F(AlarmsTest, WhoMayNotSeeALineFindsNoTraceOfItsAlarms) {
  hot(0);
  EXPECT_THAT(standing(kOfLineB), IsEmpty());
  EXPECT_THAT(journal(kOfLineB), IsEmpty());
  EXPECT_THAT(journal(kOfLineB, {.asset = "m1"}), IsEmpty()) << "as of what does not exist";
  EXPECT_THAT(journal(kViewer, {.asset = "m1"}), Not(IsEmpty()));
  EXPECT_THAT(journal(kViewer, {.asset = "m2"}), IsEmpty());
  EXPECT_EQ(alarms_->load(kOfLineB).standing, 0);
  EXPECT_EQ(alarms_->load(kOfLineB).raised_in_10_min, 0);
  const auto hidden = act(kOfLineB, Alarms::Action::kAcknowledge);
  const auto missing = act(kOfLineB, Alarms::Action::kAcknowledge, {}, 0, "m1.t.none");
  EXPECT_EQ(hidden.error().code, Code::kNotFound);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_EQ(alarms_->find(kOfLineB, "m1.t.high").error().code, Code::kNotFound);
  EXPECT_EQ(alarms_->remove_rule(kOfLineB, "m1.t.high").error().code, Code::kNotFound);
}

TEST_F(AlarmsTest, RolesSayWhoMayDoWhat) {
  hot(0);
  EXPECT_EQ(act(kViewer, Alarms::Action::kAcknowledge).error().code, Code::kPermissionDenied);
  EXPECT_EQ(act(kOperator, Alarms::Action::kOutOfService, "why").error().code,
            Code::kPermissionDenied);
  EXPECT_TRUE(act(kEngineer, Alarms::Action::kOutOfService, "sensor is broken"));
  EXPECT_EQ(
      alarms_->put_rule(kOperator, to_json(alarms_->find(kViewer, "m1.t.high")->rule)).error().code,
      Code::kPermissionDenied);
  EXPECT_THAT(journal(kViewer), ElementsAre("out_of_service erik", "raised"));
}

TEST_F(AlarmsTest, ARoleOnOneLineDoesNothingOnAnotherThatOneMayOnlySee) {
  const Identity both{
      Identity::Kind::kPerson, "gao", {{Role::kViewer, {"a"}, {}}, {Role::kEngineer, {"b"}, {}}}};
  hot(0);
  EXPECT_THAT(standing(both), ElementsAre("m1.t.high unacknowledged"));
  for (const auto action : {Alarms::Action::kAcknowledge, Alarms::Action::kOutOfService}) {
    EXPECT_EQ(act(both, action, "why").error().code, Code::kPermissionDenied);
  }
  Json rule = to_json(alarms_->find(both, "m1.t.high")->rule);
  EXPECT_EQ(alarms_->put_rule(both, rule).error().code, Code::kPermissionDenied);
  EXPECT_EQ(alarms_->remove_rule(both, "m1.t.high").error().code, Code::kPermissionDenied);
  rule["asset"] = "m2";
  rule["when"]["tag"] = "m2/t";
  EXPECT_EQ(alarms_->put_rule(both, rule).error().code, Code::kConflict)
      << "nor is a rule of there taken over to here";
  rule["id"] = "m2.own";
  const auto put = alarms_->put_rule(both, rule);
  EXPECT_TRUE(put) << put.error().message.en;
}

TEST_F(AlarmsTest, HidingAnAlarmNeedsAReasonAndAnEnd) {
  hot(0);
  EXPECT_EQ(act(kOperator, Alarms::Action::kShelve, "", kNsPerHour).error().param, "note");
  EXPECT_EQ(act(kOperator, Alarms::Action::kShelve, "why", 8 * kNsPerDay).error().param, "minutes");
  EXPECT_EQ(act(kOperator, Alarms::Action::kShelve, "why", 0).error().param, "minutes");
  EXPECT_EQ(act(kOperator, Alarms::Action::kAcknowledge, std::string(1001, 'x')).error().param,
            "note");
  EXPECT_EQ(act(kOperator, Alarms::Action::kReset).error().code, Code::kConflict);
}

TEST_F(AlarmsTest, WhatAnErasedPersonDidIsNobodys) {
  hot(0);
  ASSERT_TRUE(act(kOperator, Alarms::Action::kAcknowledge));
  EXPECT_THAT(journal(kViewer), ElementsAre("acknowledged olga", "raised"));
  ASSERT_TRUE(alarms_->forget_person("Olga"));
  EXPECT_THAT(journal(kViewer), ElementsAre("acknowledged ?", "raised"));
  open();
  EXPECT_THAT(journal(kViewer), ElementsAre("acknowledged ?", "raised"));
}

TEST_F(AlarmsTest, WhatPeopleDoIsAuditedOrNotDone) {
  hot(0);
  ASSERT_TRUE(act(kOperator, Alarms::Action::kAcknowledge));
  ASSERT_TRUE(alarms_->remove_rule(kEngineer, "m2.t.high"));
  EXPECT_THAT(audit_->alarm_events(), ElementsAre("person:olga alarm.acknowledged alarm:m1.t.high",
                                                  "person:erik alarm.rule.remove alarm:m2.t.high"));
  audit_->broken = true;
  EXPECT_EQ(act(kOperator, Alarms::Action::kShelve, "why", kNsPerHour).error().code, Code::kIo);
  EXPECT_THAT(standing(kViewer), ElementsAre("m1.t.high acknowledged"));
  EXPECT_FALSE(alarms_->remove_rule(kEngineer, "m1.t.high"));
  EXPECT_TRUE(alarms_->find(kViewer, "m1.t.high"));
}

TEST_F(AlarmsTest, RulesAreChangedWhileTheyRun) {
  Json rule = to_json(alarms_->find(kEngineer, "m1.t.high")->rule);
  rule["when"]["above"] = 99;
  rule["delay_on_s"] = 0;
  ASSERT_TRUE(alarms_->put_rule(kEngineer, rule));
  temperature(0, 95);
  EXPECT_THAT(standing(kViewer), IsEmpty());
  temperature(1, 100);
  EXPECT_THAT(standing(kViewer), ElementsAre("m1.t.high unacknowledged"));
  ASSERT_TRUE(alarms_->remove_rule(kEngineer, "m1.t.high"));
  EXPECT_THAT(standing(kViewer), IsEmpty());
  open();
  EXPECT_THAT(alarms_->list(kViewer, true), SizeIs(1)) << "it stays removed after a restart";
  rule["asset"] = "m1";
  EXPECT_EQ(alarms_->put_rule(kOfLineB, rule).error().param, "asset")
      << "what one may not see cannot be named";
}

TEST_F(AlarmsTest, ADisabledRuleIsNotLookedAt) {
  Json rule = to_json(alarms_->find(kEngineer, "m1.t.high")->rule);
  rule["enabled"] = false;
  ASSERT_TRUE(alarms_->put_rule(kEngineer, rule));
  hot(0);
  EXPECT_THAT(standing(kViewer), IsEmpty());
}

TEST_F(AlarmsTest, DisablingARuleLetsNothingStandOrStayPutAside) {
  hot(0);
  ASSERT_TRUE(act(kOperator, Alarms::Action::kShelve, "why", kNsPerHour));
  Json rule = to_json(alarms_->find(kEngineer, "m1.t.high")->rule);
  rule["enabled"] = false;
  ASSERT_TRUE(alarms_->put_rule(kEngineer, rule));
  EXPECT_THAT(standing(kViewer), IsEmpty());
  EXPECT_EQ(act(kOperator, Alarms::Action::kShelve, "why", kNsPerHour).error().code,
            Code::kConflict);
  open();
  EXPECT_THAT(standing(kViewer), IsEmpty());
}

TEST_F(AlarmsTest, ANewRuleKnowsTheValuesThatCameBeforeIt) {
  ASSERT_TRUE(alarms_->remove_rule(kEngineer, "m1.t.high"));
  temperature(0, 20);
  ASSERT_TRUE(alarms_->put_rule(kEngineer, *parse_json(R"({"id": "deaf", "asset": "m1",
                                                "when": {"tag": "m1/t", "bad": true}})")));
  alarms_->tick();
  EXPECT_THAT(standing(kViewer), IsEmpty()) << "the value is known, and good";
}

TEST_F(AlarmsTest, WhatReturnedWhileItWasPutAsideIsNoNewsAfterARestart) {
  hot(0);
  ASSERT_TRUE(act(kOperator, Alarms::Action::kShelve, "why", kNsPerHour));
  temperature(20, 20);
  at(40);
  alarms_->tick();
  open();
  temperature(3700, 20);
  EXPECT_THAT(standing(kViewer), IsEmpty());
  EXPECT_THAT(journal(kViewer, {.rule = "m1.t.high"}),
              ElementsAre("unshelved", "shelved olga", "raised"));
}

TEST_F(AlarmsTest, WhatCannotBeWrittenIsTriedAgainAndToldOnce) {
  auto disk = *sqlite::Database::open((folder_.path() / "alarms.db").string(),
                                      sqlite::Database::Mode::kReadWrite);
  ASSERT_TRUE(disk.execute(
      "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no room'); END"));
  hot(0);
  EXPECT_THAT(standing(kViewer), IsEmpty()) << "what is not on disk did not happen";
  ASSERT_TRUE(disk.execute("DROP TRIGGER full"));
  at(30);
  alarms_->tick();
  at(40);
  alarms_->tick();
  EXPECT_THAT(standing(kViewer), ElementsAre("m1.t.high unacknowledged"));
  EXPECT_THAT(journal(kViewer, {.rule = "m1.t.high"}), ElementsAre("raised"));
}

TEST_F(AlarmsTest, ARuleThatDoesNotFitThePlantIsForThoseWhoMaySeeAll) {
  auto disk = *sqlite::Database::open((folder_.path() / "alarms.db").string(),
                                      sqlite::Database::Mode::kReadWrite);
  ASSERT_TRUE(disk.execute("INSERT INTO rule VALUES('old', '{\"id\": \"old\"}', 1)"));
  ASSERT_TRUE(disk.execute(
      "INSERT INTO status VALUES('old', 0, 1, 0, 0, 0, 1, 0, 0, 0)"));  // out of service
  open();
  EXPECT_EQ(alarms_->remove_rule(kOfLineB, "old").error().code, Code::kNotFound);
  EXPECT_THAT(alarms_->left_out(kOfLineB), IsEmpty());
  ASSERT_THAT(alarms_->left_out(kViewer), SizeIs(1));
  EXPECT_EQ(alarms_->left_out(kViewer)[0].id, "old");
  EXPECT_THAT(alarms_->left_out(kViewer)[0].problem.en, HasSubstr("asset"));
  Json rule = *parse_json(R"({"id": "old", "asset": "m2", "when": {"tag": "m2/t", "above": 1}})");
  EXPECT_EQ(alarms_->put_rule(kOfLineB, rule).error().param, "id");
  rule["revision"] = "";
  EXPECT_EQ(alarms_->put_rule(kEngineer, rule).error().param, "id") << "not by chance";
  rule.erase("revision");
  ASSERT_TRUE(alarms_->put_rule(kEngineer, rule));
  EXPECT_THAT(alarms_->left_out(kViewer), IsEmpty());
  EXPECT_EQ(alarms_->find(kViewer, "old")->status.state(), State::kNormal);
  open();
  EXPECT_EQ(alarms_->find(kViewer, "old")->status.state(), State::kNormal)
      << "nothing of the old status comes back";
}

TEST_F(AlarmsTest, ARuleFollowsItsTagThroughARename) {
  hot(0);
  at(10);
  alarms_->tick();
  const std::vector<std::string> before = standing(kViewer);
  const auto named = [](const char* tag, const char* formerly) {
    return plant::Catalogue::parse(
               std::string(R"({"site": "test", "lines": [{"id": "a"}], "kinds": [{"id": "machine"}],
        "assets": [{"id": "m1", "kind": "machine", "line": "a", "tags": [{"id": ")") +
               tag + R"(", "unit": "degC"}]}])" + formerly + "}")
        .value();
  };
  catalogue_ = named("oil", R"(, "formerly": [{"tag": "m1/oil", "id": "m1/t"}])");
  open();
  EXPECT_EQ(standing(kViewer), before) << "its state is that of before";
  EXPECT_EQ(alarms_->find(kViewer, "m1.t.high")->rule.when.tag, "m1/oil");
  catalogue_ = named("oil", "");
  open();
  EXPECT_EQ(alarms_->find(kViewer, "m1.t.high")->rule.when.tag, "m1/oil") << "kept for good";
}

TEST_F(AlarmsTest, AnIdTellsNothingOfRulesElsewhere) {
  Json rule = *parse_json(R"({"asset": "m2", "when": {"tag": "m2/t", "above": 1}})");
  const auto put = [&](const Identity& who, const char* id) {
    rule["id"] = id;
    return alarms_->put_rule(who, rule);
  };
  const auto taken = put(kOfLineB, "m1.t.high");  // of a line that is not seen
  const auto free = put(kOfLineB, "m1.t.unheard_of");
  ASSERT_FALSE(taken);
  ASSERT_FALSE(free);
  EXPECT_EQ(taken.error().message.en, free.error().message.en);
  EXPECT_EQ(taken.error().param, "id");
  EXPECT_THAT(taken.error().message.en, HasSubstr("begins with 'm2.'"));
  EXPECT_TRUE(put(kOfLineB, "m2.own"));
  EXPECT_TRUE(put(kOfLineB, "m2.own")) << "and it may be changed";
  EXPECT_TRUE(put(kEngineer, "any.name")) << "who sees all sees what is taken";
  EXPECT_TRUE(put(kOfLineB, "any.name")) << "one that is seen is changed whatever its name";
}

TEST_F(AlarmsTest, ChatteringStaleAndFloodAreCounted) {
  Json rule = to_json(alarms_->find(kEngineer, "m1.t.high")->rule);
  rule["delay_on_s"] = 0;
  rule["delay_off_s"] = 0;
  ASSERT_TRUE(alarms_->put_rule(kEngineer, rule));
  for (int i = 0; i < 11; ++i) {
    temperature(10 * i, 95);
    temperature(10 * i + 5, 20);
  }
  AlarmLoad load = alarms_->load(kViewer);
  EXPECT_EQ(load.raised_in_10_min, 11);
  EXPECT_EQ(load.chattering, 1);
  EXPECT_TRUE(load.flood);
  at(650);  // six are left in the window
  EXPECT_TRUE(alarms_->load(kViewer).flood) << "a flood is over when few come";
  at(3000);
  EXPECT_FALSE(alarms_->load(kViewer).flood);
  for (int i = 0; i < 6; ++i) {
    temperature(3000 + 20 * i, 95);
    temperature(3010 + 20 * i, 20);
  }
  EXPECT_FALSE(alarms_->load(kViewer).flood) << "six are none, whatever was before";
  at(6000);
  EXPECT_FALSE(alarms_->find(kViewer, "m1.t.high")->chattering);
  temperature(6001, 95);
  at(6002 + 86'400);
  EXPECT_EQ(alarms_->load(kViewer).stale, 1);
}

TEST_F(AlarmsTest, TheJournalIsReadBackwardsInPages) {
  for (int i = 0; i < 3; ++i) {
    hot(100 * i);
    temperature(100 * i + 50, 20);
    at(100 * i + 60);
    alarms_->tick();
  }
  const auto first = *alarms_->journal(kViewer, {.rule = "m1.t.high", .limit = 2});
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].event, Event::kReturned);
  const auto rest =
      *alarms_->journal(kViewer, {.rule = "m1.t.high", .before_number = first[1].number});
  EXPECT_THAT(rest, SizeIs(4));
  EXPECT_THAT(
      *alarms_->journal(kViewer, {.from_ns = kStart + 200 * kNsPerSecond, .rule = "m1.t.high"}),
      SizeIs(2));
  EXPECT_THAT(journal(kViewer, {.rule = "m2.t.high"}), ElementsAre("doubtful"))
      << "a tag that never had a value";
}

TEST_F(AlarmsTest, WhatComesAtTheSameMomentStandsInTheOrderOfTheRules) {
  for (const char* machine : {"m2", "m1"}) temperature(0, 95, machine);
  at(60);
  alarms_->tick();
  std::vector<std::string> rules;
  const std::vector<Entry> entries = *alarms_->journal(kViewer, {});
  for (const Entry& each : entries) {
    if (each.event == Event::kRaised) rules.push_back(each.rule);
  }
  EXPECT_THAT(rules, ElementsAre("m2.t.high", "m1.t.high")) << "newest first";
}

TEST_F(AlarmsTest, OfASilentDeviceAnAlarmStaysAndSaysThatItIsDoubtful) {
  hot(0);
  temperature(20, 20, "m1", Quality::kBad);
  at(60);
  alarms_->tick();
  const auto view = alarms_->find(kViewer, "m1.t.high");
  EXPECT_EQ(view->status.state(), State::kUnacknowledged);
  EXPECT_TRUE(view->status.doubtful);
  EXPECT_EQ(view->value, std::nullopt) << "a bad value is not shown as one";
}

TEST_F(AlarmsTest, FollowsALivePlant) {
  plant::PlantOptions options;
  options.data_folder = folder_.path().string();
  options.catalogue = catalogue_;
  options.log = no_log();
  auto plant = plant::Plant::open(options);
  ASSERT_TRUE(plant) << plant.error().message.en;
  const SystemClock clock;
  auto alarms =
      Alarms::open({(folder_.path() / "live.db").string(), catalogue_, &clock, no_log(), nullptr});
  ASSERT_TRUE(alarms);
  Json rule = to_json((*alarms)->find(kEngineer, "m1.t.high")->rule);
  rule["delay_on_s"] = 0.3;
  ASSERT_TRUE((*alarms)->put_rule(kEngineer, rule));
  (*alarms)->watch(**plant);
  plant::Reading reading;
  reading.tag = "m1/t";
  reading.value = 95.0;
  ASSERT_TRUE((*plant)->ingest().take({&reading, 1}));
  for (int i = 0; i < 300 && (*alarms)->list(kViewer, false).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_THAT((*alarms)->list(kViewer, false), SizeIs(1));
  (*alarms).reset();  // before the plant that it follows
}

}  // namespace
}  // namespace mw::alarms
