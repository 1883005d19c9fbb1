#pragma once

#include <span>
#include <vector>

#include "models/model.h"
#include "tensor/attention.h"

namespace mw::models {

/// Rows that run with one adapter.
struct AdaptedRows {
  const Adapter* adapter = nullptr;
  int row = 0;
  int count = 0;
};

/// Consecutive tokens of a segment whose keys and values go into one block.
struct BlockSlice {
  std::size_t segment = 0;
  int first = 0;  // of the segment
  int count = 0;
};

/// The rows of a decoder's forward pass, one a token: where each segment of them starts, and which
/// of them want logits.
struct DecoderBatch {
  DecoderBatch() = default;
  explicit DecoderBatch(std::span<const ForwardSegment> segments);

  /// The rows of `segments` that want logits, one after the other: all that is left to do in the
  /// last layer once keys and values are kept. It has the same segments, some of them empty.
  static DecoderBatch ends(std::span<const ForwardSegment> segments);

  /// Where a layer keeps keys and values, for all segments.
  void use_layer(std::span<const ForwardSegment> segments, int layer);

  int tokens = 0;
  std::vector<tensor::AttentionSegment> attention;  // kv is set a layer at a time
  std::vector<BlockSlice> slices;                   // of all segments
  std::vector<AdaptedRows> adapted;
  std::vector<int> logit_rows;  // in rising order; of a batch of ends: none, it is all of them

 private:
  struct Part;
  void add(const Part& part);
};

}  // namespace mw::models
