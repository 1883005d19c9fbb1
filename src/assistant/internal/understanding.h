#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assistant/internal/features.h"
#include "assistant/internal/lexicon.h"
#include "assistant/internal/tokens.h"
#include "assistant/time_expression.h"
#include "core/language.h"

namespace mw::assistant {

/// Machines that a stretch of the question names. More than one without `all` is ambiguous: one of
/// them is meant, but not said which.
struct AssetMention {
  size_t first = 0;
  size_t last = 0;
  std::vector<uint32_t> assets;  // positions in the catalogue
  bool all = false;              // "the CNCs", "line 1": each of them
  bool generic = false;          // "machines": no kind was said
  bool of_kind = false;          // "the press", "presses": a kind was said, no number
  // A place whose machines are meant: "area", "line" or "cell", and its id; empty for none.
  std::string level;
  std::string place;
  double score = 1;
};

/// Tags that a stretch names, with how well the words fit each.
struct TagMention {
  size_t first = 0;
  size_t last = 0;
  // The tokens that are the name's own; "warm ... the oil" has two stretches.
  std::vector<std::pair<size_t, size_t>> spans;
  std::map<uint32_t, double> tags;
  bool partial = false;  // only part of a name was said
};

struct StateMention {
  size_t first = 0;
  size_t last = 0;
  std::string state;
};

/// A name that the plant does not have.
struct UnknownName {
  std::string words;
  bool asset = false;             // else a quantity
  std::vector<uint32_t> nearest;  // assets or tags
  size_t first = 0;               // tokens; both 0 where they are not known
  size_t last = 0;
};

/// Content words at [first, last) that nothing explains.
struct UnreadWords {
  std::string words;
  size_t first = 0;
  size_t last = 0;
};

/// A limit that the question itself states: "above 80 degC".
struct Threshold {
  double value = 0;
  int decimals = 0;
  bool above = true;
  std::string unit;  // as said, folded ("°c"); empty when none was
};

/// Everything that could be read out of a question, before any decision about what it means.
struct Understanding {
  std::string question;  // valid UTF-8
  Tokens tokens;         // content tokens; positions of all mentions count these
  Language language = Language::kEn;
  TimeReading times;
  std::vector<size_t> time_at;  // the content token that stands for each time mention
  std::vector<AssetMention> assets;
  std::vector<TagMention> tags;
  std::vector<StateMention> states;
  std::vector<FeatureHit> features;
  std::vector<UnknownName> unknown;
  std::optional<Threshold> threshold;
  std::vector<UnreadWords> leftover;

  /// How many mentions name machines by more than "machines" or a line.
  size_t assets_named() const;
  /// The place that the question is about, where it is about one; nullptr for none or several.
  const AssetMention* place() const;
  bool has(Feature feature) const;
  std::optional<size_t> where(Feature feature) const;  // its first token
  bool is_yes_no() const;                              // "Is CNC-2 running?", "2号机在运行吗"
};

/// Threads  pure.
Understanding understand(std::string_view question, const Lexicon& lexicon,
                         const Calendar& calendar, TimeNs now);

}  // namespace mw::assistant
