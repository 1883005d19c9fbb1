// Scope: add_low_rank over every instruction set, odd ranks, widths and token counts around the
// slice of 8. Bits: equal to a loop of std::fma over each sum and one addition, which is the
// definition. Values past the last row of a panel are not asked about.
#include "tensor/low_rank.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tensor/random_matrix.h"

namespace mw::tensor {
namespace {

using testing::random_floats;

struct Case {
  int rank;
  int width;
  int rows;
};

/// A change with its weights in plain order beside it.
struct Plain {
  Plain(const Case& each, uint32_t seed)
      : down(random_floats(static_cast<std::size_t>(each.rank * each.width), seed)),
        up(random_floats(static_cast<std::size_t>(each.rows * each.rank), seed + 1)),
        change{PackedMatrix(WeightFormat::kF32, each.rank, each.width),
               PackedMatrix(WeightFormat::kF32, each.rows, each.rank)} {
    fill(change.down, down);
    fill(change.up, up);
  }
  static void fill(PackedMatrix& matrix, const std::vector<float>& values) {
    const auto width = static_cast<std::size_t>(matrix.width());
    for (int row = 0; row < matrix.rows(); ++row) {
      matrix.set_row_f32(row, {values.data() + static_cast<std::size_t>(row) * width, width});
    }
  }
  /// What element n of a token becomes.
  float changed(float y, const float* x, int n) const {
    const auto rank = static_cast<std::size_t>(change.down.rows());
    const auto width = static_cast<std::size_t>(change.down.width());
    float outer = 0;
    for (std::size_t r = 0; r < rank; ++r) {
      float inner = 0;
      for (std::size_t d = 0; d < width; ++d) inner = std::fma(x[d], down[r * width + d], inner);
      outer = std::fma(inner, up[static_cast<std::size_t>(n) * rank + r], outer);
    }
    return y + outer;
  }

  std::vector<float> down;
  std::vector<float> up;
  LowRank change;
};

class LowRankOnEachIsa : public ::testing::TestWithParam<Isa> {};

TEST_P(LowRankOnEachIsa, AddsTheSumsInTheirOrderForEachShape) {
  for (const Case& each : {Case{1, 16, 16}, Case{4, 48, 33}, Case{17, 80, 15}, Case{64, 33, 100}}) {
    const Plain plain(each, 5);
    for (const int tokens : {1, 3, 7, 8, 9, 17}) {
      for (const int threads : {1, 3}) {
        ThreadPool pool(threads);
        const ExecContext ctx{&pool, &kernels_of(GetParam())};
        const auto data = random_floats(static_cast<std::size_t>(tokens * each.width), 6);
        const MatView<const float> x{data.data(), tokens, each.width, each.width};
        Matrix<float> y(tokens, each.rows);
        for (int t = 0; t < tokens; ++t) y.row(t)[0] = 3.0F;
        const LowRankJob job{&plain.change, x, y.view()};
        add_low_rank({&job, 1}, ctx);
        for (int t = 0; t < tokens; ++t) {
          for (int n = 0; n < each.rows; ++n) {
            ASSERT_EQ(y.row(t)[n], plain.changed(n == 0 ? 3.0F : 0.0F, x.row(t), n))
                << "rank " << each.rank << " T" << tokens << " n" << n;
          }
        }
      }
    }
  }
}

TEST_P(LowRankOnEachIsa, JobsOfDifferentChangesDoNotMeet) {
  const Plain first({4, 32, 32}, 7);
  const Plain second({9, 32, 20}, 9);
  const auto data = random_floats(12 * 32, 8);
  const MatView<const float> x{data.data(), 12, 32, 32};
  Matrix<float> y(12, 32);
  const LowRankJob jobs[] = {{&first.change, x.rows_from(0, 3), y.view().rows_from(0, 3)},
                             {&second.change, x.rows_from(5, 7), y.view().rows_from(5, 7)}};
  ThreadPool pool(2);
  add_low_rank(jobs, {&pool, &kernels_of(GetParam())});
  for (int t = 0; t < 12; ++t) {
    const Plain* changed = t < 3 ? &first : t < 5 ? nullptr : &second;
    EXPECT_EQ(y.row(t)[1], changed == nullptr ? 0.0F : changed->changed(0.0F, x.row(t), 1)) << t;
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, LowRankOnEachIsa, ::testing::ValuesIn(available_isas()),
                         [](const auto& isa) { return std::string(isa_name(isa.param)); });

}  // namespace
}  // namespace mw::tensor
