#pragma once

#include <optional>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "formats/gguf.h"
#include "models/model_config.h"
#include "models/model_folder.h"
#include "models/weight_registry.h"

namespace mw::models {

/// How the hidden states of a text become one vector.
enum class Pooling { kMean, kFirst, kLast };

/// What stands behind an encoder: nothing (its vectors are embeddings), or a classifier.
enum class EncoderHead {
  kNone,
  kBert,     // tanh(pooler(first)), classifier
  kRoberta,  // out_proj(tanh(dense(first)))
};

/// What shapes an encoder: BERT, MiniLM, BGE, E5, XLM-R and their rerankers.
struct EncoderConfig {
  ModelConfig model;
  int position_offset = 0;  // XLM-R and RoBERTa number positions from 2
  int max_tokens = 0;       // of one input, its template included
  Pooling pooling = Pooling::kMean;
  bool normalise = true;  // vectors to length 1
  EncoderHead head = EncoderHead::kNone;
  /// Shorter vectors that it was trained for (Matryoshka); empty: only the whole one.
  std::vector<int> shorter;
};

/// Whether the file or folder is an encoder of ours at all.
bool is_encoder(const formats::GgufFile& file);
bool is_encoder(const Json& config_json);

/// Reads and checks its numbers. Of a folder also how sentence-transformers pools
/// (modules.json, 1_Pooling/config.json) and how long an input it takes
/// (sentence_bert_config.json).
///
/// Errors   kUnsupported for another architecture, pooling or module, kCorrupt for numbers that do
///          not fit; each names its key.
Result<EncoderConfig> read_encoder_config(const formats::GgufFile& file);
Result<EncoderConfig> read_encoder_config(const ModelFolder& folder);

/// How the files name an encoder's weights.
WeightNames encoder_weights(const formats::GgufFile& file);
WeightNames encoder_weights(const ModelFolder& folder);

}  // namespace mw::models
