#include <gtest/gtest.h>

#include "backup/archive.h"
#include "tests/support/test_archive.h"

namespace mw::backup {
namespace {

class ArchiveWriterTest : public ArchiveFixture {};

TEST_F(ArchiveWriterTest, GivesBackWhatWasPutInWhereverItsChunksEnd) {
  for (const std::size_t size : {0u, 1u, (1u << 20) - 100u, 1u << 20, (3u << 20) + 17u}) {
    const Files files{{"people.db", pattern(size)}, {"audit/head", "h"}, {"empty", ""}};
    const auto back = read(written(files));
    ASSERT_TRUE(back) << size << " " << back.error().message.en;
    EXPECT_TRUE(*back == files) << size;
  }
}

TEST_F(ArchiveWriterTest, ShowsNothingWithoutItsPassphrase) {
  const std::string bytes = written({{"secret_name", "secret_text"}});
  EXPECT_EQ(bytes.find("secret"), std::string::npos);
  EXPECT_EQ(refusal(bytes, "correct horse battery "), Code::kUnauthenticated);
}

TEST_F(ArchiveWriterTest, LeavesNothingBehindWithoutItsCommit) {
  const auto path = folder_.path() / "a.mwbackup";
  {
    auto archive = ArchiveWriter::create(path, kPassphrase, Json::object(), kCheap);
    ASSERT_TRUE(archive);
    ASSERT_TRUE(archive->begin({"a", 4}));
    ASSERT_TRUE(archive->write("half"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace mw::backup
