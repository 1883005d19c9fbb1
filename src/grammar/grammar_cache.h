#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>

#include "grammar/compiled_grammar.h"

namespace mw::grammar {

/// Compiled grammars by what they were made from, those used last: clients send the same schema
/// with every request, and what its states allow is worked out once.
///
/// Threads  all members from any thread.
class GrammarCache {
 public:
  explicit GrammarCache(std::size_t most = 64) : most_(most) {}

  /// The grammar of `key`, made by `compile` when it is not there or has grown large.
  Result<GrammarPtr> get(const std::string& key,
                         const std::function<Result<GrammarPtr>()>& compile);

 private:
  struct Kept {
    std::string key;
    GrammarPtr grammar;
  };
  const std::size_t most_;
  std::mutex mutex_;
  std::list<Kept> kept_;  // the last used first
};

}  // namespace mw::grammar
