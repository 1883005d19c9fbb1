#include "backup/internal/sealed_stream.h"

#include <gtest/gtest.h>

#include "tests/support/test_archive.h"

namespace mw::backup {
namespace {

class SealedStream : public ArchiveFixture {};

TEST_F(SealedStream, RefusesHeadersThatItDoesNotKnowOrCannotAfford) {
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

TEST_F(SealedStream, OpensAChunkOnlyInItsPlaceUnderItsHeaderAndPassphrase) {
  const SealHeader header{kCheap, std::string(16, 's')};
  const auto cipher = [&](const std::string& line, const std::string& passphrase) {
    return std::move(ChunkCipher::create(header, line, passphrase).value());
  };
  ChunkCipher sealing = cipher(header.line(), kPassphrase);
  const std::string first = *sealing.seal("first", false);
  const std::string last = *sealing.seal("last", true);
  ChunkCipher opening = cipher(header.line(), kPassphrase);
  EXPECT_EQ(opening.open(first, false), "first");
  EXPECT_EQ(opening.open(last, true), "last");
  EXPECT_FALSE(cipher(header.line(), kPassphrase).open(last, true)) << "not the first";
  EXPECT_FALSE(cipher(header.line(), kPassphrase).open(first, true)) << "not the last";
  EXPECT_FALSE(cipher(header.line(), "another one").open(first, false));
  EXPECT_FALSE(cipher("another header\n", kPassphrase).open(first, false));
  EXPECT_FALSE(cipher(header.line(), kPassphrase).open(first.substr(0, 15), false));
}

TEST_F(SealedStream, ReadsTheHeaderThatItWrites) {
  const SealHeader header{{1024, 2}, std::string("0123456789\0abcde", 16)};
  const auto back = SealHeader::parse(header.line());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->cost.memory_kib, 1024u);
  EXPECT_EQ(back->cost.passes, 2u);
  EXPECT_EQ(back->salt, header.salt);
}

}  // namespace
}  // namespace mw::backup
