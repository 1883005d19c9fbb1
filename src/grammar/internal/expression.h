#pragma once

// Languages over bytes as hash-consed expressions with derivatives (Brzozowski 1964): an expression
// is the state of the automaton, and what remains after a byte is an expression again. So
// intersection and complement cost nothing to build, repetitions are counters, and only the states
// that a text really meets are ever made.
// Not here: what a JSON document or a regular expression is; see json_syntax.h, regex.h.

#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mw::grammar {

using Expr = int32_t;
using ByteSet = std::bitset<256>;

class ExprPool;

/// A family of expressions that are made when a text reaches them: rules that may be recursive,
/// bodies of objects and arrays. `key` says which one.
class Expander {
 public:
  virtual ~Expander() = default;
  virtual Expr expand(ExprPool& pool, const std::string& key) = 0;
  /// A part of the expansion that has one of its short texts, where looking through all of it would
  /// take too long: members of an object may come in any order.
  virtual Expr expand_short(ExprPool& pool, const std::string& key) { return expand(pool, key); }
};

/// Owns expressions. Bounded: over its limits every operation gives kEmpty and exhausted() is true.
///
/// Threads  one at a time.
class ExprPool {
 public:
  static constexpr Expr kEmpty = 0;    // nothing
  static constexpr Expr kEpsilon = 1;  // the empty text
  static constexpr Expr kAll = 2;      // every text
  static constexpr uint32_t kNoLimit = UINT32_MAX;

  explicit ExprPool(std::size_t max_nodes = 2'000'000);
  ExprPool(const ExprPool&) = delete;
  ExprPool& operator=(const ExprPool&) = delete;

  Expr bytes(const ByteSet& set);
  Expr byte(unsigned char value);
  Expr range(unsigned char low, unsigned char high);
  Expr literal(std::string_view text);
  Expr concat(Expr first, Expr then);
  Expr concat_all(const std::vector<Expr>& parts);
  Expr any_of(std::vector<Expr> kids);
  Expr all_of(std::vector<Expr> kids);
  Expr negate(Expr of);
  Expr repeat(Expr of, uint32_t min, uint32_t max);
  Expr optional(Expr of) { return any_of({of, kEpsilon}); }
  /// Wraps a language that may hold all_of, negate or multiple: its derivatives are kEmpty as soon
  /// as no text can complete them.
  Expr regular(Expr of);
  /// The same for any regular language: one factor that masks are made for once (mask.h).
  Expr group(Expr of);
  /// A group whose text decides what may follow: after it comes call(expander, key + the text).
  Expr capture(Expr group, Expander& expander, const std::string& key);
  /// Decimal numbers (as [-]digits[.digits]) that are multiples of divisor / 10^decimals.
  Expr multiple(uint64_t divisor, int decimals);
  /// `nullable` tells whether the expansion holds the empty text; it must not be kEmpty.
  Expr call(Expander& expander, const std::string& key, bool nullable);

  /// No intersection, complement or arithmetic inside: every part can be completed.
  bool is_pure(Expr of) const { return at(of).pure; }
  bool nullable(Expr of) const { return nodes_[static_cast<std::size_t>(of)].nullable; }
  Expr derive(Expr of, unsigned char by);
  Expr derive_all(Expr of, std::string_view text);
  bool matches(Expr of, std::string_view text) { return nullable(derive_all(of, text)); }
  /// Whether some text is in the (regular) language.
  bool live(Expr of);
  /// At most `limit`: how many texts the (regular) language has.
  std::size_t count_texts(Expr of, std::size_t limit);

  /// The length in bytes of a text of the language: of the shortest one, but for objects whose
  /// members could come in several orders. Nothing where none was found in `most_steps`.
  std::optional<uint32_t> short_length(Expr of, uint64_t most_steps);
  /// Such a text.
  std::optional<std::string> short_text(Expr of, uint64_t most_steps);

  bool is_group(Expr of) const { return at(of).kind == Kind::kRegular; }
  bool is_capture(Expr of) const { return at(of).kind == Kind::kCapture; }
  Expr captured_group(Expr of) const { return static_cast<Expr>(at(of).a); }
  /// What follows a capture that ends after `more` bytes.
  Expr after_capture(Expr of, std::string_view more);
  /// The first factor of a concatenation and the rest (kEpsilon for what is none).
  std::pair<Expr, Expr> split(Expr of) const;
  /// The alternatives of any_of; the expression itself for what is none.
  std::vector<Expr> alternatives(Expr of) const;
  struct Repeat {
    Expr of = kEmpty;
    uint32_t min = 0;
    uint32_t max = 0;
  };
  /// A group of a repetition and one last byte; nothing for what is none.
  std::optional<Repeat> repeat_then(Expr group, unsigned char last);
  /// A call is replaced by what it stands for.
  Expr unfold(Expr of);
  /// For each byte, the class of bytes that give the same derivative; `first` has one byte each.
  struct Classes {
    std::array<uint8_t, 256> of{};
    std::vector<unsigned char> first;
  };
  const Classes& classes(Expr of);

  bool exhausted() const { return exhausted_; }
  std::size_t size() const { return nodes_.size(); }
  /// Work so far, in steps of about half a microsecond; what limits are set in.
  uint64_t steps() const { return steps_; }
  void limit_steps(uint64_t more) { step_limit_ = steps_ + more; }

 private:
  enum class Kind : uint8_t {
    kEmpty,
    kEpsilon,
    kBytes,
    kConcat,
    kAny,
    kAllOf,
    kNot,
    kRepeat,
    kRegular,
    kCapture,
    kMultiple,
    kCall
  };
  struct Node {
    Kind kind = Kind::kEmpty;
    bool nullable = false;
    bool pure = true;  // no intersection, complement or arithmetic inside: not empty unless kEmpty
    uint8_t life = 0;  // what live() found: 0 not known, 1 live, 2 dead
    uint16_t depth = 0;
    uint32_t short_length = 0;  // what find_short() found, and 1; 0 not known
    int32_t classes = -1;
    uint64_t a = 0;
    uint64_t b = 0;
    uint64_t c = 0;
    std::vector<Expr> kids;
    std::vector<Expr> after;  // by class; -1 not known
    int32_t next = -1;        // of the same hash
  };
  struct Call {
    Expander* expander = nullptr;
    std::string key;
    Expr expansion = -1;
    Expr short_expansion = -1;
  };
  struct Capture {
    Expander* expander = nullptr;
    std::string key;  // with the text so far
  };
  struct Multiple {
    uint64_t divisor = 1;
    int decimals = 0;
  };

  Node& at(Expr of) { return nodes_[static_cast<std::size_t>(of)]; }
  const Node& at(Expr of) const { return nodes_[static_cast<std::size_t>(of)]; }
  Expr intern(Node node);
  Expr raw_derive(Expr of, unsigned char by);
  Expr derive_multiple(const Node& node, unsigned char by);
  bool multiple_nullable(const Node& node) const;
  void add_edges(Expr of, ByteSet& into);
  Expr wrap(Expr of);
  Expr capture_node(Expr group, Expander& expander, const std::string& key);
  bool spend();

  // short_text.cc
  uint32_t find_short(Expr of, int nesting);
  uint32_t find_short_chain(Expr of, int nesting);
  uint32_t search_short(Expr of);
  bool is_searched(const Node& node) const;
  Expr unfold_short(Expr of);
  static unsigned char plain_byte(const Classes& of, std::size_t which);
  bool add_short(Expr of, std::string& text, int nesting);
  bool add_searched(Expr of, std::string& text);

  std::deque<Node> nodes_;
  std::unordered_map<uint64_t, Expr> by_hash_;
  std::vector<ByteSet> sets_;
  std::unordered_map<ByteSet, int> set_ids_;
  std::vector<Multiple> multiples_;
  std::deque<Capture> captures_;
  std::unordered_map<std::string, uint64_t> capture_ids_;
  std::deque<Call> calls_;
  std::unordered_map<std::string, Expr> call_ids_;
  std::deque<Classes> classes_;
  std::unordered_map<ByteSet, int> class_ids_;
  const std::size_t max_nodes_;
  uint64_t steps_ = 0;
  uint64_t step_limit_ = UINT64_MAX;
  uint64_t short_limit_ = 0;  // of steps that looking for a short text may come to
  bool exhausted_ = false;
};

}  // namespace mw::grammar
