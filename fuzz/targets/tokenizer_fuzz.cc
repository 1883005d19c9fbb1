// The first byte chooses the pre-tokenizer, the rest is text: encoding any bytes with a small
// vocabulary loses nothing, parts join as the whole text does, and no plain text yields a special
// token. When the first byte is 255, the rest describes a vocabulary instead.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/check.h"
#include "tokenizers/internal/byte_alphabet.h"
#include "tokenizers/tokenizer.h"

namespace {

using mw::tokenizers::Tokenizer;
using mw::tokenizers::TokenizerSpec;

constexpr std::array kPres = {"gpt-2", "smollm", "llama-bpe", "qwen2", "gpt-4o"};

std::unique_ptr<Tokenizer> make_tokenizer(const char* pre) {
  TokenizerSpec spec;
  spec.pre = pre;
  for (int byte = 0; byte < 256; ++byte) {
    spec.tokens.push_back(mw::tokenizers::byte_to_letter(static_cast<unsigned char>(byte)));
  }
  const std::string space = mw::tokenizers::byte_to_letter(' ');
  for (const auto& [left, right] : {std::pair<std::string, std::string>{"a", "a"},
                                    {"aa", "aa"},
                                    {space, "a"},
                                    {"b", "a"},
                                    {"ba", "aa"},
                                    {space, space},
                                    {"a", "b"}}) {
    spec.merges.push_back(left + " " + right);
    spec.tokens.push_back(left + right);
  }
  spec.token_types.assign(spec.tokens.size(), 1);
  for (const char* special : {"<|a|>", "<|a", "a|>"}) {
    spec.tokens.emplace_back(special);
    spec.token_types.push_back(3);
  }
  return std::move(Tokenizer::create(std::move(spec))).value();
}

/// Lines: "t TOKEN" of type 1..6 by its first letter, "m LEFT RIGHT".
void try_vocabulary(std::string_view text) {
  TokenizerSpec spec;
  spec.pre = "gpt-2";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.size() < 2) continue;
    if (line[0] == 'm') {
      spec.merges.emplace_back(line.substr(1));
    } else {
      spec.tokens.emplace_back(line.substr(1));
      spec.token_types.push_back(line[0] % 7);
    }
  }
  spec.bos_id = static_cast<int32_t>(spec.merges.size());
  const auto tokenizer = Tokenizer::create(std::move(spec));
  if (!tokenizer) return;
  const auto ids = (*tokenizer)->encode("ab <|a|> aaaa", Tokenizer::Special::kParse);
  (void)(*tokenizer)->decode(ids);
  for (const int32_t id : ids) (void)(*tokenizer)->display_piece(id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static const auto tokenizers = [] {
    std::array<std::unique_ptr<Tokenizer>, kPres.size()> made;
    for (std::size_t i = 0; i < kPres.size(); ++i) made[i] = make_tokenizer(kPres[i]);
    return made;
  }();
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 255) {
    try_vocabulary(text);
    return 0;
  }
  const Tokenizer& tokenizer = *tokenizers[data[0] % tokenizers.size()];
  const auto plain = tokenizer.encode(text, Tokenizer::Special::kAsText);
  MW_CHECK(tokenizer.decode(plain) == text);
  for (const int32_t id : plain) MW_CHECK(!tokenizer.is_control(id));
  const std::size_t cut = text.size() * data[0] / 256;
  for (const auto special : {Tokenizer::Special::kAsText, Tokenizer::Special::kParse}) {
    const Tokenizer::Part parts[] = {{text.substr(0, cut), special}, {text.substr(cut), special}};
    MW_CHECK(tokenizer.encode_parts(parts) == tokenizer.encode(text, special));
  }
  return 0;
}
