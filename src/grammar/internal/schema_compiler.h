#pragma once

// A JSON Schema to a language of JSON texts, in three steps (ADR 0017):
//   1. schema_keywords.cc: each schema, positive or negated, to a disjunction of conjunctions of
//      atoms, each about one type of value ("if it is an object, then every key of this language
//      has a value of that schema");
//   2. schema_terms.cc: a term (schemas that must hold together) to one language of strings, one of
//      numbers, and shapes of arrays and objects;
//   3. schema_arrays.cc, schema_objects.cc: shapes to expressions, member by member, as a text
//      reaches them.
// All that can be refused is refused in steps 1 and 2, which are run for every term that can be
// reached before anything is generated.

#include <climits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "grammar/compiled_grammar.h"
#include "grammar/internal/decimal.h"
#include "grammar/internal/json_syntax.h"
#include "grammar/internal/schema_index.h"

namespace mw::grammar {

/// A schema (2 * id) or its negation (2 * id + 1).
using Lit = int;
using TermId = int;

inline constexpr unsigned kNullType = 1;
inline constexpr unsigned kFalseType = 2;
inline constexpr unsigned kTrueType = 4;
inline constexpr unsigned kWholeType = 8;  // numbers without fraction
inline constexpr unsigned kRestType = 16;  // numbers with one
inline constexpr unsigned kStringType = 32;
inline constexpr unsigned kArrayType = 64;
inline constexpr unsigned kObjectType = 128;
inline constexpr unsigned kNumberTypes = kWholeType | kRestType;
inline constexpr unsigned kAllTypes = 255;

/// What a value of one type must fulfil.
struct Atom {
  enum class Kind {
    kText,         // string: in `language` (between the quotes)
    kNumber,       // number: in `language`
    kItems,        // array: items [from, to) fulfil lit
    kCountFrom,    // array: at least `count` of [from, to) fulfil lit
    kCountTo,      // array: at most `count` do
    kLengthFrom,   // array: at least `count` items
    kLengthTo,     // array
    kUnique,       // array
    kMembers,      // object: values of all keys in `language` fulfil lit
    kSomeMember,   // object: some key in `language` has a value that does
    kMembersFrom,  // object: at least `count` members
    kMembersTo,    // object
  };
  Kind kind = Kind::kText;
  Expr language = ExprPool::kEmpty;
  std::optional<std::string> name;  // kMembers, kSomeMember: the one key that language holds
  Lit lit = 0;
  int64_t from = 0;
  int64_t to = 0;
  int64_t count = 0;
  std::string pointer;  // of the keyword

  unsigned types() const;
};

inline constexpr int64_t kEndless = INT64_MAX;

/// One way to fulfil a schema. An atom about a type that `types` lacks is left out.
struct Conj {
  unsigned types = kAllTypes;
  std::vector<int> atoms;
  // What unevaluatedProperties and unevaluatedItems need to know; else empty.
  Expr keys = ExprPool::kEmpty;
  int64_t items = 0;
  std::vector<Lit> contained;
};
using Dnf = std::vector<Conj>;

class SchemaCompiler final : public Expander {
 public:
  SchemaCompiler(ExprPool& pool, JsonSyntax& json, std::unique_ptr<SchemaIndex> index,
                 const SchemaOptions& options);

  /// The language of the root schema. Errors: kUnsupported, kInvalidArgument; param is a pointer.
  Result<Expr> compile();

  Expr expand(ExprPool& pool, const std::string& key) override;
  Expr expand_short(ExprPool& pool, const std::string& key) override;

 private:
  struct ArrayShape {
    int64_t min = 0;
    int64_t max = kEndless;
    std::vector<Atom> items;   // kItems
    std::vector<Atom> counts;  // kCountFrom, kCountTo
    bool unique = false;
    int64_t settled = 0;  // positions from here on are all alike
    std::string pointer;
  };
  struct Member {
    std::string name;
    TermId term = 0;
    bool required = false;
    bool possible = true;  // else the key cannot be there
  };
  struct FreeKeys {
    Expr language = ExprPool::kEmpty;
    TermId term = 0;
  };
  struct ObjectShape {
    std::vector<Member> names;
    std::vector<FreeKeys> free;
    std::vector<Atom> some;  // kSomeMember without name
    int64_t min = 0;
    int64_t max = kEndless;
    bool distinct = false;  // free keys are kept apart: their number or values count
  };
  struct Parts {
    unsigned types = 0;  // null, false, true
    Expr text = ExprPool::kEmpty;
    bool free_text = false;
    Expr number = ExprPool::kEmpty;
    std::vector<int> arrays;
    std::vector<int> objects;
  };
  struct ArrayState {
    int64_t at = 0;
    std::vector<int64_t> left;
    std::vector<std::string> seen;  // texts of the items of a unique array
  };
  struct ObjectState {
    std::vector<bool> seen;
    std::vector<bool> done;  // of `some`
    int64_t count = 0;
    bool first = true;
    std::set<std::string> keys;  // of a distinct one
  };

  // schema_keywords.cc, schema_scalars.cc
  Result<Dnf> expand_lit(Lit lit, bool tracked);
  Result<Dnf> expand_schema(int id, bool negated, bool tracked);
  Result<Dnf> expand_object(int id, const Json& schema, bool negated, bool tracked);
  Result<void> check_keywords(int id, const Json& schema) const;
  Result<void> add_type(int id, const Json& schema, bool negated, std::vector<Dnf>& out);
  Result<void> add_values(int id, const Json& schema, bool negated, std::vector<Dnf>& out);
  Result<void> add_text(int id, const Json& schema, bool negated, std::vector<Dnf>& out);
  Result<void> add_numbers(int id, const Json& schema, bool negated, std::vector<Dnf>& out);
  Result<void> add_items(int id, const Json& schema, bool negated, Conj& found,
                         std::vector<Dnf>& out);
  Result<void> add_contains(int id, const Json& schema, bool negated, Conj& found,
                            std::vector<Dnf>& out);
  Result<void> add_members(int id, const Json& schema, bool negated, Conj& found,
                           std::vector<Dnf>& out);
  Result<void> add_dependencies(int id, const Json& schema, bool negated, bool tracked,
                                std::vector<Dnf>& out);
  Result<void> add_applicators(int id, const Json& schema, bool negated, bool tracked,
                               std::vector<Dnf>& out);
  Result<Dnf> any_of(const std::vector<Lit>& lits, bool negated, bool tracked,
                     const std::string& pointer);
  Result<Dnf> one_of(const std::vector<Lit>& lits, bool negated, bool tracked,
                     const std::string& pointer);
  Result<Dnf> add_unevaluated(int id, const Json& schema, Dnf rest);
  Result<Dnf> one_value(int id, const Json& value, bool negated);
  Result<Lit> sub(int id, const Json& schema, const std::string& path);
  Result<std::optional<int64_t>> count_of(int id, const Json& schema, const char* keyword) const;
  Result<Expr> pattern(int id, const std::string& text, const std::string& path);
  Dnf of_atom(Atom atom, bool negated);
  Dnf of_types(unsigned types) const;
  Result<Dnf> product(const Dnf& a, const Dnf& b, int id) const;
  Result<Dnf> complement(const Dnf& of, int id);
  Dnf united(std::vector<Dnf> all) const;
  int intern_atom(const Atom& atom);
  Error too_complex(int id) const;
  Error error_at(int id, const std::string& path, Code code, const std::string& en,
                 const std::string& zh) const;

  // schema_terms.cc
  TermId term_of(std::vector<Lit> lits);
  Result<const Parts*> parts_of(TermId term);
  Result<Parts> make_parts(TermId term);
  Expr text_language(const Conj& conj);
  Expr number_language(const Conj& conj);
  /// Whether some value fulfils the term. Loose: true where that cannot be told yet.
  Result<bool> possible(TermId term);
  Result<bool> judge(TermId term);
  Result<bool> loosely_possible(TermId term);
  /// Makes everything that can be reached from `root`, so that nothing is refused later.
  Result<void> visit_all(TermId root);
  Expr value(TermId term);
  Expr make_value(TermId term);

  // schema_arrays.cc
  Result<std::optional<int>> make_array(const Conj& conj);
  Result<bool> array_possible(int which);
  Result<bool> object_possible(int which);
  Result<bool> array_live(int which, const ArrayState& state);
  Result<Expr> scalar_at(const ArrayShape& shape, int64_t at);
  Result<void> check_unique(const ArrayShape& shape);
  std::vector<Lit> lits_at(const ArrayShape& shape, int64_t at) const;
  std::vector<std::pair<TermId, ArrayState>> array_steps(const ArrayShape& shape,
                                                         const ArrayState& state);
  bool array_may_end(const ArrayShape& shape, const ArrayState& state) const;
  std::string array_key(int shape, const ArrayState& state) const;
  Expr array_rest(int shape, const ArrayState& state);
  Expr expand_array(int shape, const ArrayState& state);
  Expr unique_item(int shape, const ArrayState& state);
  Expr after_unique(int shape, const ArrayState& state, const std::string& text);

  // schema_objects.cc
  Result<std::optional<int>> make_object(const Conj& conj);
  std::string object_key(int shape, const ObjectState& state) const;
  Expr object_rest(int shape, const ObjectState& state);
  Expr expand_object_rest(int shape, const ObjectState& state, bool shortly);
  Expr after_key(int shape, const ObjectState& state, std::size_t free, const std::string& text);
  bool some_reachable(const ObjectShape& shape, const ObjectState& state);
  Expr unused_keys(const FreeKeys& free, const ObjectState& state, Expr within);
  Expr member_values(int shape, const ObjectState& state, TermId term, const std::string* name);

  ExprPool& pool_;
  JsonSyntax& json_;
  const std::unique_ptr<SchemaIndex> index_;
  const SchemaOptions options_;
  const Lit true_lit_;
  std::vector<Atom> atoms_;
  std::map<std::string, int> atom_ids_;
  std::map<std::pair<Lit, bool>, Dnf> expanded_;
  std::set<std::pair<Lit, bool>> expanding_;
  std::map<int, std::vector<Lit>> made_any_;  // schemas made here: one of these must hold
  std::vector<std::vector<Lit>> terms_;
  std::map<std::vector<Lit>, TermId> term_ids_;
  std::map<TermId, Parts> parts_;
  std::set<TermId> making_;
  std::map<TermId, bool> possible_;
  std::set<TermId> judging_;
  bool judged_in_circle_ = false;
  bool loose_ = false;
  int judgements_ = 0;
  std::vector<ArrayShape> arrays_;
  std::vector<ObjectShape> objects_;
  std::map<std::string, int> array_ids_;
  std::map<std::string, int> object_ids_;
  std::map<std::string, std::pair<int, ArrayState>> array_states_;
  std::map<std::string, std::pair<int, ObjectState>> object_states_;
  std::map<std::string, bool> live_arrays_;
  std::map<int, bool> possible_objects_;
};

/// The language of a `format`, between the quotes; nothing for one that is not enforced.
std::optional<Expr> format_language(ExprPool& pool, const std::string& name);
/// Whether a format constrains no text: it is about numbers, or about what a value means.
bool format_allows_all_texts(std::string_view name);
/// The least and the largest number of a format of numbers ("int32").
std::optional<std::pair<Decimal, Decimal>> format_range(std::string_view name);

}  // namespace mw::grammar
