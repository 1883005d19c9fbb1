// Scope: the probe against measure_divergence on tiny models: the same KL within 1e-6 (f32
// probabilities), exactly 0 for the reference, the same bits on any thread count.
#include "runtime/divergence_probe.h"

#include <gtest/gtest.h>

#include <numeric>

#include "formats/dequantize.h"
#include "formats/quantize.h"
#include "runtime/perplexity.h"
#include "tests/support/tiny_llama.h"

namespace mw::runtime {
namespace {

class Probe : public ::testing::Test {
 protected:
  Probe() : bytes_(testing_support::TinyLlama().build()), ids_(64) {
    file_ = *formats::GgufFile::parse(std::as_bytes(std::span(bytes_)));
    model_ = *models::load_model(*file_, ctx_);
    for (std::size_t i = 0; i < ids_.size(); ++i) ids_[i] = static_cast<int32_t>(i * 7 % 48);
  }
  /// The model with one matrix rounded to Q4_0.
  std::unique_ptr<models::Model> variant(const std::string& name) {
    const formats::StoredTensor& source = *file_->tensor(name);
    std::vector<float> values(static_cast<std::size_t>(source.elements()));
    formats::dequantize(source.type, source.bytes, values);
    rounded_.resize(values.size() / 32 * 18);
    MW_CHECK(formats::quantize(formats::GgmlType::kQ4_0, values, rounded_).has_value());
    formats::StoredTensor other = source;
    other.type = formats::GgmlType::kQ4_0;
    other.bytes = rounded_;
    return *models::load_variant(*file_, model_, {{name, other}}, ctx_);
  }

  std::string bytes_;
  std::vector<int32_t> ids_;
  std::vector<std::byte> rounded_;
  ThreadPool pool_{1};
  tensor::ExecContext ctx_{&pool_, &tensor::kernels_of(tensor::Isa::kScalar)};
  std::optional<formats::GgufFile> file_;
  std::shared_ptr<const models::Model> model_;
};

TEST_F(Probe, FindsNoDifferenceToTheReferenceItself) {
  const DivergenceProbe probe(*model_, ids_, 16, -1, ctx_);
  EXPECT_EQ(probe.kl_nats(*model_), 0.0);
  EXPECT_EQ(probe.positions(), 4U * 7);
  const auto same = models::load_variant(*file_, model_, {}, ctx_);
  ASSERT_TRUE(same);
  EXPECT_EQ(probe.kl_nats(**same), 0.0);
}

TEST_F(Probe, AgreesWithTheMeasurementOfBothModels) {
  const DivergenceProbe probe(*model_, ids_, 16, 3, ctx_);
  for (const char* name : {"blk.0.attn_q.weight", "blk.1.ffn_down.weight", "token_embd.weight"}) {
    const auto other = variant(name);
    const auto both = measure_divergence(*other, *model_, ids_, 16, 0, 3, ctx_, nullptr);
    EXPECT_GT(both.kl_nats, 1e-7) << name;
    EXPECT_NEAR(probe.kl_nats(*other), both.kl_nats, 1e-6) << name;
  }
}

TEST_F(Probe, GivesTheSameBitsOnAnyThreadCount) {
  const auto other = variant("blk.0.ffn_up.weight");
  const double alone = DivergenceProbe(*model_, ids_, 16, -1, ctx_).kl_nats(*other);
  ThreadPool three(3);
  const tensor::ExecContext many{&three, ctx_.kernels};
  EXPECT_EQ(DivergenceProbe(*model_, ids_, 16, -1, many).kl_nats(*other), alone);
}

}  // namespace
}  // namespace mw::runtime
