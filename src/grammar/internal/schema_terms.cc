// Step 2: what schemas that hold together leave of each type.
#include <algorithm>

#include "grammar/internal/schema_compiler.h"

namespace mw::grammar {
namespace {

constexpr int kMaxJudgements = 50'000;
constexpr std::size_t kMaxJudgedDepth = 400;
constexpr std::size_t kMaxTerms = 20'000;

}  // namespace

TermId SchemaCompiler::term_of(std::vector<Lit> lits) {
  std::sort(lits.begin(), lits.end());
  lits.erase(std::unique(lits.begin(), lits.end()), lits.end());
  std::erase_if(lits, [this](Lit lit) {
    if (made_any_.contains(lit / 2)) return false;
    const Json& schema = *index_->entry(lit / 2).json;
    const bool everything =
        (schema.is_boolean() && schema.get<bool>()) || (schema.is_object() && schema.empty());
    const bool nothing = schema.is_boolean() && !schema.get<bool>();
    return (lit & 1) == 0 ? everything : nothing;
  });
  const auto [found, is_new] = term_ids_.try_emplace(lits, static_cast<TermId>(terms_.size()));
  if (is_new) terms_.push_back(std::move(lits));
  return found->second;
}

Expr SchemaCompiler::text_language(const Conj& conj) {
  std::vector<Expr> all;
  bool spelled = false;  // some positive language: all its texts are in the one spelling
  for (const int each : conj.atoms) {
    const Atom& atom = atoms_[static_cast<std::size_t>(each)];
    if (atom.kind != Atom::Kind::kText) continue;
    spelled = spelled || pool_.is_pure(atom.language);
    all.push_back(atom.language);
  }
  if (!spelled) all.push_back(json_.plain_text());
  return pool_.all_of(std::move(all));
}

Expr SchemaCompiler::number_language(const Conj& conj) {
  const unsigned types = conj.types & kNumberTypes;
  std::vector<Expr> all;
  bool spelled = false;
  for (const int each : conj.atoms) {
    const Atom& atom = atoms_[static_cast<std::size_t>(each)];
    if (atom.kind != Atom::Kind::kNumber) continue;
    spelled = spelled || pool_.is_pure(atom.language);
    all.push_back(atom.language);
  }
  if (types == kNumberTypes && all.empty()) return json_.free_number();
  if (types == kWholeType) {
    all.push_back(whole_numbers(pool_));
    spelled = true;
  }
  if (types == kRestType) all.push_back(pool_.negate(numbers_without_rest(pool_)));
  if (!spelled) all.push_back(decimal_numbers(pool_));
  return pool_.group(pool_.all_of(std::move(all)));
}

Result<const SchemaCompiler::Parts*> SchemaCompiler::parts_of(TermId term) {
  if (const auto known = parts_.find(term); known != parts_.end()) return &known->second;
  if (parts_.size() > kMaxTerms) return too_complex(0);
  MW_ASSIGN(Parts made, make_parts(term));
  const Parts* out = &(parts_[term] = std::move(made));
  return out;
}

Result<SchemaCompiler::Parts> SchemaCompiler::make_parts(TermId term) {
  const std::vector<Lit> lits = terms_[static_cast<std::size_t>(term)];
  const int id = lits.empty() ? index_->root() : lits[0] / 2;
  Dnf ways = {Conj{}};
  for (const Lit lit : lits) {
    MW_ASSIGN(const Dnf one, expand_lit(lit, false));
    MW_ASSIGN(ways, product(ways, one, id));
  }
  Parts out;
  std::vector<Expr> texts;
  std::vector<Expr> numbers;
  for (const Conj& conj : ways) {
    out.types |= conj.types & (kNullType | kFalseType | kTrueType);
    if ((conj.types & kStringType) != 0) {
      const bool free = std::none_of(conj.atoms.begin(), conj.atoms.end(), [this](int atom) {
        return atoms_[static_cast<std::size_t>(atom)].kind == Atom::Kind::kText;
      });
      out.free_text = out.free_text || free;
      const Expr language = text_language(conj);
      if (pool_.live(language)) texts.push_back(language);
    }
    if ((conj.types & kNumberTypes) != 0) numbers.push_back(number_language(conj));
    if ((conj.types & kArrayType) != 0) {
      MW_ASSIGN(const auto shape, make_array(conj));
      if (shape) out.arrays.push_back(*shape);
    }
    if ((conj.types & kObjectType) != 0) {
      MW_ASSIGN(const auto shape, make_object(conj));
      if (shape) out.objects.push_back(*shape);
    }
  }
  out.text = pool_.any_of(std::move(texts));
  out.number = pool_.any_of(std::move(numbers));
  for (std::vector<int>* shapes : {&out.arrays, &out.objects}) {
    std::sort(shapes->begin(), shapes->end());
    shapes->erase(std::unique(shapes->begin(), shapes->end()), shapes->end());
  }
  if (pool_.exhausted()) return too_complex(id);
  return out;
}

Result<bool> SchemaCompiler::judge(TermId term) {
  MW_ASSIGN(const Parts* found, parts_of(term));
  const Parts parts = *found;
  if (parts.types != 0 || parts.text != ExprPool::kEmpty || parts.number != ExprPool::kEmpty) {
    return true;
  }
  for (const int shape : parts.arrays) {
    MW_ASSIGN(const bool yes, array_possible(shape));
    if (yes) return true;
  }
  for (const int shape : parts.objects) {
    MW_ASSIGN(const bool yes, object_possible(shape));
    if (yes) return true;
  }
  return false;
}

// The least solution: what needs itself to be possible is not.
Result<bool> SchemaCompiler::possible(TermId term) {
  if (const auto known = possible_.find(term); known != possible_.end()) return known->second;
  const int id = terms_[static_cast<std::size_t>(term)].empty()
                     ? index_->root()
                     : terms_[static_cast<std::size_t>(term)][0] / 2;
  if (judging_.contains(term)) {
    judged_in_circle_ = true;
    return false;
  }
  if (++judgements_ > kMaxJudgements || judging_.size() > kMaxJudgedDepth) return too_complex(id);
  const bool circle_before = std::exchange(judged_in_circle_, false);
  judging_.insert(term);
  Result<bool> out = judge(term);
  judging_.erase(term);
  if (!out && loose_) out = true;
  if (out && !loose_ && (*out || !judged_in_circle_ || judging_.empty())) possible_[term] = *out;
  judged_in_circle_ = circle_before || judged_in_circle_;
  return out;
}

Result<bool> SchemaCompiler::loosely_possible(TermId term) {
  const bool before = std::exchange(loose_, true);
  const std::set<TermId> judging = std::exchange(judging_, {});
  Result<bool> out = possible(term);
  judging_ = judging;
  loose_ = before;
  return out;
}

Result<void> SchemaCompiler::visit_all(TermId root) {
  std::vector<TermId> waiting = {root};
  std::set<TermId> seen = {root};
  const auto add = [&](TermId term) {
    if (seen.insert(term).second) waiting.push_back(term);
  };
  while (!waiting.empty()) {
    const TermId term = waiting.back();
    waiting.pop_back();
    MW_ASSIGN(const bool yes, possible(term));
    if (!yes) continue;
    MW_ASSIGN(const Parts* parts, parts_of(term));
    for (const int shape : parts->objects) {
      const ObjectShape& object = objects_[static_cast<std::size_t>(shape)];
      for (const Member& member : object.names) add(member.term);
      for (const FreeKeys& keys : object.free) add(keys.term);
      for (const Atom& some : object.some) {
        // A member that is the one asked for: of its own term and of that.
        const auto with = [&](TermId base) {
          std::vector<Lit> lits = terms_[static_cast<std::size_t>(base)];
          lits.push_back(some.lit);
          add(term_of(std::move(lits)));
        };
        for (const Member& member : object.names) with(member.term);
        for (const FreeKeys& keys : object.free) with(keys.term);
      }
    }
    for (const int shape : parts->arrays) {
      const ArrayShape& array = arrays_[static_cast<std::size_t>(shape)];
      const int64_t last = std::min(array.settled, array.max);
      for (int64_t at = 0; at <= last; ++at) {
        ArrayState state;
        state.at = at;
        // Every combination of counts that still matter asks for the same terms.
        for (const Atom& count : array.counts) state.left.push_back(count.count);
        for (const auto& [item, next] : array_steps(array, state)) add(item);
        for (int64_t& left : state.left) left = 0;
        for (const auto& [item, next] : array_steps(array, state)) add(item);
        for (std::size_t i = 0; i < state.left.size(); ++i) {
          ArrayState one = state;
          one.left[i] = array.counts[i].count;
          for (const auto& [item, next] : array_steps(array, one)) add(item);
        }
      }
    }
  }
  return {};
}

Expr SchemaCompiler::value(TermId term) {
  return pool_.call(*this, "v" + std::to_string(term), false);
}

Expr SchemaCompiler::make_value(TermId term) {
  const Result<const Parts*> found = parts_of(term);
  if (!found) return ExprPool::kEmpty;
  const Parts& parts = **found;
  std::vector<Expr> ways;
  if ((parts.types & kNullType) != 0) ways.push_back(pool_.literal("null"));
  if ((parts.types & kTrueType) != 0) ways.push_back(pool_.literal("true"));
  if ((parts.types & kFalseType) != 0) ways.push_back(pool_.literal("false"));
  if (parts.free_text) {
    ways.push_back(json_.free_string());
  } else if (parts.text != ExprPool::kEmpty) {
    ways.push_back(json_.quoted(parts.text));
  }
  ways.push_back(parts.number);
  for (const int shape : parts.arrays) {
    const Result<bool> yes = array_possible(shape);
    if (!yes || !*yes) continue;
    ArrayState state;
    for (const Atom& count : arrays_[static_cast<std::size_t>(shape)].counts) {
      state.left.push_back(count.count);
    }
    ways.push_back(pool_.concat(pool_.byte('['), array_rest(shape, state)));
  }
  for (const int shape : parts.objects) {
    const Result<bool> yes = object_possible(shape);
    if (!yes || !*yes) continue;
    ObjectState state;
    state.seen.resize(objects_[static_cast<std::size_t>(shape)].names.size());
    state.done.resize(objects_[static_cast<std::size_t>(shape)].some.size());
    ways.push_back(pool_.concat(pool_.byte('{'), object_rest(shape, state)));
  }
  return pool_.any_of(std::move(ways));
}

Result<Expr> SchemaCompiler::compile() {
  const TermId root = term_of({index_->root() * 2});
  MW_TRY(visit_all(root));
  MW_ASSIGN(const bool yes, possible(root));
  if (!yes) {
    return error_at(index_->root(), "", Code::kUnsupported, "no value at all fulfils this schema",
                    "没有任何值能满足该模式");
  }
  if (pool_.exhausted()) return too_complex(index_->root());
  return value(root);
}

}  // namespace mw::grammar
