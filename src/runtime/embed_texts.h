#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "runtime/embedder.h"

namespace mw::runtime {

/// A text, or ids of the model's own vocabulary without what the model wants around them.
using EmbedText = std::variant<std::string, std::vector<int32_t>>;

/// What to do with a text that is longer than the model's window. It is never cut in silence.
enum class WhenLong {
  kRefuse,
  kSplit,  // in parts that fit; vectors are averaged by their tokens, of scores the best counts
};

struct EmbedRequest {
  std::vector<EmbedText> texts;
  WhenLong when_long = WhenLong::kRefuse;
  int dimensions = 0;  // 0: all that the model has
};

struct Embeddings {
  std::vector<std::vector<float>> vectors;  // of length 1 where they were split or shortened
  int64_t tokens = 0;                       // that the model has read
  int split = 0;                            // texts that were longer than the window
};

/// Errors: kInvalidArgument for an empty text, one that is too long (naming it and the numbers), or
/// a number of dimensions that the model was not trained for; kUnsupported for a reranker.
Result<Embeddings> embed_texts(Embedder& embedder, const EmbedRequest& request);

struct RankRequest {
  std::string query;
  std::vector<std::string> documents;
  WhenLong when_long = WhenLong::kRefuse;
  /// An embedding model may rank by cosine, where that is asked for.
  bool by_cosine = false;
};

struct Ranking {
  std::vector<double> scores;  // one a document: 0..1 of a reranker with one label, -1..1 by cosine
  int64_t tokens = 0;
  int split = 0;
};

/// Errors: as embed_texts; kUnsupported for an embedding model without by_cosine, and for a
/// classifier that has no single score.
Result<Ranking> rank_documents(Embedder& embedder, const RankRequest& request);

}  // namespace mw::runtime
