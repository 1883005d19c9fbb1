#pragma once

#include <map>
#include <string>

#include "tokenizers/internal/json_node.h"
#include "tokenizers/internal/tokenizer_parts.h"

namespace mw::tokenizers {

/// The parts of tokenizer.json that stand beside the model, each into ours. A null node is a part
/// that is not there.
Result<void> read_normalizer(const JsonNode& node, Normalizer& normalizer);

struct PreTokenizing {
  PieceSplitter splitter;
  bool byte_level = false;  // pieces are bytes: the vocabulary is spelled in the byte alphabet
};
Result<void> read_pre_tokenizer(const JsonNode& node, PreTokenizing& pre);

struct Decoding {
  TokenDecoder::Rules rules;
  bool byte_level = false;
};
Result<void> read_decoder(const JsonNode& node, Decoding& decoding);

/// `ids`: how many tokens there are, which ids have to stay below.
Result<void> read_post_processor(const JsonNode& node, std::size_t ids, PromptTemplate& prompt);

}  // namespace mw::tokenizers
