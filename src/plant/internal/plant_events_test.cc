// Events as people and other systems tell them, over a plant of two lines; now is kNow.
#include <gtest/gtest.h>

#include "core/clock.h"
#include "plant/internal/test_plant.h"
#include "plant/plant.h"
#include "plant/plant_tools.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;

/// A name book that can be made to forget.
class Names final : public Tellers {
 public:
  Result<std::string> kept(const Identity& who) override { return "person/" + who.name.substr(1); }
  std::string shown(std::string_view kept) override {
    return (forgotten ? "" : "l") + std::string(kept.substr(forgotten ? 0 : 7));
  }
  bool forgotten = false;
};

class PlantEvents : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    plant_.reset();
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = test_catalogue();
    options.clock = &clock_;
    options.push_keys = {"mes"};
    options.tellers = names_;
    plant_ = Plant::open(std::move(options)).value();
  }
  static Identity person(const char* name, Role role, std::vector<std::string> lines = {"*"}) {
    Identity who;
    who.kind = Identity::Kind::kPerson;
    who.name = name;
    who.grants = {{role, std::move(lines), {}}};
    return who;
  }
  Result<PlantEvent> tell(const std::string& body, const Identity& who) {
    MW_ASSIGN(const ToldEvent told, decode_told_event(body));
    return plant_->tell_event(who, told, [&](const PlantEvent&) -> Result<void> {
      ++recorded_;
      return {};
    });
  }
  Result<PlantEventList> events(const char* asset, const char* line = "",
                                const Identity& who = Identity::local_viewer()) {
    clock_.set(clock_.now_ns() + 1);  // a window ends before now
    return plant_->events(who, asset, line, {kNow - kNsPerDay, kNow + kNsPerHour});
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::shared_ptr<Names> names_ = std::make_shared<Names>();
  std::unique_ptr<Plant> plant_;
  int recorded_ = 0;
  const Identity li_ = person("li", Role::kOperator);
};

TEST_F(PlantEvents, AreCountedByKindBeyondWhatIsListed) {
  for (int i = 0; i < 230; ++i) {
    const std::string kind = i < 200 ? "inspection" : i < 225 ? "repair" : "";
    ASSERT_TRUE(tell(R"({"asset": "m1", "id": "e)" + std::to_string(i) + R"(", "kind": ")" + kind +
                         R"(", "text": "done", "start": )" +
                         std::to_string(kNow / kNsPerMs - 1000 - i) + "}",
                     li_));
  }
  const auto list = events("m1");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->events.size(), kMostEvents);
  EXPECT_TRUE(list->cut);
  EXPECT_EQ(list->count, 230u);
  EXPECT_TRUE(list->counted_all);
  ASSERT_EQ(list->kinds.size(), 2u) << "without a kind in none";
  EXPECT_EQ(list->kinds[0], (std::pair<std::string, uint64_t>("inspection", 200)));
  EXPECT_EQ(list->kinds[1], (std::pair<std::string, uint64_t>("repair", 25)));
}

TEST_F(PlantEvents, AreKeptWithWhoToldThemAndWhen) {
  const auto note =
      tell(R"({"asset": "m1", "text": "Oil changed", "start": "2025-10-09T08:00:00Z"})", li_);
  ASSERT_TRUE(note) << note.error().message.en;
  EXPECT_EQ(note->told_by, "li");
  EXPECT_EQ(note->end_ns, note->start_ns) << "a moment";
  ASSERT_TRUE(tell(R"({"line": "a", "text": "Power cut"})", li_));
  open();  // it was on disk
  const PlantEventList of_machine = events("m1").value();
  ASSERT_EQ(of_machine.events.size(), 1u);
  EXPECT_EQ(of_machine.events[0].text, "Oil changed");
  EXPECT_EQ(of_machine.events[0].told_ns, kNow);
  EXPECT_EQ(of_machine.events[0].line, "a");
  const PlantEventList of_line = events("", "a").value();
  ASSERT_EQ(of_line.events.size(), 2u) << "the line's own and those of its machines";
  EXPECT_EQ(of_line.events[0].text, "Power cut") << "the latest first";
  EXPECT_TRUE(of_line.events[0].asset.empty());
  EXPECT_EQ(recorded_, 2);
}

TEST_F(PlantEvents, LoseTheNameOfWhoWasErased) {
  ASSERT_TRUE(tell(R"({"asset": "m1", "text": "x"})", li_));
  names_->forgotten = true;
  EXPECT_EQ(events("m1")->events[0].told_by, "person/i");
}

TEST_F(PlantEvents, GoOnUntilTheirTellerSaysThatTheyEnded) {
  ASSERT_TRUE(
      tell(R"({"asset": "m1", "id": "s-1", "text": "Waiting for steel", "end": null})", li_));
  clock_.set(kNow + 600 * kNsPerSecond);
  EXPECT_TRUE(events("m1")->events[0].open);
  EXPECT_EQ(tell(R"({"asset": "m1", "id": "s-1", "end": "2025-10-09T08:58:20Z"})",
                 person("lo", Role::kOperator))
                .error()
                .code,
            Code::kConflict)
      << "by somebody else";
  EXPECT_EQ(
      tell(R"({"asset": "m1", "id": "s-2", "end": "2025-10-09T08:58:20Z"})", li_).error().param,
      "text")
      << "nothing of that id is open";
  EXPECT_EQ(
      tell(R"({"asset": "m1", "id": "s-1", "end": "2025-10-09T08:50:00Z"})", li_).error().param,
      "end")
      << "before its start";
  const auto over = tell(R"({"asset": "m1", "id": "s-1", "end": "2025-10-09T08:58:20Z"})", li_);
  ASSERT_TRUE(over) << over.error().message.en;
  EXPECT_EQ(over->text, "Waiting for steel");
  ASSERT_EQ(events("m1")->events.size(), 1u);
  EXPECT_FALSE(events("m1")->events[0].open);
  EXPECT_EQ(events("m1")->events[0].end_ns - kNow, 300 * kNsPerSecond);
}

TEST_F(PlantEvents, AreTheSameWhenToldAgainAfterALostAnswer) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(tell(R"({"asset": "m1", "id": "gate-7", "text": "Door opened",
                         "start": "2025-10-09T08:00:00Z"})",
                     person("mes", Role::kOperator)));
  }
  EXPECT_EQ(events("m1")->events.size(), 1u);
}

TEST_F(PlantEvents, AreMendedUnderTheStartThatTheAnswerTold) {
  clock_.set(kNow + 123'456'789);
  const auto first = tell(R"({"asset": "m1", "text": "Oil lek"})", li_);
  ASSERT_TRUE(first);
  clock_.set(kNow + kNsPerSecond);
  ASSERT_TRUE(tell(R"({"asset": "m1", "id": ")" + first->id +
                       R"(", "text": "Oil leak", "start": )" +
                       std::to_string(first->start_ns / kNsPerMs) + "}",
                   li_));
  ASSERT_EQ(events("m1")->events.size(), 1u);
  EXPECT_EQ(events("m1")->events[0].text, "Oil leak");
}

TEST_F(PlantEvents, AreRefusedByRightsAndByName) {
  const std::string note = R"({"asset": "m1", "text": "x"})";
  EXPECT_EQ(tell(note, person("wu", Role::kViewer)).error().code, Code::kPermissionDenied);
  EXPECT_EQ(tell(note, person("wu", Role::kOperator, {"b"})).error().message.en,
            "there is no asset 'm1'");
  EXPECT_EQ(
      tell(R"({"line": "a", "text": "x"})", person("wu", Role::kOperator, {"b"})).error().code,
      Code::kNotFound);
  EXPECT_EQ(
      tell(R"({"asset": "m1", "text": "x", "start": "2031-01-01T00:00:00Z"})", li_).error().param,
      "start");
  EXPECT_EQ(recorded_, 0) << "nothing is on record that was refused";
  const Identity elsewhere = person("wu", Role::kViewer, {"b"});
  EXPECT_EQ(events("m1", "", elsewhere).error().code, Code::kNotFound);
  EXPECT_EQ(events("", "a", elsewhere).error().code, Code::kNotFound);
  const auto refused = plant_->tell_event(li_, decode_told_event(note).value(),
                                          [](const PlantEvent&) -> Result<void> {
                                            return Error::make(Code::kIo, "the audit log is full");
                                          });
  EXPECT_EQ(refused.error().code, Code::kIo);
  EXPECT_TRUE(events("m1")->events.empty()) << "what is not on record does not count";
}

TEST_F(PlantEvents, AreToldInFullUpToALimitThatIsSaid) {
  for (std::size_t i = 0; i <= kMostEvents; ++i) {
    ASSERT_TRUE(tell(R"({"asset": "m1", "text": "x", "start": )" +
                         std::to_string(kNow / kNsPerMs - static_cast<int64_t>(i)) + "}",
                     li_));
  }
  const PlantEventList list = events("m1").value();
  EXPECT_TRUE(list.cut);
  EXPECT_EQ(list.events.size(), kMostEvents);
  EXPECT_EQ(list.events[0].start_ns, kNow) << "the latest stay";
}

TEST_F(PlantEvents, AreToldByTheTool) {
  ToolRegistry tools;
  register_tools(tools, *plant_);
  ASSERT_TRUE(tell(R"({"asset": "m1", "text": "Belt slips"})", li_));
  const Json window = {{"start_ms", kNow / kNsPerMs - 3600'000}, {"end_ms", kNow / kNsPerMs + 1}};
  clock_.set(kNow + kNsPerSecond);
  const auto facts = tools.find("events")
                         ->run(Identity::local_viewer(), {{"asset", "m1"}, {"window", window}})
                         .value();
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].value, 1);
  EXPECT_EQ(facts[1].text, "Belt slips");
  EXPECT_EQ(facts[1].source, "told by li");
  EXPECT_EQ(facts[1].rights_label, "a");
}

}  // namespace
}  // namespace mw::plant
