#include "assistant/internal/time_grammar_zh.h"

#include <algorithm>
#include <cmath>

#include "assistant/internal/numerals.h"

namespace mw::assistant {
Maybe<TimeNs> ChineseTime::unit(size_t at) const {
  struct Unit {
    TimeNs ns;
    std::initializer_list<std::string_view> names;
  };
  static const Unit kUnits[] = {{kNsPerSecond, {"秒钟", "秒", "s", "sec"}},
                                {kNsPerMinute, {"分钟", "分", "min", "m"}},
                                {kNsPerHour, {"小时", "个小时", "钟头", "个钟头", "个钟", "h"}},
                                {kNsPerDay, {"天", "日", "个昼夜"}},
                                {7 * kNsPerDay, {"周", "个星期", "星期", "个礼拜"}},
                                {30 * kNsPerDay, {"个月"}},
                                {365 * kNsPerDay, {"年"}}};
  for (const Unit& unit : kUnits) {
    const size_t next = skip(at, unit.names);
    if (next != at) return parsed(unit.ns, next);
  }
  return std::nullopt;
}

Maybe<TimeNs> ChineseTime::duration(size_t at) const {
  // 半小时, 半个小时, 半天, 一刻钟, 三刻钟, 一个半小时, 两小时二十分钟, 一小时零五分.
  size_t half = skip(at, {"半个", "半"});
  if (half != at) {
    if (const auto whole = unit(half)) return parsed(whole->value / 2, whole->next);
  }
  if (const auto count = read_numeral(tokens_, at)) {
    const size_t quarter = skip(at + count->tokens, {"刻钟"});
    if (quarter != at + count->tokens) {
      return parsed(scaled(count->value, 15 * kNsPerMinute), quarter);
    }
  }
  TimeNs total = 0;
  size_t next = at;
  while (true) {
    const size_t from = total > 0 ? skip(next, {"零", "又", "加"}) : next;
    const auto number = read_numeral(tokens_, from);
    if (!number) break;
    double count = number->value;
    size_t after = skip(from + number->tokens, {"来", "多", "几"});
    const size_t mixed = skip(after, {"个半", "点五"});
    if (mixed != after) {
      count += 0.5;
      after = mixed;
    }
    const auto one = unit(skip(after, {"-"}));
    if (!one) break;
    total += scaled(count, one->value);
    next = one->next;
    if (stands(next, {"半"})) {  // 一小时半
      total += one->value / 2;
      ++next;
    }
    if (total > TimeNs(kLongestSpokenNs)) break;
  }
  if (next == at) return std::nullopt;
  return parsed(total, next);
}

Maybe<ChineseTime::Part> ChineseTime::part(size_t at) const {
  using Half = ClockTime::Half;
  struct Named {
    std::initializer_list<std::string_view> names;
    Part part;
  };
  static const Named kParts[] = {
      {{"凌晨"}, {{0, 6 * kHourS}, Half::kMorning}},
      {{"早上", "早晨", "清晨", "一早", "清早"}, {{6 * kHourS, 9 * kHourS}, Half::kMorning}},
      {{"上午"}, {{6 * kHourS, 12 * kHourS}, Half::kMorning}},
      {{"中午", "正午"}, {{11 * kHourS, 13 * kHourS}, Half::kNone}},
      {{"下午", "午后"}, {{12 * kHourS, 18 * kHourS}, Half::kAfternoon}},
      {{"傍晚"}, {{17 * kHourS, 19 * kHourS}, Half::kAfternoon}},
      {{"晚上", "晚间"}, {{18 * kHourS, 24 * kHourS}, Half::kNight}},
      {{"夜里", "夜间", "半夜", "深夜"}, {{22 * kHourS, 30 * kHourS}, Half::kNight}}};
  for (const Named& named : kParts) {
    const size_t next = skip(at, named.names);
    if (next == at) continue;
    // 早上好 greets; 早上好几次 counts.
    const bool greets = text(next) == "好" && skip(next + 1, {"几", "多", "久", "长"}) == next + 1;
    if (!greets) return parsed(named.part, next);
  }
  return std::nullopt;
}

Maybe<ClockTime> ChineseTime::clock(size_t at) const {
  if (auto digital = digital_clock(at)) return digital;
  const auto hour = read_numeral(tokens_, at);
  if (!hour || !(hour->value >= 0 && hour->value < 100) || std::floor(hour->value) != hour->value) {
    return std::nullopt;
  }
  ClockTime clock;
  clock.seconds = static_cast<int>(hour->value) * kHourS;
  size_t next = skip(at + hour->tokens, {"点钟", "点整", "点", "时整", "时"});
  if (next == at + hour->tokens) {
    clock.bare = true;  // only as the first half of 三到五点
    clock.impossible = clock.seconds > 24 * kHourS;
    return parsed(clock, next);
  }
  const size_t counted = skip(next, {"半", "一刻", "三刻"});
  if (counted != next) {
    const std::string_view word = text(next);
    clock.seconds += word == "半" ? 30 * 60 : word == "一" ? 15 * 60 : 45 * 60;
    next = counted;
  } else {
    const size_t minute_at = skip(next, {"零", "过"});
    if (const auto minute = read_numeral(tokens_, minute_at)) {
      const size_t after = minute_at + minute->tokens;
      const size_t closed = skip(after, {"分钟", "分"});
      // 三点五十 ends here; 三点十分钟 does not occur; 3点10号机 does not name minutes.
      const bool minutes = closed != after || (tokens_[after - 1].is_han() && minute->value >= 10 &&
                                               !stands(after, {"号", "台", "度", "个"}));
      if (minutes && std::floor(minute->value) == minute->value) {
        clock.impossible = minute->value > 59;
        clock.seconds += static_cast<int>(std::min(minute->value, 99.0)) * 60;
        next = closed;
        if (const auto second = read_numeral(tokens_, next);
            second && closed != after && stands(next + second->tokens, {"秒"})) {
          clock.impossible = clock.impossible || second->value > 59;
          clock.seconds += static_cast<int>(std::min(second->value, 99.0));
          next += second->tokens + 1;
        }
      }
    }
  }
  clock.impossible = clock.impossible || clock.seconds > 24 * kHourS;
  return parsed(clock, next);
}

Maybe<ChineseTime::Day> ChineseTime::day(size_t at) const {
  const int64_t today = calendar_.today();
  Day found;
  size_t next = at;
  if ((next = skip(at, {"大前天"})) != at) {
    found.days = today - 3;
  } else if ((next = skip(at, {"前天", "前日"})) != at) {
    found.days = today - 2;
  } else if ((next = skip(at, {"昨天", "昨日", "昨儿"})) != at) {
    found.days = today - 1;
  } else if ((next = skip(at, {"今天", "今日", "当天", "今儿", "当日"})) != at) {
    found.days = today;
  } else if ((next = skip(at, {"今早", "今晨", "今晚", "昨晚", "昨夜", "前晚"})) != at) {
    const std::string_view which = text(at);
    found.days = which == "今" ? today : which == "昨" ? today - 1 : today - 2;
    const bool morning = text(at + 1) == "早" || text(at + 1) == "晨";
    found.part = morning ? Part{{6 * kHourS, 9 * kHourS}, ClockTime::Half::kMorning}
                         : Part{{18 * kHourS, 24 * kHourS}, ClockTime::Half::kNight};
    return parsed(found, skip(next, {"上", "间"}));
  } else if (const auto date = iso_date(at)) {
    found.days = date->value;
    next = date->next;
  } else if (const auto first = read_numeral(tokens_, at);
             first && first->value >= 1 && std::floor(first->value) == first->value) {
    // 2026年11月22日, 11月22号, 三天前.
    const int64_t value = static_cast<int64_t>(std::min(first->value, 1e6));
    next = at + first->tokens;
    if (stands(next, {"天前", "天之前", "天以前", "日前"})) {
      if (value > 3650) return std::nullopt;
      found.days = today - value;
      next = skip(next, {"天前", "天之前", "天以前", "日前"});
    } else {
      int64_t year = 0;
      int64_t month = value;
      if (stands(next, {"年"})) {
        year = value;
        const auto second = read_numeral(tokens_, next + 1);
        if (!second) return std::nullopt;
        month = static_cast<int64_t>(std::min(second->value, 1e6));
        next += 1 + second->tokens;
      }
      if (!stands(next, {"月"})) return std::nullopt;
      const auto of_month = read_numeral(tokens_, next + 1);
      if (!of_month) return std::nullopt;
      const size_t after = next + 1 + of_month->tokens;
      next = skip(after, {"日", "号"});
      if (next == after) return std::nullopt;
      const int day_number = static_cast<int>(std::min(of_month->value, 99.0));
      const int month_number = static_cast<int>(std::min<int64_t>(month, 99));
      if (year != 0) {
        const int year_number = static_cast<int>(std::min<int64_t>(year, 9999));
        if (is_valid_date(year_number, month_number, day_number)) {
          found.days = days_from_civil(year_number, month_number, day_number);
        }
      } else {
        found.days = recent_date(month_number, day_number);
      }
    }
  } else {
    // 周三, 星期三, 上周三, 这周三.
    next = skip(at, {"上周", "上个星期", "上星期", "上个周", "这周", "本周", "这个星期", "周",
                     "星期", "礼拜"});
    if (next == at) return std::nullopt;
    int weekday = -1;
    static constexpr std::string_view kDays[] = {"一", "二", "三", "四", "五", "六", "日"};
    for (int i = 0; i < 7; ++i) {
      if (text(next) == kDays[i] || (i == 6 && text(next) == "天")) weekday = i;
    }
    if (weekday < 0) return std::nullopt;
    if (text(at) == "上") {
      found.days = today - weekday_of_days(today) - 7 + weekday;
    } else {
      found.days = recent_weekday(weekday, false);
    }
    ++next;
  }
  const size_t part_at = skip(next, {"的"});
  if (const auto of_day = part(part_at)) {
    found.part = of_day->value;
    next = of_day->next;
  }
  return parsed(found, next);
}

Maybe<ChineseTime::Point> ChineseTime::point(size_t at) const {
  Point point;
  size_t next = at;
  if (const auto named = day(at)) {
    point.day = named->value;
    next = skip(named->next, {"的", ","});
  }
  std::optional<Part> half = point.day ? point.day->part : std::nullopt;
  if (!half) {
    if (const auto of_day = part(next)) {
      half = of_day->value;
      next = of_day->next;
    }
  }
  const auto time = clock(next);
  if (!time) return std::nullopt;
  point.clock = time->value;
  if (half) {
    point.clock.half = half->half;
    // 中午一点 is 13:00.
    if (half->span.start_s == 11 * kHourS && point.clock.seconds < 6 * kHourS) {
      point.clock.half = ClockTime::Half::kAfternoon;
    }
  }
  return parsed(point, time->next);
}

Maybe<size_t> ChineseTime::shift_name(size_t at) const {
  const auto& shifts = calendar_.shifts();
  for (size_t i = 0; i < shifts.size(); ++i) {
    std::string phrase;
    for (const Token& token : tokenize(shifts[i].name.zh)) phrase += token.text;
    const size_t next = phrase.empty() ? at : skip(at, {phrase});
    if (next != at) return parsed(i, next);
  }
  struct Usual {
    int minute;
    std::initializer_list<std::string_view> names;
  };
  static const Usual kUsual[] = {{10 * 60, {"早班", "白班", "日班", "头班"}},
                                 {18 * 60, {"中班", "二班"}},
                                 {2 * 60, {"夜班", "晚班", "三班", "大夜班"}}};
  for (const Usual& usual : kUsual) {
    const size_t next = skip(at, usual.names);
    if (next == at) continue;
    return parsed(calendar_.shift_covering(usual.minute).value_or(SIZE_MAX), next);
  }
  return std::nullopt;
}

Maybe<FoundTime> ChineseTime::words(size_t at) const {
  size_t next =
      skip(at, {"现在", "目前", "当前", "此刻", "眼下", "此时", "实时", "这会儿", "现时"});
  if (next != at) return parsed(now_mention(), next);
  next = skip(at, {"刚才", "刚刚", "方才", "刚才这会儿", "刚刚这会儿"});
  if (next != at) return parsed(last(5 * kNsPerMinute), next);
  if (stands(at, {"最近一次", "最近一回", "最近的一次"})) return std::nullopt;
  next = skip(at, {"最近一段时间", "最近", "近来", "近期", "这段时间", "近一段时间"});
  if (next != at) return parsed(last(kNsPerHour), next);
  next = skip(at, {"明天", "后天", "明日", "下一小时", "下个小时", "下一班", "下个班", "下周",
                   "下个月", "下星期", "将来", "未来"});
  if (next != at) {
    if (text(next - 1) == "来") {
      if (const auto length = duration(next)) next = length->next;
    }
    return parsed(problem(TimeProblem::Kind::kFuture), next);
  }
  next = skip(at, {"昨天同一时间", "昨天同一时段", "昨天同期", "昨天这个时候", "昨天此时",
                   "前一天同期", "昨天的同一时间", "昨天的同一时段", "昨日同期"});
  if (next != at) {
    FoundTime found = instant(calendar_.days_earlier(calendar_.now(), 1));
    found.anchor = FoundTime::Anchor::kDayBeforeOther;
    return parsed(found, next);
  }
  return std::nullopt;
}

Maybe<FoundTime> ChineseTime::durations(size_t at) const {
  size_t from = skip(at, {"在"});
  // 最近十分钟, 过去的半小时里, 近一小时以来, 前十分钟, 之前的十分钟.
  const size_t word =
      skip(from, {"最近",   "最近的", "最近这", "过去", "过去的", "刚过去的", "近",     "这",
                  "前",     "前面",   "前面的", "此前", "此前的", "之前",     "之前的", "再往前",
                  "再前面", "上一个", "上",     "最后", "近来",   "刚刚",     "以前的"});
  const auto close = [&](size_t next) {
    return skip(next, {"内", "里", "以内", "之内", "来", "以来", "中", "之中", "里面", "当中", "间",
                       "期间", "的时间", "的时间里"});
  };
  if (word != from) {
    auto length = duration(word);
    if (!length && (stands(from, {"上一个", "上"}) || stands(from, {"最近"}))) {
      const auto one = unit(word);  // 上个小时 is "上" + "个小时"
      if (one && one->value < kNsPerDay) length = parsed(one->value, one->next);
    }
    if (length) {
      FoundTime found = last(length->value);
      const std::string_view said = text(from);
      if (said == "前" || said == "此" || said == "上") {
        found.anchor = FoundTime::Anchor::kMaybeBefore;
      } else if (said == "之" || said == "再") {
        found.anchor = FoundTime::Anchor::kMaybeBefore;
      }
      return parsed(found, close(length->next));
    }
  }
  const auto length = duration(from);
  if (!length) return std::nullopt;
  static const std::initializer_list<std::string_view> kAgo = {"前", "之前", "以前"};
  size_t next = skip(length->next, kAgo);
  if (next != length->next) {
    const size_t join = skip(next, {"到", "至", "-", "~"});
    if (join != next) {  // 二十分钟前到十分钟前
      const size_t now_at = skip(join, {"现在", "目前", "此刻"});
      if (now_at != join) return parsed(last(length->value), now_at);
      const auto end = duration(join);
      if (end && stands(end->next, kAgo)) {
        return parsed(window(calendar_.now() - length->value, calendar_.now() - end->value),
                      skip(end->next, kAgo));
      }
    }
    const size_t since = skip(next, {"以来", "至今", "开始", "起"});
    if (since != next) return parsed(last(length->value), since);
    if (length->value >= kNsPerDay && length->value % kNsPerDay == 0) {
      const int64_t days = length->value / kNsPerDay;
      if (days > 3650) return parsed(problem(TimeProblem::Kind::kTooLong), next);
      return std::nullopt;  // a day with perhaps a clock after it: left to days() and points()
    }
    return parsed(instant(calendar_.now() - length->value), next);
  }
  next = skip(length->next, {"内", "里", "以内", "之内", "以来"});
  if (next != length->next) return parsed(last(length->value), next);
  next = skip(length->next, {"后", "之后", "以后"});
  if (next != length->next) return parsed(problem(TimeProblem::Kind::kFuture), next);
  return std::nullopt;
}

Maybe<FoundTime> ChineseTime::points(size_t at) const {
  const size_t opened = skip(at, {"从", "自", "自从", "在", "打从"});
  const auto first = point(opened);
  if (!first) return std::nullopt;
  const auto days_of = [](const Point& p) {
    return p.day ? p.day->days : std::optional<int64_t>();
  };
  const auto exists = [](const Point& p) { return !p.day || p.day->days.has_value(); };

  const size_t join = skip(first->next, {"到", "至", "-", "~", "和", "与", "直到"});
  if (join != first->next) {
    const size_t now_at = skip(join, {"现在", "目前", "此刻"});
    if (now_at != join) {
      if (!exists(first->value)) return parsed(problem(TimeProblem::Kind::kImpossible), now_at);
      return parsed(clock_since(days_of(first->value), first->value.clock), now_at);
    }
    const auto second = point(join);
    const bool range = second && !(first->value.clock.bare && second->value.clock.bare);
    const bool listed = text(first->next) == "和" || text(first->next) == "与";
    const size_t closed =
        range ? skip(second->next, {"之间", "期间", "这段时间", "之间的", "这段", "间"}) : join;
    // 三点和五点 are two instants unless 之间 says that they bound a window.
    if (range && (!listed || closed != second->next)) {
      Point last_point = second->value;
      if (!exists(first->value) || !exists(last_point)) {
        return parsed(problem(TimeProblem::Kind::kImpossible), closed);
      }
      if (last_point.clock.half == ClockTime::Half::kNone && !last_point.day) {
        last_point.clock.half =
            first->value.clock.half == ClockTime::Half::kAfternoon && last_point.clock.seconds > 0
                ? ClockTime::Half::kAfternoon
                : ClockTime::Half::kNone;
        if (first->value.clock.half == ClockTime::Half::kNight &&
            last_point.clock.seconds > first->value.clock.seconds) {
          last_point.clock.half = ClockTime::Half::kNight;
        }
      }
      const auto first_day = days_of(first->value);
      return parsed(
          clock_range(first_day, first->value.clock,
                      last_point.day ? last_point.day->days : first_day, last_point.clock),
          closed);
    }
  }
  if (first->value.clock.bare) return std::nullopt;
  if (!exists(first->value)) return parsed(problem(TimeProblem::Kind::kImpossible), first->next);
  const size_t since = skip(first->next, {"以来", "以后", "之后", "起", "开始", "后", "至今"});
  const bool from = opened != at && text(at) != "在";
  if (since != first->next || from) {
    return parsed(clock_since(days_of(first->value), first->value.clock), since);
  }
  return parsed(clock_instant(days_of(first->value), first->value.clock),
                skip(first->next, {"左右", "前后", "的时候", "时"}));
}

Maybe<FoundTime> ChineseTime::shifts(size_t at) const {
  size_t from = skip(at, {"自", "从", "在"});
  size_t next = skip(from, {"本班次", "本班", "当班", "这一班", "这班", "这个班", "当前班次",
                            "这个班次", "当前班", "上班", "接班", "交接班", "我们班", "这一个班"});
  if (next != from) {
    next = skip(next, {"以来", "开始以来", "至今", "到现在", "开始", "开始到现在", "起", "后",
                       "之后", "期间", "里", "内", "中", "开班以来"});
    return parsed(this_shift(), next);
  }
  next = skip(from, {"上一班", "上个班", "上一个班", "上班次", "上个班次", "上一班次", "上一个班次",
                     "前一班", "前一个班", "前一班次"});
  if (next != from) return parsed(last_shift(), skip(next, {"次", "期间", "里", "内"}));
  std::optional<int64_t> on;
  size_t name_at = from;
  if (const auto named = day(from); named && named->value.days && !named->value.part) {
    on = named->value.days;
    name_at = skip(named->next, {"的"});
  } else {
    name_at = skip(from, {"上一个", "上个", "最近一个", "最近的"});
  }
  const auto name = shift_name(name_at);
  if (!name) return std::nullopt;
  return parsed(
      named_shift(name->value == SIZE_MAX ? std::nullopt : std::optional(name->value), on),
      skip(name->next, {"期间", "里", "内"}));
}

Maybe<FoundTime> ChineseTime::days(size_t at) const {
  const size_t from = skip(at, {"从", "自", "自从", "在"});
  const bool since = from != at && text(at) != "在";
  const auto midnight = [&](int64_t d) { return calendar_.moment(d, 0).at; };
  const CivilTime& now = calendar_.civil_now();
  const int64_t monday = calendar_.today() - weekday_of_days(calendar_.today());
  size_t next = skip(from, {"这个小时", "本小时", "当前小时"});
  if (next != from) {
    return parsed(
        window(calendar_.moment(calendar_.today(), now.hour * kHourS).at, calendar_.now()), next);
  }
  const auto named = day(from);
  if (!named) {
    if ((next = skip(from, {"本周", "这周", "这个星期", "这星期", "本星期"})) != from) {
      return parsed(window(midnight(monday), calendar_.now()), skip(next, {"以来"}));
    }
    if ((next = skip(from, {"上周", "上个星期", "上星期", "上个礼拜"})) != from) {
      return parsed(window(midnight(monday - 7), midnight(monday)), next);
    }
    const int64_t month = days_from_civil(now.year, now.month, 1);
    if ((next = skip(from, {"本月", "这个月", "当月"})) != from) {
      return parsed(window(midnight(month), calendar_.now()), skip(next, {"以来"}));
    }
    if ((next = skip(from, {"上个月", "上月"})) != from) {
      const CivilTime before = civil_from_days(month - 1);
      return parsed(
          window(midnight(days_from_civil(before.year, before.month, 1)), midnight(month)), next);
    }
    if (const auto of_day = part(from)) {  // 上午 alone is today's
      const size_t open = skip(of_day->next, {"以来"});
      FoundTime found = part_of_day(calendar_.today(), of_day->value.span);
      if (found.problem == TimeProblem::Kind::kFuture) {
        found = part_of_day(calendar_.today() - 1, of_day->value.span);
      }
      return parsed(found, open);
    }
    return std::nullopt;
  }
  next = skip(named->next, {"以来", "至今", "到现在", "开始", "起", "到目前", "到目前为止"});
  if (!named->value.days) return parsed(problem(TimeProblem::Kind::kImpossible), next);
  const int64_t day_number = *named->value.days;
  if (next != named->next || since) {
    const int start_s = named->value.part ? named->value.part->span.start_s : 0;
    return parsed(window(calendar_.moment(day_number, start_s).at, calendar_.now()), next);
  }
  next = skip(next, {"一天", "一整天", "全天", "整天", "一天里", "期间"});
  if (named->value.part) return parsed(part_of_day(day_number, named->value.part->span), next);
  return parsed(whole_day(day_number), next);
}

Maybe<FoundTime> ChineseTime::parse(size_t at) const {
  Maybe<FoundTime> best;
  keep_longest(best, words(at));
  keep_longest(best, shifts(at));
  keep_longest(best, durations(at));
  keep_longest(best, points(at));
  keep_longest(best, days(at));
  keep_longest(best, months(at));
  keep_longest(best, years(at));
  keep_longest(best, day_ranges(at));
  return best;
}

}  // namespace mw::assistant
