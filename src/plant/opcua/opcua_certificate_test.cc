// Our own identity and whom it trusts. Handshakes: tests/integration/opcua_test.py.
#include "plant/opcua/opcua_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <future>
#include <set>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::plant {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr TimeNs kNow = 1'800'000'000 * kNsPerSecond;

mode_t mode_of(const fs::path& path) {
  struct stat facts {};
  EXPECT_EQ(::stat(path.c_str(), &facts), 0);
  return facts.st_mode & 0777;
}

class OpcuaCertificateTest : public ::testing::Test {
 protected:
  /// The identity of another installation, which here is the server.
  OpcuaIdentity server() { return open_opcua_identity(folder_.path() / "server", kNow).value(); }
  fs::path trusted() const { return folder_.path() / "trusted"; }

  testing_support::TemporaryFolder folder_;
};

TEST_F(OpcuaCertificateTest, MakesAnIdentityOnceAndKeepsIt) {
  const auto made = open_opcua_identity(folder_.path(), kNow);
  ASSERT_TRUE(made) << made.error().message.en;
  EXPECT_EQ(made->facts.thumbprint.size(), 40U);
  EXPECT_THAT(made->facts.subject, HasSubstr("Millwright"));
  ASSERT_EQ(made->facts.uris.size(), 1U);
  EXPECT_TRUE(made->facts.uris[0].starts_with("urn:"));
  EXPECT_LT(made->facts.from_ns, kNow);
  EXPECT_EQ((made->facts.until_ns - kNow) / kNsPerDay, 5 * 365);
  EXPECT_EQ(mode_of(folder_.path() / "own"), 0700U);
  EXPECT_EQ(mode_of(folder_.path() / "own/private_key.pem"), 0600U);

  const auto again = open_opcua_identity(folder_.path(), kNow + kNsPerDay);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->certificate, made->certificate);
  EXPECT_EQ(again->key, made->key);
  EXPECT_NE(server().facts.uris, made->facts.uris);  // another installation is another application
}

TEST_F(OpcuaCertificateTest, MakesOneIdentityHoweverManyAskForItAtOnce) {
  std::vector<std::future<Result<OpcuaIdentity>>> asked;
  for (int i = 0; i < 4; ++i) {
    asked.push_back(std::async(std::launch::async,
                               [&] { return open_opcua_identity(folder_.path() / "new", kNow); }));
  }
  std::set<std::string> thumbprints;
  for (auto& each : asked) {
    const auto made = each.get();
    ASSERT_TRUE(made) << made.error().message.en;
    thumbprints.insert(made->facts.thumbprint);
  }
  EXPECT_EQ(thumbprints.size(), 1U);
}

TEST_F(OpcuaCertificateTest, FinishesAStartThatWasCutOff) {
  fs::create_directories(folder_.path() / "own");
  ASSERT_TRUE(write_file_atomically(folder_.path() / "own/private_key.pem", "half a k"));
  EXPECT_TRUE(open_opcua_identity(folder_.path(), kNow));
}

TEST_F(OpcuaCertificateTest, RefusesAnIdentityThatIsDamagedMixedUpOrExpired) {
  ASSERT_TRUE(open_opcua_identity(folder_.path(), kNow));
  const auto expired = open_opcua_identity(folder_.path(), kNow + 2000 * kNsPerDay);
  ASSERT_FALSE(expired);
  EXPECT_THAT(expired.error().message.en, HasSubstr("expired on"));
  EXPECT_THAT(expired.error().message.zh, HasSubstr("过期"));

  const OpcuaIdentity other = server();
  fs::copy_file(folder_.path() / "server/own/private_key.pem",
                folder_.path() / "own/private_key.pem", fs::copy_options::overwrite_existing);
  const auto mixed = open_opcua_identity(folder_.path(), kNow);
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code, Code::kCorrupt);

  ASSERT_TRUE(write_file_atomically(folder_.path() / "own/certificate.der", "nonsense"));
  const auto damaged = open_opcua_identity(folder_.path(), kNow);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Code::kCorrupt);
}

TEST_F(OpcuaCertificateTest, TrustsTheVeryCertificateThatAPersonPutThere) {
  const OpcuaIdentity plc = server();
  const std::string uri = plc.facts.uris[0];
  const auto met = check_opcua_trust(folder_.path(), plc.certificate, uri, kNow);
  ASSERT_FALSE(met);
  EXPECT_EQ(met.error().code, Code::kPermissionDenied);
  EXPECT_THAT(met.error().message.en, HasSubstr(plc.facts.thumbprint));
  EXPECT_THAT(met.error().message.zh, HasSubstr(plc.facts.thumbprint));

  const fs::path rejected = folder_.path() / "rejected" / (plc.facts.thumbprint + ".der");
  fs::rename(rejected, trusted() / "plc-7.der");
  EXPECT_TRUE(check_opcua_trust(folder_.path(), plc.certificate, uri, kNow));
  // A chain: the first is the application's.
  EXPECT_TRUE(check_opcua_trust(folder_.path(), plc.certificate + "more", uri, kNow));

  std::string changed = plc.certificate;
  changed.back() = static_cast<char>(changed.back() ^ 1);  // in the signature: same name, same key
  EXPECT_FALSE(check_opcua_trust(folder_.path(), changed, uri, kNow));
  fs::remove(trusted() / "plc-7.der");
  EXPECT_FALSE(check_opcua_trust(folder_.path(), plc.certificate, uri, kNow));
}

TEST_F(OpcuaCertificateTest, RefusesTrustedOnesOutOfTheirTimeOrOfAnotherApplication) {
  const OpcuaIdentity plc = server();
  fs::create_directories(trusted());
  ASSERT_TRUE(write_file_atomically(trusted() / "note.txt", "not a certificate"));
  ASSERT_TRUE(write_file_atomically(trusted() / "plc.der", plc.certificate));
  const std::string uri = plc.facts.uris[0];
  EXPECT_TRUE(check_opcua_trust(folder_.path(), plc.certificate, uri, kNow));
  for (const TimeNs wrong_ns : {plc.facts.from_ns - 1, plc.facts.until_ns + 1}) {
    const auto refused = check_opcua_trust(folder_.path(), plc.certificate, uri, wrong_ns);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message.en, HasSubstr("is valid from"));
  }
  const auto another = check_opcua_trust(folder_.path(), plc.certificate, uri + "x", kNow);
  ASSERT_FALSE(another);
  EXPECT_THAT(another.error().message.en, HasSubstr("names another application"));
}

TEST_F(OpcuaCertificateTest, RefusesBytesThatAreNone) {
  const std::string whole = server().certificate;
  for (const std::string& bytes : {std::string(), std::string("\x30\x82\xff\xff"),
                                   std::string(70'000, 'a'), whole.substr(0, whole.size() / 2)}) {
    EXPECT_FALSE(read_opcua_certificate(bytes));
    EXPECT_FALSE(check_opcua_trust(folder_.path(), bytes, "", kNow));
  }
}

TEST_F(OpcuaCertificateTest, KeepsFewOfTheRejectedAndSaysWhatToDoThen) {
  const OpcuaIdentity plc = server();
  fs::create_directories(folder_.path() / "rejected");
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(write_file_atomically(folder_.path() / "rejected" / std::to_string(i), "x"));
  }
  const auto trusted = check_opcua_trust(folder_.path(), plc.certificate, "", kNow);
  ASSERT_FALSE(trusted);
  EXPECT_NE(trusted.error().message.en.find("copy it from the server"), std::string::npos);
  EXPECT_NE(trusted.error().message.en.find("rejected is full"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_.path() / "rejected" / (plc.facts.thumbprint + ".der")));
}

}  // namespace
}  // namespace mw::plant
