#pragma once

#include <gtest/gtest.h>

#include <cstring>

#include "backup/internal/sealed_stream.h"
#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::backup {

/// Guessed at once: tests write many archives.
inline constexpr ArchiveCost kCheap{8, 1};
inline constexpr char kPassphrase[] = "correct horse battery";

inline std::string pattern(std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>(i * 131 + (i >> 8));
  return out;
}

using Files = std::vector<std::pair<std::string, std::string>>;

class ArchiveFixture : public testing::Test {
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
  const testing_support::TemporaryFolder folder_;
};

/// An archive whose text is `text`: what somebody who knows the passphrase might make.
inline std::string sealed(const std::string& text) {
  const SealHeader header{kCheap, std::string(16, 's')};
  auto cipher = ChunkCipher::create(header, header.line(), kPassphrase);
  const std::string check = *cipher->seal({}, false);
  return header.line() + check + *cipher->seal(text, true);
}

}  // namespace mw::backup
