#include "plant/retention.h"

#include <algorithm>

namespace mw::plant {
namespace {

constexpr int kMostDays = 36'500;

Error wrong(std::size_t rule, const std::string& en, const std::string& zh) {
  const std::string place = "retention rule " + std::to_string(rule + 1) + ": ";
  return Error::make(Code::kInvalidArgument, place + en, place + zh, "retention");
}

TimeNs days_before(TimeNs now_ns, int days) { return (now_ns / kNsPerDay - days) * kNsPerDay; }

}  // namespace

Result<void> check_retention(const std::vector<RetentionRule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const RetentionRule& rule = rules[i];
    if (rule.tags.empty()) {
      return wrong(i, "expected tags = [\"cnc-*/vibration\", ...], got none",
                   "缺少 tags = [\"cnc-*/vibration\", ...]");
    }
    if (rule.raw_days < 1 || rule.raw_days > kMostDays) {
      return wrong(i, "raw_days: expected 1 to 36500, got " + std::to_string(rule.raw_days),
                   "raw_days：应为 1 到 36500，实际为 " + std::to_string(rule.raw_days));
    }
    int least = rule.raw_days;
    for (const auto& [days, name] :
         {std::pair{rule.minute_days, "minute_days"}, std::pair{rule.hour_days, "hour_days"}}) {
      if (!days || (*days == 0 && days == rule.minute_days && name[0] == 'm')) continue;
      if (*days < least || *days > kMostDays) {
        return wrong(i,
                     std::string(name) + ": expected at least " + std::to_string(least) +
                         " (what is coarser must be kept longer), got " + std::to_string(*days),
                     std::string(name) + "：至少应为 " + std::to_string(least) +
                         "（越粗的数据应保留越久），实际为 " + std::to_string(*days));
      }
      least = *days;
    }
    if (!rule.minute_days && rule.hour_days) {
      return wrong(i, "hour_days needs minute_days: minutes are kept for ever without it",
                   "设置 hour_days 时也须设置 minute_days：否则分钟数据永久保留");
    }
  }
  return {};
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  // Greedy with one way back: the last star that could take more.
  std::size_t at = 0, p = 0, star = std::string_view::npos, taken = 0;
  while (at < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = at;
    } else if (p < pattern.size() && pattern[p] == text[at]) {
      ++p;
      ++at;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

KeptFrom kept_by(const RetentionRule& rule, TagKind kind, TimeNs now_ns) {
  KeptFrom from;
  from.raw_from_ns = days_before(now_ns, rule.raw_days);
  if (rule.minute_days) {
    from.minute_from_ns =
        *rule.minute_days == 0 ? from.raw_from_ns : days_before(now_ns, *rule.minute_days);
  }
  if (rule.hour_days) from.hour_from_ns = days_before(now_ns, *rule.hour_days);
  if (is_text(kind)) from.raw_from_ns = from.minute_from_ns = from.hour_from_ns;
  return from;
}

}  // namespace mw::plant
