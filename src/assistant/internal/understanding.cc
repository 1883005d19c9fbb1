#include "assistant/internal/understanding.h"

#include <algorithm>
#include <cmath>

#include "assistant/internal/name_resolver.h"
#include "assistant/internal/numerals.h"
#include "assistant/internal/question_language.h"
#include "assistant/internal/time_grammar.h"
#include "assistant/internal/unknown_names.h"
#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

/// The tokens that the time mentions span, and the times themselves.
std::vector<std::pair<size_t, size_t>> time_spans(const Tokens& tokens, const TimeReading& times) {
  std::vector<std::pair<size_t, size_t>> spans;
  for (const TimeMention& mention : times.mentions) {
    size_t first = 0;
    while (first < tokens.size() && tokens[first].begin < mention.begin) ++first;
    size_t last = first;
    while (last < tokens.size() && tokens[last].end <= mention.end) ++last;
    spans.emplace_back(first, std::max(last, first + 1));
  }
  return spans;
}

/// The unit after a number, folded: "°c", "bar"; empty when no unit stands there.
std::string spoken_unit(const Tokens& tokens, size_t at) {
  static constexpr std::pair<std::string_view, std::string_view> kUnits[] = {
      {"degrees celsius", "°c"},
      {"degrees fahrenheit", "°f"},
      {"degrees", "°"},
      {"degc", "°c"},
      {"degf", "°f"},
      {"° c", "°c"},
      {"° f", "°f"},
      {"°", "°"},
      {"celsius", "°c"},
      {"fahrenheit", "°f"},
      {"bar", "bar"},
      {"mm s", "mm/s"},
      {"amps", "a"},
      {"a", "a"},
      {"kw", "kw"},
      {"kn", "kn"},
      {"rpm", "1/min"},
      {"percent", "%"},
      {"%", "%"},
      {"度", "°"},
      {"摄氏度", "°c"},
      {"华氏度", "°f"},
      {"巴", "bar"},
      {"安", "a"},
      {"千瓦", "kw"}};
  for (const auto& [phrase, unit] : kUnits) {
    if (match_phrase(tokens, at, phrase) > 0) return std::string(unit);
  }
  return {};
}

void read_threshold(Understanding& u) {
  for (const FeatureHit& hit : u.features) {
    if (hit.feature != Feature::kAbove && hit.feature != Feature::kBelow) continue;
    const auto number = read_numeral(u.tokens, hit.last);
    if (!number || std::fabs(number->value) > 1e9) continue;
    Threshold threshold;
    threshold.value = number->value;
    const std::string& text = u.tokens[hit.last].text;
    const size_t point = text.find('.');
    if (u.tokens[hit.last].is_number() && point != std::string::npos) {
      threshold.decimals = static_cast<int>(std::min<size_t>(text.size() - point - 1, 6));
    }
    threshold.above = hit.feature == Feature::kAbove;
    threshold.unit = spoken_unit(u.tokens, hit.last + number->tokens);
    u.threshold = threshold;
    return;
  }
}

}  // namespace

size_t Understanding::assets_named() const {
  return static_cast<size_t>(std::count_if(assets.begin(), assets.end(),
                                           [](const AssetMention& each) { return !each.generic; }));
}

const AssetMention* Understanding::place() const {
  const AssetMention* found = nullptr;
  for (const AssetMention& each : assets) {
    if (each.level.empty()) continue;
    if (found != nullptr) return nullptr;
    found = &each;
  }
  return found;
}

bool Understanding::has(Feature feature) const { return where(feature).has_value(); }

std::optional<size_t> Understanding::where(Feature feature) const {
  for (const FeatureHit& hit : features) {
    if (hit.feature == feature) return hit.first;
  }
  return std::nullopt;
}

bool Understanding::is_yes_no() const {
  static constexpr std::string_view kOpeners[] = {"is", "are", "was",  "were", "does", "did",
                                                  "do", "has", "have", "had",  "am"};
  static constexpr std::string_view kChinese[] = {"吗", "么?"};
  for (size_t at = 0; at < tokens.size(); ++at) {
    for (const std::string_view phrase : kChinese) {
      if (match_phrase(tokens, at, phrase) > 0) return true;
    }
  }
  if (has(Feature::kYesNo)) return true;
  size_t first = 0;
  while (first < tokens.size() && (tokens[first].kind == Token::Kind::kSign ||
                                   tokens[first].text == "please" || tokens[first].text == "and")) {
    ++first;
  }
  return first < tokens.size() && std::find(std::begin(kOpeners), std::end(kOpeners),
                                            tokens[first].text) != std::end(kOpeners);
}

Understanding understand(std::string_view question, const Lexicon& lexicon,
                         const Calendar& calendar, TimeNs now) {
  Understanding u;
  u.question = valid_utf8(question);
  const Tokens all = tokenize(u.question);
  u.language = detect_language(all);
  u.times = read_times(all, u.question, calendar, now);
  const auto spans = time_spans(all, u.times);
  u.tokens = content_tokens(all, spans);
  for (const auto& span : spans) {
    const size_t begin = all[span.first].begin;
    size_t at = 0;
    while (at < u.tokens.size() && u.tokens[at].begin < begin) ++at;
    u.time_at.push_back(at);
  }
  resolve_names(u, lexicon);
  read_threshold(u);
  find_unknown_names(u, lexicon);
  return u;
}

}  // namespace mw::assistant
