// Scope: logits of the first 64 tokens of ten prompts against llama.cpp 0c1e570 run in plain float
// on the same weights (tests/golden/models/logits, made by tools/golden/llama_logits.cc).
// Tolerance: 1e-2 relative, the project's bar: |ours - theirs| <= 1e-2 * max(|theirs|, rms of the
// position's logits). Measured: see the number this test prints.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "core/file.h"
#include "core/json.h"
#include "core/testing.h"
#include "models/model.h"
#include "tensor/isa.h"
#include "tests/support/source_dir.h"

namespace mw::models {
namespace {

TEST(LogitsGolden, AreWithinOnePercentOfAnIndependentFloatImplementation) {
  const auto path = mw::testing_support::default_model(mw::testing_support::source_dir());
  if (!path) GTEST_SKIP() << "the default model is not there (./test fetches it)";
  const auto text = read_file(
      mw::testing_support::source_path("tests/golden/models/logits/logits.json"), 1 << 24);
  ASSERT_TRUE(text);
  const Json golden = *parse_json(*text);
  const auto file = formats::GgufFile::open(*path);
  ASSERT_TRUE(file);
  ThreadPool pool(2);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(tensor::available_isas().back())};
  const auto model = *load_model(*file, ctx);
  KvPool kv_pool(model->config(), uint64_t{16} << 20);
  const auto workspace = model->make_workspace(64, 64);
  tensor::Matrix<float> logits(64, model->config().vocabulary);
  double worst = 0;
  int positions = 0;
  for (const Json& prompt : golden["prompts"]) {
    const auto ids = prompt["ids"].get<std::vector<int32_t>>();
    KvSequence kv(kv_pool);
    ASSERT_TRUE(kv.reserve(64));
    const ForwardSegment segment{ids, &kv, ForwardSegment::Logits::kAll};
    model->forward({&segment, 1}, *workspace, logits.view(static_cast<int>(ids.size())), ctx);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Json& position = prompt["positions"][i];
      const double rms = position["rms"].get<double>();
      for (std::size_t k = 0; k < position["ids"].size(); ++k) {
        const double theirs = position["logits"][k].get<double>();
        const double ours = logits.row(static_cast<int>(i))[position["ids"][k].get<int>()];
        const double error = std::fabs(ours - theirs) / std::max(std::fabs(theirs), rms);
        EXPECT_LE(error, 1e-2) << "position " << i << " token " << position["ids"][k];
        worst = std::max(worst, error);
      }
      ++positions;
    }
  }
  EXPECT_GE(positions, 630);  // one prompt is shorter than 64 tokens
  std::cout << "largest relative error of " << positions * 32 << " logits: " << worst << "\n";
}

}  // namespace
}  // namespace mw::models
