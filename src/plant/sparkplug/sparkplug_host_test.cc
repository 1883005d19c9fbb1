// What becomes of metrics: types, qualities, history, quiet ones, what is no tag, and for how long
// a node is asked. Statements of the specification: sparkplug_statements_test.cc.
#include "plant/sparkplug/sparkplug_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"
#include "plant/sparkplug/sparkplug_connector.h"
#include "plant/sparkplug/sparkplug_value.h"
#include "tests/support/sparkplug_messages.h"

namespace mw::plant {
namespace {

using testing::HasSubstr;
using testing_support::SparkplugBench;
using testing_support::SparkplugMetricSaid;
using testing_support::SparkplugSaid;

class SparkplugHostTest : public testing::Test {
 protected:
  int rebirths() const {
    int count = 0;
    for (const SparkplugMessage& each : bench_.sink.sent) {
      count += each.topic.find("NCMD") != std::string::npos ? 1 : 0;
    }
    return count;
  }
  const std::shared_ptr<const Catalogue> catalogue_ = test_catalogue();
  SparkplugBench bench_{*catalogue_};
  std::vector<Reading>& live_ = bench_.sink.live;
};

Result<SparkplugReading> read(uint64_t type, int field, uint64_t bits, double real = 0,
                              std::string bytes = {}, SparkplugTag tag = {}) {
  SparkplugMetricSaid said;
  said.value_field = field;
  said.bits = bits;
  said.real = real;
  said.bytes = std::move(bytes);
  SparkplugSaid message;
  message.metrics = {said};
  const std::string payload = message.payload();
  MW_ASSIGN(const SparkplugPayload parsed, read_sparkplug(payload));
  return sparkplug_reading(tag, parsed.metrics[0], type, 5);
}

TEST(SparkplugValue, IsANumberOfEachType) {
  const auto number = [](uint64_t type, int field, uint64_t bits, double real = 0) {
    return std::get<double>(read(type, field, bits, real)->reading.value);
  };
  EXPECT_EQ(number(1, 10, 0xff), -1);        // Int8, as one byte
  EXPECT_EQ(number(1, 10, 0xffffffff), -1);  // and sign-extended, as others send it
  EXPECT_EQ(number(2, 10, 0xffff8000), -32768);
  EXPECT_EQ(number(3, 10, 0xfffffffe), -2);
  EXPECT_EQ(number(4, 11, UINT64_MAX - 4), -5);
  EXPECT_EQ(number(5, 10, 200), 200);
  EXPECT_EQ(number(6, 10, 65534), 65534);
  EXPECT_EQ(number(7, 10, 4'000'000'000), 4e9);
  EXPECT_EQ(number(7, 11, 4'000'000'000), 4e9);  // in the other member, as sparkplug-client does
  EXPECT_EQ(number(8, 11, uint64_t{1} << 40), 1099511627776.0);
  EXPECT_EQ(number(9, 12, 0, 0.5), 0.5);
  EXPECT_EQ(number(10, 13, 0, -1.25), -1.25);
  EXPECT_EQ(number(11, 14, 1), 1);
  EXPECT_EQ(number(13, 11, 1'760'000'000'000), 1.76e12);
  for (const uint64_t text : {12, 14, 15}) {
    EXPECT_EQ(std::get<std::string>(read(text, 15, 0, 0, "RUN")->reading.value), "RUN");
  }
}

TEST(SparkplugValue, OfAnotherTypeThanDeclaredIsNone) {
  for (const auto& [type, field] : std::vector<std::pair<uint64_t, int>>{{3, 12},
                                                                         {9, 10},
                                                                         {11, 10},
                                                                         {12, 10},
                                                                         {10, 15},
                                                                         {16, 17},
                                                                         {17, 16},
                                                                         {18, 16},
                                                                         {19, 18},
                                                                         {22, 16},
                                                                         {34, 16},
                                                                         {0, 10},
                                                                         {99, 10}}) {
    const auto out = read(type, field, 1);
    ASSERT_TRUE(out) << type;
    EXPECT_TRUE(std::holds_alternative<std::monostate>(out->reading.value)) << type;
    EXPECT_FALSE(out->problem.en.empty() || out->problem.zh.empty()) << type;
  }
  EXPECT_THAT(read(16, 17, 0)->problem.en, HasSubstr("DataSet is not read"));
  EXPECT_THAT(read(19, 18, 0)->problem.en, HasSubstr("Template is not read"));
}

TEST(SparkplugValue, IsAStateByNumberOrText) {
  SparkplugTag tag;
  tag.states = {{"2", "running"}, {"STOP", "idle"}};
  EXPECT_EQ(std::get<std::string>(read(3, 10, 2, 0, "", tag)->reading.value), "running");
  EXPECT_EQ(std::get<std::string>(read(12, 15, 0, 0, "STOP", tag)->reading.value), "idle");
  const auto unknown = read(3, 10, 7, 0, "", tag);
  EXPECT_EQ(unknown->reading.quality, Quality::kBad);
  EXPECT_EQ(std::get<std::string>(unknown->reading.value), "7");
  EXPECT_EQ(read(10, 13, 0, 1e300, "", tag)->reading.quality, Quality::kBad);
}

TEST(SparkplugValue, HasATimeThatNoDeviceCanOverflow) {
  EXPECT_EQ(sparkplug_time(1), 1'000'000);
  EXPECT_EQ(sparkplug_time(UINT64_MAX), INT64_MAX);
}

TEST_F(SparkplugHostTest, KeepsQualitiesNullsAndHistory) {
  bench_.connect();
  bench_.bear();
  const auto say = [&](const std::function<void(SparkplugMetricSaid&)>& spoil) {
    SparkplugSaid said = bench_.data(true, 60);
    spoil(said.metrics[0]);
    bench_.hear(said);
  };
  say([](SparkplugMetricSaid& m) { m.properties = {{"Quality", 3, 0, ""}}; });
  EXPECT_EQ(live_.back().quality, Quality::kBad);
  EXPECT_EQ(live_.back().reason, QualityReason::kDevice);
  say([](SparkplugMetricSaid& m) { m.properties = {{"Quality", 3, 500, ""}}; });
  EXPECT_EQ(live_.back().reason, QualityReason::kNoCommunication);
  say([](SparkplugMetricSaid& m) { m.properties = {{"Quality", 3, 7, ""}}; });
  EXPECT_EQ(live_.back().quality, Quality::kUncertain);
  say([](SparkplugMetricSaid& m) {
    m.null = true;
    m.value_field = 0;
  });
  EXPECT_EQ(live_.back().quality, Quality::kBad);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(live_.back().value));

  const std::size_t count = live_.size();
  say([&](SparkplugMetricSaid& m) {
    m.historical = true;
    m.timestamp_ms = bench_.ms - 3'600'000;
  });
  EXPECT_EQ(live_.size(), count);
  ASSERT_EQ(bench_.sink.past.size(), 1u);
  EXPECT_EQ(bench_.sink.past[0].ts_ns, bench_.now_ns() - kNsPerHour);
  say([](SparkplugMetricSaid& m) { m.transient = true; });
  EXPECT_EQ(live_.size(), count);
  EXPECT_EQ(bench_.sink.heard("is transient"), 1);
}

TEST_F(SparkplugHostTest, ConfirmsWhatStandsStillWhileItsSessionStands) {
  bench_.connect();
  bench_.bear();
  const std::size_t born = live_.size();
  bench_.pass(3000);  // watchdog 10 s
  EXPECT_EQ(live_.size(), born);
  bench_.pass(1000);
  ASSERT_EQ(live_.size(), born + 2);
  EXPECT_FALSE(live_.back().ts_ns);
  bench_.hear(bench_.data(true, 56));
  bench_.pass(4000);
  ASSERT_EQ(live_.size(), born + 5);  // the data, and both again
  EXPECT_EQ(std::get<double>(live_[born + 4].value) + std::get<double>(live_[born + 3].value), 63);
  bench_.hear(bench_.device_death());
  bench_.pass(10'000);
  for (std::size_t i = born + 5; i < live_.size(); ++i) EXPECT_EQ(live_[i].tag, "m1/parts");
  EXPECT_GT(live_.size(), born + 5);
}

TEST_F(SparkplugHostTest, ConfirmsAnOldValueOfABirthAtOnce) {
  bench_.connect();
  SparkplugSaid birth = bench_.node_birth();
  birth.metrics[2].timestamp_ms = bench_.ms - 3'600'000;  // when it changed last
  bench_.hear(birth);
  ASSERT_EQ(live_.size(), 1u);
  bench_.pass(100);
  ASSERT_EQ(live_.size(), 2u);
  EXPECT_FALSE(live_[1].ts_ns);
}

TEST_F(SparkplugHostTest, ConfirmsNothingOnceMessagesAreMissing) {
  SparkplugOptions options = SparkplugBench::usual();
  options.rebirth = false;
  SparkplugBench bench(*catalogue_, options);
  bench.connect();
  bench.bear();
  ++bench.next;
  bench.hear(bench.data(true, 99));
  bench.pass(3000);
  const std::size_t count = bench.sink.live.size();
  bench.pass(60'000);
  EXPECT_EQ(bench.sink.live.size(), count);
  for (const SparkplugMessage& each : bench.sink.sent) {
    EXPECT_EQ(each.topic.find("NCMD"), std::string::npos);
  }
  bench.bear();
  bench.pass(4000);
  EXPECT_GT(bench.sink.live.size(), count + 2);
}

TEST_F(SparkplugHostTest, AsksEverLessOftenForWhatDoesNotCome) {
  bench_.connect();
  bench_.pass(1900);
  EXPECT_EQ(rebirths(), 0);  // for whom we are the primary host come by themselves
  bench_.pass(200);
  EXPECT_EQ(rebirths(), 1);
  bench_.pass(5000);
  EXPECT_EQ(rebirths(), 2);
  bench_.pass(600'000);
  EXPECT_GE(rebirths(), 7);
  EXPECT_LE(rebirths(), 9);
  bench_.bear();
  const int before = rebirths();
  bench_.pass(600'000);
  EXPECT_EQ(rebirths(), before);
}

TEST_F(SparkplugHostTest, DoesNotStormANodeWhoseNumbersAreAlwaysWrong) {
  bench_.connect();
  for (int i = 0; i < 120; ++i) {
    bench_.bear();
    bench_.next += 5;
    bench_.hear(bench_.data(true, i));
    bench_.pass(5000);
  }
  EXPECT_LE(rebirths(), 12);  // in ten minutes
}

TEST_F(SparkplugHostTest, TakesWhatWaitedFromBeforeABirthFirst) {
  bench_.connect();
  bench_.bear();
  ++bench_.next;
  bench_.hear(bench_.data(true, 99));
  bench_.ms += 100;
  bench_.hear(bench_.node_birth());
  EXPECT_EQ(std::get<double>(live_[2].value), 99);
  EXPECT_EQ(std::get<double>(live_.back().value), 7);
  bench_.hear(bench_.device_birth());
  bench_.pass(5000);
  EXPECT_EQ(bench_.sink.heard("missing"), 0);
}

TEST_F(SparkplugHostTest, TakesABirthOfADeviceThatOvertookItsNodes) {
  bench_.connect();
  bench_.bear();
  bench_.ms += 100;
  const SparkplugSaid node = bench_.node_birth();
  const SparkplugSaid device = bench_.device_birth();
  bench_.hear(device);
  bench_.hear(node);
  EXPECT_TRUE(bench_.sink.up[0] && bench_.sink.up[1]);
  bench_.hear(bench_.data(true, 3));
  EXPECT_EQ(std::get<double>(live_.back().value), 3);
}

TEST_F(SparkplugHostTest, ForgetsSessionsWithItsConnection) {
  bench_.connect();
  bench_.bear();
  bench_.host.disconnected();
  bench_.connect();
  const std::size_t count = live_.size();
  bench_.hear(bench_.data(true, 1));
  bench_.pass(20'000);
  EXPECT_EQ(live_.size(), count);
  EXPECT_GT(rebirths(), 0);
  bench_.bear();
  EXPECT_EQ(live_.size(), count + 2);
}

TEST_F(SparkplugHostTest, ShowsWhatIsNoTagAndWhatABirthLacks) {
  bench_.connect();
  bench_.hear(bench_.node_birth());
  SparkplugSaid birth = bench_.device_birth();
  birth.metrics[0].name = "Oil \"2\"";
  birth.metrics[0].properties = {{"engUnit", 12, 0, "degC"}};
  bench_.hear(birth);
  EXPECT_GT(bench_.sink.heard("Plant1/Gateway1/Press1 has no metric 'Oil'"), 0);
  const std::string listed = sparkplug_unmapped_toml(bench_.host.unmapped());
  EXPECT_THAT(listed, HasSubstr("group = \"Plant1\"\nedge = \"Gateway1\"\ndevice = \"Press1\"\n"
                                "metric = \"Oil \\\"2\\\"\"  # Double, \"degC\"\n"));
  EXPECT_EQ(bench_.host.unmapped().size(), 1u);
}

TEST_F(SparkplugHostTest, RefusesCompressedPayloadsByName) {
  bench_.connect();
  ByteWriter payload;
  testing_support::put_field(payload, 4, std::string("SPBV1.0_COMPRESSED"));
  SparkplugSaid said = bench_.node_birth();
  said.raw = payload.bytes();
  bench_.hear(said);
  EXPECT_EQ(bench_.sink.heard("compressed payloads are not read"), 1);
  EXPECT_EQ(bench_.sink.refusals, 1);
}

TEST(SparkplugCheck, RefusesWhatDoesNotFitThePlantByName) {
  const auto catalogue = test_catalogue();
  const std::pair<std::function<void(SparkplugOptions&)>, const char*> rows[] = {
      {[](SparkplugOptions& o) { o.host_id = "a/b"; }, "host_id"},
      {[](SparkplugOptions& o) { o.groups = {"#"}; }, "groups"},
      {[](SparkplugOptions& o) { o.metrics.clear(); }, "got 0"},
      {[](SparkplugOptions& o) { o.metrics.resize(50'001); }, "got 50001"},
      {[](SparkplugOptions& o) { o.metrics[0].tag = "m1/nothing"; }, "no such tag"},
      {[](SparkplugOptions& o) { o.metrics[1].tag = "m1/temperature"; }, "already"},
      {[](SparkplugOptions& o) { o.metrics[0].edge = "+"; }, "edge"},
      {[](SparkplugOptions& o) { o.metrics[0].device = "a+"; }, "device"},
      {[](SparkplugOptions& o) { o.metrics[0].metric = ""; }, "no name"},
      {[](SparkplugOptions& o) { o.metrics[0].measured_in = "degF"; }, "degF"},
      {[](SparkplugOptions& o) {
         o.metrics[0].states = {{"0", "idle"}};
       },
       "take 'states' away"},
      {[](SparkplugOptions& o) {
         o.metrics[0].tag = "m1/state";
         o.metrics[0].states = {{"0", "dancing"}};
       },
       "dancing"},
  };
  EXPECT_EQ(check_sparkplug_options(SparkplugBench::usual(), *catalogue).value().size(), 2u);
  for (const auto& [spoil, word] : rows) {
    SparkplugOptions options = SparkplugBench::usual();
    spoil(options);
    const auto checked = check_sparkplug_options(options, *catalogue);
    ASSERT_FALSE(checked) << word;
    EXPECT_THAT(checked.error().message.en, HasSubstr(word));
    EXPECT_FALSE(checked.error().message.zh.empty()) << word;
  }
}

TEST(SparkplugHost, PassesOverMetricsBeyondWhatAnEdgeNodeMayHaveAndSaysSo) {
  SparkplugBench bench(*test_catalogue());
  bench.connect();
  SparkplugSaid birth = bench.node_birth();
  for (int i = 0; i < 60'000; ++i)
    birth.metrics.push_back(bench.number("m" + std::to_string(i), 1));
  birth.metrics.push_back(bench.number("Parts", 7));
  bench.hear(birth);
  EXPECT_EQ(bench.sink.heard("Plant1/Gateway1: a birth of"), 1);
  EXPECT_LE(bench.host.unmapped().size(), 50'000u);
  ASSERT_FALSE(bench.sink.live.empty()) << "its tags are taken all the same";
  EXPECT_EQ(std::get<double>(bench.sink.live.back().value), 7);
}

}  // namespace
}  // namespace mw::plant
