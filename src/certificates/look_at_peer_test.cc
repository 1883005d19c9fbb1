#include "certificates/look_at_peer.h"

#include <gtest/gtest.h>

#include "tests/support/tls_peer.h"

namespace mw::certificates {
namespace {

using testing_support::TlsPeer;
using Speaks = TlsPeer::Speaks;
using std::chrono::milliseconds;

Result<CertificateFacts> look(const TlsPeer& at, Greeting greeting = Greeting::kNone,
                              const std::string& ca_file = {}) {
  return look_at_peer({"127.0.0.1", at.port(), greeting, ca_file}, milliseconds(5000), {});
}

/// Days from now, rounded.
int64_t days_left(const CertificateFacts& facts) {
  const TimeNs left_ns = facts.until_ns - SystemClock().now_ns();
  return (left_ns + kNsPerDay / 2) / kNsPerDay;
}

TEST(LookAtPeer, ReadsWhatIsShownWithoutJudgingIt) {
  const TlsPeer self_signed({.subject = "broker.plant", .valid_s = 20L * 86'400});
  const auto seen = look(self_signed);
  ASSERT_TRUE(seen) << seen.error().message.en;
  EXPECT_EQ(seen->subject, "CN=broker.plant");
  EXPECT_EQ(days_left(*seen), 20);
  const TlsPeer over({.valid_s = -5L * 86'400});
  const auto expired = look(over);
  ASSERT_TRUE(expired) << expired.error().message.en;
  EXPECT_EQ(days_left(*expired), -4);  // rounded towards zero
}

TEST(LookAtPeer, SaysWhichOfTheBelievedChainExpiresFirst) {
  const TlsPeer peer({.valid_s = 90L * 86'400, .issuer_valid_s = 12L * 86'400});
  const auto believed = look(peer, Greeting::kNone, peer.ca_file());
  ASSERT_TRUE(believed) << believed.error().message.en;
  EXPECT_EQ(believed->subject, "CN=plant authority");
  EXPECT_EQ(days_left(*believed), 12);
  const auto stranger = look(peer);  // whose chain leads nowhere
  ASSERT_TRUE(stranger);
  EXPECT_EQ(stranger->subject, "CN=peer.plant");
  const TlsPeer over({.valid_s = 90L * 86'400, .issuer_valid_s = -86'400});
  const auto expired = look(over, Greeting::kNone, over.ca_file());
  ASSERT_TRUE(expired);
  EXPECT_EQ(expired->subject, "CN=plant authority");
}

TEST(LookAtPeer, AsksMailServersAndDatabasesForTlsFirst) {
  const TlsPeer mail({.subject = "mail.plant", .speaks = Speaks::kSmtp});
  const auto of_mail = look(mail, Greeting::kSmtp);
  ASSERT_TRUE(of_mail) << of_mail.error().message.en;
  EXPECT_EQ(of_mail->subject, "CN=mail.plant");
  const TlsPeer database({.subject = "db.plant", .speaks = Speaks::kPostgres});
  const auto of_database = look(database, Greeting::kPostgres);
  ASSERT_TRUE(of_database) << of_database.error().message.en;
  EXPECT_EQ(of_database->subject, "CN=db.plant");
}

TEST(LookAtPeer, SaysThatThereIsNoTls) {
  const TlsPeer mail({.speaks = Speaks::kSmtpWithoutTls});
  const auto of_mail = look(mail, Greeting::kSmtp);
  ASSERT_FALSE(of_mail);
  EXPECT_NE(of_mail.error().message.en.find("status 502 after STARTTLS"), std::string::npos);
  const TlsPeer database({.speaks = Speaks::kPostgresWithoutTls});
  EXPECT_EQ(look(database, Greeting::kPostgres).error().code, Code::kUnavailable);
  const TlsPeer closes({.speaks = Speaks::kNothing});
  EXPECT_EQ(look(closes).error().code, Code::kUnavailable);
  const auto other = look(mail);  // a mail server's greeting is no TLS
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kUnavailable);
}

TEST(LookAtPeer, WaitsNoLongerThanItMayAndNotForWhatIsNotThere) {
  const auto nobody = look_at_peer({"127.0.0.1", 1, Greeting::kNone, {}}, milliseconds(2000), {});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Code::kUnavailable);
  const TlsPeer waits({.speaks = Speaks::kPostgres});  // for eight bytes that never come
  const auto slow =
      look_at_peer({"127.0.0.1", waits.port(), Greeting::kSmtp, {}}, milliseconds(150), {});
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, Code::kDeadlineExceeded);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = look_at_peer({"127.0.0.1", waits.port(), Greeting::kSmtp, {}},
                                    milliseconds(60'000), stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
}

}  // namespace
}  // namespace mw::certificates
