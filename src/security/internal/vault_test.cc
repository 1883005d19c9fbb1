// Second factors sealed under a data key, that under the key of a file: what lies on the disk, what
// a lost or wrong key does and does not do, moving and rotating it, also when that is cut short.
#include "security/internal/vault.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/file.h"
#include "security/internal/base32.h"
#include "security/internal/key_file.h"
#include "security/internal/totp.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

namespace fs = std::filesystem;

class VaultTest : public PeopleFixture {
 protected:
  TotpSetup enable(const std::string& name) {
    auto setup = people_->enable_totp(kAdmin, name);
    EXPECT_TRUE(setup) << setup.error().message.en;
    return setup ? std::move(*setup) : TotpSetup{};
  }
  Result<Login> login_with_code(const std::string& name, const TotpSetup& setup) {
    pass(60 * kNsPerSecond);  // a code counts once
    return login(name, kPassword,
                 totp_code(*from_base32(setup.secret), totp_step(clock_->now_ns())));
  }
  fs::path key_file() const { return folder_.path() / "secret.key"; }
  sqlite::Database database() const {
    return *sqlite::Database::open((folder_.path() / "people.db").string(),
                                   sqlite::Database::Mode::kReadWrite);
  }
  bool on_disk(const std::string& bytes) const {
    for (const char* name : {"people.db", "people.db-wal"}) {
      const auto path = folder_.path() / name;
      if (fs::exists(path) && read_file(path, 1 << 24)->find(bytes) != std::string::npos)
        return true;
    }
    return false;
  }
  /// As version 2 left it: the secret in clear, no keys.
  void make_version_2(const std::string& secret) {
    people_.reset();
    sqlite::Database raw = database();
    auto update = *raw.prepare("UPDATE person SET totp = ?");
    update.bind(1, std::as_bytes(std::span(secret)));
    ASSERT_TRUE(update.run());
    ASSERT_TRUE(
        raw.execute("DROP TABLE link; DELETE FROM fact WHERE name <> 'key';"
                    "PRAGMA user_version = 2;"));
    fs::remove(key_file());
  }
};

TEST_F(VaultTest, LeavesNoSecretReadableInTheDatabase) {
  add("li");
  const TotpSetup setup = enable("li");
  EXPECT_FALSE(on_disk(*from_base32(setup.secret)));
  EXPECT_TRUE(login_with_code("li", setup));
  const auto mode = fs::status(key_file()).permissions();
  EXPECT_EQ(mode & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
}

TEST_F(VaultTest, SealsWhatAnOlderVersionKeptInClear) {
  add("li");
  const TotpSetup setup = enable("li");
  const std::string secret = *from_base32(setup.secret);
  make_version_2(secret);
  ASSERT_TRUE(on_disk(secret));
  reopen();
  EXPECT_FALSE(on_disk(secret));
  EXPECT_TRUE(login_with_code("li", setup));
  reopen();
  EXPECT_TRUE(login_with_code("li", setup)) << "once only";
}

TEST_F(VaultTest, WithoutItsKeyWhoHasNoSecondFactorStillLogsInAndTheOthersAreTold) {
  add("li");
  add("wang");
  const TotpSetup setup = enable("li");
  const std::string kept = *read_file(key_file(), 256);
  for (const bool missing : {true, false}) {
    people_.reset();
    if (missing) {
      fs::remove(key_file());
    } else {
      ASSERT_TRUE(write_key_file(key_file(), {*random_key()}));
    }
    reopen();
    EXPECT_EQ(people_->secrets_readable().error().param, "key_file");
    EXPECT_TRUE(login("wang"));
    const auto refused = login_with_code("li", setup);
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_EQ(refused.error().param, "key_file");
    EXPECT_NE(refused.error().message.en.find("secret.key"), std::string::npos);
    EXPECT_EQ(audit_->last().outcome, AuditOutcome::kRefused);
    EXPECT_TRUE(login("li", kPassword, setup.recovery_codes[missing ? 0 : 1]));
    EXPECT_EQ(people_->enable_totp(kAdmin, "wang").error().param, "key_file");
    EXPECT_FALSE(people_->rotate_key(kAdmin, ""));
    EXPECT_EQ(fs::exists(key_file()), !missing) << "no new key over what it cannot open";
  }
  // Put back, it counts at once.
  ASSERT_TRUE(write_file_atomically(key_file(), kept));
  EXPECT_TRUE(login_with_code("li", setup));
}

TEST_F(VaultTest, GuessesAtRecoveryCodesCountWithoutTheKeyToo) {
  add("li");
  enable("li");
  people_.reset();
  fs::remove(key_file());
  reopen();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(login("li", kPassword, "aaaa-bbbb-cccc-dddd"));
  EXPECT_EQ(login("li").error().code, Code::kResourceExhausted);
}

TEST_F(VaultTest, RefusesAKeyFileThatOthersMayReadOrThatHoldsNoKey) {
  add("li");
  enable("li");
  people_.reset();
  fs::permissions(key_file(), fs::perms(0640));
  reopen();
  EXPECT_NE(people_->secrets_readable().error().message.en.find("chmod 600"), std::string::npos);
  fs::permissions(key_file(), fs::perms(0600));
  EXPECT_TRUE(people_->secrets_readable());
  const std::string good = *read_file(key_file(), 256);
  for (const std::string& bad :
       {std::string(), std::string("\n"), good.substr(1), good.substr(0, 63), good + good + good,
        good + "x", std::string(64, 'g') + "\n"}) {
    ASSERT_TRUE(write_file_atomically(key_file(), bad));
    EXPECT_EQ(read_key_file(key_file()).error().code, Code::kCorrupt) << bad;
  }
  ASSERT_TRUE(write_file_atomically(key_file(), good.substr(0, 64)));
  EXPECT_TRUE(read_key_file(key_file())) << "without its line feed";
}

TEST_F(VaultTest, ASecretOpensForItsPersonOnly) {
  add("li");
  add("wang");
  const TotpSetup setup = enable("li");
  ASSERT_TRUE(database().execute(
      "UPDATE person SET totp = (SELECT totp FROM person WHERE name = 'li') WHERE name = 'wang'"));
  EXPECT_EQ(login_with_code("wang", setup).error().param, "key_file");
  EXPECT_TRUE(login_with_code("li", setup));
}

TEST_F(VaultTest, FindsTheKeyWhereTheConfigurationSaysThatItWasMoved) {
  add("li");
  const TotpSetup setup = enable("li");
  testing_support::TemporaryFolder elsewhere;
  PeopleOptions moved = options();
  moved.key_file = (elsewhere.path() / "key").string();
  people_.reset();
  const auto refused = People::open(moved);
  EXPECT_EQ(refused.error().code, Code::kConflict) << "said, and not done";
  EXPECT_NE(refused.error().message.en.find("mv "), std::string::npos);
  fs::rename(key_file(), moved.key_file);
  people_ = std::move(*People::open(moved));
  EXPECT_TRUE(login_with_code("li", setup));
  reopen();  // a command, which knows no configuration
  EXPECT_TRUE(login_with_code("li", setup));
  EXPECT_FALSE(fs::exists(key_file()));
}

TEST_F(VaultTest, RotatesWhileAnotherProcessServes) {
  add("li");
  const TotpSetup setup = enable("li");
  const std::string old = *read_file(key_file(), 256);
  const auto serving = std::move(people_);
  reopen();
  const auto rotated = people_->rotate_key(kAdmin, "");
  ASSERT_TRUE(rotated) << rotated.error().message.en;
  EXPECT_EQ(audit_->last().action, "key.rotate");
  EXPECT_NE(*read_file(key_file(), 256), old);
  EXPECT_EQ(read_key_file(key_file())->size(), 1u);
  people_ = std::unique_ptr<People>();
  pass(60 * kNsPerSecond);
  const std::string code = totp_code(*from_base32(setup.secret), totp_step(clock_->now_ns()));
  EXPECT_TRUE(serving->login({"li", kPassword, code, "10.0.0.7"}));
  ASSERT_TRUE(serving->enable_totp(kAdmin, "li")) << "under the new key";
  ASSERT_TRUE(write_file_atomically(key_file(), old));
  reopen();
  EXPECT_FALSE(people_->secrets_readable()) << "the old key opens nothing any more";
}

TEST_F(VaultTest, RotatesIntoAnotherFile) {
  add("li");
  const TotpSetup setup = enable("li");
  testing_support::TemporaryFolder elsewhere;
  const std::string file = (elsewhere.path() / "key").string();
  const auto rotated = people_->rotate_key(kAdmin, file);
  ASSERT_TRUE(rotated) << rotated.error().message.en;
  EXPECT_EQ(rotated->old_file, key_file());
  fs::remove(key_file());
  reopen();
  EXPECT_TRUE(login_with_code("li", setup));
  ASSERT_TRUE(people_->rotate_key(kAdmin, key_file().string())) << "and back";
  fs::remove(file);
  reopen();
  EXPECT_TRUE(login_with_code("li", setup));
}

TEST_F(VaultTest, RotatesTheSameFileUnderAnotherNameInPlace) {
  add("li");
  const TotpSetup setup = enable("li");
  const AeadKey old = read_key_file(key_file())->front();
  const fs::path other_name = folder_.path() / "." / "secret.key";
  const auto rotated = people_->rotate_key(kAdmin, other_name.string());
  ASSERT_TRUE(rotated) << rotated.error().message.en;
  EXPECT_EQ(rotated->file, rotated->old_file);
  EXPECT_NE(read_key_file(key_file())->front(), old);
  EXPECT_TRUE(login_with_code("li", setup));
}

TEST_F(VaultTest, ARotationThatWasCutShortLeavesFilesThatFit) {
  add("li");
  const TotpSetup setup = enable("li");
  const AeadKey old = read_key_file(key_file())->front();
  // Killed before the transaction: the new key is on disk, and nothing is sealed under it.
  audit_->break_it(true);
  EXPECT_FALSE(people_->rotate_key(kAdmin, ""));
  audit_->break_it(false);
  const auto both = *read_key_file(key_file());
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[1], old);
  reopen();
  EXPECT_EQ(read_key_file(key_file())->size(), 2u);
  EXPECT_TRUE(login_with_code("li", setup));
  // Killed after it: the old key is still there, until the next start.
  ASSERT_TRUE(people_->rotate_key(kAdmin, ""));
  const AeadKey now = read_key_file(key_file())->front();
  ASSERT_TRUE(write_key_file(key_file(), {now, old}));
  reopen();
  EXPECT_EQ(*read_key_file(key_file()), std::vector<AeadKey>{now});
  EXPECT_TRUE(login_with_code("li", setup));
}

}  // namespace
}  // namespace mw::security
