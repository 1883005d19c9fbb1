#include "core/private_file.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw {
namespace {

using std::filesystem::perms;

TEST(PrivateFile, IsReadWhenOnlyItsOwnerMayReadIt) {
  const testing_support::TemporaryFolder folder;
  const auto path = folder.path() / "secret";
  ASSERT_TRUE(write_file_atomically(path, "hush\n"));  // mode 600
  EXPECT_EQ(read_private_file(path, "secret_file").value(), "hush\n");
}

TEST(PrivateFile, IsRefusedWhenOthersMayWithTheCommandThatHelps) {
  const testing_support::TemporaryFolder folder;
  const auto path = folder.path() / "secret";
  ASSERT_TRUE(write_file_atomically(path, "hush\n"));
  for (const perms open : {perms::group_read, perms::others_read, perms::group_write}) {
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write | open);
    const auto read = read_private_file(path, "secret_file");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::kPermissionDenied);
    EXPECT_EQ(read.error().param, "secret_file");
    EXPECT_NE(read.error().message.en.find("chmod 600 " + path.string()), std::string::npos);
    EXPECT_EQ(read.error().message.en.find("hush"), std::string::npos);
  }
}

TEST(PrivateFile, HoldsASecretInItsFirstLine) {
  const testing_support::TemporaryFolder folder;
  const auto path = folder.path() / "secret";
  for (const char* text : {"hush", "hush\n", "hush\r\n", "hush\n# changed in May\n"}) {
    ASSERT_TRUE(write_file_atomically(path, text));
    EXPECT_EQ(read_secret_line(path, "secret_file").value(), "hush") << text;
  }
  for (const char* text : {"", "\n", "\r\nhush\n"}) {
    ASSERT_TRUE(write_file_atomically(path, text));
    const auto read = read_secret_line(path, "secret_file");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::kInvalidArgument);
    EXPECT_EQ(read.error().param, "secret_file");
    EXPECT_FALSE(read.error().message.zh.empty());
  }
  std::filesystem::permissions(path, perms::owner_read | perms::others_read);
  EXPECT_EQ(read_secret_line(path, "secret_file").error().code, Code::kPermissionDenied);
}

TEST(PrivateFile, ThatIsMissingIsAnErrorOfReadingIt) {
  const testing_support::TemporaryFolder folder;
  EXPECT_TRUE(check_private(folder.path() / "none", "secret_file"));
  const auto read = read_private_file(folder.path() / "none", "secret_file");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kNotFound);
  EXPECT_EQ(read.error().param, "secret_file");
}

}  // namespace
}  // namespace mw
