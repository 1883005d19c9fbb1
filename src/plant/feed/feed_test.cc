// A feed over a receiver that can be away, refuse and be slow.
#include "plant/feed/feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>

#include "plant/internal/reference_store.h"
#include "plant/internal/test_plant.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

/// What a receiver got, and how it behaves. Outlives the feed.
struct Receiver {
  std::mutex mutex;
  std::vector<FeedItem> got;
  std::atomic<bool> away{false}, refusing{false};
};

class FakeSink final : public FeedSink {
 public:
  explicit FakeSink(Receiver& receiver) : receiver_(receiver) {}
  Result<void> send(std::span<const FeedItem> items, const std::stop_token& stop,
                    const std::function<void()>& meanwhile) override {
    while (receiver_.away && !stop.stop_requested()) {
      meanwhile();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (stop.stop_requested()) return Error::make(Code::kCancelled, "stopped", "已停止");
    if (receiver_.refusing) return Error::make(Code::kPermissionDenied, "no entry", "禁止");
    const std::lock_guard lock(receiver_.mutex);
    receiver_.got.insert(receiver_.got.end(), items.begin(), items.end());
    return {};
  }
  void idle(int wait_ms) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(wait_ms, 5)));
  }
  Link link() const override {
    if (receiver_.away) return {false, {"nobody there", "无人应答"}};
    return {true, {}};
  }

 private:
  Receiver& receiver_;
};

class FeedTest : public testing::Test {
 protected:
  FeedTest() : store_(std::make_unique<ReferenceStore>(), no_log()) {
    options_.name = "erp";
    options_.as = "erp";
    options_.tags = {"*/temperature"};
    parts_.catalogue = catalogue_;
    parts_.store = &store_;
    parts_.clock = &clock_;
    parts_.log = no_log();
    parts_.folder = (folder_.path() / "feeds").string();
    parts_.host.identity_of = [this](const std::string& as) -> Result<Identity> {
      const std::lock_guard lock(rights_mutex_);
      if (lines_.empty()) return Error::make(Code::kPermissionDenied, "revoked", "已撤销");
      return Identity{Identity::Kind::kApiKey, as, {{Role::kViewer, lines_, {}}}};
    };
    parts_.host.record = [this](const FeedDecision& decision) -> Result<void> {
      const std::lock_guard lock(rights_mutex_);
      decisions_.push_back(decision);
      return {};
    };
  }
  void start() {
    feed_ = Feed::start(options_, parts_, "kafka_out", "kafka:9092 out",
                        std::make_unique<FakeSink>(receiver_))
                .value();
  }
  void append(const char* tag, TimeNs ts_ns) {
    ASSERT_TRUE(
        store_.append(std::vector<Sample>{number_at(catalogue_->tag(tag)->index, ts_ns, 1)}));
  }
  std::size_t got() {
    const std::lock_guard lock(receiver_.mutex);
    return receiver_.got.size();
  }
  static bool wait_for(const std::function<bool()>& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return condition();
  }
  void grant(std::vector<std::string> lines) {
    const std::lock_guard lock(rights_mutex_);
    lines_ = std::move(lines);
  }
  ConnectorStatus status() { return feed_->health().status(); }

  testing_support::TemporaryFolder folder_;
  const SystemClock clock_;
  const std::shared_ptr<const Catalogue> catalogue_ = test_catalogue();
  FedStore store_;
  FeedOptions options_;
  FeedParts parts_;
  std::mutex rights_mutex_;
  std::vector<std::string> lines_{"*"};
  std::vector<FeedDecision> decisions_;
  Receiver receiver_;
  std::unique_ptr<Connector> feed_;
};

TEST_F(FeedTest, SendsWhatComesAndSaysSo) {
  start();
  append("m1/temperature", 1);
  append("m1/parts", 2);
  append("m2/temperature", 3);
  ASSERT_TRUE(wait_for([&] { return status().samples == 2; }));
  EXPECT_EQ(got(), 2u);
  EXPECT_EQ(status().kind, "kafka_out");
  EXPECT_EQ(status().state, ConnectorState::kConnected);
  EXPECT_TRUE(wait_for([&] { return status().backlog == 0u; }));
  EXPECT_EQ(status().tags, 2u);
}

TEST_F(FeedTest, ShowsWhatWaitsWhileTheReceiverIsAwayAndSendsItLater) {
  receiver_.away = true;
  start();
  for (TimeNs i = 1; i <= 50; ++i) append("m1/temperature", i);
  ASSERT_TRUE(wait_for([&] { return status().backlog == 50u; }));
  EXPECT_GT(status().waiting_since_ns, 0);
  ASSERT_TRUE(wait_for([&] { return status().state == ConnectorState::kFailed; }));
  EXPECT_EQ(status().problem.en, "nobody there");
  feed_.reset();  // a restart in the middle
  start();
  ASSERT_TRUE(wait_for([&] { return status().backlog == 50u; })) << "counted from the store";
  receiver_.away = false;
  ASSERT_TRUE(wait_for([&] { return got() == 50u; }));
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(receiver_.got[i].sample.ts_ns, static_cast<TimeNs>(i + 1));
  }
  ASSERT_TRUE(wait_for([&] { return status().backlog == 0u; }));
}

TEST_F(FeedTest, TriesAgainWhatIsRefused) {
  receiver_.refusing = true;
  start();
  append("m1/temperature", 1);
  ASSERT_TRUE(wait_for([&] { return status().problem.en == "no entry"; }));
  EXPECT_EQ(status().backlog, 1u);
  receiver_.refusing = false;
  ASSERT_TRUE(wait_for([&] { return got() == 1; }));
}

TEST_F(FeedTest, SendsOnlyWhatItsKeyMaySee) {
  grant({"a"});  // m1 alone
  start();
  append("m2/temperature", 1);
  append("m1/temperature", 2);
  ASSERT_TRUE(wait_for([&] { return got() == 1; }));
  EXPECT_EQ(receiver_.got[0].sample.tag, catalogue_->tag("m1/temperature")->index);
  grant({});  // revoked
  ASSERT_TRUE(wait_for([&] { return status().problem.en == "revoked"; }));
  append("m1/temperature", 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(got(), 1u);
  grant({"*"});
  ASSERT_TRUE(wait_for([&] { return got() == 3; })) << "nothing of what it may see is lost";
  const std::lock_guard lock(rights_mutex_);
  ASSERT_EQ(decisions_.size(), 3u);
  EXPECT_TRUE(decisions_[0].allowed);
  EXPECT_EQ(decisions_[0].detail, "1 of 2 tags");
  EXPECT_FALSE(decisions_[1].allowed);
  EXPECT_EQ(decisions_[2].detail, "2 of 2 tags");
}

TEST_F(FeedTest, SendsNothingThatIsNotOnRecord) {
  parts_.host.record = [](const FeedDecision&) -> Result<void> {
    return Error::make(Code::kIo, "the audit log cannot be written", "审计日志无法写入");
  };
  start();
  append("m1/temperature", 1);
  ASSERT_TRUE(wait_for([&] { return status().problem_ns != 0; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(got(), 0u);
}

}  // namespace
}  // namespace mw::plant
