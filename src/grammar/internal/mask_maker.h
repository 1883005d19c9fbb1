#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "grammar/internal/grammar_state.h"
#include "grammar/internal/walk.h"
#include "grammar/token_vocabulary.h"

namespace mw::grammar {

/// Masks of one grammar over one vocabulary, kept by state. What a group allows while it lasts is
/// worked out once for all places where it stands; only tokens that go beyond its end are followed
/// into what comes after it.
class MaskMaker {
 public:
  MaskMaker(GrammarState& state, std::shared_ptr<const Vocabulary> vocabulary);

  void fill(Expr of, std::vector<uint64_t>& mask);

 private:
  void collect(Expr of, std::vector<uint64_t>& mask, std::vector<Expr>& others, int depth);
  void add_group(Expr group, Expr rest, Expr capture, std::vector<uint64_t>& mask);
  const Vocabulary::Walk& walk_of(Expr group);
  std::string path_to(uint32_t node) const;

  GrammarState& state_;
  const std::shared_ptr<const Vocabulary> vocabulary_;
  const Expr free_end_;
  const Expr plain_end_;
  std::vector<Step> path_;  // workspace of walks
  std::unordered_map<Expr, std::vector<uint64_t>> masks_;
  std::unordered_map<Expr, std::unique_ptr<Vocabulary::Walk>> walks_;
};

}  // namespace mw::grammar
