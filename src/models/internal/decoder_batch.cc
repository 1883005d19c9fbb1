#include "models/internal/decoder_batch.h"

#include <algorithm>

namespace mw::models {
namespace {

/// Segments of one adapter that lie together are one run: they share its weights' way to the core.
void add_rows(const Adapter* adapter, int row, int count, std::vector<AdaptedRows>& runs) {
  if (adapter == nullptr || count == 0) return;
  if (!runs.empty() && runs.back().adapter == adapter &&
      runs.back().row + runs.back().count == row) {
    runs.back().count += count;
  } else {
    runs.push_back({adapter, row, count});
  }
}

/// How many of a segment's tokens, its last ones, want logits.
int logit_rows_of(const ForwardSegment& segment) {
  const int count = static_cast<int>(segment.ids.size());
  if (segment.logits == ForwardSegment::Logits::kNone) return 0;
  return segment.logits == ForwardSegment::Logits::kAll ? count : std::min(count, 1);
}

}  // namespace

/// The next tokens of the batch, of one segment.
struct DecoderBatch::Part {
  const Adapter* adapter = nullptr;
  int position = 0;  // of the first of them
  int count = 0;
};

void DecoderBatch::add(const Part& part) {
  for (int first = 0; first < part.count;) {
    const int left_in_block = tensor::kKvBlock - (part.position + first) % tensor::kKvBlock;
    const int in_slice = std::min(left_in_block, part.count - first);
    slices.push_back({attention.size(), first, in_slice});
    first += in_slice;
  }
  attention.push_back({{}, tokens, part.count, part.position});
  add_rows(part.adapter, tokens, part.count, adapted);
  tokens += part.count;
}

DecoderBatch::DecoderBatch(std::span<const ForwardSegment> segments) {
  for (const ForwardSegment& segment : segments) {
    add({segment.adapter, segment.kv->length(), static_cast<int>(segment.ids.size())});
    for (int row = tokens - logit_rows_of(segment); row < tokens; ++row) logit_rows.push_back(row);
  }
}

DecoderBatch DecoderBatch::ends(std::span<const ForwardSegment> segments) {
  DecoderBatch batch;
  for (const ForwardSegment& segment : segments) {
    const int wanted = logit_rows_of(segment);
    const int before = static_cast<int>(segment.ids.size()) - wanted;
    batch.add({segment.adapter, segment.kv->length() + before, wanted});
  }
  return batch;
}

void DecoderBatch::use_layer(std::span<const ForwardSegment> segments, int layer) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    attention[i].kv = segments[i].kv->layer(layer);
  }
}

}  // namespace mw::models
