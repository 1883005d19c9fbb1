// Scope: attention over paged f16, f32 and 8-bit keys and values against a naive softmax in double,
// and its invariance: instruction set, threads, one token at a time against many. Tolerance 2e-5 of
// the largest value (f32 sums over at most 700 positions; inputs are exact halves).
#include "tensor/attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tensor/random_matrix.h"

namespace mw::tensor {
namespace {

using testing::random_floats;

constexpr AttentionShape kShape{.heads = 9, .kv_heads = 3, .head_dim = 64};
/// All positions, and windows that end in a chunk, at a chunk's end, and behind two; caps; a scale.
constexpr AttentionShape kShapes[] = {
    kShape,
    {.heads = 9, .kv_heads = 3, .head_dim = 64, .window = 1},
    {.heads = 9, .kv_heads = 3, .head_dim = 64, .window = 100},
    {.heads = 9, .kv_heads = 3, .head_dim = 64, .window = 256},
    {.heads = 9, .kv_heads = 3, .head_dim = 64, .window = 350, .cap = 2.0F},
    {.heads = 9, .kv_heads = 3, .head_dim = 64, .scale = 0.3F, .cap = 5.0F},
};

/// One sequence with random keys and values at all positions.
struct Cache {
  Cache(int positions, const ExecContext& ctx, KvFormat as) : format(as) {
    const auto width = static_cast<std::size_t>(kShape.kv_heads * kShape.head_dim);
    const std::size_t block =
        static_cast<std::size_t>(kShape.kv_heads) * kv_head_bytes(format, kShape.head_dim);
    const int blocks = (positions + kKvBlock - 1) / kKvBlock;
    memory = Buffer(static_cast<std::size_t>(blocks) * block * 2);
    std::fill_n(memory.data(), memory.size(), std::byte{0xff});  // NaN where unwritten
    for (int i = 0; i < blocks; ++i) {
      keys.push_back(memory.as<uint8_t>() + static_cast<std::size_t>(2 * i) * block);
      values.push_back(memory.as<uint8_t>() + static_cast<std::size_t>(2 * i + 1) * block);
    }
    k = random_floats(static_cast<std::size_t>(positions) * width, 1);
    v = random_floats(static_cast<std::size_t>(positions) * width, 2);
    for (int p = 0; p < positions; ++p) {
      store_kv(&k[static_cast<std::size_t>(p) * width], &v[static_cast<std::size_t>(p) * width], p,
               kShape, blocks_view(), ctx);
    }
    for (std::vector<float>* each : {&k, &v}) round(*each);
  }
  /// As the format holds them.
  void round(std::vector<float>& numbers) const {
    if (format == KvFormat::kF16) {
      for (float& each : numbers) each = f16_to_f32(f32_to_f16(each));
    }
    for (std::size_t head = 0; format == KvFormat::kI8 && head < numbers.size(); head += 64) {
      float peak = 0;
      for (std::size_t i = head; i < head + 64; ++i) peak = std::max(peak, std::fabs(numbers[i]));
      for (std::size_t i = head; i < head + 64; ++i) {
        numbers[i] = std::nearbyint(numbers[i] * (127.0F / peak)) * (peak / 127.0F);
      }
    }
  }
  KvBlocks blocks_view() const { return {keys, values, format}; }
  /// Beside 8-bit keys, queries of up to 4.6 are rounded to 16 bits: 1e-5 an element.
  double tolerance() const { return format == KvFormat::kI8 ? 3e-4 : 2e-5; }

  KvFormat format;
  Buffer memory;
  std::vector<uint8_t*> keys;
  std::vector<uint8_t*> values;
  std::vector<float> k;
  std::vector<float> v;
};

std::vector<float> attend(const Cache& cache, const std::vector<float>& queries, int position,
                          int count, const ExecContext& ctx, const AttentionShape& shape = kShape) {
  const int width = kShape.heads * kShape.head_dim;
  std::vector<float> q(queries.begin(), queries.begin() + count * width);
  std::vector<float> out(q.size());
  const AttentionSegment segment{cache.blocks_view(), 0, count, position};
  Attention attention;
  attention.run({q.data(), count, width, width}, {&segment, 1}, shape,
                {out.data(), count, width, width}, ctx);
  return out;
}

/// Instruction set, and how keys and values are kept.
class AttentionOnEachIsa : public ::testing::TestWithParam<std::tuple<Isa, KvFormat>> {
 protected:
  const KernelTable& kernels() const { return kernels_of(std::get<0>(GetParam())); }
  KvFormat format() const { return std::get<1>(GetParam()); }
};

TEST_P(AttentionOnEachIsa, EqualsTheNaiveSoftmax) {
  ThreadPool pool(1);
  const ExecContext ctx{&pool, &kernels()};
  const Cache cache(600, ctx, format());
  const auto queries = random_floats(9 * 64 * 5, 3);
  for (const AttentionShape& shape : kShapes) {
    const double scale = shape.scale > 0 ? shape.scale : 1.0 / 8.0;
    for (const int position : {0, 1, 15, 16, 255, 256, 300, 595}) {
      const int count = 5;
      const auto out = attend(cache, queries, position, count, ctx, shape);
      for (int t = 0; t < count; ++t) {
        const int first = shape.window > 0 ? std::max(0, position + t - shape.window + 1) : 0;
        for (int h = 0; h < kShape.heads; ++h) {
          const float* q = &queries[static_cast<std::size_t>((t * kShape.heads + h) * 64)];
          std::vector<double> weights;
          double total = 0;
          for (int p = first; p <= position + t; ++p) {
            const float* k = &cache.k[static_cast<std::size_t>((p * 3 + h / 3) * 64)];
            double score = 0;
            for (int d = 0; d < 64; ++d) score += double{q[d]} * k[d] * scale;
            if (shape.cap > 0) score = shape.cap * std::tanh(score / shape.cap);
            weights.push_back(std::exp(score));
            total += weights.back();
          }
          for (int d = 0; d < 64; ++d) {
            double expected = 0;
            for (int p = first; p <= position + t; ++p) {
              expected += weights[static_cast<std::size_t>(p - first)] / total *
                          cache.v[static_cast<std::size_t>((p * 3 + h / 3) * 64 + d)];
            }
            ASSERT_NEAR(out[static_cast<std::size_t>((t * kShape.heads + h) * 64 + d)], expected,
                        cache.tolerance())
                << "window " << shape.window << " position " << position << " token " << t
                << " head " << h;
          }
        }
      }
    }
  }
}

TEST_P(AttentionOnEachIsa, GivesTheSameBitsAloneInCompanyOnAnyThreadsAndAsScalar) {
  ThreadPool one(1);
  ThreadPool three(3);
  const ExecContext scalar{&one, &kScalarKernels};
  const Cache cache(700, scalar, format());
  const auto queries = random_floats(9 * 64 * 40, 4);
  const int position = 640;
  for (const AttentionShape& shape : kShapes) {
    const auto reference = attend(cache, queries, position, 40, scalar, shape);
    EXPECT_EQ(attend(cache, queries, position, 40, {&three, &kernels()}, shape), reference);
    for (const int t : {0, 1, 7, 39}) {
      const std::vector<float> mine(queries.begin() + t * 576, queries.begin() + (t + 1) * 576);
      for (ThreadPool* pool : {&one, &three}) {
        const auto alone = attend(cache, mine, position + t, 1, {pool, &kernels()}, shape);
        EXPECT_EQ(alone, std::vector<float>(reference.begin() + t * 576,
                                            reference.begin() + (t + 1) * 576));
      }
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<Isa, KvFormat>>& each) {
  const char* const formats[] = {"_f16", "_f32", "_i8"};
  return std::string(isa_name(std::get<0>(each.param))) +
         formats[static_cast<std::size_t>(std::get<1>(each.param))];
}

INSTANTIATE_TEST_SUITE_P(Isas, AttentionOnEachIsa,
                         ::testing::Combine(::testing::ValuesIn(available_isas()),
                                            ::testing::Values(KvFormat::kF16, KvFormat::kF32,
                                                              KvFormat::kI8)),
                         name_of);

}  // namespace
}  // namespace mw::tensor
