#include "runtime/loaded_model.h"

#include <algorithm>

#include "core/free_memory.h"
#include "formats/gguf.h"
#include "models/gguf_tokenizer.h"
#include "models/memory_need.h"
#include "models/model_folder.h"

namespace mw::runtime {
namespace {

/// Used where a file brings no template: ChatML, the most common one.
constexpr const char* kChatMl =
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ "
    "'<|im_start|>assistant\n' }}{% endif %}";

/// A model together with the file or folder that it reads embeddings from.
struct ModelWithFile {
  std::optional<formats::GgufFile> file;
  std::optional<models::ModelFolder> folder;
  std::unique_ptr<models::Model> model;
};

/// What a file or folder says besides its weights.
struct Words {
  std::unique_ptr<tokenizers::Tokenizer> tokenizer;
  std::string chat_template;
  std::vector<int32_t> end_ids;
};

/// What the model's files name, EOS, and the tokens by which chat formats end a turn.
std::vector<int32_t> end_tokens(const tokenizers::Tokenizer& tokenizer, std::vector<int32_t> ids) {
  const auto eos = tokenizer.eos_id();
  if (eos && std::find(ids.begin(), ids.end(), *eos) == ids.end()) ids.push_back(*eos);
  for (const char* text : {"<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end_of_text|>",
                           "<end_of_turn>", "<|end|>"}) {
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
  // Kept weights are those of the file; rounded ones are made anew each time.
  if (options.precision.floats == models::FloatWeights::kAsStored) opened.packed = options.packed;
  const auto both = std::make_shared<ModelWithFile>();
  ThreadPool pool(options.threads);
  const tensor::ExecContext ctx{&pool, &tensor::kernels_of(options.isa)};
  std::optional<models::PackedWeights> kept;
  if (opened.packed) kept = opened.packed->read(pool);
  const models::PackedWeights* packed = kept ? &*kept : nullptr;
  Words words;
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) {
    MW_ASSIGN(both->folder, models::ModelFolder::open(path));
    MW_ASSIGN(both->model, models::load_model(*both->folder, ctx, packed, options.precision));
    MW_ASSIGN(words.tokenizer, models::read_folder_tokenizer(path));
    words.chat_template = both->folder->chat_template;
    MW_ASSIGN(words.end_ids, both->folder->end_ids());
  } else {
    MW_ASSIGN(both->file, formats::GgufFile::open(path));
    MW_ASSIGN(both->model, models::load_model(*both->file, ctx, packed, options.precision));
    MW_ASSIGN(words.tokenizer, models::read_tokenizer(*both->file));
    words.chat_template = models::chat_template_source(*both->file);
  }
  opened.model = std::shared_ptr<const models::Model>(both, both->model.get());
  opened.tokenizer = std::move(words.tokenizer);
  // Folders round the embedding up to a size that suits some machine.
  const int rows = opened.model->config().vocabulary;
  const int tokens = opened.tokenizer->vocabulary_size();
  if (tokens > rows || (both->file && tokens != rows)) {
    return Error::make(Code::kCorrupt,
                       "the tokenizer has " + std::to_string(tokens) + " tokens, the embedding " +
                           std::to_string(rows) + " rows",
                       "分词器与词嵌入的大小不一致", "tokenizer.ggml.tokens");
  }
  const std::string source = words.chat_template.empty() ? kChatMl : words.chat_template;
  MW_ASSIGN(opened.chat_template,
            ChatTemplate::parse(source, token_text(*opened.tokenizer, opened.tokenizer->bos_id()),
                                token_text(*opened.tokenizer, opened.tokenizer->eos_id())));
  opened.end_ids = end_tokens(*opened.tokenizer, std::move(words.end_ids));
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
  options.scheduler.kv_bytes =
      models::kv_budget(options.scheduler.kv_bytes, opened.model->config(), free_memory_bytes());
  served->generator = std::make_shared<Scheduler>(opened.model, opened.tokenizer,
                                                  std::move(options.scheduler), std::move(log));
  return served;
}

}  // namespace mw::runtime
