#include "grammar/matcher.h"

#include <algorithm>
#include <optional>

#include "grammar/internal/grammar_state.h"
#include "grammar/internal/mask_maker.h"
#include "grammar/internal/thought_language.h"

namespace mw::grammar {
namespace {

// What one token may cost: a walk through 262k tokens takes a tenth of it.
constexpr uint64_t kTokenSteps = 3'000'000;
// What looking for forced text may cost: it saves steps of the model, some milliseconds each.
constexpr uint64_t kForcedSteps = 20'000;

// What looking for a way to end may cost: 25 ms, once for a schema; what is found is kept.
constexpr uint64_t kEndSteps = 50'000;

/// The byte that every text of a language begins with; nothing where there are several, or it holds
/// the empty text.
std::optional<unsigned char> only_byte(ExprPool& pool, Expr of) {
  if (of == ExprPool::kEmpty || pool.nullable(of)) return std::nullopt;
  const ExprPool::Classes& classes = pool.classes(of);
  std::optional<unsigned char> only;
  for (std::size_t kind = 0; kind < classes.first.size(); ++kind) {
    if (pool.derive(of, classes.first[kind]) == ExprPool::kEmpty) continue;
    if (only || std::count(classes.of.begin(), classes.of.end(), kind) > 1) return std::nullopt;
    only = classes.first[kind];
  }
  return pool.exhausted() ? std::nullopt : only;
}

/// Whether the bytes from `begin` on are one whole character of UTF-8.
bool utf8_is_whole(std::string_view text, std::size_t begin) {
  const auto lead = static_cast<unsigned char>(text[begin]);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return text.size() - begin == bytes;
}

}  // namespace

Matcher::Matcher(GrammarPtr grammar, std::shared_ptr<const Vocabulary> vocabulary, Thought thought)
    : grammar_(std::move(grammar)),
      vocabulary_(std::move(vocabulary)),
      thought_(thought),
      state_(grammar_->state().start) {
  if (thought == Thought::kNone) return;
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  state.pool.limit_steps(kTokenSteps);
  state_ = after_thought(state.pool, state.start, thought);
}

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
  thought_.push(text);
  return true;
}

void Matcher::end_thought() {
  const std::optional<std::string_view> close = thought_.rest_of_close();
  if (!thinking() || !close) return;
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  state.pool.limit_steps(kTokenSteps);
  state_ = after_close(state.pool, *close, state.start);
}

std::string Matcher::forced_text(std::size_t most) {
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  ExprPool& pool = state.pool;
  pool.limit_steps(kTokenSteps);
  const uint64_t end = pool.steps() + kForcedSteps;
  std::string text;
  std::size_t characters = 0;  // bytes of whole ones
  for (Expr at = state_; text.size() < most && pool.steps() < end;) {
    const auto byte = only_byte(pool, at);
    if (!byte) break;
    at = pool.derive(at, *byte);
    text.push_back(static_cast<char>(*byte));
    if (utf8_is_whole(text, characters)) characters = text.size();
  }
  text.resize(characters);
  return text;
}

std::optional<std::size_t> Matcher::bytes_to_end_after(int32_t id) {
  if (vocabulary_->is_end(id)) return 0;
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  state.pool.limit_steps(kTokenSteps);
  return state.pool.short_length(state.pool.derive_all(state_, vocabulary_->piece(id)), kEndSteps);
}

std::optional<std::string> Matcher::text_to_end_after(int32_t id) {
  if (vocabulary_->is_end(id)) return std::string();
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  state.pool.limit_steps(kTokenSteps);
  return state.pool.short_text(state.pool.derive_all(state_, vocabulary_->piece(id)), kEndSteps);
}

std::optional<std::string> Matcher::text_to_end() {
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  state.pool.limit_steps(kTokenSteps);
  return state.pool.short_text(state_, kEndSteps);
}

bool Matcher::may_end() {
  GrammarState& state = grammar_->state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  return state.pool.nullable(state_);
}

}  // namespace mw::grammar
