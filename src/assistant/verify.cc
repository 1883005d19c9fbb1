#include "assistant/verify.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "assistant/internal/number_text.h"
#include "assistant/internal/numerals.h"
#include "assistant/internal/tokens.h"
#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Finds `name` in `text` from `from` on, ignoring ASCII case, not inside a longer word.
size_t find_name(std::string_view text, std::string_view name, size_t from) {
  for (size_t at = from; at + name.size() <= text.size(); ++at) {
    bool same = true;
    for (size_t i = 0; i < name.size() && same; ++i) same = lower(text[at + i]) == lower(name[i]);
    if (!same) continue;
    const bool open = at == 0 || !is_word_byte(name.front()) || !is_word_byte(text[at - 1]);
    const size_t end = at + name.size();
    const bool closed =
        end == text.size() || !is_word_byte(name.back()) || !is_word_byte(text[end]);
    if (open && closed) return at;
  }
  return std::string_view::npos;
}

/// Blanks each of `names` out of `text`, longest first. Reports whether any was there.
std::vector<std::string> blank_names(std::string& text, std::vector<std::string> names) {
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  std::vector<std::string> seen;
  for (const std::string& name : names) {
    if (name.size() < 2) continue;
    for (size_t at = find_name(text, name, 0); at != std::string::npos;
         at = find_name(text, name, at)) {
      // A mark instead of the name, so that "CNC-2 3 bar" does not become "3 bar" beside nothing.
      text.replace(at, name.size(), " ; ");
      seen.push_back(name);
    }
  }
  return seen;
}

// Signs and words that can be (part of) a unit, folded as tokenize folds them.
constexpr std::string_view kUnitTokens[] = {
    "°",   "%",  "c",   "f",   "k",   "bar",  "mbar", "pa",  "kpa", "mpa", "mm",  "cm",  "m",
    "um",  "µm", "km",  "a",   "ma",  "v",    "mv",   "kv",  "w",   "kw",  "mw",  "hz",  "khz",
    "rpm", "n",  "nm",  "kn",  "l",   "ml",   "g",    "kg",  "t",   "s",   "ms",  "min", "h",
    "d",   "db", "ohm", "rad", "deg", "degc", "degf", "kwh", "wh",  "va",  "kva", "lx",  "ppm"};
constexpr std::pair<std::string_view, std::string_view> kUnitWords[] = {
    {"degrees", "°c"},     {"celsius", "°c"},     {"fahrenheit", "°f"}, {"percent", "%"},
    {"kelvin", "k"},       {"amps", "a"},         {"amperes", "a"},     {"ampere", "a"},
    {"amp", "a"},          {"bars", "bar"},       {"volts", "v"},       {"watts", "w"},
    {"kilowatts", "kw"},   {"hertz", "hz"},       {"pascal", "pa"},     {"rpm", "1/min"},
    {"millimetres", "mm"}, {"millimeters", "mm"}, {"摄氏度", "°c"}};

struct TimeUnit {
  std::string_view name;
  int64_t seconds;
};
constexpr TimeUnit kTimeUnits[] = {{"d", 86400}, {"day", 86400}, {"days", 86400}, {"天", 86400},
                                   {"h", 3600},  {"hour", 3600}, {"hours", 3600}, {"小时", 3600},
                                   {"min", 60},  {"minute", 60}, {"minutes", 60}, {"分钟", 60},
                                   {"s", 1},     {"second", 1},  {"seconds", 1},  {"秒钟", 1},
                                   {"秒", 1}};

/// A unit in the folded spelling of tokens: "°c/min".
std::string folded_unit(std::string_view unit) {
  std::string out;
  for (const Token& token : tokenize(unit)) out += token.text;
  return out;
}

class Verifier {
 public:
  Verifier(std::string_view text, std::span<const Evidence> evidence, const VerifyContext& context)
      : evidence_(evidence), context_(context), text_(valid_utf8(text)) {}

  std::vector<Unsupported> run() {
    blank_names(text_, context_.names);
    for (const std::string& name : blank_names(text_, context_.other_names)) {
      report(Unsupported::Kind::kIdentifier, name);
    }
    std::vector<std::string> zones;
    for (const Evidence& each : evidence_) {
      for (const TimeNs at : moments(each)) zones.push_back(zone_text(at, *context_.zone));
    }
    blank_names(text_, zones);
    tokens_ = tokenize(text_);
    for (size_t at = 0; at < tokens_.size();) at = std::max(step(at), at + 1);
    return std::move(found_);
  }

 private:
  static std::vector<TimeNs> moments(const Evidence& each) {
    std::vector<TimeNs> out;
    if (each.ts_ns) out.push_back(*each.ts_ns);
    if (each.window) out.insert(out.end(), {each.window->start_ns, each.window->end_ns});
    return out;
  }
  void report(Unsupported::Kind kind, std::string what) {
    found_.push_back({kind, std::move(what)});
  }
  std::string_view text(size_t at) const {
    return at < tokens_.size() ? std::string_view(tokens_[at].text) : std::string_view();
  }
  bool is_number(size_t at) const { return at < tokens_.size() && tokens_[at].is_number(); }
  bool glued(size_t at) const { return at < tokens_.size() && tokens_[at].glued; }
  std::string source(size_t from, size_t to) const {
    return text_.substr(tokens_[from].begin, tokens_[to - 1].end - tokens_[from].begin);
  }

  /// Judges what starts at `at`; the position after it.
  size_t step(size_t at) {
    if (const size_t next = bare_unit(at); next != at) return next;
    if (const size_t next = identifier(at); next != at) return next;
    if (const size_t next = moment(at); next != at) return next;
    if (is_number(at)) {
      if (const size_t next = duration(at); next != at) return next;
      return number(at);
    }
    if (const size_t next = number_word(at); next != at) return next;
    if (tokens_[at].is_word()) return unit_word(at);
    return at + 1;
  }

  /// "(m3/min)": a unit of some evidence, beside no number.
  size_t bare_unit(size_t at) const {
    if (is_number(at) && text(at + 1) != "/") return at;
    const auto [unit, next] = unit_at(at);
    if (unit.find_first_of("/23") == std::string::npos) return at;
    for (const Evidence& each : evidence_) {
      const auto units = units_of(each);
      if (std::find(units.begin(), units.end(), unit) != units.end()) return next;
    }
    return at;
  }

  /// "xr-9", "e101", "a_b", "x/y": names that were not blanked, so no evidence is about them.
  size_t identifier(size_t at) {
    if (!tokens_[at].is_word() || is_unit_token(text(at))) return at;
    size_t end = at + 1;
    bool code = false;
    while (end < tokens_.size() && glued(end)) {
      const bool joint = (text(end) == "-" || text(end) == "_" || text(end) == "/") &&
                         end + 1 < tokens_.size() && glued(end + 1);
      if (joint && (tokens_[end + 1].is_word() || is_number(end + 1))) {
        code = code || text(end) != "-" || is_number(end + 1);
        end += 2;
      } else if (is_number(end)) {
        code = true;
        ++end;
      } else {
        break;
      }
    }
    if (!code) return at;
    report(Unsupported::Kind::kIdentifier, source(at, end));
    return end;
  }

  /// "2026-11-24 10:20", "10:20:30", "2026-11-24".
  size_t moment(size_t at) {
    size_t next = at;
    std::string date;
    if (is_number(at) && text(at).size() == 4 && text(at + 1) == "-" && is_number(at + 2) &&
        text(at + 3) == "-" && is_number(at + 4) && glued(at + 1) && glued(at + 4)) {
      date =
          std::string(text(at)) + "-" + std::string(text(at + 2)) + "-" + std::string(text(at + 4));
      next = at + 5;
    }
    std::string clock;
    bool seconds = false;
    if (is_number(next) && text(next + 1) == ":" && glued(next + 1) && is_number(next + 2)) {
      clock = std::string(text(next)) + ":" + std::string(text(next + 2));
      next += 3;
      if (text(next) == ":" && is_number(next + 1)) {
        clock += ":" + std::string(text(next + 1));
        seconds = true;
        next += 2;
      }
    }
    if (date.empty() && clock.empty()) return at;
    for (const Evidence& each : evidence_) {
      for (const TimeNs when : moments(each)) {
        if (same_moment(when, date, clock, seconds)) return next;
      }
    }
    report(Unsupported::Kind::kTime, source(at, next));
    return next;
  }

  bool same_moment(TimeNs when, const std::string& date, const std::string& clock,
                   bool seconds) const {
    // As moment_text writes it: seconds may only be left out when they are zero.
    const std::string whole = moment_text(when, when + 10 * kNsPerDay, *context_.zone, seconds);
    const std::string day = whole.substr(0, 10);
    if (clock.empty()) return day == date;
    if (whole.substr(11) != clock) return false;
    if (!date.empty()) return day == date;
    return day == moment_text(context_.now, context_.now + 10 * kNsPerDay, *context_.zone, false)
                      .substr(0, 10) ||
           dated_elsewhere(day);
  }

  /// "from 2026-11-23 22:00 to 23:30": the date said once holds for the times after it.
  bool dated_elsewhere(const std::string& day) const {
    return text_.find(day) != std::string::npos;
  }

  const TimeUnit* time_unit(size_t at) const {
    for (const TimeUnit& unit : kTimeUnits) {
      const size_t used = match_phrase(tokens_, at, unit.name);
      if (used > 0 && !(text(at + used) == "/" && glued(at + used))) return &unit;
    }
    return nullptr;
  }

  /// "1 h 8 min", "10-minute", "2 分钟".
  size_t duration(size_t at) {
    int64_t total = 0;
    int64_t smallest = 0;
    size_t next = at;
    std::string digits;
    while (is_number(next) && next - at < 16) {
      size_t unit_at = next + 1;
      if (text(unit_at) == "-" && glued(unit_at)) ++unit_at;
      const TimeUnit* unit = time_unit(unit_at);
      if (unit == nullptr || (smallest != 0 && unit->seconds >= smallest)) break;
      const double count = tokens_[next].number;
      if (!(count >= 0 && count < 1e12)) break;
      total += static_cast<int64_t>(count * static_cast<double>(unit->seconds));
      smallest = unit->seconds;
      next = unit_at + match_phrase(tokens_, unit_at, unit->name);
    }
    if (next == at) return at;
    // A tag may itself be measured in minutes.
    if (next == at + 2 && matches_value(at, folded_unit(text(at + 1)))) return next;
    for (const Evidence& each : evidence_) {
      const bool spans = each.fact.size() > 2 && each.fact.ends_with("_s") && each.value;
      if (spans && truncated(*each.value, smallest) == total) return next;
      if (each.window &&
          truncated(static_cast<double>(each.window->end_ns - each.window->start_ns) / kNsPerSecond,
                    smallest) == total) {
        return next;
      }
    }
    report(Unsupported::Kind::kTime, source(at, next));
    return next;
  }

  static int64_t truncated(double seconds, int64_t unit) {
    return static_cast<int64_t>(std::floor(seconds / static_cast<double>(unit))) * unit;
  }

  static bool is_unit_token(std::string_view token) {
    return std::find(std::begin(kUnitTokens), std::end(kUnitTokens), token) !=
           std::end(kUnitTokens);
  }

  /// The unit that stands at `at`, folded; empty for none.
  std::pair<std::string, size_t> unit_at(size_t at) const {
    for (const auto& [word, unit] : kUnitWords) {
      if (const size_t used = match_phrase(tokens_, at, word))
        return {std::string(unit), at + used};
    }
    std::string unit;
    size_t next = at;
    while (next < tokens_.size() && (next == at || glued(next))) {
      const bool digit_one = is_number(next) && text(next) == "1" && text(next + 1) == "/";
      const bool slash = text(next) == "/" && !unit.empty();
      const bool power = unit.ends_with('m') && (text(next) == "2" || text(next) == "3");  // m3/min
      if (!is_unit_token(text(next)) && !digit_one && !slash && !power) break;
      unit += text(next++);
    }
    while (!unit.empty() && unit.back() == '/') {
      unit.pop_back();
      --next;
    }
    // "a machine": the article, not amperes.
    if (unit == "a" && next < tokens_.size() && tokens_[next].is_word()) return {"", at};
    return {unit, next};
  }

  static std::vector<std::string> units_of(const Evidence& each) {
    return {folded_unit(unit_text(each.unit)), folded_unit(each.unit)};
  }

  /// Whether some evidence's value, rounded as shown, is the number at `at` (with `unit`, if any).
  bool matches_value(size_t at, const std::string& unit) const {
    const std::string shown(text(at));
    const size_t point = shown.find('.');
    const int decimals =
        point == std::string::npos ? 0 : static_cast<int>(shown.size() - point - 1);
    const bool negative = at > 0 && text(at - 1) == "-" && glued(at) && !glued(at - 1);
    const auto same = [&](double value, bool unsigned_too) {
      if (!std::isfinite(value)) return false;
      const std::string rounded = fixed_text(value, decimals);
      if (rounded == (negative ? "-" + shown : shown)) return true;
      return unsigned_too && !negative && rounded == "-" + shown;
    };
    for (const Evidence& each : evidence_) {
      if (unit.empty() || unit == "%") {
        if (each.good_share < 1 && unit == "%" && same(each.good_share * 100, false)) return true;
      }
      if (!each.value) continue;
      // "fell by 1.8": the word carries the sign.
      const bool directed = each.fact == "change" || each.fact.starts_with("difference") ||
                            each.fact.ends_with("_per_minute");
      const auto units = units_of(each);
      const bool unit_fits =
          unit.empty() || std::find(units.begin(), units.end(), unit) != units.end();
      if (unit_fits && same(*each.value, directed)) return true;
    }
    return false;
  }

  size_t number(size_t at) {
    const auto [unit, next] = unit_at(at + 1);
    if (matches_value(at, unit)) return next;
    const bool value_known = !unit.empty() && matches_value(at, "");
    report(value_known ? Unsupported::Kind::kUnit : Unsupported::Kind::kNumber, source(at, next));
    return next;
  }

  /// "three", "twenty-five", "三十"; "one" and "一" are articles more often than numbers.
  size_t number_word(size_t at) {
    const auto read = read_numeral(tokens_, at);
    if (!read || text(at) == "a" || text(at) == "couple") return at;
    if (read->tokens == 1 && (text(at) == "one" || text(at) == "一")) return at + 1;
    for (const Evidence& each : evidence_) {
      if (each.value && *each.value == read->value) return at + read->tokens;
    }
    report(Unsupported::Kind::kNumber, source(at, at + read->tokens));
    return at + read->tokens;
  }

  /// A unit without a number ("in fahrenheit") has to be the unit of something.
  size_t unit_word(size_t at) {
    for (const auto& [word, unit] : kUnitWords) {
      if (text(at) != word) continue;
      for (const Evidence& each : evidence_) {
        const auto units = units_of(each);
        if (std::find(units.begin(), units.end(), unit) != units.end()) return at + 1;
        if (unit == "%" && each.good_share < 1) return at + 1;
      }
      report(Unsupported::Kind::kUnit, std::string(word));
    }
    return at + 1;
  }

  std::span<const Evidence> evidence_;
  const VerifyContext& context_;
  std::string text_;
  Tokens tokens_;
  std::vector<Unsupported> found_;
};

}  // namespace

std::vector<Unsupported> find_unsupported(std::string_view text, std::span<const Evidence> evidence,
                                          const VerifyContext& context) {
  return Verifier(text, evidence, context).run();
}

}  // namespace mw::assistant
