// The connector against a client of the test's own: what becomes of values, quiet ones, a lost link
// and the past. Real servers: tests/integration/opcua_test.py.
#include "plant/opcua/opcua_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "core/file.h"
#include "plant/internal/test_plant.h"
#include "plant/sqlite_store.h"
#include "sqlite/database.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

using testing::HasSubstr;

constexpr uint32_t kBadSensorFailure = 0x806D'0000;
constexpr uint32_t kBadNoCommunication = 0x8031'0000;
constexpr uint32_t kUncertainRange = 0x4094'0000;
constexpr uint32_t kOverflow = 0x0000'0480;

/// What the test says the server holds; several clients (one after each loss) look at it.
struct FakeServer {
  std::mutex mutex;
  bool up = true;
  std::vector<OpcuaValue> now = std::vector<OpcuaValue>(3);
  std::deque<std::pair<std::size_t, OpcuaValue>> changes;
  std::vector<OpcuaValue> past;  // of item 0
  bool endless = false;
  std::string past_problem;
  bool loses_past = false;  // the link is lost whenever the past is asked for
  int dialled = 0, reads = 0, past_calls = 0;
  TimeNs past_from_ns = 0;
  std::function<void()> on_past;
  std::optional<TimeNs> expires_ns;
};

class FakeClient final : public OpcuaClient {
 public:
  FakeClient(FakeServer& server, std::size_t items) : server_(server), items_(items) {}

  Result<std::vector<std::string>> subscribe(Listener listener) override {
    listener_ = std::move(listener);
    std::vector<std::string> problems(items_);
    problems[2] = "BadNodeIdUnknown";
    return problems;
  }
  Result<void> pump(int ms) override {
    std::deque<std::pair<std::size_t, OpcuaValue>> changes;
    {
      const std::lock_guard lock(server_.mutex);
      if (!server_.up) return lost();
      changes.swap(server_.changes);
    }
    for (auto& [item, value] : changes) listener_(item, std::move(value));
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(ms, 5)));
    return {};
  }
  Result<std::vector<OpcuaValue>> read(std::span<const std::size_t> items) override {
    const std::lock_guard lock(server_.mutex);
    if (!server_.up) return lost();
    ++server_.reads;
    std::vector<OpcuaValue> values;
    for (const std::size_t item : items) values.push_back(server_.now[item]);
    return values;
  }
  Result<std::vector<bool>> keeps_past(std::span<const std::size_t> items) override {
    std::vector<bool> kept;
    for (const std::size_t item : items) kept.push_back(item == 0);
    return kept;
  }
  Result<OpcuaPast> past(std::size_t item, TimeNs from_ns, TimeNs /*to_ns*/,
                         const std::string& more) override {
    const std::lock_guard lock(server_.mutex);
    EXPECT_EQ(item, 0U);
    ++server_.past_calls;
    server_.past_from_ns = from_ns;
    if (server_.loses_past) return lost();
    if (server_.on_past) std::exchange(server_.on_past, nullptr)();
    if (!server_.past_problem.empty()) return OpcuaPast{{}, "", server_.past_problem};
    const std::size_t begin = more.empty() ? 0 : std::stoul(more);
    if (begin >= server_.past.size()) return OpcuaPast{{}, server_.endless ? more : "", ""};
    const std::string next = begin + 1 < server_.past.size() ? std::to_string(begin + 1) : "";
    return OpcuaPast{{server_.past[begin]}, server_.endless ? "0" : next, ""};
  }
  std::optional<TimeNs> certificate_expires_ns() const override { return server_.expires_ns; }

 private:
  static Error lost() {
    return Error::make(Code::kUnavailable, "the connection was lost", "连接中断");
  }
  FakeServer& server_;
  const std::size_t items_;
  Listener listener_;
};

std::shared_ptr<const Catalogue> quick_catalogue() {
  return Catalogue::parse(R"json({
    "site": "test", "lines": [{"id": "a"}],
    "kinds": [{"id": "machine", "states": [{"id": "running"}, {"id": "idle"}], "tags": [
      {"id": "temperature", "watchdog_s": 0.6}, {"id": "state", "kind": "state", "watchdog_s": 0.6},
      {"id": "missing", "watchdog_s": 0.6}]}],
    "assets": [{"id": "m1", "kind": "machine", "line": "a"}]
  })json")
      .value();
}

class OpcuaConnectorTest : public ::testing::Test {
 protected:
  OpcuaConnectorTest() {
    SqliteStoreOptions options;
    options.path = (folder_.path() / "plant.db").string();
    options.catalogue = catalogue_;
    store_ = SqliteStore::open(options).value();
    ingest_ = std::make_unique<Ingest>(catalogue_, *store_, live_, clock_, no_log());
    options_.name = "plc";
    options_.endpoint = "opc.tcp://h";
    options_.folder = (folder_.path() / "opcua").string();
    options_.nodes = {
        {.tag = "m1/temperature", .node = "ns=2;s=T", .scale = 0.1, .offset = 1},
        {.tag = "m1/state", .node = "ns=2;s=S", .states = {{"0", "idle"}, {"run", "running"}}},
        {.tag = "m1/missing", .node = "ns=2;s=M"}};
    server_.now = {number(0), number(0), {{}, 0x8034'0000, "BadNodeIdUnknown", {}, {}}};
  }
  ~OpcuaConnectorTest() override { connector_.reset(); }

  OpcuaValue number(double value, uint32_t status = 0) {
    OpcuaValue out{value, status, status == 0 ? "" : "a status", {}, {}};
    out.source_ns = clock_.now_ns() / kNsPerMs * kNsPerMs;
    out.server_ns = out.source_ns;
    return out;
  }
  void start() {
    auto started = OpcuaConnector::start(
        options_, *catalogue_, *ingest_, live_, clock_, no_log(),
        [this](const OpcuaOptions&, std::vector<OpcuaItem> items,
               const std::stop_token&) -> Result<std::unique_ptr<OpcuaClient>> {
          const std::lock_guard lock(server_.mutex);
          ++server_.dialled;
          if (!server_.up) return Error::make(Code::kUnavailable, "refused", "拒绝");
          return std::unique_ptr<OpcuaClient>(std::make_unique<FakeClient>(server_, items.size()));
        });
    ASSERT_TRUE(started) << started.error().message.en;
    connector_ = std::move(*started);
  }
  void change(std::size_t item, OpcuaValue value) {
    const std::lock_guard lock(server_.mutex);
    server_.now[item] = value;
    server_.changes.emplace_back(item, std::move(value));
  }
  void set_up(bool up) {
    const std::lock_guard lock(server_.mutex);
    server_.up = up;
  }
  TagValue value(const char* tag) const {
    return live_.value(*catalogue_->tag(tag), clock_.now_ns());
  }
  ConnectorStatus status() const { return connector_->health().status(); }
  template <typename Condition>
  bool within_s(int most_s, Condition condition) {
    for (int i = 0; i < 100 * most_s; ++i) {
      (void)live_.tick(clock_.now_ns());
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  template <typename Condition>
  bool within_10_s(Condition condition) {
    return within_s(10, condition);
  }
  bool becomes(const char* tag, Quality quality, QualityReason reason) {
    return within_10_s(
        [&] { return value(tag).quality == quality && value(tag).reason == reason; });
  }

  testing_support::TemporaryFolder folder_;
  SystemClock clock_;
  std::shared_ptr<const Catalogue> catalogue_ = quick_catalogue();
  std::unique_ptr<SqliteStore> store_;
  LiveTable live_{catalogue_};
  std::unique_ptr<Ingest> ingest_;
  OpcuaOptions options_;
  FakeServer server_;
  std::unique_ptr<Connector> connector_;
};

TEST_F(OpcuaConnectorTest, TurnsValuesIntoSamplesOfTheTag) {
  change(0, number(215));
  start();
  ASSERT_TRUE(within_10_s([&] { return value("m1/temperature").value == 22.5; }));
  EXPECT_TRUE(within_10_s([&] { return value("m1/state").text == "idle"; }));
  change(1, {std::string("run"), 0, "", clock_.now_ns(), clock_.now_ns()});
  EXPECT_TRUE(within_10_s([&] { return value("m1/state").text == "running"; }));
  change(1, number(7));
  EXPECT_TRUE(within_10_s([&] { return value("m1/state").text == "7"; }));
  EXPECT_EQ(value("m1/state").quality, Quality::kBad);
}

TEST_F(OpcuaConnectorTest, TellsWhyAValueIsNotGood) {
  start();
  const char* tag = "m1/temperature";
  ASSERT_TRUE(becomes(tag, Quality::kGood, QualityReason::kNone));
  change(0, number(5, kBadSensorFailure));
  EXPECT_TRUE(becomes(tag, Quality::kBad, QualityReason::kDevice));
  change(0, {{}, kBadNoCommunication, "BadNoCommunication", {}, {}});
  EXPECT_TRUE(becomes(tag, Quality::kBad, QualityReason::kNoCommunication));
  EXPECT_TRUE(within_10_s([&] { return status().state == ConnectorState::kConnected; }));
  change(0, number(5, kUncertainRange));
  EXPECT_TRUE(becomes(tag, Quality::kUncertain, QualityReason::kOutOfRange));
  change(0, {{}, 0, "an array of 5", clock_.now_ns(), {}});
  EXPECT_TRUE(becomes(tag, Quality::kBad, QualityReason::kWrongType));
  change(0, number(std::nan("")));
  EXPECT_TRUE(becomes(tag, Quality::kBad, QualityReason::kWrongType));
  change(0, number(5, kOverflow));
  EXPECT_TRUE(becomes(tag, Quality::kGood, QualityReason::kNone));
  OpcuaValue future = number(6);
  future.source_ns = INT64_MAX - 1;
  change(0, future);
  EXPECT_TRUE(becomes(tag, Quality::kUncertain, QualityReason::kClockSkew));
}

TEST_F(OpcuaConnectorTest, ReadsWhatIsQuietSoThatWhatStandsStillStaysGood) {
  OpcuaValue old = number(1);
  old.source_ns = clock_.now_ns() - kNsPerHour;
  server_.now[0] = old;
  start();
  ASSERT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  while (std::chrono::steady_clock::now() < until) {
    {
      const std::lock_guard lock(server_.mutex);
      server_.now[0].server_ns = clock_.now_ns();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const std::lock_guard lock(server_.mutex);
  EXPECT_GE(server_.reads, 3);
  // What was read bears the time at which it was known to hold.
  EXPECT_GT(value("m1/temperature").ts_ns, clock_.now_ns() - kNsPerMinute);
  EXPECT_EQ(value("m1/temperature").quality, Quality::kGood);
}

TEST_F(OpcuaConnectorTest, MarksItsTagsWhenTheLinkIsLostAndComesBackByItself) {
  start();
  ASSERT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  EXPECT_TRUE(becomes("m1/missing", Quality::kBad, QualityReason::kDevice));
  EXPECT_EQ(status().tags, 3U);
  set_up(false);
  EXPECT_TRUE(becomes("m1/temperature", Quality::kBad, QualityReason::kNoCommunication));
  EXPECT_TRUE(within_10_s([&] { return status().problem.en == "refused"; }));
  EXPECT_EQ(status().state, ConnectorState::kFailed);
  EXPECT_EQ(status().problem.zh, "拒绝");
  set_up(true);
  EXPECT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  EXPECT_TRUE(within_10_s([&] { return status().state == ConnectorState::kConnected; }));
}

TEST_F(OpcuaConnectorTest, FetchesWhatItMissedInParts) {
  start();
  ASSERT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  set_up(false);
  ASSERT_TRUE(within_10_s([&] { return status().state == ConnectorState::kFailed; }));
  {
    const std::lock_guard lock(server_.mutex);
    for (int i = 0; i < 5; ++i) server_.past.push_back(number(1000 + 10 * i));
    for (int i = 0; i < 5; ++i) *server_.past[i].source_ns += i * kNsPerMs;
    server_.up = true;
  }
  const auto stored = [&] {
    int count = 0;
    for (const Sample& each : samples_in(*store_, catalogue_->tag("m1/temperature")->index)) {
      if (each.value >= 100) ++count;  // 1000 * 0.1 + 1 and up
    }
    return count;
  };
  EXPECT_TRUE(within_10_s([&] { return stored() == 5; }));
  EXPECT_TRUE(within_10_s([&] { return status().backlog == 0U; }));
}

TEST_F(OpcuaConnectorTest, FetchesWhatItMissedAfterARestartToo) {
  start();
  ASSERT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  const TimeNs known_ns = value("m1/temperature").ts_ns;
  set_up(false);
  ASSERT_TRUE(within_10_s([&] { return status().state == ConnectorState::kFailed; }));
  {
    const std::lock_guard lock(server_.mutex);
    server_.loses_past = true;
    server_.past = {number(1000)};
    server_.up = true;
  }
  TimeNs from_ns = 0;
  // Newer values are stored while the past is still missing.
  ASSERT_TRUE(within_10_s([&] {
    const std::lock_guard lock(server_.mutex);
    server_.now[0] = number(2);
    from_ns = server_.past_from_ns;
    return server_.past_calls > 0 && value("m1/temperature").ts_ns > known_ns;
  }));
  connector_.reset();
  const auto file = folder_.path() / "opcua/missed/plc.txt";
  EXPECT_TRUE(std::filesystem::exists(file));
  {
    const std::lock_guard lock(server_.mutex);
    server_.loses_past = false;
    server_.past_from_ns = 0;
  }
  start();
  EXPECT_TRUE(within_10_s([&] { return status().backlog == 0U; }));
  const std::lock_guard lock(server_.mutex);
  EXPECT_EQ(server_.past_from_ns, from_ns);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(OpcuaConnectorTest, EndsAHoleOnlyWhenTheDiskHoldsWhatWasMissed) {
  auto blocker = sqlite::Database::open((folder_.path() / "plant.db").string(),
                                        sqlite::Database::Mode::kReadWrite)
                     .value();
  start();
  ASSERT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  set_up(false);
  ASSERT_TRUE(within_10_s([&] { return status().state == ConnectorState::kFailed; }));
  {
    const std::lock_guard lock(server_.mutex);
    server_.past = {number(1000)};
    // From here on every commit fails: what is told last is buffered.
    server_.on_past = [&] { ASSERT_TRUE(blocker.execute("BEGIN IMMEDIATE")); };
    server_.up = true;
  }
  ASSERT_TRUE(within_10_s([&] { return ingest_->store_refuses(); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(status().backlog, 1U);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "opcua/missed/plc.txt"));
  ASSERT_TRUE(blocker.execute("ROLLBACK"));
  EXPECT_TRUE(within_10_s([&] { return status().backlog == 0U; }));
  EXPECT_FALSE(ingest_->store_refuses());
  int stored = 0;
  for (const Sample& each : samples_in(*store_, catalogue_->tag("m1/temperature")->index)) {
    if (each.value >= 100) ++stored;
  }
  EXPECT_EQ(stored, 1);
  const std::lock_guard lock(server_.mutex);
  EXPECT_EQ(server_.past_calls, 1);
}

TEST_F(OpcuaConnectorTest, TellsThatItDoesNotKnowWhatItMissedWhenThatFileIsDamaged) {
  const auto file = folder_.path() / "opcua/missed/plc.txt";
  ASSERT_TRUE(make_private_folder(file.parent_path()));
  ASSERT_TRUE(write_file_atomically(file, "nonsense"));
  {
    const std::lock_guard lock(server_.mutex);  // it waits for the answer to its dial
    start();
    EXPECT_THAT(status().problem.en, HasSubstr("plc.txt: line 1"));
    EXPECT_THAT(status().problem.zh, HasSubstr("plc.txt：第 1 行"));
  }
  EXPECT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  EXPECT_TRUE(within_10_s([&] { return !std::filesystem::exists(file); }));
}

TEST_F(OpcuaConnectorTest, SaysWhenTheServerHasNoPastOrNoEndOfIt) {
  start();
  ASSERT_TRUE(becomes("m1/temperature", Quality::kGood, QualityReason::kNone));
  const auto lose_and_return = [&](const std::string& problem, bool endless) {
    set_up(false);
    ASSERT_TRUE(within_10_s([&] { return status().state == ConnectorState::kFailed; }));
    const std::lock_guard lock(server_.mutex);
    server_.past = {number(1)};
    server_.past_problem = problem;
    server_.endless = endless;
    server_.past_calls = 0;
    server_.up = true;
  };
  const auto told = [&](const char* words) {
    bool seen = false;
    // 10,000 parts, each of them stored: 12 s under sanitizers beside two builds.
    return within_s(60, [&] {
      seen = seen || status().problem.en.find(words) != std::string::npos;
      return seen && status().backlog == 0U;
    });
  };
  // Another complaint (of the variable that does not exist) may come after it: make it quiet.
  {
    const std::lock_guard lock(server_.mutex);
    server_.now[2] = number(3);
  }
  lose_and_return("BadHistoryOperationUnsupported", false);
  EXPECT_TRUE(told("what was missed stays missing: BadHistoryOperationUnsupported"));
  lose_and_return("", true);
  EXPECT_TRUE(told("its history has no end"));
  const std::lock_guard lock(server_.mutex);
  EXPECT_LE(server_.past_calls, 10'000);
}

TEST_F(OpcuaConnectorTest, WarnsOfACertificateThatExpiresSoon) {
  server_.expires_ns = clock_.now_ns() + 3 * kNsPerDay + kNsPerHour;
  server_.now[2] = number(3);
  start();
  EXPECT_TRUE(within_10_s([&] { return status().certificate_expires_ns.has_value(); }));
  EXPECT_TRUE(within_10_s(
      [&] { return status().problem.en.find("expires in 3 days") != std::string::npos; }));
  EXPECT_THAT(status().problem.zh, HasSubstr("3 天"));
}

TEST_F(OpcuaConnectorTest, IsRefusedByNameWhereTheBuildHasNone) {
  if (OpcuaClient::built_in()) GTEST_SKIP() << "this build has OPC UA";
  const auto refused =
      OpcuaConnector::start(options_, *catalogue_, *ingest_, live_, clock_, no_log());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_THAT(refused.error().message.en, HasSubstr("'plc'"));
  EXPECT_THAT(refused.error().message.en, HasSubstr("tools/setup.sh"));
  EXPECT_THAT(refused.error().message.zh, HasSubstr("tools/setup.sh"));
}

TEST_F(OpcuaConnectorTest, ChecksItsConfiguration) {
  const auto refused = [&](auto change_it, const char* words) {
    OpcuaOptions options = options_;
    change_it(options);
    const auto checked = check_opcua_options(options, *catalogue_);
    ASSERT_FALSE(checked) << words;
    EXPECT_THAT(checked.error().message.en, HasSubstr(words));
    EXPECT_FALSE(checked.error().message.zh.empty());
  };
  EXPECT_TRUE(check_opcua_options(options_, *catalogue_));
  refused([](OpcuaOptions& o) { o.endpoint = "http://h"; }, "is no endpoint");
  refused([](OpcuaOptions& o) { o.nodes.clear(); }, "expected 1 to");
  refused([](OpcuaOptions& o) { o.nodes[0].tag = "m1/nothing"; }, "no such tag");
  refused([](OpcuaOptions& o) { o.nodes[1].tag = o.nodes[0].tag; }, "brings this tag already");
  refused([](OpcuaOptions& o) { o.nodes[0].node = "T"; }, "names no node");
  refused([](OpcuaOptions& o) { o.nodes[0].measured_in = "bar"; }, "measured in 'bar'");
  refused([](OpcuaOptions& o) { o.nodes[0].states = {{"0", "idle"}}; }, "is no state");
  refused([](OpcuaOptions& o) { o.nodes[1].states = {{"0", "melting"}}; }, "no state 'melting'");
}

}  // namespace
}  // namespace mw::plant
