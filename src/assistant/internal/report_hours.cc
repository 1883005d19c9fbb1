#include "assistant/internal/report_hours.h"

#include <initializer_list>

#include "assistant/internal/numerals.h"
#include "assistant/internal/tokens.h"

namespace mw::assistant {
namespace {

constexpr double kMostHours = 10'000;

bool says(const Tokens& tokens, std::initializer_list<std::string_view> phrases) {
  for (const std::string_view phrase : phrases) {
    for (std::size_t at = 0; at < tokens.size(); ++at) {
      if (match_phrase(tokens, at, phrase) > 0) return true;
    }
  }
  return false;
}

/// How many tokens of a unit of time stand at `at`, and how many hours one is.
std::pair<std::size_t, double> unit_at(const Tokens& tokens, std::size_t at) {
  static constexpr std::pair<std::string_view, double> kUnits[] = {
      {"hours", 1},       {"hour", 1},           {"hrs", 1},           {"hr", 1},
      {"h", 1},           {"minutes", 1.0 / 60}, {"minute", 1.0 / 60}, {"min", 1.0 / 60},
      {"mins", 1.0 / 60}, {"days", 24},          {"day", 24},          {"个小时", 1},
      {"小时", 1},        {"个钟头", 1},         {"分钟", 1.0 / 60},   {"天", 24}};
  for (const auto& [phrase, hours] : kUnits) {
    const std::size_t used = match_phrase(tokens, at, phrase);
    if (used > 0) return {used, hours};
  }
  return {0, 0};
}

std::optional<ReportHours> hours_in(const Tokens& tokens, std::size_t begin) {
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const auto number = read_numeral(tokens, at);
    if (!number || number->tokens == 0) continue;
    const auto [used, hours] = unit_at(tokens, at + number->tokens);
    if (used == 0) continue;
    const double all = number->value * hours;
    if (!(all > 0) || all > kMostHours) return std::nullopt;
    const std::size_t last = at + number->tokens + used - 1;
    return ReportHours{all, {begin + tokens[at].begin, begin + tokens[last].end}};
  }
  return std::nullopt;
}

}  // namespace

void find_hours(MaintenanceReport& report) {
  for (const ReportClause& clause : report.clauses) {
    const ReportQuote& at = clause.quote;
    const Tokens tokens = tokenize(report.text.substr(at.begin, at.end - at.begin));
    const auto hours = hours_in(tokens, at.begin);
    if (!hours) continue;
    const bool stood =
        says(tokens, {"downtime", "down for", "stood", "standstill", "stopped for",
                      "out of operation", "out of service", "停机", "停产", "停了", "停运"});
    const bool worked = says(tokens, {"took", "worked", "labour", "labor", "man hours", "work time",
                                      "repair time", "工时", "耗时", "用时", "历时", "花了"});
    if (stood && !report.standstill) report.standstill = hours;
    if (worked && !stood && !report.work) report.work = hours;
  }
}

}  // namespace mw::assistant
