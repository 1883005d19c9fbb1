// Scope: matrices in other types: which fit, what they take, the same bytes on any thread count;
// variants of a model that share all other matrices; files with replaced tensors read back.
#include "models/requantise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/dequantize.h"
#include "tests/support/tiny_llama.h"

namespace mw::models {
namespace {

using formats::GgmlType;
using formats::StoredTensor;
using ::testing::HasSubstr;

class Requantising : public ::testing::Test {
 protected:
  Requantising() : bytes_(testing_support::TinyLlama().build()) {
    file_ = *formats::GgufFile::parse(std::as_bytes(std::span(bytes_)));
    model_ = *load_model(*file_, ctx_);
  }
  std::string bytes_;
  ThreadPool pool_{1};
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::Isa::kScalar)};
  std::optional<formats::GgufFile> file_;
  std::shared_ptr<const Model> model_;
};

TEST_F(Requantising, KnowsWhichTypesARowHolds) {
  const StoredTensor& narrow = *file_->tensor("blk.0.ffn_down.weight");  // 64 x 96
  EXPECT_TRUE(row_fits(narrow, GgmlType::kQ4_0));
  EXPECT_FALSE(row_fits(narrow, GgmlType::kQ4_K));
  EXPECT_EQ(bytes_in(narrow, GgmlType::kQ4_0), 64U * 96 / 32 * 18);
  EXPECT_FALSE(row_fits(*file_->tensor("output_norm.weight"), GgmlType::kQ4_0));
}

TEST_F(Requantising, GivesTheSameBytesOnAnyThreadCount) {
  ThreadPool three(3);
  const tensor::ExecContext many{&three, ctx_.kernels};
  const StoredTensor& source = *file_->tensor("blk.1.ffn_down.weight");
  const auto alone = requantise(source, GgmlType::kQ4_1, ctx_);
  const auto together = requantise(source, GgmlType::kQ4_1, many);
  ASSERT_TRUE(alone && together);
  EXPECT_EQ(alone->bytes, together->bytes);
  EXPECT_EQ(alone->squared_error, together->squared_error);
}

TEST_F(Requantising, SamplesTheErrorOfAllRowsExactlyWhenItTakesAll) {
  const StoredTensor& source = *file_->tensor("blk.1.ffn_down.weight");
  const auto all = requantise(source, GgmlType::kQ4_0, ctx_);
  ASSERT_TRUE(all);
  EXPECT_DOUBLE_EQ(*sampled_error(source, GgmlType::kQ4_0, 1000, ctx_), all->squared_error);
  const double some = *sampled_error(source, GgmlType::kQ4_0, 16, ctx_);
  EXPECT_NEAR(some / all->squared_error, 1.0, 0.3);
}

TEST_F(Requantising, NamesTheTensorThatCannotBeRounded) {
  StoredTensor bad = *file_->tensor("blk.0.attn_v.weight");  // F16
  std::vector<std::byte> bytes(bad.bytes.begin(), bad.bytes.end());
  bytes[1] = std::byte{0x7c};  // infinite
  bytes[0] = std::byte{0};
  bad.bytes = bytes;
  const auto result = requantise(bad, GgmlType::kQ8_0, ctx_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().param, "blk.0.attn_v.weight");
  bad.type = GgmlType::kIQ4_XS;
  EXPECT_EQ(requantise(bad, GgmlType::kQ8_0, ctx_).error().code, Code::kUnsupported);
}

TEST_F(Requantising, AVariantSharesAllOtherMatrices) {
  const StoredTensor& source = *file_->tensor("blk.0.ffn_up.weight");
  const auto rounded = requantise(source, GgmlType::kQ4_0, ctx_);
  ASSERT_TRUE(rounded);
  StoredTensor other = source;
  other.type = GgmlType::kQ4_0;
  other.bytes = rounded->bytes;
  const auto variant = load_variant(*file_, model_, {{other.name, other}}, ctx_);
  ASSERT_TRUE(variant);
  const auto before = model_->matrices();
  const auto after = (*variant)->matrices();
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool replaced = before[i].name == other.name;
    EXPECT_EQ(before[i].matrix->data() != after[i].matrix->data(), replaced) << before[i].name;
  }
}

TEST_F(Requantising, ListsWhatAPassMultipliesWith) {
  const auto names = quantisable_tensors(*file_, *model_);
  EXPECT_EQ(names.size(), 1U + 2 * 7);
  EXPECT_EQ(names.front(), "token_embd.weight");
  for (const std::string& name : names) EXPECT_THAT(name, ::testing::Not(HasSubstr("norm")));
}

TEST_F(Requantising, AFileWithReplacedTensorsKeepsAllElse) {
  ReplacedTensors replaced;
  std::vector<Requantised> kept;
  for (const std::string& name : quantisable_tensors(*file_, *model_)) {
    StoredTensor tensor = *file_->tensor(name);
    kept.push_back(*requantise(tensor, GgmlType::kQ5_1, ctx_));
    tensor.type = GgmlType::kQ5_1;
    tensor.bytes = kept.back().bytes;
    replaced.emplace(name, tensor);
  }
  const auto bytes = writer_of(*file_, replaced).build();
  ASSERT_TRUE(bytes) << bytes.error().message.en;
  const auto again = formats::GgufFile::parse(std::as_bytes(std::span(*bytes)));
  ASSERT_TRUE(again);
  for (const formats::GgufEntry& entry : file_->entries()) {
    const auto* value = again->value(entry.key);
    ASSERT_NE(value, nullptr) << entry.key;
    EXPECT_TRUE(std::ranges::equal(value->bytes, file_->value(entry.key)->bytes)) << entry.key;
  }
  EXPECT_EQ(*again->integer("general.file_type"), 9U);
  EXPECT_EQ(*again->integer("general.quantization_version"), 2U);
  for (const formats::GgufTensor& each : again->tensors()) {
    const formats::GgufTensor& before = *file_->tensor(each.name);
    EXPECT_EQ(each.shape, before.shape);
    EXPECT_EQ(each.type, replaced.contains(each.name) ? GgmlType::kQ5_1 : before.type);
  }
  EXPECT_TRUE(load_model(*again, ctx_));
}

}  // namespace
}  // namespace mw::models
