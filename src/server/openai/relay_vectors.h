#pragma once

// Embeddings and rankings of another server: what is sent, and what is read of its answer.

#include <string>
#include <string_view>

#include "core/json.h"
#include "server/openai/embedding_request.h"

namespace mw::server::openai {

/// What upstreams can do of a request. Errors: kUnsupported, by name: `truncate` SPLIT needs the
/// model's own tokenizer, `method` cosine its vectors.
Result<void> check_relayed(const EmbeddingRequest& request);
Result<void> check_relayed(const RerankRequest& request);

/// The bodies; vectors are asked for as numbers, whatever our client wants.
Json relay_body(const EmbeddingRequest& request, const std::string& model);
Json relay_body(const RerankRequest& request, const std::string& model);

/// Errors: kCorrupt where it is not one vector a text, all of one length, or not one score a
/// document that was asked for.
Result<runtime::Embeddings> parse_vectors(std::string_view body, std::size_t texts);
Result<runtime::Ranking> parse_scores(std::string_view body, std::size_t documents);

}  // namespace mw::server::openai
