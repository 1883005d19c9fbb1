#include <gtest/gtest.h>

#include "backup/archive.h"
#include "tests/support/test_archive.h"

namespace mw::backup {
namespace {

class ArchiveReaderTest : public ArchiveFixture {};

TEST_F(ArchiveReaderTest, FindsEachByteThatWasChanged) {
  const std::string bytes = written({{"a", pattern(3000)}});
  for (std::size_t i = 0; i < bytes.size(); i += i < 200 ? 1 : 37) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read(changed)) << "byte " << i;
  }
}

TEST_F(ArchiveReaderTest, FindsWhatWasCutSwappedOrAdded) {
  const std::string bytes = written({{"a", pattern((2u << 20) + 5)}});
  constexpr std::size_t kChunk = kSealedChunkBytes + kTagBytes;
  const std::size_t head = bytes.find('\n') + 1 + kTagBytes;
  EXPECT_EQ(refusal(bytes.substr(0, bytes.size() - 1)), Code::kCorrupt);
  EXPECT_EQ(refusal(bytes.substr(0, head + 2 * kChunk)), Code::kCorrupt) << "at a chunk's end";
  EXPECT_EQ(refusal(bytes + "x"), Code::kCorrupt);
  std::string swapped = bytes;
  std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(head),
                   swapped.begin() + static_cast<std::ptrdiff_t>(head + kChunk),
                   swapped.begin() + static_cast<std::ptrdiff_t>(head + kChunk));
  EXPECT_EQ(refusal(swapped), Code::kCorrupt);
  EXPECT_EQ(refusal(bytes.substr(0, head)), Code::kCorrupt);
  EXPECT_EQ(refusal(bytes.substr(0, head - 1)), Code::kCorrupt);
}

TEST_F(ArchiveReaderTest, RefusesNamesThatLeaveTheFolder) {
  EXPECT_TRUE(read(sealed("{}\n{\"path\":\"a/b.db\",\"size\":2}\nhi{\"end\":true,\"files\":1}\n")));
  for (const char* path :
       {"../x", "/etc/passwd", "a/../b", "a//b", ".", "", "a/", "a\\\\b", "a\\u0000b", "a\\nb"}) {
    EXPECT_EQ(refusal(sealed("{}\n{\"path\":\"" + std::string(path) +
                             "\",\"size\":0}\n{\"end\":true,\"files\":1}\n")),
              Code::kCorrupt)
        << path;
  }
}

TEST_F(ArchiveReaderTest, RefusesListsThatDoNotAddUp) {
  for (const char* text :
       {"", "[]\n", "{}", "{}\n", "{}\n{\"path\":\"a\",\"size\":5}\nhi",
        "{}\n{\"path\":\"a\",\"size\":-1}\n{\"end\":true,\"files\":1}\n",
        "{}\n{\"end\":true,\"files\":1}\n", "{}\n{\"end\":true,\"files\":0}\nmore",
        "{}\n{\"path\":\"a\",\"size\":0}\n{\"path\":\"a\",\"size\":0}\n{\"end\":true,\"files\":2}"
        "\n",
        "{}\n{\"path\":\"a\",\"size\":18446744073709551615}\n{\"end\":true,\"files\":1}\n"}) {
    EXPECT_EQ(refusal(sealed(text)), Code::kCorrupt) << text;
  }
}

}  // namespace
}  // namespace mw::backup
