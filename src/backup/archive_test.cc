#include "backup/archive.h"

#include <gtest/gtest.h>

#include <cstring>

#include "backup/internal/sealed_stream.h"
#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::backup {
namespace {

using testing_support::TemporaryFolder;

constexpr ArchiveCost kCheap{8, 1};
constexpr char kPassphrase[] = "correct horse battery";

std::string pattern(std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>(i * 131 + (i >> 8));
  return out;
}

using Files = std::vector<std::pair<std::string, std::string>>;

class Archive : public testing::Test {
 protected:
  std::string written(const Files& files) {
    const auto path = folder_.path() / "a.mwbackup";
    std::filesystem::remove(path);
    auto archive = ArchiveWriter::create(path, kPassphrase, {{"made", "now"}}, kCheap);
    EXPECT_TRUE(archive);
    for (const auto& [name, text] : files) {
      EXPECT_TRUE(archive->begin({name, text.size()}));
      EXPECT_TRUE(archive->write(text));
    }
    EXPECT_TRUE(archive->commit());
    return *read_file(path, 64 << 20);
  }
  static Result<Files> read(const std::string& bytes, const std::string& passphrase = kPassphrase) {
    std::size_t at = 0;
    MW_ASSIGN(ArchiveReader archive,
              ArchiveReader::open(
                  [&](std::span<char> into) -> Result<std::size_t> {
                    // Odd pieces, as a slow disk gives them.
                    const std::size_t count =
                        std::min({into.size(), bytes.size() - at, std::size_t{70'001}});
                    std::memcpy(into.data(), bytes.data() + at, count);
                    at += count;
                    return count;
                  },
                  passphrase));
    Files out;
    while (true) {
      MW_ASSIGN(const auto entry, archive.next());
      if (!entry) return out;
      std::string text;
      char buffer[4096];
      while (true) {
        MW_ASSIGN(const std::size_t got, archive.read(buffer));
        if (got == 0) break;
        text.append(buffer, got);
      }
      out.emplace_back(entry->path, text);
    }
  }
  static Code refusal(const std::string& bytes, const std::string& passphrase = kPassphrase) {
    const auto files = read(bytes, passphrase);
    EXPECT_FALSE(files);
    return files ? Code::kInternal : files.error().code;
  }
  const TemporaryFolder folder_;
};

TEST_F(Archive, GivesBackWhatWasPutInWhereverItsChunksEnd) {
  for (const std::size_t size : {0u, 1u, (1u << 20) - 100u, 1u << 20, (3u << 20) + 17u}) {
    const Files files{{"people.db", pattern(size)}, {"audit/head", "h"}, {"empty", ""}};
    const auto back = read(written(files));
    ASSERT_TRUE(back) << size << " " << back.error().message.en;
    EXPECT_TRUE(*back == files) << size;
  }
}

TEST_F(Archive, ShowsNothingWithoutItsPassphrase) {
  const std::string bytes = written({{"secret_name", "secret_text"}});
  EXPECT_EQ(bytes.find("secret"), std::string::npos);
  EXPECT_EQ(refusal(bytes, "correct horse battery "), Code::kUnauthenticated);
}

TEST_F(Archive, FindsEachByteThatWasChanged) {
  const std::string bytes = written({{"a", pattern(3000)}});
  for (std::size_t i = 0; i < bytes.size(); i += i < 200 ? 1 : 37) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read(changed)) << "byte " << i;
  }
}

TEST_F(Archive, FindsWhatWasCutSwappedOrAdded) {
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

TEST_F(Archive, RefusesHeadersThatItDoesNotKnowOrCannotAfford) {
  const std::string tail(64, 'x');
  const auto header = [](const std::string& json) { return "millwright-backup " + json + "\n"; };
  const std::string salt = R"("salt":"00112233445566778899aabbccddeeff"})";
  EXPECT_EQ(refusal(""), Code::kCorrupt);
  EXPECT_EQ(refusal("PK\x03\x04" + tail), Code::kCorrupt);
  EXPECT_EQ(refusal(std::string(4096, 'm')), Code::kCorrupt);
  EXPECT_EQ(refusal(header("{}") + tail), Code::kCorrupt);
  EXPECT_EQ(refusal(header(R"({"version":2,"memory_kib":8,"passes":1,)" + salt) + tail),
            Code::kUnsupported);
  for (const char* cost : {R"("memory_kib":7,"passes":1,)", R"("memory_kib":1048577,"passes":1,)",
                           R"("memory_kib":8,"passes":0,)", R"("memory_kib":8,"passes":17,)",
                           R"("memory_kib":-8,"passes":1,)"}) {
    EXPECT_EQ(refusal(header(R"({"version":1,)" + std::string(cost) + salt) + tail), Code::kCorrupt)
        << cost;
  }
}

/// An archive whose text is `text`: what somebody who knows the passphrase might make.
std::string sealed(const std::string& text) {
  const SealHeader header{kCheap, std::string(16, 's')};
  auto cipher = ChunkCipher::create(header, header.line(), kPassphrase);
  const std::string check = *cipher->seal({}, false);
  return header.line() + check + *cipher->seal(text, true);
}

TEST_F(Archive, RefusesNamesThatLeaveTheFolder) {
  EXPECT_TRUE(read(sealed("{}\n{\"path\":\"a/b.db\",\"size\":2}\nhi{\"end\":true,\"files\":1}\n")));
  for (const char* path :
       {"../x", "/etc/passwd", "a/../b", "a//b", ".", "", "a/", "a\\\\b", "a\\u0000b", "a\\nb"}) {
    EXPECT_EQ(refusal(sealed("{}\n{\"path\":\"" + std::string(path) +
                             "\",\"size\":0}\n{\"end\":true,\"files\":1}\n")),
              Code::kCorrupt)
        << path;
  }
}

TEST_F(Archive, RefusesListsThatDoNotAddUp) {
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
