// A tokenizer.json, a zero byte, a text: whatever the file says, it is refused in words or makes a
// tokenizer that encodes the text to ids of its vocabulary, none of them a control token but the
// one for unknown text, and puts a text together again. Without a text, a few awkward ones.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "tokenizers/tokenizer_json.h"

namespace {

using mw::tokenizers::Tokenizer;

void try_text(const Tokenizer& tokenizer, std::string_view text) {
  for (const auto special : {Tokenizer::Special::kAsText, Tokenizer::Special::kParse}) {
    const auto ids = tokenizer.encode(text, special);
    for (const int32_t id : ids) MW_CHECK(id >= 0 && id < tokenizer.vocabulary_size());
    (void)tokenizer.decode(ids);
    (void)tokenizer.with_template(ids);
  }
  (void)tokenizer.encode_pair(text, "b");
  for (int32_t id = -1; id < 20; ++id) (void)tokenizer.display_piece(id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const auto made = mw::tokenizers::parse_tokenizer_json(input.substr(0, end), {.bos = "<s>"});
  if (!made) {
    MW_CHECK(!made.error().message.en.empty());
    return 0;
  }
  if (end != std::string_view::npos) {
    try_text(**made, input.substr(end + 1));
  } else {
    for (const char* text :
         {"", "a b", "Hello  W\xc3\xb6rld!", "\xe4\xbd\xa0\xcc\x81", "\xff<s>"}) {
      try_text(**made, text);
    }
  }
  return 0;
}
