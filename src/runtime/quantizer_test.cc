// Scope: a tiny model quantised whole: uniform types with their exceptions, types by loss under a
// budget, the file that is written read back and run, the same choices on any thread count.
#include "runtime/quantizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "runtime/perplexity.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_decoder.h"
#include "tests/support/tiny_llama.h"

namespace mw::runtime {
namespace {

using formats::GgmlType;
using ::testing::HasSubstr;

constexpr GgmlType kTypes[] = {GgmlType::kQ4_0, GgmlType::kQ4_1, GgmlType::kQ5_0, GgmlType::kQ4_K,
                               GgmlType::kQ8_0};

class Quantizing : public ::testing::Test {
 protected:
  Quantizing() : bytes_(testing_support::TinyLlama().build()), ids_(128) {
    file_ = *formats::GgufFile::parse(std::as_bytes(std::span(bytes_)));
    model_ = *models::load_model(*file_, ctx_);
    for (std::size_t i = 0; i < ids_.size(); ++i) ids_[i] = static_cast<int32_t>(i * 7 % 48);
  }
  std::string bytes_;
  std::vector<int32_t> ids_;
  ThreadPool pool_{1};
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::Isa::kScalar)};
  std::optional<formats::GgufFile> file_;
  std::shared_ptr<const models::Model> model_;
};

uint64_t bytes_of(const std::vector<TensorChoice>& choices) {
  uint64_t sum = 0;
  for (const TensorChoice& each : choices) sum += each.bytes;
  return sum;
}

TEST_F(Quantizing, GivesAllMatricesOneTypeWhereTheyAreLarger) {
  const Quantizer quantizer(*file_, model_, ctx_);
  for (const TensorChoice& each : quantizer.uniform(GgmlType::kQ4_1)) {
    const bool smaller = each.from == GgmlType::kQ4_0 || each.from == GgmlType::kQ4_1;
    EXPECT_EQ(each.to, each.from == GgmlType::kQ4_0 ? GgmlType::kQ4_0 : GgmlType::kQ4_1);
    EXPECT_EQ(each.why.empty(), each.from != GgmlType::kQ4_0) << each.name;
    EXPECT_EQ(each.bytes < each.from_bytes, !smaller) << each.name;
  }
}

TEST_F(Quantizing, SaysWhereATypeDoesNotFit) {
  const Quantizer quantizer(*file_, model_, ctx_);
  const auto choices = quantizer.uniform(GgmlType::kQ6_K);
  for (const TensorChoice& each : choices) {
    EXPECT_NE(each.to, GgmlType::kQ6_K) << each.name;
    EXPECT_FALSE(each.why.empty());
  }
  EXPECT_THAT(choices.front().why, HasSubstr("blocks of 256, a row has 64"));
}

TEST_F(Quantizing, WritesAFileThatLoadsAndIsNear) {
  const testing_support::TemporaryFolder folder;
  const Quantizer quantizer(*file_, model_, ctx_);
  const auto choices = quantizer.uniform(GgmlType::kF32);
  const auto errors = quantizer.write(choices, folder.path() / "f32.gguf", nullptr);
  ASSERT_TRUE(errors) << errors.error().message.en;
  for (const double each : *errors) EXPECT_EQ(each, 0.0);
  const auto written = formats::GgufFile::open(folder.path() / "f32.gguf");
  ASSERT_TRUE(written);
  const auto model = models::load_model(*written, ctx_);
  ASSERT_TRUE(model);
  // The same weights; activations are no longer rounded to 16 bits, keys and values to f16.
  const auto measured = measure_divergence(**model, *model_, ids_, 32, 0, -1, ctx_, nullptr);
  EXPECT_LT(measured.kl_nats, 1e-5);
}

TEST_F(Quantizing, KeepsToTheBudgetAndSpendsItWhereItCounts) {
  const testing_support::TemporaryFolder folder;
  const Quantizer quantizer(*file_, model_, ctx_);
  const DivergenceProbe probe(*model_, ids_, 32, -1, ctx_);
  const uint64_t whole = models::writer_of(*file_, {}).file_bytes();
  double last = 0;
  for (const uint64_t budget : {whole, whole - 1500, whole - 4000}) {
    const auto choices = quantizer.by_loss(kTypes, budget, probe, nullptr);
    ASSERT_TRUE(choices) << choices.error().message.en;
    ASSERT_TRUE(quantizer.write(*choices, folder.path() / "m.gguf", nullptr));
    EXPECT_LE(std::filesystem::file_size(folder.path() / "m.gguf"), budget);
    double expected = 0;
    for (const TensorChoice& each : *choices) expected += each.nats;
    EXPECT_GE(expected, last);
    if (budget < whole) {
      const auto written = formats::GgufFile::open(folder.path() / "m.gguf");
      const double measured = probe.kl_nats(**models::load_model(*written, ctx_));
      EXPECT_GT(measured, 0.0);
      EXPECT_LT(measured, 3 * expected + 1e-6);
    }
    last = expected;
  }
  EXPECT_GT(last, 0.0);
}

TEST_F(Quantizing, SaysTheLeastThatABudgetHasToBe) {
  const Quantizer quantizer(*file_, model_, ctx_);
  const DivergenceProbe probe(*model_, ids_, 32, -1, ctx_);
  const auto choices = quantizer.by_loss(kTypes, 1000, probe, nullptr);
  ASSERT_FALSE(choices);
  EXPECT_EQ(choices.error().param, "budget");
}

TEST_F(Quantizing, ChoosesTheSameOnAnyThreadCount) {
  const uint64_t budget = models::writer_of(*file_, {}).file_bytes() - 3000;
  const auto chosen_on = [&](int threads) {
    ThreadPool pool(threads);
    const tensor::ExecContext ctx{&pool, ctx_.kernels};
    const DivergenceProbe probe(*model_, ids_, 32, -1, ctx);
    return *Quantizer(*file_, model_, ctx).by_loss(kTypes, budget, probe, nullptr);
  };
  const auto one = chosen_on(1);
  const auto three = chosen_on(3);
  ASSERT_EQ(bytes_of(one), bytes_of(three));
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].to, three[i].to) << one[i].name;
    EXPECT_EQ(one[i].nats, three[i].nats) << one[i].name;
  }
}

/// The tiny models of tools/golden, which have every architecture's tensors.
class QuantizedGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(QuantizedGolden, RunsAndIsNearerTheMoreBitsItHas) {
  const testing_support::TinyDecoder tiny(mw::testing_support::source_dir(), GetParam());
  const std::string bytes = tiny.gguf();
  const auto file = formats::GgufFile::parse(std::as_bytes(std::span(bytes)));
  ASSERT_TRUE(file);
  ThreadPool pool(1);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(tensor::available_isas().back())};
  const std::shared_ptr<const models::Model> model = *models::load_model(*file, ctx);
  std::vector<int32_t> ids(tiny.ids().begin(), tiny.ids().begin() + 16);
  const DivergenceProbe probe(*model, ids, 16, -1, ctx);
  const testing_support::TemporaryFolder folder;
  const Quantizer quantizer(*file, model, ctx);
  double last = 1;
  for (const GgmlType type : {GgmlType::kQ4_0, GgmlType::kQ5_1, GgmlType::kQ8_0}) {
    const auto choices = quantizer.uniform(type);
    for (const TensorChoice& each : choices) EXPECT_EQ(each.to, type) << each.name;
    const auto path = folder.path() / "m.gguf";
    ASSERT_TRUE(quantizer.write(choices, path, nullptr));
    const auto written = formats::GgufFile::open(path);
    ASSERT_TRUE(written);
    const auto rounded = models::load_model(*written, ctx);
    ASSERT_TRUE(rounded) << rounded.error().message.en;
    const double kl = probe.kl_nats(**rounded);
    const auto by_model = models::load_model(
        *written, ctx, nullptr,
        {.kv = models::KvPrecision::kByModel, .inputs = models::InputPrecision::kByModel});
    ASSERT_TRUE(by_model) << by_model.error().message.en;
    EXPECT_EQ(models::precision_suffix(models::FloatWeights::kAsStored, (*by_model)->config()),
              std::string_view(GetParam()) == "llama" ? "-kv8-a8f" : "");
    EXPECT_GT(kl, 0.0) << formats::type_name(type);
    EXPECT_LT(kl, last) << formats::type_name(type);
    last = kl;
  }
  EXPECT_LT(last, 5e-3);  // of 8 bits, and 16-bit activations instead of f32
}

INSTANTIATE_TEST_SUITE_P(Decoders, QuantizedGolden,
                         ::testing::Values("llama", "qwen2", "qwen3", "gemma3", "phi3", "gpt2"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace mw::runtime
