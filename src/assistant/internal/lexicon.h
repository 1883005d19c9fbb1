#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "assistant/internal/tokens.h"
#include "plant/catalogue.h"

namespace mw::assistant {

/// Something of the plant that a stretch [first, last) of the tokens may name.
struct NameHit {
  enum class Kind { kAsset, kAssetKind, kArea, kLine, kCell, kSite, kTag, kTagPart, kState };
  Kind kind = Kind::kAsset;
  size_t first = 0;
  size_t last = 0;
  double score = 0;  // 1 for the name itself, less for synonyms, misspellings and parts of it
  // kAsset, kTag, kTagPart: positions in the catalogue's lists. The other kinds: `id`.
  std::vector<uint32_t> items;
  std::string id;
  bool head = false;    // kTagPart: the noun of the name ("temperature"), not what qualifies it
  bool plural = false;  // kAssetKind: "presses"
};

/// The names of one catalogue, ready to be found in questions: names, identifiers and synonyms of
/// both languages, by word, with plurals, numerals ("CNC two", "二号机床") and misspelt words.
///
/// Threads  const after creation.
class Lexicon {
 public:
  explicit Lexicon(std::shared_ptr<const plant::Catalogue> catalogue);

  const plant::Catalogue& catalogue() const { return *catalogue_; }
  std::shared_ptr<const plant::Catalogue> shared_catalogue() const { return catalogue_; }

  /// All names that start at token `at`; overlaps and rivals are the caller's to settle. `tokens`
  /// must not hold the signs that join names (content_tokens).
  std::vector<NameHit> at(const Tokens& tokens, size_t at) const;

  /// The kind of every asset, "" standing for machines in general.
  std::vector<uint32_t> assets_of_kind(std::string_view kind) const;
  /// The number in the asset's name: 2 of "CNC-2"; 0 when it has none.
  int number_of(uint32_t asset) const { return numbers_[asset]; }

  /// Names like `unknown`, best first, at most `most`.
  std::vector<uint32_t> nearest_assets(std::string_view unknown, size_t most) const;
  std::vector<uint32_t> nearest_tags(std::string_view unknown, const std::vector<uint32_t>& among,
                                     size_t most) const;

 private:
  struct Entry {
    std::vector<std::string> words;  // canonical; numbers as "#2"
    NameHit::Kind kind;
    double score = 1;
    std::vector<uint32_t> items;
    std::string id;
    bool head = false;
  };
  struct Option {
    std::string word;
    size_t tokens = 1;
    double similarity = 1;
    bool plural = false;
  };
  static std::vector<std::string> phrase_words(std::string_view text);
  void add(std::string_view text, NameHit::Kind kind, double score, uint32_t item, std::string id);
  void add_words(std::vector<std::string> words, NameHit::Kind kind, double score, uint32_t item,
                 std::string id, bool head);
  void add_parts(std::string_view name, uint32_t tag);
  std::vector<Option> options(const Tokens& tokens, size_t at) const;
  /// Matches the words of `entry` after its first; fills the end and the similarity.
  bool rest_matches(const Entry& entry, const Tokens& tokens, size_t next, size_t& end,
                    double& similarity) const;

  std::shared_ptr<const plant::Catalogue> catalogue_;
  std::vector<int> numbers_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::vector<uint32_t>> by_first_word_;
  std::map<std::string, uint32_t> by_phrase_;  // kind and words to entry, so that tags share one
  std::unordered_set<std::string> vocabulary_;
};

/// The text of the sign that stands for a time.
inline constexpr std::string_view kTimeMark = "@time";

/// The tokens that can be part of names: signs that join or decorate (- _ / # ' ") are left out,
/// the tokens in [blanks.first, blanks.second) become one sign that matches nothing.
Tokens content_tokens(const Tokens& tokens, const std::vector<std::pair<size_t, size_t>>& blanks);

}  // namespace mw::assistant
