#include "runtime/loaded_model.h"

#include <algorithm>

#include "models/gguf_tokenizer.h"

namespace mw::runtime {
namespace {

/// Used where a file brings no template: ChatML, the most common one.
constexpr const char* kChatMl =
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ "
    "'<|im_start|>assistant\n' }}{% endif %}";

/// A model together with the file that it reads embeddings from.
struct ModelWithFile {
  std::shared_ptr<const formats::GgufFile> file;
  std::unique_ptr<models::Model> model;
};

/// EOS and the tokens by which chat formats end a turn.
std::vector<int32_t> end_tokens(const tokenizers::Tokenizer& tokenizer) {
  std::vector<int32_t> ids;
  if (tokenizer.eos_id()) ids.push_back(*tokenizer.eos_id());
  for (const char* text : {"<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end_of_text|>"}) {
    const auto id = tokenizer.token_id(text);
    if (id && tokenizer.is_control(*id) && std::find(ids.begin(), ids.end(), *id) == ids.end()) {
      ids.push_back(*id);
    }
  }
  return ids;
}

std::string token_text(const tokenizers::Tokenizer& tokenizer, std::optional<int32_t> id) {
  return id ? tokenizer.display_piece(*id) : std::string();
}

}  // namespace

Result<OpenedModel> open_model(const std::filesystem::path& path, const OpenOptions& options) {
  OpenedModel opened;
  opened.packed = options.packed;
  MW_ASSIGN(auto file, formats::GgufFile::open(path));
  const auto both = std::make_shared<ModelWithFile>();
  both->file = std::make_shared<const formats::GgufFile>(std::move(file));
  opened.file = both->file;
  ThreadPool pool(options.threads);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(options.isa)};
  std::optional<models::PackedWeights> packed;
  if (options.packed) packed = options.packed->read(pool);
  MW_ASSIGN(both->model, models::load_model(*both->file, ctx, packed ? &*packed : nullptr));
  opened.model = std::shared_ptr<const models::Model>(both, both->model.get());
  MW_ASSIGN(auto tokenizer, models::read_tokenizer(*both->file));
  opened.tokenizer = std::move(tokenizer);
  if (opened.tokenizer->vocabulary_size() != opened.model->config().vocabulary) {
    return Error::make(Code::kCorrupt,
                       "the tokenizer has " + std::to_string(opened.tokenizer->vocabulary_size()) +
                           " tokens, the embedding " +
                           std::to_string(opened.model->config().vocabulary) + " rows",
                       "分词器与词嵌入的大小不一致", "tokenizer.ggml.tokens");
  }
  std::string source = models::chat_template_source(*both->file);
  if (source.empty()) source = kChatMl;
  MW_ASSIGN(opened.chat_template,
            ChatTemplate::parse(source, token_text(*opened.tokenizer, opened.tokenizer->bos_id()),
                                token_text(*opened.tokenizer, opened.tokenizer->eos_id())));
  opened.end_ids = end_tokens(*opened.tokenizer);
  return opened;
}

void keep_packed(const OpenedModel& opened) {
  if (opened.packed) opened.packed->keep(*opened.model);
}

std::shared_ptr<ServedModel> serve_model(const OpenedModel& opened, LoadOptions options,
                                         LogSink log) {
  auto served = std::make_shared<ServedModel>();
  served->name = std::move(options.name);
  served->fingerprint = std::move(options.fingerprint);
  served->created_s = options.created_s;
  served->tokenizer = opened.tokenizer;
  served->chat_template = opened.chat_template;
  served->end_ids = opened.end_ids;
  served->card = std::move(options.card);
  options.scheduler.end_ids = opened.end_ids;
  served->generator = std::make_shared<Scheduler>(opened.model, opened.tokenizer,
                                                  std::move(options.scheduler), std::move(log));
  return served;
}

}  // namespace mw::runtime
