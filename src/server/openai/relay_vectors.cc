#include "server/openai/relay_vectors.h"

#include <cmath>

#include "server/openai/relay_chunk.h"

namespace mw::server::openai {
namespace {

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxDimensions = 65536;

Error corrupt(const std::string& expected) {
  return Error::make(Code::kCorrupt, "its answer is not " + expected, "返回内容格式不符");
}

Error unsupported(const std::string& field, const std::string& value) {
  return Error::make(Code::kUnsupported,
                     "'" + field + "': " + value + " is not done for an upstream's models",
                     "“" + field + "”：上游模型不支持 " + value, field);
}

/// The list under `name` of an answer that has exactly `count` items with the indices below it.
Result<std::vector<const Json*>> items_of(const Json& answer, const char* name, std::size_t count) {
  const auto list = answer.find(name);
  if (list == answer.end() || !list->is_array() || list->size() != count) {
    return corrupt("a list of " + std::to_string(count) + " under '" + name + "'");
  }
  std::vector<const Json*> out(count);
  for (const Json& each : *list) {
    const Json index = each.is_object() ? each.value("index", Json()) : Json();
    if (!index.is_number_unsigned() || index.get<uint64_t>() >= count ||
        out[index.get<std::size_t>()] != nullptr) {
      return corrupt("one item for each input, by index");
    }
    out[index.get<std::size_t>()] = &each;
  }
  return out;
}

Result<Json> object_of(std::string_view body) {
  auto parsed = parse_json(body, kMaxDepth);
  if (!parsed || !parsed->is_object()) return corrupt("a JSON object");
  return parsed;
}

Result<std::vector<float>> vector_of(const Json& item) {
  const auto numbers = item.find("embedding");
  if (numbers == item.end() || !numbers->is_array() || numbers->empty() ||
      numbers->size() > kMaxDimensions) {
    return corrupt("a vector of numbers");
  }
  std::vector<float> out;
  out.reserve(numbers->size());
  for (const Json& number : *numbers) {
    if (!number.is_number() || !std::isfinite(number.get<float>())) {
      return corrupt("a vector of numbers");
    }
    out.push_back(number.get<float>());
  }
  return out;
}

Result<int64_t> tokens_of(const Json& answer) {
  MW_ASSIGN(const auto usage, parse_usage(answer));
  return usage ? int64_t{usage->prompt_tokens} : int64_t{0};
}

}  // namespace

Result<void> check_relayed(const EmbeddingRequest& request) {
  if (request.embed.when_long == runtime::WhenLong::kSplit) return unsupported("truncate", "SPLIT");
  return {};
}

Result<void> check_relayed(const RerankRequest& request) {
  if (request.rank.when_long == runtime::WhenLong::kSplit) return unsupported("truncate", "SPLIT");
  if (request.rank.by_cosine) return unsupported("method", "cosine");
  return {};
}

Json relay_body(const EmbeddingRequest& request, const std::string& model) {
  Json input = Json::array();
  for (const runtime::EmbedText& text : request.embed.texts) {
    std::visit([&](const auto& value) { input.push_back(value); }, text);
  }
  Json out = {{"model", model}, {"input", std::move(input)}, {"encoding_format", "float"}};
  if (request.embed.dimensions > 0) out["dimensions"] = request.embed.dimensions;
  return out;
}

Json relay_body(const RerankRequest& request, const std::string& model) {
  return {{"model", model}, {"query", request.rank.query}, {"documents", request.rank.documents}};
}

Result<runtime::Embeddings> parse_vectors(std::string_view body, std::size_t texts) {
  MW_ASSIGN(const Json answer, object_of(body));
  MW_ASSIGN(const auto items, items_of(answer, "data", texts));
  runtime::Embeddings out;
  for (const Json* item : items) {
    MW_ASSIGN(auto vector, vector_of(*item));
    if (!out.vectors.empty() && vector.size() != out.vectors.front().size()) {
      return corrupt("vectors of one length");
    }
    out.vectors.push_back(std::move(vector));
  }
  MW_ASSIGN(out.tokens, tokens_of(answer));
  return out;
}

Result<runtime::Ranking> parse_scores(std::string_view body, std::size_t documents) {
  MW_ASSIGN(const Json answer, object_of(body));
  MW_ASSIGN(const auto items, items_of(answer, "results", documents));
  runtime::Ranking out;
  for (const Json* item : items) {
    const Json score = item->value("relevance_score", Json());
    if (!score.is_number() || !std::isfinite(score.get<double>())) {
      return corrupt("a score for each document");
    }
    out.scores.push_back(score.get<double>());
  }
  MW_ASSIGN(out.tokens, tokens_of(answer));
  return out;
}

}  // namespace mw::server::openai
