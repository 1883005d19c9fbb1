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
    if (best->value.problem) {
      if (!reading.problem) {
        const Text message = explain(*best->value.problem, mention.words);
        reading.problem =
            TimeProblem{*best->value.problem, mention.words,
                        Error::make(Code::kInvalidArgument, message.en, message.zh, "question")};
      }
    } else {
      found.push_back(best->value);
    }
    at = best->next;
  }
  anchor(found, local);
  for (FoundTime& each : found) reading.mentions.push_back(std::move(each.mention));
  return reading;
}

TimeReading read_times(std::string_view question, const Calendar& calendar, TimeNs now) {
  const std::string text = valid_utf8(question);
  return read_times(tokenize(text), text, calendar, now);
}

}  // namespace mw::assistant
