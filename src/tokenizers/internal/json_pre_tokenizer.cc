#include "tokenizers/internal/json_components.h"

namespace mw::tokenizers {
namespace {

using Behavior = PieceSplitter::Behavior;
using Match = PieceSplitter::Match;

constexpr std::size_t kMaxExpression = 600;  // of one that an error quotes

Result<Behavior> read_behavior(const JsonNode& node) {
  MW_ASSIGN(const std::string name, node.text("behavior"));
  constexpr std::pair<std::string_view, Behavior> kNames[] = {
      {"Removed", Behavior::kRemoved},
      {"Isolated", Behavior::kIsolated},
      {"MergedWithPrevious", Behavior::kMergedWithPrevious},
      {"MergedWithNext", Behavior::kMergedWithNext},
      {"Contiguous", Behavior::kContiguous}};
  for (const auto& [known, behavior] : kNames) {
    if (known == name) return behavior;
  }
  return node.unsupported("the behavior '" + name + "'");
}

Result<void> read_split(const JsonNode& node, PieceSplitter& splitter) {
  MW_TRY(node.only({"type", "pattern", "behavior", "invert"}));
  MW_ASSIGN(const Behavior behavior, read_behavior(node));
  MW_ASSIGN(const bool invert, node.flag("invert", false));
  if (!node.has("pattern")) return node.broken("expected a pattern");
  const JsonNode pattern = node.member("pattern");
  MW_ASSIGN(const std::string text, pattern.text("String"));
  if (!text.empty()) {
    splitter.add(PieceSplitter::Split{Match::kText, text, behavior, invert});
    return {};
  }
  MW_ASSIGN(const std::string expression, pattern.text("Regex"));
  const auto scanner = pre_tokenizer_of_regex(expression);
  if (!scanner) {
    return pattern.unsupported("the expression '" + expression.substr(0, kMaxExpression) + "'");
  }
  // These expressions match every character, so that both forms leave all their matches.
  if (behavior != Behavior::kIsolated && !(behavior == Behavior::kRemoved && invert)) {
    return node.unsupported("this behavior with an expression");
  }
  splitter.add(PieceSplitter::Scanner{*scanner});
  return {};
}

Result<void> read_metaspace(const JsonNode& node, PieceSplitter& splitter) {
  using Prepend = PieceSplitter::Metaspace::Prepend;
  MW_TRY(
      node.only({"type", "replacement", "str_rep", "prepend_scheme", "add_prefix_space", "split"}));
  PieceSplitter::Metaspace metaspace;
  MW_ASSIGN(metaspace.replacement, node.text("replacement", "\xe2\x96\x81"));
  if (metaspace.replacement.empty() || metaspace.replacement.size() > 4) {
    return node.member("replacement").broken("expected one character");
  }
  MW_ASSIGN(const bool prefix, node.flag("add_prefix_space", true));
  MW_ASSIGN(const std::string scheme, node.text("prepend_scheme", prefix ? "always" : "never"));
  if (scheme != "always" && scheme != "never" && scheme != "first") {
    return node.unsupported("the prepend_scheme '" + scheme + "'");
  }
  metaspace.prepend = scheme == "always"  ? Prepend::kAlways
                      : scheme == "first" ? Prepend::kFirst
                                          : Prepend::kNever;
  MW_ASSIGN(metaspace.split, node.flag("split", true));
  splitter.add(metaspace);
  return {};
}

Result<void> read_byte_level(const JsonNode& node, PreTokenizing& pre) {
  MW_TRY(node.only({"type", "add_prefix_space", "trim_offsets", "use_regex"}));
  MW_ASSIGN(const bool prefix, node.flag("add_prefix_space", true));
  MW_ASSIGN(const bool use_regex, node.flag("use_regex", true));
  if (prefix) pre.splitter.add(PieceSplitter::PrefixSpace());
  if (use_regex) pre.splitter.add(PieceSplitter::Scanner{PreTokenizer::kGpt2});
  pre.byte_level = true;
  return {};
}

void add_whitespace_split(PieceSplitter& splitter) {
  splitter.add(PieceSplitter::Split{Match::kSpace, {}, Behavior::kRemoved, false});
}

}  // namespace

Result<void> read_pre_tokenizer(const JsonNode& node, PreTokenizing& pre) {
  if (node.json().is_null()) return {};
  MW_ASSIGN(const std::string type, node.text("type"));
  if (pre.byte_level) return node.unsupported("a step behind ByteLevel");
  if (type == "Sequence") {
    MW_TRY(node.only({"type", "pretokenizers"}));
    MW_ASSIGN(const std::size_t count, node.array_size("pretokenizers"));
    for (std::size_t i = 0; i < count; ++i) {
      MW_TRY(read_pre_tokenizer(node.member("pretokenizers").element(i), pre));
    }
    return {};
  }
  if (type == "ByteLevel") return read_byte_level(node, pre);
  if (type == "Split") return read_split(node, pre.splitter);
  if (type == "Metaspace") return read_metaspace(node, pre.splitter);
  if (type == "Digits") {
    MW_TRY(node.only({"type", "individual_digits"}));
    MW_ASSIGN(const bool individual, node.flag("individual_digits", false));
    pre.splitter.add(PieceSplitter::Split{
        Match::kDigit, {}, individual ? Behavior::kIsolated : Behavior::kContiguous, false});
    return {};
  }
  if (type == "Punctuation") {
    MW_TRY(node.only({"type", "behavior"}));
    Behavior behavior = Behavior::kIsolated;
    if (node.has("behavior")) {
      MW_ASSIGN(behavior, read_behavior(node));
    }
    pre.splitter.add(PieceSplitter::Split{Match::kPunctuation, {}, behavior, false});
    return {};
  }
  if (type == "CharDelimiterSplit") {
    MW_TRY(node.only({"type", "delimiter"}));
    MW_ASSIGN(const std::string delimiter, node.text("delimiter"));
    if (delimiter.empty()) return node.broken("expected a delimiter");
    pre.splitter.add(PieceSplitter::Split{Match::kText, delimiter, Behavior::kRemoved, false});
    return {};
  }
  MW_TRY(node.only({"type"}));
  if (type == "BertPreTokenizer") {
    pre.splitter.add(PieceSplitter::BertWords());
  } else if (type == "WhitespaceSplit") {
    add_whitespace_split(pre.splitter);
  } else if (type == "Whitespace") {
    pre.splitter.add(PieceSplitter::Words());
  } else {
    return node.unsupported("the pre-tokenizer '" + type + "'");
  }
  return {};
}

}  // namespace mw::tokenizers
