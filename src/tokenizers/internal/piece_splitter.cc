#include "tokenizers/internal/piece_splitter.h"

#include <algorithm>
#include <array>

#include "tokenizers/internal/unicode_classes.h"
#include "tokenizers/internal/unicode_data.h"
#include "tokenizers/utf8_decode.h"

namespace mw::tokenizers {
namespace {

using Range = PiecedText::Range;
using Behavior = PieceSplitter::Behavior;
using Match = PieceSplitter::Match;

struct Found {
  Range range;
  bool is_match = false;
};

void push(std::vector<Range>& pieces, std::size_t begin, std::size_t end) {
  if (begin < end) pieces.push_back({begin, end});
}

bool matches(Match match, char32_t c) {
  switch (match) {
    case Match::kSpace:
      return char_class(c) == CharClass::kSpace;
    case Match::kPunctuation:
      return has_trait(c, kPunctuation);
    case Match::kDigit:
      return has_trait(c, kNumeric);
    case Match::kText:
      return false;
  }
  return false;
}

/// Matches and what lies between them, covering `piece`.
void find(const PieceSplitter::Split& step, std::string_view text, const Range& piece,
          std::vector<Found>& found) {
  found.clear();
  std::size_t plain = piece.begin;
  const auto match = [&](std::size_t begin, std::size_t end) {
    if (plain < begin) found.push_back({{plain, begin}, step.invert});
    found.push_back({{begin, end}, !step.invert});
    plain = end;
  };
  if (step.match == Match::kText) {
    const std::string_view inside = text.substr(0, piece.end);
    for (std::size_t at = inside.find(step.text, piece.begin); at != std::string_view::npos;
         at = inside.find(step.text, at + step.text.size())) {
      match(at, at + step.text.size());
    }
  } else {
    for (std::size_t at = piece.begin; at < piece.end;) {
      const DecodedChar next = decode_utf8(text, at);
      if (matches(step.match, next.code_point)) match(at, at + next.bytes);
      at += next.bytes;
    }
  }
  if (plain < piece.end) found.push_back({{plain, piece.end}, step.invert});
}

void merge_matches(std::vector<Found>& found, Behavior behavior, std::vector<Range>& pieces) {
  const std::size_t before = pieces.size();
  bool was_match = false;
  bool first = true;
  if (behavior == Behavior::kMergedWithNext) std::reverse(found.begin(), found.end());
  for (const Found& each : found) {
    const bool follows = behavior == Behavior::kContiguous ? !first && each.is_match == was_match
                                                           : each.is_match && !was_match;
    if (behavior == Behavior::kRemoved) {
      if (!each.is_match) pieces.push_back(each.range);
    } else if (behavior != Behavior::kIsolated && follows && pieces.size() > before) {
      pieces.back() = {std::min(pieces.back().begin, each.range.begin),
                       std::max(pieces.back().end, each.range.end)};
    } else {
      pieces.push_back(each.range);
    }
    was_match = each.is_match;
    first = false;
  }
  if (behavior == Behavior::kMergedWithNext) {
    std::reverse(pieces.begin() + static_cast<std::ptrdiff_t>(before), pieces.end());
  }
}

void apply(const PieceSplitter::Scanner& step, PiecedText& pieced, bool) {
  std::vector<Range> pieces;
  pieces.reserve(pieced.text.size() / 4 + 4);
  for (const Range& piece : pieced.pieces) {
    const std::string_view inside = std::string_view(pieced.text).substr(0, piece.end);
    for (std::size_t at = piece.begin; at < piece.end;) {
      const std::size_t end = piece_end(step.kind, inside.substr(0, at + kMaxPieceBytes), at);
      pieces.push_back({at, end});
      at = end;
    }
  }
  pieced.pieces = std::move(pieces);
}

void apply(const PieceSplitter::Split& step, PiecedText& pieced, bool) {
  std::vector<Range> pieces;
  pieces.reserve(pieced.pieces.size() + 16);
  std::vector<Found> found;
  for (const Range& piece : pieced.pieces) {
    find(step, pieced.text, piece, found);
    merge_matches(found, step.behavior, pieces);
  }
  pieced.pieces = std::move(pieces);
}

void apply(const PieceSplitter::Words&, PiecedText& pieced, bool) {
  enum class Kind { kNone, kWord, kOther };
  std::vector<Range> pieces;
  for (const Range& piece : pieced.pieces) {
    Kind last = Kind::kNone;
    std::size_t begin = piece.begin;
    for (std::size_t at = piece.begin; at < piece.end;) {
      const DecodedChar next = decode_utf8(pieced.text, at);
      const Kind kind = has_trait(next.code_point, kWord)                  ? Kind::kWord
                        : char_class(next.code_point) == CharClass::kSpace ? Kind::kNone
                                                                           : Kind::kOther;
      if (kind != last) {
        if (last != Kind::kNone) push(pieces, begin, at);
        begin = at;
        last = kind;
      }
      at += next.bytes;
    }
    if (last != Kind::kNone) push(pieces, begin, piece.end);
  }
  pieced.pieces = std::move(pieces);
}

/// What BertWords does at an ASCII character: nothing, ends the word, is a word itself.
enum class AsciiWord : uint8_t { kInside, kSpace, kPunctuation };
constexpr auto kAsciiWords = [] {
  std::array<AsciiWord, 128> words{};
  for (std::size_t c = 0; c < words.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    words[c] = c == ' ' || (c >= 9 && c <= 13) ? AsciiWord::kSpace
               : c > ' ' && c < 127 && !letter ? AsciiWord::kPunctuation
                                               : AsciiWord::kInside;
  }
  return words;
}();

void apply(const PieceSplitter::BertWords&, PiecedText& pieced, bool) {
  std::vector<Range> pieces;
  pieces.reserve(pieced.text.size() / 4 + 4);
  for (const Range& piece : pieced.pieces) {
    std::size_t begin = piece.begin;
    for (std::size_t at = piece.begin; at < piece.end;) {
      const auto byte = static_cast<unsigned char>(pieced.text[at]);
      std::size_t bytes = 1;
      AsciiWord word = AsciiWord::kInside;
      if (byte < 0x80) {
        word = kAsciiWords[byte];
      } else {
        const DecodedChar next = decode_utf8(pieced.text, at);
        bytes = next.bytes;
        word = has_trait(next.code_point, kPunctuation)           ? AsciiWord::kPunctuation
               : char_class(next.code_point) == CharClass::kSpace ? AsciiWord::kSpace
                                                                  : AsciiWord::kInside;
      }
      if (word != AsciiWord::kInside) {
        push(pieces, begin, at);
        begin = at + bytes;
        if (word == AsciiWord::kPunctuation) push(pieces, at, begin);
      }
      at += bytes;
    }
    push(pieces, begin, piece.end);
  }
  pieced.pieces = std::move(pieces);
}

void apply(const PieceSplitter::PrefixSpace&, PiecedText& pieced, bool) {
  std::string text;
  text.reserve(pieced.text.size() + pieced.pieces.size());
  for (Range& piece : pieced.pieces) {
    const std::string_view old = pieced.piece(piece);
    piece.begin = text.size();
    if (old.front() != ' ') text += ' ';
    text += old;
    piece.end = text.size();
  }
  pieced.text = std::move(text);
}

void apply(const PieceSplitter::Metaspace& step, PiecedText& pieced, bool at_start) {
  using Prepend = PieceSplitter::Metaspace::Prepend;
  std::string text;
  text.reserve(pieced.text.size() * 3 / 2 + 16);
  std::vector<Range> pieces;
  pieces.reserve(pieced.pieces.size() + 16);
  for (const Range& piece : pieced.pieces) {
    const std::string_view old = pieced.piece(piece);
    const bool has_one = old.front() == ' ' || old.starts_with(step.replacement);
    const bool first = at_start && piece.begin == 0;
    const std::size_t begin = text.size();
    if (!has_one &&
        (step.prepend == Prepend::kAlways || (step.prepend == Prepend::kFirst && first)))
      text += step.replacement;
    std::size_t piece_begin = begin;
    for (std::size_t at = 0; at < old.size();) {
      const bool space = old[at] == ' ';
      const bool marked = space || old.substr(at).starts_with(step.replacement);
      if (!marked) {
        text += old[at++];
        continue;
      }
      if (step.split) {
        push(pieces, piece_begin, text.size());
        piece_begin = text.size();
      }
      text += step.replacement;
      at += space ? 1 : step.replacement.size();
    }
    push(pieces, piece_begin, text.size());
  }
  pieced.text = std::move(text);
  pieced.pieces = std::move(pieces);
}

}  // namespace

std::optional<PreTokenizer> PieceSplitter::only_scanner() const {
  if (steps_.size() != 1) return std::nullopt;
  const auto* scanner = std::get_if<Scanner>(&steps_.front());
  return scanner == nullptr ? std::nullopt : std::optional(scanner->kind);
}

void PieceSplitter::split(PiecedText& pieced, bool at_start) const {
  pieced.pieces.clear();
  push(pieced.pieces, 0, pieced.text.size());
  for (const Step& step : steps_) {
    std::visit([&](const auto& each) { apply(each, pieced, at_start); }, step);
  }
}

}  // namespace mw::tokenizers
