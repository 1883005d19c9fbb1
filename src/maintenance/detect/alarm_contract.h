#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/language.h"
#include "core/result.h"

namespace mw::maintenance {

/// What a plant agreed to: at most so many false alarms of one machine in so many days.
struct AlarmContract {
  double most_false = 1;
  double days = 30;
};

/// How alarms are counted: an alarm begins when the score goes over the threshold and ends when it
/// has stayed under it for `quiet_s`; what comes before that belongs to it.
struct AlarmCounting {
  double step_s = 1;     // from row to row
  double quiet_s = 600;  // ISA-18.2's re-alarm; also the least time that makes two alarms two
};

/// A threshold and what it rests on.
struct AlarmThreshold {
  double score = 0;        // an alarm is above it
  double block_s = 0;      // scores within a block depend on each other
  std::size_t blocks = 0;  // of normal history, each with its highest score
  double p_value = 0;      // of a block that alarms: at most the contract's share of blocks
};

/// A threshold that keeps the contract on machines that run as the history did: the history is cut
/// into blocks longer than its scores depend on each other, and a new block's p-value is the share
/// of blocks (itself one of them) whose highest score is at least its own. Alarming at p-values up
/// to block / (days / most_false) alarms in no more than that share of normal blocks, whatever the
/// scores' distribution (conformal prediction; the blocks have to be exchangeable).
///
/// Shapes   `normal_scores` in time order, NaN where there is none. They must be of rows that the
///          detector did not learn from: its own rows look better than they are.
/// Errors   invalid_argument, "not enough evidence", when the history is too short for the
///          contract: with n blocks no p-value is under 1 / (n + 1). The message says what could be
///          promised and how much history the contract needs.
/// Source   Vovk, Gammerman & Shafer 2005, ch. 2; blocks as in Chernozhukov et al. 2018.
Result<AlarmThreshold> alarm_threshold(std::span<const double> normal_scores,
                                       const AlarmContract& contract,
                                       const AlarmCounting& counting);

/// One alarm in `scores`, as rows: `end` is after the last one that is over the threshold.
struct AlarmSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};
std::vector<AlarmSpan> alarm_spans(std::span<const double> scores, double threshold,
                                   const AlarmCounting& counting);
/// Where alarms begin in `scores`, as row numbers.
std::vector<std::size_t> count_alarms(std::span<const double> scores, double threshold,
                                      const AlarmCounting& counting);

/// What a model did on normal history that neither it nor its threshold had seen.
struct ContractReplay {
  std::size_t alarms = 0;
  double days = 0;
  double rate = 0;      // alarms in the contract's days
  double rate_low = 0;  // 90 % interval of the true rate (Garwood's, of a Poisson count)
  double rate_high = 0;
  double standing_share = 0;  // of the rows, over the threshold
  /// The interval reaches down to the promise, and alarms do not stand for more than 5 % of normal
  /// running: nothing speaks against the model.
  bool kept = false;
};

/// Counts alarms on replayed normal history. A model whose interval lies above the promise cannot
/// keep its budget and must not go live.
ContractReplay replay_contract(std::span<const double> normal_scores, double threshold,
                               const AlarmContract& contract, const AlarmCounting& counting);

/// One sentence on a replay, in both languages.
Text replay_text(const ContractReplay& replay, const AlarmContract& contract);

}  // namespace mw::maintenance
