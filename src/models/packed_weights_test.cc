// Scope: the file of packed weights as a reader meets it: bit for bit what was written, or refused
// with the part named. What happens with a refused one: packed_cache_test.cc.
#include "models/packed_weights.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "core/file.h"
#include "core/sha256.h"
#include "models/internal/packed_index.h"
#include "tensor/random_matrix.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

namespace mw::models {
namespace {

using tensor::PackedMatrix;
using tensor::WeightFormat;

const std::string kModel = sha256_hex("a model");

class PackedWeightsTest : public testing::Test {
 protected:
  void SetUp() override {
    uint32_t seed = 1;
    for (const WeightFormat format : tensor::testing::kFileFormats) {
      const int width = tensor::testing::width_for(format, 32);
      matrices_.push_back(tensor::testing::random_matrix(format, 20, width, seed++).packed);
    }
    for (std::size_t i = 0; i < matrices_.size(); ++i) {
      named_.push_back({"blk." + std::to_string(i) + ".w", &matrices_[i]});
    }
    ASSERT_TRUE(write_packed_weights(path_, kModel, named_));
    whole_ = read_file(path_, 1 << 20).value();
  }

  /// The error of reading `bytes`, as "code: message", or "accepted".
  std::string verdict(const std::string& bytes, const std::string& model = kModel) {
    std::ofstream(path_, std::ios::binary) << bytes;  // keeps the mode; no fsync a case
    const auto read = PackedWeights::read(path_, model, pool_);
    if (read) return "accepted";
    return std::string(info(read.error().code).name) + ": " + read.error().message.en;
  }

  /// `bytes` with `value` at `offset`, and a digest over header and index that fits again: what
  /// only somebody who means it can make.
  std::string forged(std::size_t offset, std::string_view value) const {
    std::string bytes = whole_;
    bytes.replace(offset, value.size(), value);
    const auto digest = digest_of_packed_head(
        std::string_view(bytes).substr(0, kPackedHeaderBytes + named_.size() * kPackedEntryBytes));
    std::memcpy(bytes.data() + 64, digest.data(), digest.size());
    return bytes;
  }
  template <class T>
  std::string forged_number(std::size_t offset, T value) const {
    return forged(offset, {reinterpret_cast<const char*>(&value), sizeof value});
  }

  testing_support::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "w.mwpack";
  ThreadPool pool_{2};
  std::vector<PackedMatrix> matrices_;
  std::vector<NamedMatrix> named_;
  std::string whole_;
};

constexpr std::size_t entry_at(std::size_t index) {
  return kPackedHeaderBytes + index * kPackedEntryBytes;
}

TEST_F(PackedWeightsTest, EveryFormatIsReadBitForBit) {
  const auto read = PackedWeights::read(path_, kModel, pool_);
  ASSERT_TRUE(read) << read.error().message.en;
  for (const NamedMatrix& each : named_) {
    const PackedMatrix& wanted = *each.matrix;
    const auto got = read->matrix(each.name, wanted.format(), wanted.rows(), wanted.width());
    ASSERT_TRUE(got) << each.name;
    EXPECT_FALSE(got->owns_memory());
    ASSERT_EQ(got->bytes(), wanted.bytes());
    EXPECT_EQ(std::memcmp(got->data(), wanted.data(), wanted.bytes()), 0) << each.name;
  }
}

/// Written by a few lines of Python after docs/formats/packed_weights.md.
TEST_F(PackedWeightsTest, TheExampleOfTheFormatPageIsReadAndWrittenTheSame) {
  const std::string head =
      read_file(mw::testing_support::source_path("fuzz/corpus/packed_weights/three"), 1 << 20)
          .value();
  uint64_t file_bytes = 0;
  std::memcpy(&file_bytes, head.data() + 24, sizeof file_bytes);
  auto entries = parse_packed_head(std::as_bytes(std::span(head)), file_bytes, kModel);
  ASSERT_TRUE(entries) << entries.error().message.en;
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[1].name, "blk.0.ffn_down.weight");
  EXPECT_EQ((*entries)[1].format, WeightFormat::kW8);
  EXPECT_EQ((*entries)[1].rows, 20);
  EXPECT_EQ((*entries)[2].offset, 512U + 320 + 1088);
  EXPECT_EQ(build_packed_head(*entries, kModel), head);
}

TEST_F(PackedWeightsTest, AMatrixOutlivesTheFileAndItsReader) {
  std::optional<PackedMatrix> kept;
  {
    const auto read = PackedWeights::read(path_, kModel, pool_);
    ASSERT_TRUE(read);
    kept = read->matrix("blk.3.w", WeightFormat::kW8, 20, 32);
  }
  ASSERT_TRUE(kept);
  std::filesystem::resize_file(path_, 0);
  EXPECT_EQ(std::memcmp(kept->data(), matrices_[3].data(), kept->bytes()), 0);
}

TEST_F(PackedWeightsTest, AMatrixOfAnotherNameFormatOrShapeIsNotThere) {
  const auto read = PackedWeights::read(path_, kModel, pool_);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->matrix("blk.0.w", WeightFormat::kW4, 20, 32));
  EXPECT_FALSE(read->matrix("blk.9.w", WeightFormat::kW4, 20, 32));
  EXPECT_FALSE(read->matrix("blk.0.w", WeightFormat::kW8, 20, 32));
  EXPECT_FALSE(read->matrix("blk.0.w", WeightFormat::kW4, 19, 32));
  EXPECT_FALSE(read->matrix("blk.0.w", WeightFormat::kW4, 20, 64));
}

TEST_F(PackedWeightsTest, AChangedBitIsRefusedWhereverItIs) {
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](std::size_t at, char byte) {
    file.seekp(static_cast<std::streamoff>(at)).put(byte).flush();
  };
  for (std::size_t at = 0; at < whole_.size(); at += at < entry_at(6) ? 1 : 61) {
    put(at, static_cast<char>(whole_[at] ^ (1 << (at % 8))));
    ASSERT_FALSE(PackedWeights::read(path_, kModel, pool_)) << "byte " << at;
    put(at, whole_[at]);
  }
  EXPECT_TRUE(PackedWeights::read(path_, kModel, pool_));
}

TEST_F(PackedWeightsTest, ACutOrLengthenedFileIsRefused) {
  for (std::size_t size = 0; size < whole_.size(); size += size < 2000 ? 13 : 401) {
    ASSERT_NE(verdict(whole_.substr(0, size)), "accepted") << size << " bytes";
  }
  EXPECT_NE(verdict(whole_.substr(0, whole_.size() - 1)), "accepted");
  EXPECT_NE(verdict(whole_ + '\0'), "accepted");
  EXPECT_NE(verdict(whole_ + whole_), "accepted");
}

TEST_F(PackedWeightsTest, WhatBelongsToOthersIsNamedSo) {
  EXPECT_EQ(verdict(whole_, sha256_hex("another model")).substr(0, 15), "conflict: model");
  EXPECT_EQ(verdict(forged_number<uint32_t>(8, 2)), "unsupported: version: expected 1, got 2");
  EXPECT_EQ(verdict(forged_number<uint32_t>(12, 99)),
            "unsupported: layout: expected " + std::to_string(tensor::kPackedLayout) + ", got 99");
  EXPECT_EQ(verdict(forged(0, "GGUF")), "corrupt: magic: this is no file of packed weights");
}

/// Lies of somebody who can compute a digest: each is found by the rule that it breaks.
TEST_F(PackedWeightsTest, ALyingIndexIsRefused) {
  const struct {
    const char* what;
    std::string bytes;
    const char* message;
  } cases[] = {
      {"no matrices", forged_number<uint32_t>(16, 0), "matrices: expected 1 to 65535"},
      {"too many", forged_number<uint32_t>(16, 65536), "matrices: expected 1 to 65535"},
      {"index past the end", forged_number<uint32_t>(16, 65535), "index: the file ends inside it"},
      {"one more than there is", forged_number<uint32_t>(16, 11), "digest"},
      {"reserved", forged_number<uint32_t>(20, 1), "header: reserved bytes"},
      {"reserved tail", forged_number<uint8_t>(127, 1), "header: reserved bytes"},
      {"file bytes", forged_number<uint64_t>(24, UINT64_MAX), "file bytes: expected"},
      {"empty name", forged(entry_at(0), std::string(64, '\0')), "name: not 1 to 64"},
      {"name with a line end", forged(entry_at(0), "\n"), "name: not 1 to 64"},
      {"bytes after the name", forged(entry_at(0) + 63, "x"), "name: not 1 to 64"},
      {"a name twice", forged(entry_at(1), "blk.0.w"), "stands in the index twice"},
      {"format", forged_number<uint32_t>(entry_at(0) + 64, 10), "unknown format 10"},
      {"rows 0", forged_number<uint32_t>(entry_at(0) + 68, 0), "no such shape"},
      {"rows 2^32", forged_number<uint32_t>(entry_at(0) + 68, UINT32_MAX), "no such shape"},
      {"width 2^31", forged_number<uint32_t>(entry_at(0) + 72, 1U << 31), "no such shape"},
      {"width in no groups", forged_number<uint32_t>(entry_at(0) + 72, 33), "no such shape"},
      {"width in no heads", forged_number<uint32_t>(entry_at(2) + 72, 32), "no such shape"},
      {"more rows", forged_number<uint32_t>(entry_at(0) + 68, 1 << 30), "bytes: expected"},
      {"entry reserved", forged_number<uint32_t>(entry_at(0) + 76, 1), "reserved bytes"},
      {"offset into the header", forged_number<uint64_t>(entry_at(0) + 80, 0), "offset: expected"},
      {"offset past the end", forged_number<uint64_t>(entry_at(0) + 80, UINT64_MAX - 63),
       "offset: expected"},
      {"bytes", forged_number<uint64_t>(entry_at(0) + 88, UINT64_MAX), "bytes: expected"},
      {"entry reserved tail", forged_number<uint8_t>(entry_at(0) + 127, 1), "reserved bytes"},
      {"checksum of a matrix", forged(entry_at(5) + 96, "12345678"),
       "blk.5.w: the checksum does not fit its bytes"},
  };
  for (const auto& each : cases) {
    const std::string got = verdict(each.bytes);
    EXPECT_NE(got.find(each.message), std::string::npos) << each.what << ": " << got;
  }
}

TEST_F(PackedWeightsTest, AFileThatOthersCouldHaveWrittenIsRefused) {
  for (const mode_t mode : {0620, 0602, 0666}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_EQ(PackedWeights::read(path_, kModel, pool_).error().code, Code::kPermissionDenied);
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  EXPECT_TRUE(PackedWeights::read(path_, kModel, pool_));

  const auto link = folder_.path() / "link.mwpack";
  std::filesystem::create_symlink(path_, link);
  EXPECT_EQ(PackedWeights::read(link, kModel, pool_).error().code, Code::kIo);
  if (::geteuid() == 0) {  // only root can give a file away
    ASSERT_EQ(::chown(path_.c_str(), 65534, 65534), 0);
    EXPECT_EQ(PackedWeights::read(path_, kModel, pool_).error().code, Code::kPermissionDenied);
  }
  EXPECT_EQ(PackedWeights::read(folder_.path(), kModel, pool_).error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(PackedWeights::read(folder_.path() / "none", kModel, pool_).error().code,
            Code::kNotFound);
}

}  // namespace
}  // namespace mw::models
