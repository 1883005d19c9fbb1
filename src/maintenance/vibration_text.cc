#include "maintenance/vibration_text.h"

#include <array>
#include <charconv>

namespace mw::maintenance {
namespace {

constexpr std::array<std::string_view, 4> kGroups = {"large-rigid", "large-flexible",
                                                     "medium-rigid", "medium-flexible"};

/// How many numbers stand in it; 0 where something else does, or more than there is room for.
std::size_t numbers_in(std::string_view text, std::array<double, 4>& numbers) {
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t count = 0; count < numbers.size(); ++at) {
    const auto [rest, problem] = std::from_chars(at, end, numbers[count]);
    if (problem != std::errc()) return 0;
    ++count;
    at = rest;
    if (at == end) return count;
    if (*at != ',') return 0;
  }
  return 0;
}

}  // namespace

Result<BearingGeometry> bearing_of_text(std::string_view text) {
  std::array<double, 4> numbers{};
  if (numbers_in(text, numbers) < 3 || !(numbers[0] >= 3 && numbers[0] <= 500) ||
      numbers[0] != static_cast<int>(numbers[0])) {
    return Error::make(
        Code::kInvalidArgument,
        "a bearing is ELEMENTS,DIAMETER,PITCH[,ANGLE], such as 9,0.3126,1.537: 3 to 500 elements, "
        "both diameters in one unit",
        "轴承格式为 滚动体数,滚动体直径,节圆直径[,接触角]，例如 9,0.3126,1.537："
        "滚动体 3 到 500 个，两个直径使用同一单位",
        "bearing");
  }
  return BearingGeometry{static_cast<int>(numbers[0]), numbers[1], numbers[2], numbers[3]};
}

Result<BearingOrders> orders_of_text(std::string_view text) {
  std::array<double, 4> numbers{};
  if (numbers_in(text, numbers) != 4) {
    return Error::make(Code::kInvalidArgument,
                       "a bearing's orders are BPFO,BPFI,BSF,FTF in multiples of the shaft's "
                       "speed, such as 3.585,5.415,2.357,0.398",
                       "轴承阶次格式为 BPFO,BPFI,BSF,FTF（轴转频的倍数），例如 "
                       "3.585,5.415,2.357,0.398",
                       "orders");
  }
  return BearingOrders{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::string_view group_name(MachineGroup group) { return kGroups[static_cast<std::size_t>(group)]; }

Result<MachineGroup> group_of_text(std::string_view text) {
  for (std::size_t i = 0; i < kGroups.size(); ++i) {
    if (kGroups[i] == text) return static_cast<MachineGroup>(i);
  }
  const std::string got(text.substr(0, 60));
  return Error::make(Code::kInvalidArgument,
                     "a machine group is large-rigid, large-flexible, medium-rigid or "
                     "medium-flexible (ISO 20816-3: large is over 300 kW), got '" +
                         got + "'",
                     "设备组应为 large-rigid、large-flexible、medium-rigid 或 medium-flexible"
                     "（ISO 20816-3：large 指 300 kW 以上），实际为“" +
                         got + "”",
                     "group");
}

}  // namespace mw::maintenance
