// POST /v1/embeddings, /v1/rerank.
#include <algorithm>
#include <charconv>
#include <numeric>

#include "server/api/api_state.h"
#include "server/http/api_error.h"
#include "server/openai/answer_planner.h"
#include "server/openai/embedding_request.h"
#include "server/openai/relay_job.h"
#include "server/openai/relay_vectors.h"

namespace mw::server {
namespace {

using openai::EmbeddingRequest;
using openai::RerankRequest;
using runtime::Embedder;

constexpr uint64_t kBodyBytes = 16 * 1024 * 1024;  // 2048 texts of 8 KB
constexpr int kTimeLimitMs = 10 * 60 * 1000;
constexpr const char* kCl100k = "cl100k_base";
constexpr const char* kIgnored = "x-millwright-ignored-fields";

Result<std::shared_ptr<Embedder>> find_embedder(const ApiState& state, const std::string& name) {
  if (!state.parts.models) return absent("no model is served", "未提供模型");
  auto found = state.parts.models->find_embedder(name);
  if (!found) {
    Error error = found.error();
    if (error.param.empty()) error.param = "model";
    return error;
  }
  return found;
}

HttpResponse failure(const Error& error) {
  const bool no_model = error.code == Code::kNotFound && error.param == "model";
  return no_model ? error_response(ApiError::from(error, "model_not_found"))
                  : error_response(error);
}

/// Ids of OpenAI's encoding as text, where this server has that encoding's vocabulary.
Result<void> decode_ids(const ApiState& state, EmbeddingRequest& request) {
  if (request.ids == openai::IdEncoding::kModel) return {};
  std::shared_ptr<const tokenizers::Tokenizer> vocabulary;
  for (runtime::EmbedText& text : request.embed.texts) {
    const auto* ids = std::get_if<std::vector<int32_t>>(&text);
    if (ids == nullptr) continue;
    if (vocabulary == nullptr && state.parts.models) {
      vocabulary = state.parts.models->client_vocabulary(kCl100k);
    }
    if (vocabulary == nullptr) {
      return Error::make(
          Code::kInvalidArgument,
          "'input' holds token ids, which are read as OpenAI's cl100k_base, and this server does "
          "not have that vocabulary (encodings/cl100k_base.json in its data folder). Send texts "
          "(LangChain: OpenAIEmbeddings(check_embedding_ctx_length=False)), or ids of this model "
          "with \"token_encoding\": \"model\"",
          "“input”为 token 编号，按 OpenAI 的 cl100k_base 解读，但服务器没有该词表（数据目录下的 "
          "encodings/cl100k_base.json）。请发送文本（LangChain："
          "check_embedding_ctx_length=False），或用 \"token_encoding\": \"model\" 发送本模型的编号",
          "input");
    }
    for (const int32_t id : *ids) {
      if (id < vocabulary->vocabulary_size()) continue;
      return Error::make(Code::kInvalidArgument,
                         "'input': cl100k_base has no token " + std::to_string(id),
                         "“input”：cl100k_base 中没有 token " + std::to_string(id), "input");
    }
    text = vocabulary->decode(*ids);
  }
  return {};
}

std::string base64_of(std::span<const float> values) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static_assert(sizeof(float) == 4);
  const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());  // little-endian
  const std::size_t size = values.size() * 4;
  std::string out;
  out.reserve((size + 2) / 3 * 4);
  for (std::size_t at = 0; at < size; at += 3) {
    const std::size_t count = std::min<std::size_t>(3, size - at);
    uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? bytes[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? kDigits[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

/// The shortest digits that are read back as the same float.
void append_floats(std::span<const float> values, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, values[i]);
    if (i > 0) out += ',';
    out.append(digits, end.ptr);
  }
  out += ']';
}

Json usage_of(int64_t tokens) { return {{"prompt_tokens", tokens}, {"total_tokens", tokens}}; }

void add_names(const char* header, const std::vector<std::string>& names, HttpResponse& response) {
  std::string joined;
  for (const std::string& name : names) {
    if (joined.size() + name.size() < 1000) joined += (joined.empty() ? "" : ", ") + name;
  }
  if (!joined.empty()) response.headers.push_back({header, joined});
}

HttpResponse embeddings_response(const EmbeddingRequest& request, const std::string& model,
                                 const runtime::Embeddings& embedded) {
  HttpResponse response;
  response.body = R"({"object":"list","data":[)";
  for (std::size_t i = 0; i < embedded.vectors.size(); ++i) {
    response.body += std::string(i > 0 ? "," : "") + R"({"object":"embedding","index":)" +
                     std::to_string(i) + R"(,"embedding":)";
    if (request.base64) {
      response.body += '"' + base64_of(embedded.vectors[i]) + '"';
    } else {
      append_floats(embedded.vectors[i], response.body);
    }
    response.body += '}';
  }
  response.body += R"(],"model":)" + to_text(Json(model)) + R"(,"usage":)" +
                   to_text(usage_of(embedded.tokens)) + "}";
  if (embedded.split > 0) {
    response.headers.push_back({"x-millwright-split-inputs", std::to_string(embedded.split)});
  }
  add_names(kIgnored, request.ignored, response);
  add_names("x-millwright-without-effect", request.without_effect, response);
  return response;
}

HttpResponse ranking_response(const HttpRequest& http, const RerankRequest& request,
                              const std::string& model, const runtime::Ranking& ranking) {
  std::vector<std::size_t> order(ranking.scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ranking.scores[a] > ranking.scores[b];
  });
  if (request.top_n > 0 && static_cast<std::size_t>(request.top_n) < order.size()) {
    order.resize(static_cast<std::size_t>(request.top_n));
  }
  Json results = Json::array();
  for (const std::size_t index : order) {
    Json result = {{"index", index}, {"relevance_score", ranking.scores[index]}};
    if (request.return_documents) {
      result["document"] = {{"text", request.rank.documents[index]}};
    }
    results.push_back(std::move(result));
  }
  HttpResponse response = json_response({{"id", "rerank-" + http.request_id.substr(4)},
                                         {"model", model},
                                         {"results", std::move(results)},
                                         {"usage", usage_of(ranking.tokens)}});
  if (ranking.split > 0) {
    response.headers.push_back({"x-millwright-split-inputs", std::to_string(ranking.split)});
  }
  add_names(kIgnored, request.ignored, response);
  return response;
}

Result<HttpResponse> answer_here(const ApiState& state, const HttpRequest& http,
                                 EmbeddingRequest& request) {
  const auto ticket = state.admission->enter(openai::client_of(http), 1);
  if (!ticket) return ticket.error();
  MW_ASSIGN(const std::shared_ptr<Embedder> embedder, find_embedder(state, request.model));
  MW_TRY(decode_ids(state, request));
  MW_ASSIGN(const runtime::Embeddings embedded, embed_texts(*embedder, request.embed));
  return embeddings_response(request, embedder->info().name, embedded);
}

Result<HttpResponse> answer_here(const ApiState& state, const HttpRequest& http,
                                 RerankRequest& request) {
  const auto ticket = state.admission->enter(openai::client_of(http), 1);
  if (!ticket) return ticket.error();
  MW_ASSIGN(const std::shared_ptr<Embedder> embedder, find_embedder(state, request.model));
  MW_ASSIGN(const runtime::Ranking ranking, rank_documents(*embedder, request.rank));
  return ranking_response(http, request, embedder->info().name, ranking);
}

// What is asked of an upstream, and how its answer is read.
constexpr const char* path_of(const EmbeddingRequest&) { return "embeddings"; }
constexpr const char* path_of(const RerankRequest&) { return "rerank"; }

Result<HttpResponse> read_answer(const HttpRequest&, const EmbeddingRequest& request,
                                 std::string_view body) {
  MW_ASSIGN(const auto vectors, openai::parse_vectors(body, request.embed.texts.size()));
  return embeddings_response(request, request.model, vectors);
}

Result<HttpResponse> read_answer(const HttpRequest& http, const RerankRequest& request,
                                 std::string_view body) {
  MW_ASSIGN(const auto scores, openai::parse_scores(body, request.rank.documents.size()));
  return ranking_response(http, request, request.model, scores);
}

/// Waits for an upstream, from replica to replica; never another model: its vectors and scores
/// mean something else.
template <class Request>
void answer_there(Exchange& exchange, const upstream::Upstreams::Found& found,
                  const Request& request, int64_t deadline_ns) {
  const HttpRequest& http = exchange.request();
  HttpResponse response;
  const auto take = [&](std::string_view body) -> Result<void> {
    MW_ASSIGN(response, read_answer(http, request, body));
    return {};
  };
  const upstream::Outcome outcome = found.upstream->fetch(
      {path_of(request), found.model, to_text(openai::relay_body(request, found.model)),
       http.request_id, deadline_ns},
      take, exchange.stop_token());
  const std::string& name = found.upstream->options().name;
  if (outcome.error) response = openai::relay_refusal(outcome, name);
  if (outcome.replica > 0) {
    response.headers.push_back({"x-millwright-model", request.model});
    response.headers.push_back(
        {"x-millwright-replica", name + "/" + std::to_string(outcome.replica)});
  }
  exchange.respond(std::move(response));
}

Result<void> check_relayed(const ApiState& state, EmbeddingRequest& request) {
  MW_TRY(openai::check_relayed(request));
  return decode_ids(state, request);
}

Result<void> check_relayed(const ApiState&, RerankRequest& request) {
  return openai::check_relayed(request);
}

template <class Request>
void answer(const std::shared_ptr<ApiState>& state, const std::shared_ptr<Exchange>& exchange,
            Result<Request> request) {
  if (!request) {
    exchange->respond(failure(request.error()));
    return;
  }
  const auto deadline_ns = openai::read_deadline_ns(exchange->request());
  if (!deadline_ns) {
    exchange->respond(failure(deadline_ns.error()));
    return;
  }
  const auto found = openai::upstream_of(*state, request->model);
  if (found.upstream == nullptr) {
    const auto response = answer_here(*state, exchange->request(), *request);
    exchange->respond(response ? *response : failure(response.error()));
    return;
  }
  if (const auto checked = check_relayed(*state, *request); !checked) {
    exchange->respond(failure(checked.error()));
    return;
  }
  auto ticket = state->admission->enter(openai::client_of(exchange->request()), 1);
  if (!ticket) {
    exchange->respond(error_response(ticket.error()));
    return;
  }
  // Not on the threads of this server's own slow routes: a stuck upstream would take them all.
  const std::shared_ptr<upstream::Upstreams> upstreams = state->parts.upstreams;
  upstreams->start([exchange, found, asked = std::move(*request), place = std::move(*ticket),
                    until_ns = *deadline_ns] { answer_there(*exchange, found, asked, until_ns); });
}

Route post_route(const char* pattern, const char* operation, const char* summary,
                 const char* request, const char* response) {
  Route route;
  route.method = Method::kPost;
  route.pattern = pattern;
  route.doc.operation = operation;
  route.doc.summary = summary;
  route.doc.request_schema = request;
  route.doc.response_schema = response;
  route.runs_on = RunsOn::kBlocking;
  route.body_limit_bytes = kBodyBytes;
  route.time_limit_ms = kTimeLimitMs;
  return route;
}

}  // namespace

void add_embedding_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  Route embeddings = post_route("/v1/embeddings", "createEmbedding", "Vectors of texts",
                                "EmbeddingRequest", "EmbeddingList");
  embeddings.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    answer(state, exchange, openai::parse_embedding_request(exchange->request().body));
  };
  router.add(std::move(embeddings));

  Route ranks = post_route("/v1/rerank", "rerank", "Documents in the order of their relevance",
                           "RerankRequest", "RankedDocuments");
  ranks.handler = [state](const std::shared_ptr<Exchange>& exchange) {
    answer(state, exchange, openai::parse_rerank_request(exchange->request().body));
  };
  router.add(std::move(ranks));
}

}  // namespace mw::server
