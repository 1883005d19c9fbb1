#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "grammar/compiled_grammar.h"
#include "grammar/internal/json_syntax.h"
#include "grammar/token_vocabulary.h"

namespace mw::grammar {

class MaskMaker;

/// What a Grammar holds.
struct GrammarState {
  GrammarState();
  ~GrammarState();

  std::mutex mutex;  // guards all of it
  ExprPool pool;
  JsonSyntax json;
  std::vector<std::unique_ptr<Expander>> expanders;  // rules that expressions refer to
  std::unordered_map<const Vocabulary*, std::unique_ptr<MaskMaker>> masks;  // which keep theirs
  Expr start = ExprPool::kEmpty;
};

/// A grammar that starts with `start`, after the checks that all of them share.
Result<GrammarPtr> finish_grammar(std::unique_ptr<GrammarState> state, Expr start);

}  // namespace mw::grammar
