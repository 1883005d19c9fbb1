#include "grammar/matcher.h"

#include <algorithm>

#include "grammar/internal/grammar_state.h"
#include "grammar/internal/mask_maker.h"

namespace mw::grammar {
namespace {

// What one token may cost: a walk through 262k tokens takes a tenth of it.
constexpr uint64_t kTokenSteps = 3'000'000;

}  // namespace

Matcher::Matcher(GrammarPtr grammar, std::shared_ptr<const Vocabulary> vocabulary)
    : grammar_(std::move(grammar)),
      vocabulary_(std::move(vocabulary)),
      state_(grammar_->state().start) {}

Result<std::span<const uint64_t>> Matcher::mask() {
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  auto& maker = state.masks[vocabulary_.get()];
  if (!maker) maker = std::make_unique<MaskMaker>(state, vocabulary_);
  state.pool.limit_steps(kTokenSteps);
  maker->fill(state_, mask_);
  if (state.pool.exhausted()) {
    return Error::make(Code::kUnsupported,
                       "the grammar became too costly while decoding: make it simpler",
                       "解码过程中语法变得过于复杂：请简化", "grammar");
  }
  return std::span<const uint64_t>(mask_);
}

bool Matcher::accept(int32_t id) {
  if (id < 0 || id >= vocabulary_->size()) return false;
  if (vocabulary_->is_end(id)) return may_end();
  const std::string& text = vocabulary_->piece(id);
  return !text.empty() && accept_text(text);
}

bool Matcher::accept_text(std::string_view text) {
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  state.pool.limit_steps(kTokenSteps);
  const Expr next = state.pool.derive_all(state_, text);
  if (next == ExprPool::kEmpty) return false;
  state_ = next;
  return true;
}

bool Matcher::may_end() {
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  return state.pool.nullable(state_);
}

}  // namespace mw::grammar
