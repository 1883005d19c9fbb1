#include "maintenance/score.h"

#include <array>
#include <cstdio>
#include <utility>

#include "core/check.h"

namespace mw::maintenance {

const SplitInfo& info(Split split) {
  static const std::array<SplitInfo, 5> kInfo = {{
      {"random", {"random rows", "随机行划分"}},
      {"time_block", {"blocks of time", "按时间段划分"}},
      {"asset_wise", {"asset-wise", "按设备划分"}},
      {"group_wise", {"group-wise", "按工况组划分"}},
      {"given_test", {"the set's own test part", "数据集自带测试集"}},
  }};
  return kInfo[static_cast<size_t>(split)];
}

Score::Score(std::string metric, double value, Split split, int64_t counted,
             std::vector<uint64_t> seeds, std::optional<ScoreRange> range)
    : metric_(std::move(metric)),
      value_(value),
      split_(split),
      counted_(counted),
      seeds_(std::move(seeds)),
      range_(range) {
  MW_CHECK(!seeds_.empty());
}

std::string Score::to_text(Language language) const {
  std::array<char, 32> number{};
  std::snprintf(number.data(), number.size(), "%.4g", value_);
  const std::string counted = std::to_string(counted_);
  const std::string seeds = std::to_string(seeds_.size());
  const std::string& title = info(split_).title.in(language);
  std::array<char, 80> folds{};
  const bool zh = language == Language::kZh;
  if (range_) {
    std::snprintf(folds.data(), folds.size(), zh ? "，各折 %.4g 至 %.4g" : ", folds %.4g to %.4g",
                  range_->low, range_->high);
  }
  if (zh) {
    return metric_ + " " + number.data() + "（" + title + "，n = " + counted + "，" + seeds +
           " 个随机种子" + folds.data() + "）";
  }
  return metric_ + " " + number.data() + " (" + title + ", n = " + counted + ", " + seeds +
         (seeds_.size() == 1 ? " seed" : " seeds") + folds.data() + ")";
}

Json Score::to_json() const {
  Json out{{"metric", metric_},
           {"value", value_},
           {"split", info(split_).name},
           {"n", counted_},
           {"seeds", seeds_}};
  if (range_) {
    out["low"] = range_->low;
    out["high"] = range_->high;
    out["folds"] = range_->folds;
  }
  return out;
}

}  // namespace mw::maintenance
