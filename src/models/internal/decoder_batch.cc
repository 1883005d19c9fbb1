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
  using Logits = ForwardSegment::Logits;
  for (const ForwardSegment& segment : segments) {
    const int count = static_cast<int>(segment.ids.size());
    const int wanted = segment.logits == Logits::kAll    ? count
                       : segment.logits == Logits::kLast ? std::min(count, 1)
                                                         : 0;
    add({segment.adapter, segment.kv->length(), count});
    for (int row = tokens - wanted; row < tokens; ++row) logit_rows.push_back(row);
  }
}

DecoderBatch DecoderBatch::ends(std::span<const ForwardSegment> segments) const {
  DecoderBatch all;
  auto row = logit_rows.begin();
  for (std::size_t i = 0; i < attention.size(); ++i) {
    const tensor::AttentionSegment& segment = attention[i];
    const int end = segment.row + segment.count;
    const auto next = std::find_if(row, logit_rows.end(), [&](int each) { return each >= end; });
    const int wanted = static_cast<int>(next - row);
    all.add({segments[i].adapter, segment.position + segment.count - wanted, wanted});
    row = next;
  }
  for (int i = 0; i < all.tokens; ++i) all.logit_rows.push_back(i);
  return all;
}

void DecoderBatch::use_layer(std::span<const ForwardSegment> segments, int layer) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    attention[i].kv = segments[i].kv->layer(layer);
  }
}

}  // namespace mw::models
