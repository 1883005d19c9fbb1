#include "maintenance/detect/history_check.h"

#include <string>

#include "maintenance/detect/scaling.h"

namespace mw::maintenance {

Result<void> check_history(const SampleMatrix& normal, std::size_t fewest) {
  std::size_t whole = 0;
  bool moves = false;
  std::span<const double> first;
  for (std::size_t i = 0; i < normal.rows(); ++i) {
    const auto row = normal.row(i);
    if (!complete(row)) continue;
    if (whole++ == 0) first = row;
    for (std::size_t j = 0; j < row.size() && !moves; ++j) moves = row[j] != first[j];
  }
  if (whole < fewest) {
    return Error::make(Code::kInvalidArgument,
                       "not enough evidence: a detector learns from " + std::to_string(fewest) +
                           " complete rows of normal running or more, got " +
                           std::to_string(whole) + ": record for longer",
                       "依据不足：检测器至少需要 " + std::to_string(fewest) +
                           " 行完整的正常运行数据，实际为 " + std::to_string(whole) +
                           " 行：请延长采集时间",
                       "history");
  }
  if (!moves) {
    return Error::make(Code::kInvalidArgument,
                       "no sensor moves in the normal history: is the machine off, or are its "
                       "sensors dead? Give a stretch of running",
                       "正常历史数据中没有任何传感器变化：设备是否停机、传感器是否失效？"
                       "请提供运行中的数据",
                       "history");
  }
  return {};
}

}  // namespace mw::maintenance
