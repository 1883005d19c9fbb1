#include "server/openai/embedding_request.h"

#include "server/openai/field_reader.h"
#include "server/openai/generation_fields.h"

namespace mw::server::openai {
namespace {

constexpr std::size_t kMaxInputs = 2048;  // OpenAI's description
constexpr std::size_t kMaxDocuments = 1024;
constexpr std::size_t kMaxIgnored = 32;
constexpr int64_t kMaxDimensions = 65536;

Result<std::vector<int32_t>> read_ids(const FieldReader& fields, const Json& list) {
  std::vector<int32_t> ids;
  for (const Json& item : list) {
    if (!item.is_number_unsigned() || item.get<uint64_t>() > uint64_t{INT32_MAX}) {
      return fields.wrong("input", "token ids", " token 编号", item);
    }
    ids.push_back(item.get<int32_t>());
  }
  return ids;
}

Result<void> read_inputs(FieldReader& fields, EmbeddingRequest& out) {
  const Json* input = fields.take("input");
  const auto refuse = [&](const Json& actual) {
    return fields.wrong("input", "a text, an array of 1 to 2048 texts, or token ids likewise",
                        "文本、1 到 2048 个文本的数组或 token 编号数组，且不为空", actual);
  };
  if (input == nullptr) return refuse(Json());
  const auto add = [&](const Json& item) -> Result<void> {
    if (item.is_string() && !item.get_ref<const std::string&>().empty()) {
      out.embed.texts.emplace_back(item.get<std::string>());
      return {};
    }
    if (!item.is_array() || item.empty()) return refuse(item);
    MW_ASSIGN(std::vector<int32_t> ids, read_ids(fields, item));
    out.embed.texts.emplace_back(std::move(ids));
    return {};
  };
  if (input->is_string()) return add(*input);
  if (!input->is_array() || input->empty()) return refuse(*input);
  if (input->front().is_number()) return add(*input);
  if (input->size() > kMaxInputs) return refuse(*input);
  for (const Json& item : *input) MW_TRY(add(item));
  return {};
}

/// One of a few words; the first is the fallback.
Result<std::size_t> read_choice(FieldReader& fields, const char* name,
                                std::initializer_list<std::string_view> words) {
  MW_ASSIGN(const auto text, fields.text(name, 64));
  std::string known;
  std::size_t index = 0;
  for (const std::string_view word : words) {
    if (!text || *text == word) return index;
    known += (index++ == 0 ? "" : ", ") + std::string(word);
  }
  return fields.wrong(name, "one of " + known, " " + known + " 之一", Json(*text));
}

Result<runtime::WhenLong> read_truncate(FieldReader& fields) {
  const Json* value = fields.take("truncate");
  if (value != nullptr && (*value == Json("START") || *value == Json("END"))) {
    return fields.unsupported("truncate",
                              "texts are never cut; use NONE to refuse what is too long, or SPLIT "
                              "for all its parts",
                              "不截断文本；请用 NONE 拒绝过长文本，或用 SPLIT 处理其全部内容");
  }
  MW_ASSIGN(const std::size_t choice, read_choice(fields, "truncate", {"NONE", "SPLIT"}));
  return choice == 0 ? runtime::WhenLong::kRefuse : runtime::WhenLong::kSplit;
}

void keep_unknown(const FieldReader& fields, std::vector<std::string>& ignored) {
  for (std::string& name : fields.unknown()) {
    if (ignored.size() < kMaxIgnored) ignored.push_back(std::move(name));
  }
}

Result<std::string> read_model(FieldReader& fields) {
  MW_ASSIGN(const auto model, fields.text("model", 512));
  if (!model || model->empty()) {
    return fields.wrong("model", "the name of a model", "模型名称", Json());
  }
  return *model;
}

Result<std::string> document_text(const FieldReader& fields, const Json& document) {
  if (document.is_string()) return document.get<std::string>();
  const auto text = document.is_object() ? document.find("text") : document.end();
  if (document.is_object() && text != document.end() && text->is_string()) {
    return text->get<std::string>();
  }
  return fields.wrong("documents", "texts, or objects with a text", "文本或含 text 的对象",
                      document);
}

}  // namespace

Result<EmbeddingRequest> parse_embedding_request(std::string_view body) {
  MW_ASSIGN(const Json object, parse_request_object(body));
  FieldReader fields(object);
  EmbeddingRequest out;
  MW_ASSIGN(out.model, read_model(fields));
  MW_TRY(read_inputs(fields, out));
  MW_ASSIGN(const std::size_t format, read_choice(fields, "encoding_format", {"float", "base64"}));
  out.base64 = format == 1;
  MW_ASSIGN(const auto dimensions, fields.integer("dimensions", 1, kMaxDimensions));
  out.embed.dimensions = static_cast<int>(dimensions.value_or(0));
  MW_ASSIGN(const auto user, fields.text("user", SIZE_MAX));  // whom OpenAI would tell apart
  if (user) out.without_effect.emplace_back("user");
  MW_ASSIGN(out.embed.when_long, read_truncate(fields));
  MW_ASSIGN(const std::size_t ids, read_choice(fields, "token_encoding", {"cl100k_base", "model"}));
  out.ids = ids == 0 ? IdEncoding::kCl100k : IdEncoding::kModel;
  keep_unknown(fields, out.ignored);
  return out;
}

Result<RerankRequest> parse_rerank_request(std::string_view body) {
  MW_ASSIGN(const Json object, parse_request_object(body));
  FieldReader fields(object);
  RerankRequest out;
  MW_ASSIGN(out.model, read_model(fields));
  MW_ASSIGN(const auto query, fields.text("query", SIZE_MAX));
  if (!query || query->empty()) {
    return fields.wrong("query", "a text that is not empty", "非空文本", Json());
  }
  out.rank.query = *query;
  const Json* documents = fields.take("documents");
  if (documents == nullptr || !documents->is_array() || documents->empty() ||
      documents->size() > kMaxDocuments) {
    return fields.wrong("documents", "an array of 1 to 1024 texts", "1 到 1024 个文本的数组",
                        documents == nullptr ? Json() : *documents);
  }
  for (const Json& document : *documents) {
    MW_ASSIGN(std::string text, document_text(fields, document));
    out.rank.documents.push_back(std::move(text));
  }
  MW_ASSIGN(const auto top_n, fields.integer("top_n", 1, INT32_MAX));
  out.top_n = static_cast<int>(top_n.value_or(0));
  MW_ASSIGN(const auto with_documents, fields.boolean("return_documents"));
  out.return_documents = with_documents.value_or(false);
  MW_ASSIGN(out.rank.when_long, read_truncate(fields));
  MW_ASSIGN(const std::size_t method, read_choice(fields, "method", {"model", "cosine"}));
  out.rank.by_cosine = method == 1;
  keep_unknown(fields, out.ignored);
  return out;
}

}  // namespace mw::server::openai
