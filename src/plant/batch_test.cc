// Batches as text tags and an MES tell them. Times are seconds after kStart; now is kStart + 4 h.
#include "plant/batch.h"

#include <gtest/gtest.h>

#include "core/clock.h"
#include "plant/ingest.h"
#include "plant/internal/test_plant.h"
#include "plant/internal/text_plant.h"
#include "plant/plant.h"
#include "plant/plant_tools.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

constexpr TimeNs kStart = 1'760'000'000 * kNsPerSecond;
constexpr TimeNs kNow = kStart + 4 * kNsPerHour;

TimeNs at(int64_t s) { return kStart + s * kNsPerSecond; }

class Batches : public testing::Test {
 protected:
  void SetUp() override {
    PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = described();
    options.clock = &clock_;
    options.push_keys = {"mes"};
    plant_ = Plant::open(std::move(options)).value();
    register_tools(tools_, *plant_);
  }
  /// text_catalogue() with what batches and OEE need.
  static std::shared_ptr<const Catalogue> described() {
    return Catalogue::parse(R"json({
      "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
      "kinds": [{"id": "press", "states": [{"id": "running", "time": "production"},
                                           {"id": "fault", "time": "unplanned_stop"}],
        "production": {"total": "parts", "reject": "rejects", "batch": "batch",
                       "product": "product",
                       "products": [{"code": "A-100", "ideal_cycle_s": 10,
                                     "name": {"en": "bracket", "zh": "支架"}},
                                    {"code": "B-200", "ideal_cycle_s": 20}]},
        "tags": [{"id": "state", "kind": "state", "watchdog_s": 60},
                 {"id": "parts", "kind": "counter", "watchdog_s": 60},
                 {"id": "rejects", "kind": "counter", "watchdog_s": 60},
                 {"id": "batch", "kind": "text", "watchdog_s": 60},
                 {"id": "product", "kind": "text", "watchdog_s": 60}]}],
      "assets": [{"id": "p1", "kind": "press", "line": "a"},
                 {"id": "p2", "kind": "press", "line": "b"}]})json")
        .value();
  }
  /// One sample each 30 s of [from, to).
  void say(const std::string& tag, int64_t from_s, int64_t to_s,
           const std::function<std::variant<std::monostate, double, std::string>(int64_t)>& value) {
    std::vector<Reading> readings;
    for (int64_t s = from_s; s < to_s; s += 30) {
      Reading reading;
      reading.tag = "p1/" + tag;
      reading.ts_ns = at(s);
      reading.value = value(s);
      readings.push_back(std::move(reading));
    }
    ASSERT_TRUE(plant_->ingest().take(readings, Arrival::kHistory));
  }
  void text(const std::string& tag, int64_t from_s, int64_t to_s, const std::string& text) {
    say(tag, from_s, to_s, [&](int64_t) { return text; });
  }
  /// It runs all the time and makes a part each `cycle_s`, the tenth of them bad.
  void make_parts(int64_t from_s, int64_t to_s, double cycle_s, double before = 0) {
    text("state", from_s, to_s, "running");
    const auto made = [=](int64_t s) {
      return before + std::floor(static_cast<double>(s - from_s) / cycle_s);
    };
    say("parts", from_s, to_s, [&](int64_t s) { return made(s); });
    say("rejects", from_s, to_s, [&](int64_t s) { return std::floor(made(s) / 10); });
  }
  std::vector<Batch> batches(int64_t from_s = 0, int64_t to_s = 4 * 3600) {
    const auto found = plant_->batches(Identity::local_viewer(), "p1", {}, {at(from_s), at(to_s)});
    EXPECT_TRUE(found) << found.error().message.en;
    return found ? found->batches : std::vector<Batch>();
  }
  static Identity mes(std::vector<std::string> lines = {"*"}) {
    Identity who;
    who.kind = Identity::Kind::kApiKey;
    who.name = "mes";
    who.grants = {{Role::kViewer, std::move(lines), {}}};
    return who;
  }
  Result<Batch> tell(const std::string& body, const Identity& who = mes()) {
    MW_ASSIGN(const PushedBatch pushed, decode_pushed_batch(body));
    return plant_->push_batch(who, pushed, [&](const Batch&) -> Result<void> {
      ++recorded_;
      return {};
    });
  }
  static std::vector<std::string> doubts(const Batch& batch) {
    std::vector<std::string> names;
    for (const BatchDoubt each : batch.doubts) names.emplace_back(batch_doubt_name(each));
    return names;
  }

  testing_support::TemporaryFolder folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<Plant> plant_;
  ToolRegistry tools_;
  int recorded_ = 0;
};

using Names = std::vector<std::string>;

TEST_F(Batches, BeginAndEndWhereTheTextChangesAndTheLastOneRuns) {
  text("batch", 0, 600, "");
  text("batch", 600, 3600, "B-1");
  text("batch", 3600, 7200, "B-2");
  text("batch", 7200, 9000, "");
  text("batch", 9000, 4 * 3600, "B-3");
  text("product", 0, 7200, "A-100");
  text("product", 7200, 4 * 3600, "B-200");
  const auto found = batches();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].number, "B-1");
  EXPECT_EQ(found[0].start_ns, at(600));
  EXPECT_EQ(found[0].end_ns, at(3600));
  EXPECT_FALSE(found[0].running);
  EXPECT_EQ(found[0].product, "A-100");
  EXPECT_EQ(found[1].end_ns, at(7200));
  EXPECT_EQ(found[2].number, "B-3");
  EXPECT_EQ(found[2].product, "B-200");
  EXPECT_TRUE(found[2].running);
  EXPECT_EQ(found[2].end_ns, kNow);
  EXPECT_TRUE(found[0].told_by.empty());
  EXPECT_EQ(doubts(found[1]), Names{"counters_missing"}) << "its parts were not counted";
}

TEST_F(Batches, AreFoundWholeWhereTheyReachBeyondTheWindow) {
  text("batch", -3 * 86400, 0, "B-0");
  text("batch", 0, 3600, "B-1");
  text("batch", 3600, 4 * 3600, "");
  const auto found = batches(-1800, 1800);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].start_ns, at(-3 * 86400));
  EXPECT_EQ(found[0].end_ns, at(0));
  EXPECT_EQ(doubts(found[0]), (Names{"no_start", "no_product", "counters_missing"}))
      << "it ran when the signal came first";
  EXPECT_EQ(found[1].end_ns, at(3600)) << "its end lies after the window";
  EXPECT_TRUE(batches(7200, 7300).empty());
}

TEST_F(Batches, NameWhatIsDoubtfulOfThem) {
  text("batch", 0, 60, "");
  text("batch", 60, 600, "B-1");
  text("batch", 1200, 1800, "B-1");  // back after a gap
  text("batch", 2400, 3000, "B-2");  // another after a gap
  text("batch", 3000, 3600, "B-3");
  text("batch", 3600, 4200, "");
  text("batch", 4200, 4800, "B-3");  // the number again; then silence until now
  const auto found = batches();
  ASSERT_EQ(found.size(), 4u);
  const auto of_batch = [&](std::size_t i) {
    Names names = doubts(found[i]);
    std::erase_if(names, [](const std::string& name) {
      return name == "no_product" || name == "counters_missing";
    });
    return names;
  };
  EXPECT_EQ(of_batch(0), (Names{"signal_lost", "no_end"}));
  EXPECT_EQ(found[0].end_ns, at(1830)) << "its last sample held for the watchdog period";
  EXPECT_EQ(of_batch(1), Names{"no_start"});
  EXPECT_EQ(of_batch(2), Names{"number_again"});
  EXPECT_EQ(of_batch(3), (Names{"no_end", "number_again"}));
  EXPECT_FALSE(found[3].running) << "nothing says that it still runs";
}

TEST_F(Batches, NameThatProductsChangedOrAreNotKnown) {
  text("batch", 0, 30, "");
  text("batch", 30, 3600, "B-1");
  text("product", 30, 1200, "B-200");
  text("product", 1200, 3600, "A-100");
  text("batch", 3600, 7200, "B-2");
  text("batch", 7200, 4 * 3600, "");
  const auto found = batches();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].product, "A-100") << "the one that ran longest";
  EXPECT_TRUE(found[0].has(BatchDoubt::kProducts));
  EXPECT_EQ(found[1].product, "");
  EXPECT_TRUE(found[1].has(BatchDoubt::kNoProduct));
}

TEST_F(Batches, CountTheirPartsAndTheOeeOfTheirProduct) {
  text("batch", 0, 30, "");
  text("batch", 30, 3630, "B-1");
  text("batch", 3630, 4 * 3600, "B-2");
  text("product", 0, 3630, "A-100");
  text("product", 3630, 4 * 3600, "B-200");
  make_parts(0, 3630, 12.5);
  make_parts(3630, 4 * 3600, 25, 290);
  const auto found = batches();
  ASSERT_EQ(found.size(), 2u);
  for (const Batch& batch : found) {
    ASSERT_TRUE(batch.report);
    const Oee& oee = batch.report->oee;
    // 10 s of 12.5 s, and 20 s of 25 s.
    ASSERT_TRUE(oee.performance) << batch.number;
    EXPECT_NEAR(*oee.performance, 0.8, 0.01) << batch.number;
    EXPECT_NEAR(*oee.quality, 0.9, 0.01);
    EXPECT_TRUE(batch.doubts.empty());
  }
  EXPECT_NEAR(*found[0].report->oee.parts, 3600 / 12.5, 3);
}

TEST_F(Batches, AreToldByAnMesOfMachinesAndLines) {
  const auto begun = tell(R"({"asset": "p1", "batch": "M-7", "product": "A-100"})");
  ASSERT_TRUE(begun) << begun.error().message.en;
  EXPECT_EQ(begun->start_ns, kNow);
  EXPECT_TRUE(begun->running);
  clock_.set(kNow + 600 * kNsPerSecond);
  const auto ended = tell(R"({"asset": "p1", "batch": "M-7", "end": )" +
                          std::to_string((kNow / kNsPerMs) + 500'000) + "}");
  ASSERT_TRUE(ended) << ended.error().message.en;
  EXPECT_EQ(ended->start_ns, kNow) << "of the one that ran under this number";
  EXPECT_EQ(ended->product, "A-100") << "as it was told before";
  const auto found = batches(0, 5 * 3600);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].end_ns, kNow + 500 * kNsPerSecond);
  EXPECT_EQ(found[0].told_by, "mes");
  EXPECT_EQ(found[0].product, "A-100");
  ASSERT_TRUE(tell(R"({"line": "a", "batch": "L-1", "start": "2025-10-09T11:00:00Z"})"));
  const auto of_line =
      plant_->batches(Identity::local_viewer(), {}, "a", {at(0), at(5 * 3600)}).value();
  ASSERT_EQ(of_line.batches.size(), 2u) << "the line's own and those of its machines";
  EXPECT_EQ(of_line.batches[0].number, "L-1");
  EXPECT_EQ(of_line.batches[0].asset, "");
  EXPECT_EQ(of_line.batches[1].asset, "p1");
  EXPECT_EQ(recorded_, 3);
}

TEST_F(Batches, ThatWereNotToldToEndEndWhenTheNextBeginsAndSaySo) {
  ASSERT_TRUE(tell(R"({"asset": "p1", "batch": "M-1", "start": "2025-10-09T09:00:00Z"})"));
  ASSERT_TRUE(tell(R"({"asset": "p1", "batch": "M-2", "start": "2025-10-09T10:00:00Z"})"));
  const auto found = batches();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].end_ns, found[1].start_ns);
  EXPECT_TRUE(found[0].has(BatchDoubt::kNoEnd));
  EXPECT_FALSE(found[0].running);
  EXPECT_TRUE(found[1].running);
}

TEST_F(Batches, AreOneWhereTheTagAndAnMesTellTheSame) {
  text("batch", 0, 30, "");
  text("batch", 30, 3600, "B-1");
  text("batch", 3600, 4 * 3600, "");
  ASSERT_TRUE(tell(R"({"asset": "p1", "batch": "B-1", "product": "A-100", "start": )" +
                   std::to_string(at(20) / kNsPerMs) + R"(, "end": )" +
                   std::to_string(at(3590) / kNsPerMs) + "}"));
  const auto found = batches();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].start_ns, at(30)) << "what was measured";
  EXPECT_EQ(found[0].product, "A-100");
}

TEST_F(Batches, AreRefusedByRightsAndByName) {
  EXPECT_EQ(tell(R"({"asset": "p1", "batch": "B"})", Identity::local_viewer()).error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(tell(R"({"asset": "p1", "batch": "B"})", mes({"b"})).error().code, Code::kNotFound);
  EXPECT_EQ(tell(R"({"asset": "p1", "batch": "B"})", mes({"b"})).error().message.en,
            "there is no asset 'p1'");
  EXPECT_EQ(tell(R"({"line": "a", "batch": "B"})", mes({"b"})).error().code, Code::kNotFound);
  EXPECT_EQ(tell(R"({"asset": "p1", "batch": "B", "start": "2031-01-01T00:00:00Z"})").error().param,
            "start");
  Identity elsewhere{Identity::Kind::kPerson, "li", {{Role::kViewer, {"a"}, {}}}};
  elsewhere.grants.push_back({Role::kOperator, {"b"}, {}});
  EXPECT_EQ(tell(R"({"asset": "p1", "batch": "B"})", elsewhere).error().code,
            Code::kPermissionDenied)
      << "an operator of another line";
  EXPECT_EQ(recorded_, 0) << "nothing is on record that was refused";
  const Identity other = mes({"b"});
  EXPECT_EQ(plant_->batches(other, "p1", {}, {at(0), kNow}).error().code, Code::kNotFound);
  EXPECT_EQ(plant_->batches(other, {}, "a", {at(0), kNow}).error().code, Code::kNotFound);
  const auto refused = plant_->push_batch(
      mes(), decode_pushed_batch(R"({"asset": "p1", "batch": "B"})").value(),
      [](const Batch&) -> Result<void> { return Error::make(Code::kIo, "the audit log is full"); });
  EXPECT_EQ(refused.error().code, Code::kIo);
  EXPECT_TRUE(batches().empty()) << "what is not on record does not count";
}

TEST_F(Batches, AreToldByTheTool) {
  text("batch", 0, 30, "");
  text("batch", 30, 3630, "B-1");
  text("batch", 3630, 4 * 3600, "");
  text("product", 0, 4 * 3600, "A-100");
  make_parts(0, 4 * 3600, 12.5);
  Json window = {{"start_ms", at(0) / kNsPerMs}, {"end_ms", kNow / kNsPerMs}};
  const auto facts = tools_.find("batches")
                         ->run(Identity::local_viewer(), {{"asset", "p1"}, {"window", window}})
                         .value();
  ASSERT_GE(facts.size(), 6u);
  EXPECT_EQ(facts[0].fact, "batch_count");
  EXPECT_EQ(facts[0].value, 1);
  EXPECT_EQ(facts[1].fact, "batch");
  EXPECT_EQ(facts[1].text, "B-1");
  EXPECT_EQ(facts[1].window, (TimeWindow{at(30), at(3630)}));
  EXPECT_EQ(facts[2].fact, "batch_product");
  EXPECT_EQ(facts[2].text, "A-100");
  EXPECT_EQ(facts[3].fact, "batch_parts");
  EXPECT_EQ(facts[3].tag, "p1/parts");
  EXPECT_EQ(facts[5].fact, "batch_oee");
  const auto silent =
      tools_.find("batches")
          ->run(Identity::local_viewer(),
                {{"asset", "p1"},
                 {"window",
                  {{"start_ms", at(-86400) / kNsPerMs}, {"end_ms", at(-80000) / kNsPerMs}}}})
          .value();
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_FALSE(silent[0].value) << "silence is not that nothing ran";
  EXPECT_EQ(silent[0].quality, Quality::kBad);
}

}  // namespace
}  // namespace mw::plant
