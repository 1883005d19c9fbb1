#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "assistant/internal/tokens.h"

namespace mw::assistant {

/// What the words of a question ask for, besides names and times.
enum class Feature {
  kHowMuch,  // "是多少": asks for a value, but not necessarily for the one now
  kYesNo,    // "有没有", "是否"
  kLatest,   // "current", "是多少"
  kMean,
  kMinimum,  // also "lowest", "最低"
  kMaximum,
  kSpread,   // standard deviation, "how stable"
  kRange,    // minimum and maximum
  kTrend,    // "how has it changed", "变化", "rising"
  kRate,     // change per minute
  kCompare,  // "compare", "than", "相比"
  kHigher,   // "hotter", "更高"
  kLower,
  kWhich,  // "which", "哪台"
  kState,  // "doing", "状态"
  kHowLong,
  kHowOften,
  kWhen,
  kHowMany,
  kProduced,    // "made", "生产了"
  kUnusual,     // "abnormal", "异常"
  kOee,         // "OEE", "综合效率"
  kBatches,     // "which batches", "哪些批次"
  kEvents,      // "what was noted", "有什么记录"
  kHealth,      // "which machines need attention", "健康状况"
  kCases,       // "which cases", "哪些案例"
  kWork,        // "the work order", "工单"
  kModes,       // "which failure modes", "故障模式"
  kLife,        // "remaining life", "剩余寿命"
  kFails,       // of what is to come: "when will it fail"
  kListAssets,  // "which machines are there"
  kListTags,    // "which sensors"
  kOverview,    // "how is ... doing"
  kSites,       // "which sites are there", "有哪些产线"
  kDescribe,    // "the metadata of", "基本信息"
  kValues,      // "the sensor data", "读数"
  kByHour,      // "hourly", "每小时"
  kByDay,
  kByWeek,
  kByMonth,
  kByKind,        // "by type", "按类别"
  kDistribution,  // "distribution", "分布"
  kNot,
  kAbove,  // "over 80"
  kBelow,
  kBefore,    // "than before"
  kHelp,      // "what can I ask"
  kAll,       // "all", "both", "各"
  kGreeting,  // "good morning", "多谢"
  // What is asked for but cannot be done yet; naming it is honest, answering something else is not.
  kWhy,
  kFuture,
  kCommand,
  kUnsupportedStatistic,  // median, correlation, spectrum
};

struct FeatureHit {
  Feature feature = Feature::kLatest;
  size_t first = 0;
  size_t last = 0;
};

/// The feature words of `tokens` (see content_tokens), from left to right, the longest at each
/// place.
std::vector<FeatureHit> find_features(const Tokens& tokens);

/// Whether a Latin word means something to the grammar, so that it is never taken for a misspelt
/// name ("mean" is not "main").
bool is_known_word(std::string_view word);

}  // namespace mw::assistant
