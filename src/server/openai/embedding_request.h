#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/embed_texts.h"

namespace mw::server::openai {

/// What arrays of token ids stand for.
enum class IdEncoding {
  kCl100k,  // OpenAI's own encoding, which LangChain sends
  kModel,   // ids of the model that is asked
};

struct EmbeddingRequest {
  std::string model;
  runtime::EmbedRequest embed;
  bool base64 = false;
  IdEncoding ids = IdEncoding::kCl100k;
  std::vector<std::string> ignored;         // fields that nobody knows
  std::vector<std::string> without_effect;  // known to OpenAI and changing nothing here
};

/// Reads the body of POST /v1/embeddings (CreateEmbeddingRequest of OpenAI's description 2.3.0, 5
/// fields). Ours beside them: `truncate` ("NONE", "SPLIT") and `token_encoding` ("cl100k_base",
/// "model"). Errors name the field.
Result<EmbeddingRequest> parse_embedding_request(std::string_view body);

struct RerankRequest {
  std::string model;
  runtime::RankRequest rank;
  int top_n = 0;  // 0: all
  bool return_documents = false;
  std::vector<std::string> ignored;
};

/// Reads the body of POST /v1/rerank, as Jina and Cohere take it. Ours: `truncate`, and `method`
/// ("model", "cosine").
Result<RerankRequest> parse_rerank_request(std::string_view body);

}  // namespace mw::server::openai
