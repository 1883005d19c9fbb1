#include "runtime/embedder.h"

#include <mutex>

#include "core/file.h"
#include "core/thread_pool.h"
#include "formats/gguf.h"
#include "models/gguf_tokenizer.h"
#include "models/model_folder.h"
#include "tensor/exec_context.h"

namespace mw::runtime {
namespace {

class EncoderEmbedder final : public Embedder {
 public:
  explicit EncoderEmbedder(const EmbedderOptions& options)
      : pool_(options.threads), context_{&pool_, &tensor::kernels_of(options.isa)} {
    info_.name = options.name;
    info_.fingerprint = options.fingerprint;
    info_.created_s = options.created_s;
  }

  Result<void> open(const std::filesystem::path& path, models::EncoderPrecision precision) {
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem)) {
      MW_ASSIGN(models::ModelFolder folder, models::ModelFolder::open(path));
      folder_ = std::make_unique<models::ModelFolder>(std::move(folder));
      MW_ASSIGN(tokenizer_, models::read_folder_tokenizer(path));
      MW_ASSIGN(model_, models::EncoderModel::load(*folder_, precision, context_));
    } else {
      MW_ASSIGN(formats::GgufFile file, formats::GgufFile::open(path));
      file_ = std::make_unique<formats::GgufFile>(std::move(file));
      MW_ASSIGN(tokenizer_, models::read_tokenizer(*file_));
      MW_ASSIGN(model_, models::EncoderModel::load(*file_, precision, context_));
    }
    const models::EncoderConfig& config = model_->config();
    if (tokenizer_->vocabulary_size() > config.model.vocabulary) {
      return Error::make(Code::kCorrupt,
                         "the tokenizer has " + std::to_string(tokenizer_->vocabulary_size()) +
                             " tokens, the model " + std::to_string(config.model.vocabulary),
                         {}, "vocab_size");
    }
    workspace_ = model_->make_workspace();
    info_.dimensions = model_->outputs();
    info_.shorter = config.shorter;
    info_.max_tokens = config.max_tokens;
    info_.ranks = config.head != models::EncoderHead::kNone;
    return {};
  }

  const EmbedderInfo& info() const override { return info_; }
  const tokenizers::Tokenizer& tokenizer() const override { return *tokenizer_; }

  Result<std::vector<std::vector<float>>> run(std::span<const EmbedInput> inputs) override {
    std::vector<models::EncoderModel::Input> views;
    for (const EmbedInput& input : inputs) {
      MW_TRY(check(input));
      views.push_back({input.ids, input.type_ids});
    }
    std::vector<std::vector<float>> rows;
    if (inputs.empty()) return rows;
    tensor::Matrix<float> out(static_cast<int>(inputs.size()), info_.dimensions);
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      model_->run(views, *workspace_, out.view(), context_);
    }
    for (int i = 0; i < out.rows(); ++i) {
      rows.emplace_back(out.row(i), out.row(i) + info_.dimensions);
    }
    return rows;
  }

 private:
  Result<void> check(const EmbedInput& input) const {
    const auto most = static_cast<std::size_t>(info_.max_tokens);
    if (input.ids.empty() || input.ids.size() > most) {
      return Error::make(Code::kInvalidArgument,
                         "expected 1 to " + std::to_string(most) + " tokens, got " +
                             std::to_string(input.ids.size()),
                         "应为 1 到 " + std::to_string(most) + " 个 token，实际为 " +
                             std::to_string(input.ids.size()),
                         "input");
    }
    for (const int32_t id : input.ids) {
      if (id >= 0 && id < model_->config().model.vocabulary) continue;
      return Error::make(Code::kInvalidArgument, "there is no token " + std::to_string(id),
                         "不存在 token " + std::to_string(id), "input");
    }
    for (const int32_t type : input.type_ids) {
      if (type >= 0 && type < model_->config().model.token_types) continue;
      return Error::make(Code::kUnsupported,
                         "the tokenizer's template has token type " + std::to_string(type) +
                             ", which the model does not",
                         "分词器模板中的 token 类型超出模型范围", "post_processor");
    }
    return {};
  }

  EmbedderInfo info_;
  ThreadPool pool_;
  tensor::ExecContext context_;
  std::unique_ptr<formats::GgufFile> file_;  // one of the two; the model borrows it
  std::unique_ptr<models::ModelFolder> folder_;
  std::unique_ptr<tokenizers::Tokenizer> tokenizer_;
  std::unique_ptr<models::EncoderModel> model_;
  std::mutex mutex_;  // of what follows, and of the pool
  std::unique_ptr<models::Workspace> workspace_;
};

}  // namespace

bool holds_encoder(const std::filesystem::path& path) {
  if (models::ModelFolder::is_one(path)) {
    const auto text = read_file(path / "config.json", uint64_t{1} << 22);
    const auto json = text ? parse_json(*text) : Result<Json>(text.error());
    return json && json->is_object() && models::is_encoder(*json);
  }
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) return false;
  const auto file = formats::GgufFile::open(path);
  return file && models::is_encoder(*file);
}

Result<std::shared_ptr<Embedder>> open_embedder(const std::filesystem::path& path,
                                                const EmbedderOptions& options) {
  auto embedder = std::make_shared<EncoderEmbedder>(options);
  MW_TRY(embedder->open(path, options.precision));
  return std::shared_ptr<Embedder>(std::move(embedder));
}

}  // namespace mw::runtime
