#include "models/gguf_tokenizer.h"

#include <optional>

namespace mw::models {
namespace {

/// A token id under `key`; nothing when the file does not have it.
Result<std::optional<int32_t>> token_id(const formats::GgufFile& file, const std::string& key,
                                        std::size_t vocabulary) {
  if (!file.has(key)) return std::optional<int32_t>();
  MW_ASSIGN(const uint64_t id, file.integer(key));
  if (id >= vocabulary) {
    return Error::make(Code::kCorrupt,
                       "GGUF key " + key + ": token id " + std::to_string(id) +
                           " is outside the vocabulary of " + std::to_string(vocabulary),
                       {}, key);
  }
  return std::optional<int32_t>(static_cast<int32_t>(id));
}

}  // namespace

Result<std::unique_ptr<tokenizers::Tokenizer>> read_tokenizer(const formats::GgufFile& file) {
  const std::string prefix = "tokenizer.ggml.";
  MW_ASSIGN(const std::string kind, file.text(prefix + "model"));
  using Kind = tokenizers::TokenizerSpec::Kind;
  tokenizers::TokenizerSpec spec;
  if (kind == "llama") {
    spec.kind = Kind::kSentencePiece;
  } else if (kind == "bert") {
    spec.kind = Kind::kWordPiece;
  } else if (kind != "gpt2") {
    return Error::make(Code::kUnsupported,
                       "tokenizer '" + kind +
                           "' is not supported by this version; supported: gpt2 (byte-level BPE), "
                           "llama (SentencePiece BPE), bert (WordPiece)",
                       "本版本不支持分词器 " + kind + "；已支持：gpt2、llama、bert",
                       prefix + "model");
  }
  MW_ASSIGN(spec.tokens, file.texts(prefix + "tokens"));
  if (spec.kind == Kind::kByteLevel) {
    MW_ASSIGN(spec.merges, file.texts(prefix + "merges"));
  }
  if (spec.kind == Kind::kSentencePiece) {
    MW_ASSIGN(const std::vector<float> scores, file.numbers(prefix + "scores"));
    spec.scores.assign(scores.begin(), scores.end());
    MW_ASSIGN(spec.add_space_prefix, file.flag(prefix + "add_space_prefix", true));
  }
  if (file.has(prefix + "token_type")) {
    MW_ASSIGN(spec.token_types, file.integers(prefix + "token_type"));
  }
  if (file.has(prefix + "pre")) {
    MW_ASSIGN(spec.pre, file.text(prefix + "pre"));
  }
  const std::size_t vocabulary = spec.tokens.size();
  MW_ASSIGN(spec.bos_id, token_id(file, prefix + "bos_token_id", vocabulary));
  MW_ASSIGN(spec.eos_id, token_id(file, prefix + "eos_token_id", vocabulary));
  MW_ASSIGN(spec.unknown_id, token_id(file, prefix + "unknown_token_id", vocabulary));
  MW_ASSIGN(spec.padding_id, token_id(file, prefix + "padding_token_id", vocabulary));
  if (spec.kind == Kind::kWordPiece) {  // [CLS] and [SEP], under names of their own
    for (auto& [id, key] : {std::pair<std::optional<int32_t>&, const char*>{spec.bos_id, "cls"},
                            {spec.eos_id, "seperator"}}) {  // spelled so in files
      if (id) continue;
      MW_ASSIGN(id, token_id(file, prefix + key + "_token_id", vocabulary));
    }
  }
  MW_ASSIGN(spec.add_bos, file.flag(prefix + "add_bos_token", spec.kind != Kind::kByteLevel));
  MW_ASSIGN(spec.add_eos, file.flag(prefix + "add_eos_token", spec.kind == Kind::kWordPiece));
  spec.ignore_merges = spec.pre == "llama-bpe" || spec.pre == "llama3";
  return tokenizers::Tokenizer::create(std::move(spec));
}

std::string chat_template_source(const formats::GgufFile& file) {
  if (!file.has("tokenizer.chat_template")) return {};
  const auto text = file.text("tokenizer.chat_template");
  return text ? *text : std::string();
}

}  // namespace mw::models
