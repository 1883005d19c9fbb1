#include "certificates/certificate_watch.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/tls_peer.h"

namespace mw::certificates {
namespace {

using testing_support::TlsPeer;

bool soon(const std::function<bool()>& is_so) {
  for (int i = 0; i < 500 && !is_so(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return is_so();
}

struct Lines {
  std::mutex mutex;
  std::vector<std::string> all;
  LogSink sink() {
    return [this](LogLevel level, std::string_view, std::string_view message) {
      const std::lock_guard lock(mutex);
      all.push_back((level == LogLevel::kError ? "error: " : "warning: ") + std::string(message));
    };
  }
  std::vector<std::string> read() {
    const std::lock_guard lock(mutex);
    return all;
  }
};

Watched watched(const TlsPeer& peer, const std::string& kind, const std::string& name) {
  return {{kind, name}, {"127.0.0.1", peer.port(), Greeting::kNone, {}}};
}

class CertificateWatchTest : public ::testing::Test {
 protected:
  CertificateWatchTest() {
    options_.clock = &clock_;
    options_.log = lines_.sink();
  }
  std::string words(const CertificateWatch& watch) const {
    std::string out;
    for (const WatchedStatus& each : watch.status()) {
      out += each.use.name + ":" + state_word(each, clock_.now_ns()) + " ";
    }
    return out;
  }
  const SystemClock clock_;
  Lines lines_;
  WatchOptions options_;
};

TEST_F(CertificateWatchTest, NamesTheStateOfEachAndSaysInTheLogWhatIsNotWell) {
  const TlsPeer well({.valid_s = 300L * 86'400});
  const TlsPeer ends({.subject = "mail.plant", .valid_s = 10L * 86'400});
  const TlsPeer over({.valid_s = -86'400});
  options_.watched = {watched(well, "broker", "broker"),
                      watched(ends, "channel", "shift"),
                      watched(over, "connector", "kafka-1"),
                      {{"upstream", "gone"}, {"127.0.0.1", 1, Greeting::kNone, {}}}};
  const CertificateWatch watch(options_);
  EXPECT_TRUE(soon([&] {
    return words(watch) == "broker:valid shift:expires_soon kafka-1:expired gone:unknown " &&
           watch.status()[3].problem.has_value() && lines_.read().size() == 2;
  })) << words(watch);
  const std::vector<std::string> lines = lines_.read();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].find("warning: a certificate of channel shift (127.0.0.1:"), 0u) << lines[0];
  EXPECT_NE(lines[0].find("CN=mail.plant, is valid until "), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("(expires_soon): have a new one"), std::string::npos) << lines[0];
  EXPECT_EQ(lines[1].find("error: a certificate of connector kafka-1"), 0u) << lines[1];
}

TEST_F(CertificateWatchTest, SeesThatItWasRenewedAndThatItCannotBeSeenAnyMore) {
  auto peer = std::make_unique<TlsPeer>(TlsPeer::Options{.valid_s = 10L * 86'400});
  options_.watched = {watched(*peer, "sign_on", "Plant ID")};
  options_.look_every_ns = 20 * kNsPerMs;
  options_.look_again_ns = 20 * kNsPerMs;
  const CertificateWatch watch(options_);
  ASSERT_TRUE(soon([&] { return words(watch) == "Plant ID:expires_soon "; }));
  peer->renew(200L * 86'400);
  ASSERT_TRUE(soon([&] { return words(watch) == "Plant ID:valid "; }));
  EXPECT_FALSE(watch.status()[0].problem);
  peer.reset();
  ASSERT_TRUE(soon([&] { return watch.status()[0].problem.has_value(); }));
  EXPECT_EQ(words(watch), "Plant ID:valid ");  // what was seen last stays
}

TEST_F(CertificateWatchTest, LooksRarelyAtWhatIsWell) {
  const TlsPeer peer({.valid_s = 300L * 86'400});
  options_.watched = {watched(peer, "broker", "broker")};
  options_.look_again_ns = 0;
  const CertificateWatch watch(options_);
  ASSERT_TRUE(soon([&] { return words(watch) == "broker:valid "; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(peer.met(), 1);
}

TEST_F(CertificateWatchTest, TellsWhenTheFirstOfSeveralExpires) {
  const TlsPeer one({.valid_s = 100L * 86'400});
  const TlsPeer other({.valid_s = 50L * 86'400});
  options_.watched = {watched(one, "connector", "kafka"), watched(other, "connector", "kafka")};
  std::mutex mutex;
  std::vector<int64_t> told_days;
  options_.on_seen = [&](const Use& use, TimeNs until_ns) {
    const std::lock_guard lock(mutex);
    if (use.name != "kafka") return;
    told_days.push_back((until_ns - clock_.now_ns() + kNsPerDay / 2) / kNsPerDay);
  };
  const CertificateWatch watch(options_);
  EXPECT_TRUE(soon([&] {
    const std::lock_guard lock(mutex);
    return told_days == std::vector<int64_t>{100, 50};
  }));
}

TEST_F(CertificateWatchTest, TellsOfThoseThatOthersSee) {
  options_.seen_by_others = [this] {
    CertificateFacts facts;
    facts.until_ns = clock_.now_ns() + 3 * kNsPerDay;
    return std::vector<WatchedStatus>{{{"connector", "plc"}, "opc.tcp://plc", facts, 0, {}}};
  };
  const CertificateWatch watch(options_);
  EXPECT_EQ(words(watch), "plc:expires_soon ");
  EXPECT_TRUE(soon([&] { return lines_.read().size() == 1; }));
}

TEST_F(CertificateWatchTest, EndsAtOnceWhileItLooks) {
  const TlsPeer silent({.speaks = TlsPeer::Speaks::kSmtp});  // waits for a word of ours
  options_.watched = {{{"channel", "mail"}, {"127.0.0.1", silent.port(), Greeting::kPostgres, {}}}};
  options_.patience = std::chrono::milliseconds(60'000);
  const int64_t began_ns = steady_ns();
  {
    const CertificateWatch watch(options_);
    ASSERT_TRUE(soon([&] { return silent.met() == 1; }));
  }
  EXPECT_LT(steady_ns() - began_ns, 5 * kNsPerSecond);
}

}  // namespace
}  // namespace mw::certificates
