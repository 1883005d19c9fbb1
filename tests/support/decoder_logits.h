#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "models/model.h"

namespace mw::testing_support {

using Rows = std::vector<std::vector<float>>;

/// Logits of every position; the prompt in pieces of `step` tokens.
inline Rows logits_of(const models::Model& model, const std::vector<int32_t>& ids, std::size_t step,
                      const tensor::ExecContext& ctx, const models::Adapter* adapter = nullptr) {
  models::KvPool pool(model.config(), uint64_t{8} << 20);
  models::KvSequence kv(pool);
  EXPECT_TRUE(kv.reserve(static_cast<int>(ids.size())));
  const auto workspace = model.make_workspace(64, 64);
  Rows out;
  for (std::size_t at = 0; at < ids.size(); at += step) {
    const std::size_t count = std::min(step, ids.size() - at);
    tensor::Matrix<float> logits(static_cast<int>(count), model.config().vocabulary);
    const models::ForwardSegment segment{
        {ids.data() + at, count}, &kv, models::ForwardSegment::Logits::kAll, adapter};
    model.forward({&segment, 1}, *workspace, logits.view(), ctx);
    for (int i = 0; i < logits.rows(); ++i) {
      out.emplace_back(logits.row(i), logits.row(i) + model.config().vocabulary);
    }
  }
  return out;
}

/// The largest error, relative to the logit or to the rms of its position.
inline double worst_error(const Rows& ours, const Rows& theirs) {
  EXPECT_EQ(ours.size(), theirs.size());
  double worst = 0;
  for (std::size_t p = 0; p < theirs.size(); ++p) {
    double squares = 0;
    for (const float v : theirs[p]) squares += double{v} * v;
    const double rms = std::sqrt(squares / static_cast<double>(theirs[p].size()));
    EXPECT_EQ(ours[p].size(), theirs[p].size());
    for (std::size_t i = 0; i < theirs[p].size(); ++i) {
      const double error = std::fabs(double{ours[p][i]} - theirs[p][i]) /
                           std::max(std::fabs(double{theirs[p][i]}), rms);
      worst = std::max(worst, std::isfinite(error) ? error : 1e9);
    }
  }
  return worst;
}

}  // namespace mw::testing_support
