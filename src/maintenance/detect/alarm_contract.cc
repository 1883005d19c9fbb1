#include "maintenance/detect/alarm_contract.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "core/check.h"
#include "maintenance/detect/poisson.h"

namespace mw::maintenance {
namespace {

constexpr double kDayS = 86'400;
constexpr double kNoLongerAlike = 0.1;  // a correlation under this is none
constexpr double kConfidence = 0.9;
constexpr std::size_t kFewestBlocks = 20;
/// One alarm that never ends is one alarm, and no use: a model that is over its threshold for more
/// than this share of normal running is refused too.
constexpr double kMostStanding = 0.05;

std::string number(double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.3g", value);
  return out.data();
}

/// Scores as ranks from 0 to 1, so that what follows does not depend on their scale.
std::vector<double> ranks_of(std::span<const double> scores) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!std::isnan(scores[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  std::vector<double> out(scores.size(), std::nan(""));
  for (std::size_t k = 0; k < order.size(); ++k) {
    out[order[k]] = (static_cast<double>(k) + 0.5) / static_cast<double>(order.size());
  }
  return out;
}

/// Rows after which scores no longer resemble each other.
std::size_t dependence_rows(std::span<const double> scores) {
  const std::vector<double> ranks = ranks_of(scores);
  const auto correlation = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t i = lag; i < ranks.size(); ++i) {
      if (std::isnan(ranks[i]) || std::isnan(ranks[i - lag])) continue;
      sum += (ranks[i] - 0.5) * (ranks[i - lag] - 0.5);
    }
    return sum;
  };
  const double variance = correlation(0);
  if (!(variance > 0)) return 1;
  std::size_t lag = 1;
  while (lag < ranks.size() / 4 && correlation(lag) > kNoLongerAlike * variance) {
    lag += std::max<std::size_t>(1, lag / 4);
  }
  return lag;
}

std::vector<double> block_maxima(std::span<const double> scores, std::size_t block_rows) {
  std::vector<double> out;
  for (std::size_t at = 0; at + block_rows <= scores.size(); at += block_rows) {
    double highest = -INFINITY;
    std::size_t known = 0;
    for (std::size_t i = at; i < at + block_rows; ++i) {
      if (std::isnan(scores[i])) continue;
      ++known;
      highest = std::max(highest, scores[i]);
    }
    if (2 * known >= block_rows) out.push_back(highest);  // half a block says too little
  }
  return out;
}

}  // namespace

Result<AlarmThreshold> alarm_threshold(std::span<const double> normal_scores,
                                       const AlarmContract& contract,
                                       const AlarmCounting& counting) {
  MW_CHECK(counting.step_s > 0 && counting.quiet_s >= 0);
  if (!(contract.most_false > 0) || !(contract.days > 0)) {
    return Error::make(Code::kInvalidArgument,
                       "an alarm contract allows more than 0 false alarms in more than 0 days: "
                       "nothing that watches can promise none at all",
                       "报警约定中的误报次数和天数都应大于 0：任何监测都无法保证完全没有误报",
                       "contract");
  }
  // Two alarms are counted once when they are closer than quiet_s: a block is no shorter.
  const auto quiet_rows = static_cast<std::size_t>(std::ceil(counting.quiet_s / counting.step_s));
  const std::size_t block_rows =
      std::max({std::size_t{1}, quiet_rows, 2 * dependence_rows(normal_scores)});
  AlarmThreshold out;
  out.block_s = static_cast<double>(block_rows) * counting.step_s;
  std::vector<double> maxima = block_maxima(normal_scores, block_rows);
  out.blocks = maxima.size();
  const double share = std::min(contract.most_false * out.block_s / (contract.days * kDayS), 0.5);
  const double fewest = std::max(std::ceil(1 / share) - 1, static_cast<double>(kFewestBlocks));
  if (static_cast<double>(maxima.size()) < fewest) {
    const double had_days = static_cast<double>(maxima.size()) * out.block_s / kDayS;
    const double need_days = fewest * out.block_s / kDayS;
    return Error::make(
        Code::kInvalidArgument,
        "not enough evidence for " + number(contract.most_false) + " false alarms in " +
            number(contract.days) + " days: that takes " + number(need_days) +
            " days of normal history beside what the detector learned from, there are " +
            number(had_days) + ". Record for longer, or agree to more alarms",
        "依据不足，无法承诺 " + number(contract.days) + " 天内误报不超过 " +
            number(contract.most_false) + " 次：除训练数据外还需要 " + number(need_days) +
            " 天的正常历史数据，目前只有 " + number(had_days) +
            " 天。请延长采集时间，或约定更高的误报次数",
        "history");
  }
  std::sort(maxima.begin(), maxima.end(), std::greater<>());
  // p = (1 + blocks at least as high) / (n + 1) <= share: so many may be higher or alike.
  const auto above =
      static_cast<std::size_t>(std::floor(share * static_cast<double>(maxima.size() + 1) + 1e-9)) -
      1;
  out.score = maxima[std::min(above, maxima.size() - 1)];
  out.p_value = static_cast<double>(above + 1) / static_cast<double>(maxima.size() + 1);
  return out;
}

std::vector<AlarmSpan> alarm_spans(std::span<const double> scores, double threshold,
                                   const AlarmCounting& counting) {
  const auto quiet_rows = static_cast<std::size_t>(std::ceil(counting.quiet_s / counting.step_s));
  std::vector<AlarmSpan> out;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!(scores[i] > threshold)) continue;
    if (out.empty() || i + 1 - out.back().end > quiet_rows) out.push_back({i, i});
    out.back().end = i + 1;
  }
  return out;
}

std::vector<std::size_t> count_alarms(std::span<const double> scores, double threshold,
                                      const AlarmCounting& counting) {
  std::vector<std::size_t> out;
  for (const AlarmSpan& each : alarm_spans(scores, threshold, counting)) out.push_back(each.begin);
  return out;
}

ContractReplay replay_contract(std::span<const double> normal_scores, double threshold,
                               const AlarmContract& contract, const AlarmCounting& counting) {
  ContractReplay out;
  out.alarms = count_alarms(normal_scores, threshold, counting).size();
  const auto known = std::count_if(normal_scores.begin(), normal_scores.end(),
                                   [](double each) { return !std::isnan(each); });
  out.days = static_cast<double>(known) * counting.step_s / kDayS;
  if (out.days <= 0) return out;
  const auto over = std::count_if(normal_scores.begin(), normal_scores.end(),
                                  [&](double each) { return each > threshold; });
  out.standing_share = static_cast<double>(over) / static_cast<double>(known);
  const double periods = out.days / contract.days;
  const auto [low, high] = poisson_interval(out.alarms, kConfidence);
  out.rate = static_cast<double>(out.alarms) / periods;
  out.rate_low = low / periods;
  out.rate_high = high / periods;
  out.kept = out.rate_low <= contract.most_false && out.standing_share <= kMostStanding;
  return out;
}

Text replay_text(const ContractReplay& replay, const AlarmContract& contract) {
  const std::string alarms = std::to_string(replay.alarms);
  const std::string interval = number(replay.rate_low) + " - " + number(replay.rate_high);
  const std::string days = number(contract.days);
  return {alarms + " false alarms in " + number(replay.days) +
              " days of replayed normal running: " + number(replay.rate) + " in " + days +
              " days (90 % interval " + interval + "), promised " + number(contract.most_false) +
              (replay.kept ? "." : ": the model cannot keep its budget and does not go live."),
          "在 " + number(replay.days) + " 天的正常数据回放中误报 " + alarms + " 次：折合每 " +
              days + " 天 " + number(replay.rate) + " 次（90% 区间 " + interval + "），约定 " +
              number(contract.most_false) + " 次；超过阈值的时间占 " +
              number(100 * replay.standing_share) + "%" +
              (replay.kept ? "。" : "：该模型无法遵守误报预算，不予上线。")};
}

}  // namespace mw::maintenance
