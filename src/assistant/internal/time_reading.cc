#include <algorithm>

#include "assistant/internal/time_grammar.h"
#include "assistant/internal/time_grammar_en.h"
#include "assistant/internal/time_grammar_zh.h"
#include "assistant/internal/utf8.h"

namespace mw::assistant {
namespace {

Text explain(TimeProblem::Kind kind, const std::string& words) {
  switch (kind) {
    case TimeProblem::Kind::kFuture:
      return {"\"" + words + "\" has not happened yet: ask about a time that is past",
              "“" + words + "”还没有到：请询问过去的时间"};
    case TimeProblem::Kind::kTooLong:
      return {"\"" + words + "\" is too far back or too long: at most 400 days can be asked for",
              "“" + words + "”时间过长：最多可查询 400 天"};
    case TimeProblem::Kind::kEmpty:
      return {"\"" + words + "\" is a time span of no length: give a start before the end",
              "“" + words + "”时间段长度为零：开始时间应早于结束时间"};
    case TimeProblem::Kind::kReversed:
      return {"\"" + words + "\" ends before it starts: swap the two times, or name their days",
              "“" + words + "”的结束时间早于开始时间：请交换两个时间或注明日期"};
    case TimeProblem::Kind::kImpossible:
      return {"\"" + words + "\" is not a time that exists: expected for example 14:05 or 3 pm",
              "“" + words + "”不是有效时间：例如 14:05 或下午三点"};
    case TimeProblem::Kind::kNoShift:
      return {"\"" + words + "\" is not a shift of this plant's calendar",
              "“" + words + "”不在本厂的班次表中"};
    case TimeProblem::Kind::kNoRun:
      return {"\"" + words + "\": by this plant's calendar that shift did not run then",
              "“" + words + "”：按本厂班次表，该班次当时没有排班"};
  }
  return {};
}

bool same_length(const TimeMention& a, const TimeMention& b) {
  return a.window.end_ns - a.window.start_ns == b.window.end_ns - b.window.start_ns;
}

/// "Compare the last ten minutes with the previous ten minutes": the second one lies before.
void anchor(std::vector<FoundTime>& found, const LocalCalendar& calendar) {
  for (size_t i = 0; i < found.size(); ++i) {
    using Anchor = FoundTime::Anchor;
    if (found[i].anchor == Anchor::kNone) continue;
    const FoundTime* other = nullptr;
    for (size_t k = 0; k < found.size(); ++k) {
      const bool usable = k != i && found[k].anchor == Anchor::kNone &&
                          found[k].mention.kind == TimeMention::Kind::kWindow;
      if (usable && (other == nullptr || k < i)) other = &found[k];
    }
    TimeMention& mine = found[i].mention;
    if (other == nullptr) {
      if (found[i].anchor != Anchor::kBeforeOther) continue;
      // "and the hour before" with nothing to be before: the one before the last one.
      mine.window = {mine.window.start_ns - found[i].length_ns, mine.window.start_ns};
      continue;
    }
    const TimeWindow& theirs = other->mention.window;
    if (found[i].anchor == Anchor::kDayBeforeOther) {
      mine.kind = TimeMention::Kind::kWindow;
      mine.window = {calendar.days_earlier(theirs.start_ns, 1),
                     calendar.days_earlier(theirs.end_ns, 1)};
    } else if (found[i].anchor == Anchor::kBeforeOther || same_length(mine, other->mention)) {
      mine.window = {theirs.start_ns - found[i].length_ns, theirs.start_ns};
    }
  }
}

/// The words between two times, folded: "and", "to"; none where more than one stands there.
std::string_view between(const Tokens& tokens, const TimeMention& a, const TimeMention& b) {
  std::string_view found;
  for (const Token& token : tokens) {
    if (token.begin < a.end || token.end > b.begin) continue;
    if (!found.empty()) return {};
    found = token.text;
  }
  return found;
}

bool among(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// "May and June of 2020", "2020年5月和6月": the year said once is that of all; "from May to June
/// 2020" is one time.
void join_months(std::vector<FoundTime>& found, const Tokens& tokens, const TimeGrammar& grammar) {
  const auto joint = [&](size_t i) {
    if (i + 1 >= found.size() || found[i].month == 0 || found[i + 1].month == 0) return 0;
    const auto word = between(tokens, found[i].mention, found[i + 1].mention);
    if (among(word, {"and", ",", "or", "&", "和", "与", "及"})) return 1;
    return among(word, {"to", "until", "till", "through", "-", "~", "至", "到"}) ? 2 : 0;
  };
  const auto take_year = [&](FoundTime& month, std::optional<int> year) {
    if (month.year || !year) return;
    FoundTime dated = grammar.month_of(*year, month.month);
    dated.mention.begin = month.mention.begin;
    dated.mention.end = month.mention.end;
    dated.mention.words = month.mention.words;
    month = std::move(dated);
  };
  for (size_t i = found.size(); i-- > 0;) {
    if (joint(i) != 0) take_year(found[i], found[i + 1].year);
  }
  for (size_t i = 0; i + 1 < found.size(); ++i) {
    if (joint(i) != 0) take_year(found[i + 1], found[i].year);
  }
  for (size_t i = 0; i + 1 < found.size();) {
    if (joint(i) != 2 || found[i].problem || found[i + 1].problem) {
      ++i;
      continue;
    }
    const TimeMention &first = found[i].mention, &last = found[i + 1].mention;
    FoundTime whole = grammar.span(first.window.start_ns, last.window.end_ns);
    whole.mention.begin = first.begin;
    whole.mention.end = last.end;
    whole.mention.words = first.words + " " + last.words;
    found[i] = std::move(whole);
    found.erase(found.begin() + static_cast<long>(i) + 1);
  }
}

}  // namespace

TimeReading read_times(const Tokens& tokens, std::string_view question, const Calendar& calendar,
                       TimeNs now) {
  const LocalCalendar local(calendar, now);
  const EnglishTime english(tokens, local);
  const ChineseTime chinese(tokens, local);
  TimeReading reading;
  std::vector<FoundTime> found;
  for (size_t at = 0; at < tokens.size();) {
    Maybe<FoundTime> best = english.parse(at);
    if (auto other = chinese.parse(at); other && (!best || other->next > best->next)) {
      best = std::move(other);
    }
    if (!best) {
      ++at;
      continue;
    }
    TimeMention& mention = best->value.mention;
    mention.begin = tokens[at].begin;
    mention.end = tokens[best->next - 1].end;
    mention.words = std::string(question.substr(mention.begin, mention.end - mention.begin));
    found.push_back(best->value);
    at = best->next;
  }
  join_months(found, tokens, english);
  for (const FoundTime& each : found) {
    if (!each.problem || reading.problem) continue;
    const Text message = explain(*each.problem, each.mention.words);
    reading.problem =
        TimeProblem{*each.problem, each.mention.words,
                    Error::make(Code::kInvalidArgument, message.en, message.zh, "question")};
  }
  std::erase_if(found, [](const FoundTime& each) { return each.problem.has_value(); });
  anchor(found, local);
  for (FoundTime& each : found) reading.mentions.push_back(std::move(each.mention));
  return reading;
}

TimeReading read_times(std::string_view question, const Calendar& calendar, TimeNs now) {
  const std::string text = valid_utf8(question);
  return read_times(tokenize(text), text, calendar, now);
}

}  // namespace mw::assistant
