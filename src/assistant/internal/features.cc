#include "assistant/internal/features.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "assistant/internal/feature_words.h"
#include "assistant/internal/lexicon.h"
#include "assistant/internal/words.h"

namespace mw::assistant {
namespace {

bool among(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Orders stand at the start of a clause ("Stop CNC-2", "请关闭液压机") or after 把 or 将.
/// Elsewhere, and with a word of the past or of asking behind them, the same words ask
/// ("停止了几次").
bool is_order(const Tokens& tokens, size_t first, size_t last) {
  if (last < tokens.size() &&
      among(tokens[last].text, {"了", "过", "着", "多", "几", "的", "时", "次", "吗", "没"})) {
    return false;
  }
  bool opening = true;
  for (size_t at = first; at > 0; --at) {
    const Token& before = tokens[at - 1];
    if (before.text == "把" || before.text == "将") return true;
    if (before.kind == Token::Kind::kSign) {
      if (opening)
        return before.text != kTimeMark;  // the mark that stands for a time begins no clause
      break;
    }
    opening =
        opening &&
        among(before.text, {"please", "you",   "can",  "could", "now", "then", "and", "to", "i",
                            "want",   "would", "like", "need",  "请",  "帮",   "我",  "立", "即",
                            "马",     "上",    "给",   "你",    "能",  "可",   "以"});
  }
  return opening;
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
  for (size_t at = 0; at < tokens.size();) {
    FeatureHit best;
    for (const FeatureWords& entry : feature_words()) {
      for (const std::string_view phrase : entry.phrases) {
        const size_t used = match_phrase(tokens, at, phrase);
        // Of equal length the first in the table wins.
        if (used <= best.last - best.first) continue;
        if (entry.feature == Feature::kCommand && !is_order(tokens, at, at + used)) continue;
        best = {entry.feature, at, at + used};
      }
    }
    if (best.last > best.first) hits.push_back(best);
    at = std::max(best.last, at + 1);
  }
  return hits;
}

bool is_known_word(std::string_view word) {
  return is_function_word(word) || known_words().count(std::string(word)) > 0;
}

}  // namespace mw::assistant
