#include "grammar/grammar_cache.h"

#include <algorithm>

namespace mw::grammar {
namespace {

constexpr std::size_t kMaxExpressions = 300'000;  // about 60 MB

}  // namespace

Result<GrammarPtr> GrammarCache::get(const std::string& key,
                                     const std::function<Result<GrammarPtr>()>& compile) {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto found =
        std::find_if(kept_.begin(), kept_.end(), [&](const Kept& each) { return each.key == key; });
    if (found != kept_.end()) {
      if (found->grammar->size() <= kMaxExpressions) {
        kept_.splice(kept_.begin(), kept_, found);
        return found->grammar;
      }
      kept_.erase(found);  // who uses it goes on with it
    }
  }
  MW_ASSIGN(GrammarPtr grammar, compile());
  const std::lock_guard<std::mutex> guard(mutex_);
  kept_.push_front({key, grammar});
  while (kept_.size() > most_) kept_.pop_back();
  return grammar;
}

}  // namespace mw::grammar
