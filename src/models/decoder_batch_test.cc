#include "models/internal/decoder_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mw::models {
namespace {

using ::testing::ElementsAre;
using Logits = ForwardSegment::Logits;

TEST(DecoderBatch, EndsAreTheRowsWithLogitsAtTheirPositions) {
  ModelConfig config;
  config.layers = 1;
  config.kv_heads = 1;
  config.head_dim = 16;
  KvPool pool(config, 1 << 20);
  KvSequence first(pool);
  KvSequence second(pool);
  KvSequence third(pool);
  for (KvSequence* each : {&first, &second, &third}) ASSERT_TRUE(each->reserve(64));
  second.advance(14);
  const std::vector<int32_t> ids(20, 1);
  const std::span all(ids);
  const ForwardSegment segments[] = {{all, &first, Logits::kNone},
                                     {all.first(5), &second, Logits::kAll},
                                     {all.first(3), &third, Logits::kLast}};
  const DecoderBatch batch(segments);
  EXPECT_EQ(batch.tokens, 28);
  EXPECT_THAT(batch.logit_rows, ElementsAre(20, 21, 22, 23, 24, 27));
  ASSERT_EQ(batch.slices.size(), 5U);  // 16 + 4 tokens, 2 + 3, 3
  EXPECT_EQ(batch.slices[2].count, 2);

  const DecoderBatch ends = DecoderBatch::ends(segments);
  EXPECT_EQ(ends.tokens, 6);
  ASSERT_EQ(ends.attention.size(), 3U);
  EXPECT_EQ(ends.attention[0].count, 0);
  EXPECT_EQ(ends.attention[1].row, 0);
  EXPECT_EQ(ends.attention[1].position, 14);
  EXPECT_EQ(ends.attention[2].row, 5);
  EXPECT_EQ(ends.attention[2].position, 2);
  ASSERT_EQ(ends.slices.size(), 3U);
  EXPECT_EQ(ends.slices[2].segment, 2U);
}

}  // namespace
}  // namespace mw::models
