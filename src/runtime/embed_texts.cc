#include "runtime/embed_texts.h"

#include <algorithm>
#include <cmath>

namespace mw::runtime {
namespace {

using tokenizers::Tokenizer;

/// Inputs of the model, and which text each is a part of.
struct Parts {
  std::vector<EmbedInput> inputs;
  std::vector<std::size_t> text_of;
  int64_t tokens = 0;
  int split = 0;

  void add(std::vector<int32_t> ids, std::vector<int32_t> types, std::size_t text) {
    tokens += static_cast<int64_t>(ids.size());
    inputs.push_back({std::move(ids), std::move(types)});
    text_of.push_back(text);
  }
};

Error too_long(const char* field, std::size_t index, std::size_t tokens, int most) {
  const std::string name = std::string(field) + "[" + std::to_string(index) + "]";
  return Error::make(
      Code::kInvalidArgument,
      name + " has " + std::to_string(tokens) + " tokens and this model's window holds " +
          std::to_string(most) +
          ": shorten it, or ask with \"truncate\": \"SPLIT\" for the mean of its parts",
      name + " 有 " + std::to_string(tokens) + " 个 token，模型窗口为 " + std::to_string(most) +
          " 个：请缩短文本，或用 \"truncate\": \"SPLIT\" 取各部分的平均",
      field);
}

void normalise(std::vector<float>& vector) {
  double squares = 0;
  for (const float each : vector) squares += double{each} * each;
  const double length = std::max(std::sqrt(squares), 1e-12);
  for (float& each : vector) each = static_cast<float>(each / length);
}

Result<std::vector<int32_t>> ids_of(const Tokenizer& tokenizer, const EmbedText& text,
                                    std::size_t index) {
  if (const auto* ids = std::get_if<std::vector<int32_t>>(&text)) {
    for (const int32_t id : *ids) {
      if (id >= 0 && id < tokenizer.vocabulary_size()) continue;
      return Error::make(
          Code::kInvalidArgument,
          "input[" + std::to_string(index) + "]: there is no token " + std::to_string(id) +
              " in this model's vocabulary of " + std::to_string(tokenizer.vocabulary_size()),
          "input[" + std::to_string(index) + "]：模型词表中没有 token " + std::to_string(id),
          "input");
    }
    return *ids;
  }
  return tokenizer.encode(std::get<std::string>(text), Tokenizer::Special::kAsText);
}

Result<Parts> parts_of(const Embedder& embedder, const EmbedRequest& request) {
  const Tokenizer& tokenizer = embedder.tokenizer();
  const auto around = tokenizer.with_template({}).size();
  const auto most = static_cast<std::size_t>(embedder.info().max_tokens);
  Parts parts;
  for (std::size_t i = 0; i < request.texts.size(); ++i) {
    MW_ASSIGN(const std::vector<int32_t> ids, ids_of(tokenizer, request.texts[i], i));
    if (ids.empty() && around == 0) {
      return Error::make(Code::kInvalidArgument, "input[" + std::to_string(i) + "] is empty",
                         "input[" + std::to_string(i) + "] 为空", "input");
    }
    if (ids.size() + around <= most) {
      parts.add(tokenizer.with_template(ids), {}, i);
      continue;
    }
    if (request.when_long == WhenLong::kRefuse || around >= most) {
      return too_long("input", i, ids.size() + around, embedder.info().max_tokens);
    }
    ++parts.split;
    const std::size_t room = most - around;
    for (std::size_t at = 0; at < ids.size(); at += room) {
      const std::size_t count = std::min(room, ids.size() - at);
      parts.add(tokenizer.with_template(std::span(ids).subspan(at, count)), {}, i);
    }
  }
  return parts;
}

Result<void> check_dimensions(const EmbedderInfo& info, int wanted) {
  if (wanted == 0 || wanted == info.dimensions) return {};
  if (std::find(info.shorter.begin(), info.shorter.end(), wanted) != info.shorter.end()) return {};
  std::string known = std::to_string(info.dimensions);
  for (const int each : info.shorter) known += ", " + std::to_string(each);
  return Error::make(
      Code::kInvalidArgument,
      "'dimensions': this model's vectors have " + known + "; it was not trained for " +
          std::to_string(wanted),
      "“dimensions”：该模型的向量维数为 " + known + "，不支持 " + std::to_string(wanted),
      "dimensions");
}

}  // namespace

Result<Embeddings> embed_texts(Embedder& embedder, const EmbedRequest& request) {
  const EmbedderInfo& info = embedder.info();
  if (info.ranks) {
    return Error::make(Code::kUnsupported,
                       "model '" + info.name + "' ranks pairs of texts and has no embeddings",
                       "模型“" + info.name + "”用于重排序，不提供向量", "model");
  }
  MW_TRY(check_dimensions(info, request.dimensions));
  MW_ASSIGN(const Parts parts, parts_of(embedder, request));
  MW_ASSIGN(std::vector<std::vector<float>> rows, embedder.run(parts.inputs));
  Embeddings out;
  out.tokens = parts.tokens;
  out.split = parts.split;
  out.vectors.resize(request.texts.size());
  std::vector<int> count(request.texts.size(), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<float>& to = out.vectors[parts.text_of[i]];
    if (count[parts.text_of[i]]++ == 0) {
      to = std::move(rows[i]);
      // A later part may follow: weigh this one then.
      if (i + 1 < rows.size() && parts.text_of[i + 1] == parts.text_of[i]) {
        for (float& each : to) each *= static_cast<float>(parts.inputs[i].ids.size());
      }
      continue;
    }
    const auto weight = static_cast<float>(parts.inputs[i].ids.size());
    for (std::size_t d = 0; d < to.size(); ++d) to[d] += weight * rows[i][d];
  }
  for (std::size_t i = 0; i < out.vectors.size(); ++i) {
    const bool shortened = request.dimensions > 0 && request.dimensions < info.dimensions;
    if (shortened) out.vectors[i].resize(static_cast<std::size_t>(request.dimensions));
    if (shortened || count[i] > 1) normalise(out.vectors[i]);
  }
  return out;
}

namespace {

Result<Ranking> rank_by_cosine(Embedder& embedder, const RankRequest& request) {
  EmbedRequest embed;
  embed.when_long = request.when_long;
  embed.texts.emplace_back(request.query);
  for (const std::string& document : request.documents) embed.texts.emplace_back(document);
  MW_ASSIGN(Embeddings embeddings, embed_texts(embedder, embed));
  for (std::vector<float>& each : embeddings.vectors) normalise(each);
  Ranking out;
  out.tokens = embeddings.tokens;
  out.split = embeddings.split;
  const std::vector<float>& query = embeddings.vectors[0];
  for (std::size_t i = 1; i < embeddings.vectors.size(); ++i) {
    double sum = 0;
    for (std::size_t d = 0; d < query.size(); ++d)
      sum += double{query[d]} * embeddings.vectors[i][d];
    out.scores.push_back(sum);
  }
  return out;
}

/// A document in pieces of text that fit beside the query: halves, until each does.
Result<void> add_pairs(const Embedder& embedder, const RankRequest& request,
                       std::string_view document, std::size_t index, Parts& parts) {
  MW_ASSIGN(Tokenizer::Pair pair, embedder.tokenizer().encode_pair(request.query, document));
  if (pair.ids.size() <= static_cast<std::size_t>(embedder.info().max_tokens)) {
    parts.add(std::move(pair.ids), std::move(pair.type_ids), index);
    return {};
  }
  std::size_t middle = document.size() / 2;
  while (middle > 0 && (static_cast<unsigned char>(document[middle]) & 0xc0U) == 0x80U) --middle;
  if (request.when_long == WhenLong::kRefuse || middle == 0) {
    return too_long("documents", index, pair.ids.size(), embedder.info().max_tokens);
  }
  // A word in two would be other words.
  const std::size_t space = document.rfind(' ', middle);
  if (space != std::string_view::npos && space > document.size() / 4) middle = space;
  if (parts.text_of.empty() || parts.text_of.back() != index) ++parts.split;
  MW_TRY(add_pairs(embedder, request, document.substr(0, middle), index, parts));
  return add_pairs(embedder, request, document.substr(middle), index, parts);
}

}  // namespace

Result<Ranking> rank_documents(Embedder& embedder, const RankRequest& request) {
  const EmbedderInfo& info = embedder.info();
  if (!info.ranks) {
    if (request.by_cosine) return rank_by_cosine(embedder, request);
    return Error::make(Code::kUnsupported,
                       "model '" + info.name +
                           "' is an embedding model, not a reranker; to rank by the cosine of its "
                           "vectors, ask with \"method\": \"cosine\"",
                       "模型“" + info.name +
                           "”是向量模型而非重排序模型；如需按余弦相似度排序，请设置 "
                           "\"method\": \"cosine\"",
                       "model");
  }
  if (info.dimensions != 1) {
    return Error::make(Code::kUnsupported,
                       "model '" + info.name + "' has " + std::to_string(info.dimensions) +
                           " labels; a reranker has one",
                       "模型“" + info.name + "”有 " + std::to_string(info.dimensions) +
                           " 个标签，重排序模型应只有一个",
                       "model");
  }
  Parts parts;
  for (std::size_t i = 0; i < request.documents.size(); ++i) {
    MW_TRY(add_pairs(embedder, request, request.documents[i], i, parts));
  }
  MW_ASSIGN(const std::vector<std::vector<float>> rows, embedder.run(parts.inputs));
  Ranking out;
  out.tokens = parts.tokens;
  out.split = parts.split;
  out.scores.assign(request.documents.size(), 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double score = 1.0 / (1.0 + std::exp(-double{rows[i][0]}));
    double& best = out.scores[parts.text_of[i]];
    best = std::max(best, score);
  }
  return out;
}

}  // namespace mw::runtime
