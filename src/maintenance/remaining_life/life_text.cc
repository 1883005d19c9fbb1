#include "maintenance/remaining_life/life_text.h"

#include <cmath>

namespace mw::maintenance {
namespace {

/// Whole numbers: an interval of tens of cycles has no decimals.
std::string whole(double value) { return std::to_string(std::llround(value)); }

}  // namespace

Text life_text(const LifeAnswer& answer, bool foreign, const std::string& time_name) {
  const std::string en_time = time_name.empty() ? "" : " (" + time_name + ")";
  const std::string zh_time = time_name.empty() ? "" : "（" + time_name + "）";
  const std::string share = whole(answer.level * 100);
  if (answer.kind == LifeAnswerKind::kUnseenRegime) {
    return foreign ? Text{"it is run in a way that no asset that taught was: no number is claimed",
                          "其运行工况从未出现在训练设备中：不给出数值"}
                   : Text{"its sensors read as on no asset that taught: no number is claimed",
                          "其传感器读数与所有训练设备都不同：不给出数值"};
  }
  if (answer.kind == LifeAnswerKind::kTooEarly) {
    return {"too early to say: at least " + whole(answer.low) + " more" + en_time + " with " +
                share + " % certainty, nothing beyond that",
            "为时尚早：至少还有 " + whole(answer.low) + zh_time + "，把握 " + share +
                " %，更远的无法判断"};
  }
  return {whole(answer.low) + " to " + whole(answer.high) + " more" + en_time + " with " + share +
              " % certainty, most likely " + whole(answer.point),
          "还有 " + whole(answer.low) + " 至 " + whole(answer.high) + zh_time + "，把握 " + share +
              " %，最可能为 " + whole(answer.point)};
}

}  // namespace mw::maintenance
