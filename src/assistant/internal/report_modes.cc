#include "assistant/internal/report_modes.h"

#include <algorithm>

#include "assistant/internal/words.h"

namespace mw::assistant {
namespace {

constexpr double kEnough = 0.65;  // of a name: two words of three, not one of two
constexpr std::size_t kNear = 8;  // tokens: words further apart than this are no name

bool is_same(const Token& a, const Token& b) {
  return a.text == b.text ||
         (a.is_word() && b.is_word() && canonical_word(a.text) == canonical_word(b.text));
}

struct Match {
  double share = 0;
  ReportQuote quote;
};

/// How much of a name stands close together in the report.
Match match_name(const std::string& name, const Tokens& tokens) {
  Tokens words = tokenize(name);
  std::erase_if(words, [](const Token& each) {
    return each.kind == Token::Kind::kSign || is_function_word(each.text);
  });
  Match best;
  if (words.empty()) return best;
  for (std::size_t first = 0; first < tokens.size(); ++first) {
    const std::size_t last = std::min(tokens.size(), first + words.size() + kNear);
    std::size_t found = 0, end = first;
    for (const Token& word : words) {
      for (std::size_t at = first; at < last; ++at) {
        if (!is_same(word, tokens[at])) continue;
        ++found;
        end = std::max(end, at);
        break;
      }
    }
    const double share = static_cast<double>(found) / static_cast<double>(words.size());
    const bool starts = std::any_of(words.begin(), words.end(), [&](const Token& word) {
      return is_same(word, tokens[first]);
    });
    if (starts && share > best.share) best = {share, {tokens[first].begin, tokens[end].end}};
  }
  return best;
}

void by_names(const std::vector<const plant::Asset*>& assets, const Tokens& tokens,
              std::vector<ReportMode>& out) {
  for (const plant::Asset* asset : assets) {
    for (const plant::FailureMode& mode : asset->failure_modes) {
      Match best;
      for (const std::string& name : {mode.name.en, mode.name.zh}) {
        const Match match = match_name(name, tokens);
        if (match.share > best.share) best = match;
      }
      if (best.share < kEnough) continue;
      out.push_back({asset->id, mode.id, mode.name, true, best.share, best.quote});
    }
  }
}

void by_signs(const std::vector<const plant::Asset*>& assets,
              const std::vector<std::pair<std::string, ReportQuote>>& tags,
              std::vector<ReportMode>& out) {
  for (const plant::Asset* asset : assets) {
    for (const plant::FailureMode& mode : asset->failure_modes) {
      std::size_t found = 0;
      ReportQuote quote;
      for (const std::string& sign : mode.signs) {
        const auto named = std::find_if(tags.begin(), tags.end(), [&](const auto& each) {
          return each.first == asset->id + "/" + sign || each.first == sign;
        });
        if (named == tags.end()) continue;
        if (++found == 1) quote = named->second;
      }
      if (found == 0) continue;
      const double share = static_cast<double>(found) / static_cast<double>(mode.signs.size());
      out.push_back({asset->id, mode.id, mode.name, false, share, quote});
    }
  }
}

}  // namespace

std::vector<ReportMode> report_modes(const std::vector<const plant::Asset*>& assets,
                                     const Tokens& tokens,
                                     const std::vector<std::pair<std::string, ReportQuote>>& tags) {
  std::vector<ReportMode> out;
  by_names(assets, tokens, out);
  if (out.empty()) by_signs(assets, tags, out);
  std::stable_sort(out.begin(), out.end(),
                   [](const ReportMode& a, const ReportMode& b) { return a.share > b.share; });
  if (out.size() > kMostReportModes) out.resize(kMostReportModes);
  return out;
}

}  // namespace mw::assistant
