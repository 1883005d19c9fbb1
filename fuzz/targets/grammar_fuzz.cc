// Schemas, regular expressions and rules of strangers: each is refused or becomes a grammar whose
// masks can be followed for a while, to a text that ends the answer where one is told. The first
// byte says which notation the rest is in.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "grammar/compiled_grammar.h"
#include "grammar/matcher.h"

namespace {

mw::Result<mw::grammar::GrammarPtr> compile(char kind, std::string_view text) {
  using namespace mw::grammar;
  if (kind == 'r') return compile_regex(text);
  if (kind == 'l') return compile_lark(text);
  const auto schema = mw::parse_json(text, 100);
  if (!schema) return schema.error();
  return compile_schema(*schema, {.draft = kind == '7' ? SchemaDraft::k7 : SchemaDraft::k2020});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (size == 0 || size > 20'000) return 0;
  static const auto vocabulary = [] {
    std::vector<std::string> pieces = {""};
    for (int i = 0; i < 256; ++i) pieces.emplace_back(1, static_cast<char>(i));
    pieces.insert(pieces.end(), {"{\"", "\":", "\", \"", "\"}", "true", "12", "ab"});
    return std::make_shared<const mw::grammar::Vocabulary>(pieces, std::vector<int32_t>{0});
  }();
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto grammar = compile(static_cast<char>(data[0]), text);
  if (!grammar) {
    MW_CHECK(!grammar.error().message.en.empty());
    return 0;
  }
  mw::grammar::Matcher matcher(*grammar, vocabulary);
  for (std::size_t step = 0; step < 12; ++step) {
    const auto mask = matcher.mask();
    if (!mask) return 0;  // too costly: said so
    int32_t chosen = -1;
    int32_t allowed = 0;
    for (int32_t id = 1; id < vocabulary->size(); ++id) {
      const auto word = (*mask)[static_cast<std::size_t>(id) / 64];
      if (((word >> (static_cast<unsigned>(id) % 64)) & 1u) == 0) continue;
      if (allowed++ == data[step % size] % 7) chosen = id;
      if (chosen < 0) chosen = id;
    }
    if (chosen < 0) break;
    // A state that has become too costly in between is the only reason to refuse it.
    if (!matcher.accept(chosen) && matcher.mask()) MW_CHECK(false);
  }
  const auto rest = matcher.text_to_end();
  if (!rest || !matcher.mask()) return 0;
  const bool taken = matcher.accept_text(*rest);
  if (matcher.mask()) MW_CHECK(taken && matcher.may_end());
  return 0;
}
