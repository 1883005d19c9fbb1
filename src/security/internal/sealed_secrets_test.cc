// Secrets that are kept by name: what lies on the disk, that each opens for its name only, what a
// lost or another key does, rotating under a running server and giving a lost key up.
#include "security/internal/sealed_secrets.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "security/internal/key_file.h"
#include "tests/support/test_people.h"

namespace mw::security {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWord = "the plc's password";

class SealedSecretsTest : public PeopleFixture {
 protected:
  Secrets& secrets() { return people_->secrets(); }
  fs::path key_file() const { return folder_.path() / "secret.key"; }
  bool on_disk(const std::string& bytes) const {
    for (const auto& each : fs::recursive_directory_iterator(folder_.path())) {
      if (each.is_regular_file() &&
          read_file(each.path(), 1 << 24)->find(bytes) != std::string::npos) {
        return true;
      }
    }
    return false;
  }
  void run(const char* sql) {
    ASSERT_TRUE(sqlite::Database::open((folder_.path() / "people.db").string(),
                                       sqlite::Database::Mode::kReadWrite)
                    ->execute(sql));
  }
};

TEST_F(SealedSecretsTest, KeepsThemForTheNextStartAndNeverInClear) {
  ASSERT_TRUE(secrets().keep("a", "the first"));
  ASSERT_TRUE(secrets().keep("a", kWord)) << "in its place";
  ASSERT_TRUE(secrets().keep("b", ""));
  EXPECT_FALSE(on_disk(kWord));
  reopen();
  EXPECT_FALSE(on_disk(kWord));
  EXPECT_EQ(secrets().read("a").value_or("?"), kWord);
  EXPECT_EQ(secrets().read("b").value_or("?"), "");
  EXPECT_EQ(*secrets().names(), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(secrets().forget("a"));
  EXPECT_TRUE(secrets().forget("a"));
  EXPECT_EQ(secrets().read("a").error().code, Code::kNotFound);
}

TEST_F(SealedSecretsTest, OneOpensForItsNameOnly) {
  ASSERT_TRUE(secrets().keep("a", kWord));
  ASSERT_TRUE(secrets().keep("b", "another"));
  run("UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'a') WHERE name = 'b'");
  EXPECT_EQ(secrets().read("b").error().code, Code::kCorrupt);
  EXPECT_EQ(secrets().read("a").value_or("?"), kWord);
  run("UPDATE secret SET sealed = x'01' WHERE name = 'a'");
  EXPECT_EQ(secrets().read("a").error().code, Code::kCorrupt);
}

TEST_F(SealedSecretsTest, AFileOfTheVersionBeforeLearnsThem) {
  people_.reset();
  run("DROP TABLE secret; PRAGMA user_version = 4;");
  reopen();
  ASSERT_TRUE(secrets().keep("a", kWord));
  EXPECT_EQ(secrets().read("a").value_or("?"), kWord);
}

TEST_F(SealedSecretsTest, WithoutItsKeyNothingIsReadOrKeptUntilItIsBack) {
  ASSERT_TRUE(secrets().keep("a", kWord));
  const std::string key = *read_file(key_file(), 256);
  for (const bool missing : {true, false}) {
    people_.reset();
    if (missing) {
      fs::remove(key_file());
    } else {
      ASSERT_TRUE(write_key_file(key_file(), {*random_key()}));
    }
    reopen();
    const auto read = secrets().read("a");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::kUnavailable);
    EXPECT_EQ(read.error().param, "key_file");
    EXPECT_FALSE(read.error().message.zh.empty());
    const auto kept = secrets().keep("b", "x");
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().param, "key_file");
    EXPECT_NE(kept.error().message.en.find("--lost"), std::string::npos);
  }
  ASSERT_TRUE(write_file_atomically(key_file(), key));
  EXPECT_EQ(secrets().read("a").value_or("?"), kWord) << "at once";
}

TEST_F(SealedSecretsTest, ARotationSealsThemAnewUnderARunningServer) {
  add("li");
  ASSERT_TRUE(secrets().keep("a", kWord));
  const std::string old = *read_file(key_file(), 256);
  const auto serving = std::move(people_);
  reopen();
  ASSERT_TRUE(people_->rotate_key(kAdmin, ""));
  EXPECT_EQ(serving->secrets().read("a").value_or("?"), kWord);
  ASSERT_TRUE(serving->secrets().keep("b", "later")) << "under the new key";
  EXPECT_EQ(secrets().read("b").value_or("?"), "later");
  ASSERT_TRUE(write_file_atomically(key_file(), old));
  reopen();
  EXPECT_FALSE(secrets().read("a")) << "the old key opens nothing any more";
}

TEST_F(SealedSecretsTest, ARotationThatWasCutShortLeavesThemReadable) {
  ASSERT_TRUE(secrets().keep("a", kWord));
  audit_->break_it(true);  // killed before its transaction
  EXPECT_FALSE(people_->rotate_key(kAdmin, ""));
  audit_->break_it(false);
  reopen();
  EXPECT_EQ(secrets().read("a").value_or("?"), kWord);
  ASSERT_TRUE(people_->rotate_key(kAdmin, ""));
  EXPECT_EQ(secrets().read("a").value_or("?"), kWord);
}

TEST_F(SealedSecretsTest, AKeyThatIsGoneForGoodIsGivenUpAndTheyAreTypedAgain) {
  add("li");
  const auto totp = people_->enable_totp(kAdmin, "li");
  ASSERT_TRUE(totp);
  ASSERT_TRUE(secrets().keep("a", kWord));
  EXPECT_EQ(people_->rotate_key(kAdmin, "", OldKey::kLost).error().code, Code::kConflict)
      << "not while it opens them";
  fs::remove(key_file());
  reopen();
  EXPECT_FALSE(people_->rotate_key(kAdmin, ""));
  const auto made = people_->rotate_key(kAdmin, "", OldKey::kLost);
  ASSERT_TRUE(made) << made.error().message.en;
  EXPECT_EQ(audit_->last().action, "key.rotate");
  EXPECT_NE(audit_->last().detail.find("lost"), std::string::npos);
  EXPECT_EQ(secrets().read("a").error().code, Code::kNotFound);
  ASSERT_TRUE(secrets().keep("a", "typed again"));
  reopen();
  EXPECT_EQ(secrets().read("a").value_or("?"), "typed again");
  // A second factor is never dropped by that: its code is refused, a recovery code counts.
  EXPECT_FALSE(login("li", kPassword, "000000"));
  EXPECT_TRUE(login("li", kPassword, totp->recovery_codes[0]));
  EXPECT_FALSE(people_->rotate_key(kAdmin, "")) << "while hers cannot be sealed anew";
  ASSERT_TRUE(people_->disable_totp(kAdmin, "li"));
  EXPECT_TRUE(people_->rotate_key(kAdmin, ""));
}

}  // namespace
}  // namespace mw::security
