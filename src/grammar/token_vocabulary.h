#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizers/tokenizer.h"

namespace mw::grammar {

/// A tokenizer's tokens as a tree of their bytes, for masks. Made once a model.
///
/// Control tokens are in no mask; those that end an answer are where the grammar may end.
/// Threads  const members from any thread.
class Vocabulary {
 public:
  static std::shared_ptr<const Vocabulary> of(const tokenizers::Tokenizer& tokenizer,
                                              std::vector<int32_t> end_ids);
  /// `pieces` by id; an empty one is never allowed.
  Vocabulary(const std::vector<std::string>& pieces, std::vector<int32_t> end_ids);

  int32_t size() const { return static_cast<int32_t>(pieces_.size()); }
  std::size_t words() const { return (pieces_.size() + 63) / 64; }
  const std::string& piece(int32_t id) const { return pieces_[static_cast<std::size_t>(id)]; }
  const std::vector<int32_t>& end_ids() const { return end_ids_; }
  bool is_end(int32_t id) const;

  /// Nodes in depth-first order; node 0 is the root. The nodes below i are i + 1 to skip[i] - 1.
  struct Tree {
    std::vector<uint8_t> byte;
    std::vector<uint16_t> depth;
    std::vector<uint32_t> skip;
    std::vector<uint32_t> first_token;  // of each node in `tokens`; one more at the end
    std::vector<int32_t> tokens;
    // Bytes as byte_buckets.h puts them together: of all nodes below each, and of each in `tokens`.
    std::vector<uint64_t> below;
    std::vector<uint64_t> token_bytes;
  };
  const Tree& tree() const { return tree_; }

  /// What a walk through the tree with one language found.
  struct Walk {
    std::vector<uint64_t> mask;    // tokens that stay within the language
    std::vector<uint32_t> exits;   // nodes where a text of the language ends
    std::vector<uint32_t> onward;  // those of them, by position, below which tokens go on
    // Of the language of plain JSON strings only: characters begun before the end of each.
    std::vector<uint16_t> exit_chars;
    std::vector<std::pair<uint16_t, int32_t>>
        by_chars;  // tokens without the closing quote, most first
  };
  /// After the opening quote of a JSON string: of any spelling, and of the one of constrained ones.
  const Walk& free_string() const { return free_string_; }
  const Walk& plain_string() const { return plain_string_; }

 private:
  void build_tree();
  void walk_strings();

  std::vector<std::string> pieces_;
  std::vector<int32_t> end_ids_;
  Tree tree_;
  Walk free_string_;
  Walk plain_string_;
};

}  // namespace mw::grammar
