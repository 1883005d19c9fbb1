// Scope: the default model's greedy answers against llama.cpp's on the same weights in F16
// (../shared/data/greedy-smollm2.json, made by llama.cpp 0c1e570), and the invariance of logits.
// A step whose runner-up is within 0.05 nats may go either way; from there on it is not compared.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/file.h"
#include "core/json.h"
#include "core/testing.h"
#include "models/model.h"
#include "models/packed_weights.h"
#include "tensor/isa.h"
#include "tests/support/source_dir.h"
#include "tests/support/temporary_folder.h"

namespace mw::models {
namespace {

class LlamaGolden : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto path = mw::testing_support::default_model(mw::testing_support::source_dir());
    if (!path) GTEST_SKIP() << "the default model is not there (./test fetches it)";
    file_ = std::make_unique<formats::GgufFile>(std::move(*formats::GgufFile::open(*path)));
    pool_ = std::make_unique<ThreadPool>(2);
    ctx_ = {pool_.get(), &tensor::kernels_of(tensor::available_isas().back())};
    model_ = *load_model(*file_, ctx_);
    kv_pool_ = std::make_unique<KvPool>(model_->config(), uint64_t{64} << 20);
    workspace_ = model_->make_workspace(512, 64);
  }

  std::vector<int32_t> greedy(const std::vector<int32_t>& prompt, std::size_t count) {
    KvSequence kv(*kv_pool_);
    EXPECT_TRUE(kv.reserve(static_cast<int>(prompt.size() + count)));
    tensor::Matrix<float> logits(1, model_->config().vocabulary);
    std::vector<int32_t> next = prompt;
    std::vector<int32_t> out;
    while (out.size() < count) {
      const ForwardSegment segment{next, &kv};
      model_->forward({&segment, 1}, *workspace_, logits.view(), ctx_);
      const float* row = logits.row(0);
      next = {static_cast<int32_t>(std::max_element(row, row + model_->config().vocabulary) - row)};
      out.push_back(next[0]);
    }
    return out;
  }

  std::unique_ptr<formats::GgufFile> file_;
  std::unique_ptr<ThreadPool> pool_;
  tensor::ExecContext ctx_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<KvPool> kv_pool_;
  std::unique_ptr<Workspace> workspace_;
};

TEST_F(LlamaGolden, GreedyAnswersAreThoseOfTheSameWeightsInFloat) {
  const auto reference = mw::testing_support::shared_file(mw::testing_support::source_dir(),
                                                          "data/greedy-smollm2.json");
  if (!reference) GTEST_SKIP() << "../shared/data/greedy-smollm2.json is not there";
  const Json golden = *parse_json(*read_file(*reference, 1 << 20));
  int compared = 0;
  for (const Json& file : golden["models"]) {
    if (file["file"] != "f16.gguf") continue;
    for (const Json& output : file["outputs"]) {
      const auto expected = output["token_ids"].get<std::vector<int32_t>>();
      const Json& gaps = output["gap_to_second_logprob"];
      const auto got = greedy(output["prompt_ids"].get<std::vector<int32_t>>(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (gaps[i].is_null() || gaps[i].get<double>() < 0.05) break;
        ASSERT_EQ(got[i], expected[i]) << "prompt " << output["prompt"] << " step " << i;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 120);
}

TEST_F(LlamaGolden, LogitsAreTheSameBitsWholeInSlicesAndInCompany) {
  std::vector<int32_t> ids;
  for (int i = 0; i < 300; ++i) ids.push_back((i * 7919) % 49000 + 20);
  const auto vocabulary = static_cast<std::size_t>(model_->config().vocabulary);
  tensor::Matrix<float> logits(3, model_->config().vocabulary);
  const auto row = [&](int index) {
    return std::vector<float>(logits.row(index), logits.row(index) + vocabulary);
  };
  KvSequence whole(*kv_pool_);
  ASSERT_TRUE(whole.reserve(300));
  const ForwardSegment all{ids, &whole};
  model_->forward({&all, 1}, *workspace_, logits.view(1), ctx_);
  const auto reference = row(0);

  ThreadPool one(1);
  for (const tensor::Isa isa : tensor::available_isas()) {
    if (isa == tensor::Isa::kScalar) continue;  // 30 s here; kernels_test.cc covers it
    const tensor::ExecContext ctx{&one, &tensor::kernels_of(isa)};
    KvSequence sliced(*kv_pool_);
    KvSequence other(*kv_pool_);
    ASSERT_TRUE(sliced.reserve(300));
    ASSERT_TRUE(other.reserve(300));
    for (const auto& [begin, count] : {std::pair{0, 131}, {131, 1}, {132, 167}, {299, 1}}) {
      const ForwardSegment segments[] = {
          {{ids.data() + 7, 5}, &other},
          {{ids.data() + begin, static_cast<std::size_t>(count)}, &sliced}};
      model_->forward(segments, *workspace_, logits.view(2), ctx);
    }
    EXPECT_EQ(row(1), reference) << tensor::isa_name(isa);
  }
}

TEST_F(LlamaGolden, WeightsThatWereKeptGiveTheSameBits) {
  const testing_support::TemporaryFolder folder;
  const std::string hash(64, 'a');
  const auto path = folder.path() / "w.mwpack";
  ASSERT_TRUE(write_packed_weights(path, hash, model_->matrices()));
  const auto packed = PackedWeights::read(path, hash, *pool_);
  ASSERT_TRUE(packed) << packed.error().message.en;
  const auto kept = load_model(*file_, ctx_, &*packed);
  ASSERT_TRUE(kept);
  EXPECT_EQ((*kept)->weight_bytes(), model_->weight_bytes());
  for (const NamedMatrix& each : (*kept)->matrices()) {
    EXPECT_FALSE(each.matrix->owns_memory()) << each.name;
  }
  const std::vector<int32_t> ids = {1, 4093, 198, 2683, 359, 260};
  const auto logits_of = [&](const Model& model) {
    tensor::Matrix<float> logits(6, model.config().vocabulary);
    KvSequence kv(*kv_pool_);
    EXPECT_TRUE(kv.reserve(6));
    const ForwardSegment segment{ids, &kv, ForwardSegment::Logits::kAll};
    model.forward({&segment, 1}, *workspace_, logits.view(), ctx_);
    return std::vector<float>(logits.row(0), logits.row(0) + 6 * model.config().vocabulary);
  };
  EXPECT_EQ(logits_of(**kept), logits_of(*model_));
}

}  // namespace
}  // namespace mw::models
