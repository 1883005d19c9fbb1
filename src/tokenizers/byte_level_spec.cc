#include "tokenizers/byte_level_spec.h"

#include <map>

#include "tokenizers/internal/json_scan.h"

namespace mw::tokenizers {
namespace {

using Slices = std::map<std::string, std::string_view, std::less<>>;

// Ids of `token_types`.
constexpr int32_t kNormal = 1;
constexpr int32_t kControl = 3;
constexpr int32_t kUserDefined = 4;
constexpr int32_t kUnused = 5;

// One name for each pre-tokenizer that GGUF knows (internal/pre_tokenizer.h).
constexpr const char* kNames[] = {"gpt-2", "smollm", "llama-bpe", "qwen2", "gpt-4o"};

// Words, contractions in both cases, numbers, spaces before them, changes of case, runs of
// punctuation and of spaces, several scripts: every place at which the pre-tokenizers differ.
constexpr std::string_view kSample =
    "The pump's line WE'LL restart it'd I'M; torque 1234567 at 3.14159 rpm, camelCaseWord XMLHttp "
    "foo_bar/baz//path  12   345\n\n6\n\n\n   indented\t\ttabs  \n  trailing   \r\n#!?...--==>> "
    "(a)[b]{c} 100%\n"
    "na\xc3\xafve \xc3\x9c"
    "berhitzung \xe6\xb8\xa9\xe5\xba\xa6\xe8\xbf\x87\xe9\xab\x98 42\xe5\xba"
    "\xa6 \xf0\x9f\x94\xa7\xd0\xbd\xd0\xb0\xd1\x81\xd0\xbe\xd1\x81 ";

Result<Slices> members_of(std::string_view object) {
  Slices slices;
  MW_TRY(for_each_member(object, [&](std::string key, std::string_view value) -> Result<void> {
    slices[std::move(key)] = value;
    return {};
  }));
  return slices;
}

Error unsupported(const std::string& what) {
  return Error::make(Code::kUnsupported,
                     "tokenizer.json: " + what +
                         "; only byte-level BPE vocabularies (GPT-2, SmolLM, "
                         "Llama 3, Qwen) are written to GGUF here",
                     "tokenizer.json：" + what + "；此处只能把字节级 BPE 词表写入 GGUF",
                     "tokenizer.json");
}

Result<std::string> merge_text(std::string_view value) {
  if (!value.starts_with('[')) return json_text_of(value);
  std::string text;
  MW_TRY(for_each_element(value, [&](std::string_view part) -> Result<void> {
    MW_ASSIGN(const std::string word, json_text_of(part));
    text += (text.empty() ? "" : " ") + word;
    return {};
  }));
  return text;
}

Result<void> put_token(TokenizerSpec& spec, int64_t id, std::string text, int32_t type) {
  if (id < 0 || static_cast<std::size_t>(id) >= spec.tokens.size()) {
    return Error::make(Code::kCorrupt,
                       "tokenizer.json: id " + std::to_string(id) + " is outside the vocabulary");
  }
  spec.tokens[static_cast<std::size_t>(id)] = std::move(text);
  spec.token_types[static_cast<std::size_t>(id)] = type;
  return {};
}

Result<void> read_added(std::string_view list, TokenizerSpec& spec) {
  return for_each_element(list, [&](std::string_view entry) -> Result<void> {
    MW_ASSIGN(const Slices members, members_of(entry));
    const auto id = members.find("id");
    const auto content = members.find("content");
    if (id == members.end() || content == members.end()) return unsupported("added_tokens");
    MW_ASSIGN(const int64_t number, json_integer_of(id->second));
    MW_ASSIGN(std::string text, json_text_of(content->second));
    const auto special = members.find("special");
    const bool control = special != members.end() && special->second == "true";
    return put_token(spec, number, std::move(text), control ? kControl : kUserDefined);
  });
}

Result<TokenizerSpec> read_tables(std::string_view text, const Tokenizer& reference) {
  TokenizerSpec spec;
  const auto size = static_cast<std::size_t>(reference.vocabulary_size());
  spec.token_types.assign(size, kUnused);
  for (std::size_t i = 0; i < size; ++i) spec.tokens.push_back("[PAD" + std::to_string(i) + "]");
  MW_ASSIGN(const Slices top, members_of(text));
  const auto model = top.find("model");
  if (model == top.end()) return unsupported("it has no model");
  MW_ASSIGN(const Slices parts, members_of(model->second));
  const auto vocabulary = parts.find("vocab");
  const auto merges = parts.find("merges");
  if (vocabulary == parts.end() || merges == parts.end() || !vocabulary->second.starts_with('{')) {
    return unsupported("the model is no BPE");
  }
  MW_TRY(for_each_member(vocabulary->second,
                         [&](std::string token, std::string_view value) -> Result<void> {
                           MW_ASSIGN(const int64_t id, json_integer_of(value));
                           return put_token(spec, id, std::move(token), kNormal);
                         }));
  MW_TRY(for_each_element(merges->second, [&](std::string_view value) -> Result<void> {
    MW_ASSIGN(std::string merge, merge_text(value));
    spec.merges.push_back(std::move(merge));
    return {};
  }));
  const auto added = top.find("added_tokens");
  if (added != top.end() && added->second != "null") MW_TRY(read_added(added->second, spec));
  spec.bos_id = reference.bos_id();
  spec.eos_id = reference.eos_id();
  spec.add_bos = reference.adds_bos();
  return spec;
}

bool agrees(const Tokenizer& reference, const Tokenizer& other, const std::string& sample) {
  for (const auto special : {Tokenizer::Special::kAsText, Tokenizer::Special::kParse}) {
    if (reference.encode_prompt(sample, special) != other.encode_prompt(sample, special)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<TokenizerSpec> byte_level_spec(std::string_view tokenizer_json,
                                      const TokenizerNames& names) {
  MW_ASSIGN(const std::unique_ptr<Tokenizer> reference,
            parse_tokenizer_json(tokenizer_json, names));
  MW_ASSIGN(TokenizerSpec spec, read_tables(tokenizer_json, *reference));
  std::string sample(kSample);
  for (std::size_t i = 0; i < spec.tokens.size(); ++i) {
    if (spec.token_types[i] == kControl) sample += spec.tokens[i] + " and ";
  }
  for (const char* name : kNames) {
    spec.pre = name;
    spec.ignore_merges = spec.pre == "llama-bpe";
    const auto tokenizer = Tokenizer::create(spec);
    if (tokenizer && agrees(*reference, **tokenizer, sample)) return spec;
  }
  return unsupported("no pre-tokenizer that GGUF names gives the same tokens");
}

}  // namespace mw::tokenizers
