#include "assistant/internal/features.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "assistant/internal/feature_words.h"
#include "assistant/internal/words.h"

namespace mw::assistant {
namespace {

/// Orders stand at the start of a clause: "Stop CNC-2", "请把温度设为…". Elsewhere the same words
/// ask
/// ("when did it stop").
bool is_order_position(const Tokens& tokens, size_t at) {
  while (at > 0) {
    const std::string& text = tokens[at - 1].text;
    const bool polite = text == "please" || text == "you" || text == "can" || text == "could" ||
                        text == "now" || text == "then" || text == "and" || text == "to" ||
                        text == "请" || text == "把" || text == "将" || text == "帮" ||
                        text == "我" || text == "立" || text == "即" || text == "马" ||
                        text == "上" || text == "给";
    if (!polite) return tokens[at - 1].kind == Token::Kind::kSign;
    --at;
  }
  return true;
}

const std::unordered_set<std::string>& known_words() {
  static const std::unordered_set<std::string> words = [] {
    std::unordered_set<std::string> out;
    for (const FeatureWords& entry : feature_words()) {
      for (const std::string_view phrase : entry.phrases) {
        for (const Token& token : tokenize(phrase)) {
          if (token.is_word()) out.insert(token.text);
        }
      }
    }
    for (const char* word :
         {"today",   "yesterday", "tomorrow", "morning",   "afternoon", "evening", "night",
          "tonight", "noon",      "midnight", "hour",      "hours",     "minute",  "minutes",
          "second",  "seconds",   "week",     "weeks",     "month",     "months",  "shift",
          "shifts",  "monday",    "tuesday",  "wednesday", "thursday",  "friday",  "saturday",
          "sunday",  "past",      "last",     "previous",  "began",     "begin",   "start",
          "started", "half",      "quarter",  "early",     "late",      "ten",     "five"}) {
      out.insert(word);
    }
    return out;
  }();
  return words;
}

}  // namespace

std::vector<FeatureHit> find_features(const Tokens& tokens) {
  std::vector<FeatureHit> hits;
  for (size_t at = 0; at < tokens.size(); ++at) {
    FeatureHit best;
    for (const FeatureWords& entry : feature_words()) {
      if (entry.feature == Feature::kCommand && !is_order_position(tokens, at)) continue;
      for (const std::string_view phrase : entry.phrases) {
        const size_t used = match_phrase(tokens, at, phrase);
        // Of equal length the first in the table wins.
        if (used > best.last - best.first) best = {entry.feature, at, at + used};
      }
    }
    if (best.last == best.first) continue;
    const bool inside = !hits.empty() && best.last <= hits.back().last;
    if (!inside) hits.push_back(best);
  }
  return hits;
}

bool is_known_word(std::string_view word) {
  return is_function_word(word) || known_words().count(std::string(word)) > 0;
}

}  // namespace mw::assistant
