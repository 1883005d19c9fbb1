#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "models/encoder_model.h"
#include "tensor/isa.h"
#include "tokenizers/tokenizer.h"

namespace mw::runtime {

struct EmbedderInfo {
  std::string name;         // as asked for in the API
  std::string fingerprint;  // build and file
  int64_t created_s = 0;
  int dimensions = 0;        // of a vector; of a reranker 1
  std::vector<int> shorter;  // others that it was trained for
  int max_tokens = 0;        // of one input, with what the model wants around it
  bool ranks = false;        // scores pairs of texts, and has no vectors
};

/// One input as the model reads it.
struct EmbedInput {
  std::vector<int32_t> ids;
  std::vector<int32_t> type_ids;  // empty: all of type 0
};

/// A model that turns texts into vectors, or pairs of texts into scores. Faked in tests of the
/// layers above.
///
/// Threads  any; calls wait for each other.
class Embedder {
 public:
  virtual ~Embedder() = default;
  virtual const EmbedderInfo& info() const = 0;
  virtual const tokenizers::Tokenizer& tokenizer() const = 0;
  /// A row of `dimensions` numbers an input. Inputs hold 1 to max_tokens ids of the vocabulary:
  /// what is longer or empty is kInvalidArgument.
  virtual Result<std::vector<std::vector<float>>> run(std::span<const EmbedInput> inputs) = 0;
};

struct EmbedderOptions {
  std::string name;
  std::string fingerprint;
  int64_t created_s = 0;
  tensor::Isa isa = tensor::Isa::kScalar;
  int threads = 1;
  models::EncoderPrecision precision = models::EncoderPrecision::kTwelveBit;
};

/// Whether a GGUF file or a folder holds a model for open_embedder: BERT and its relatives.
bool holds_encoder(const std::filesystem::path& path);

/// Opens such a file or folder. Errors: kUnsupported and kCorrupt, naming the key or tensor.
Result<std::shared_ptr<Embedder>> open_embedder(const std::filesystem::path& path,
                                                const EmbedderOptions& options);

}  // namespace mw::runtime
