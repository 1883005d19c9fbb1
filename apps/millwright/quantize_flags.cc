#include "apps/millwright/quantize_flags.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace mw::app {
namespace {

using formats::GgmlType;

constexpr std::array kTypes = {GgmlType::kQ4_0, GgmlType::kQ4_1, GgmlType::kQ4_K, GgmlType::kQ5_0,
                               GgmlType::kQ5_1, GgmlType::kQ5_K, GgmlType::kQ6_K, GgmlType::kQ8_0,
                               GgmlType::kF16,  GgmlType::kBF16, GgmlType::kF32};

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr Unit kUnits[] = {{"", 1},     {"b", 1},        {"kb", 1e3},        {"mb", 1e6},
                           {"gb", 1e9}, {"kib", 1024.0}, {"mib", 1048576.0}, {"gib", 1073741824.0}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string type_list() {
  std::string names;
  for (const GgmlType each : kTypes) {
    names += (names.empty() ? "" : ", ") + lower(formats::type_name(each));
  }
  return names;
}

}  // namespace

Result<SizeBudget> parse_budget(std::string_view text) {
  const std::string words = lower(text);
  double number = 0;
  const auto [end, problem] = std::from_chars(words.data(), words.data() + words.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(words.data() + words.size() - end));
  const bool positive = problem == std::errc() && std::isfinite(number) && number > 0;
  if (positive && unit == "bpw" && number >= 1 && number <= 32) return SizeBudget{0, number};
  for (const Unit& each : kUnits) {
    if (!positive || unit != each.name || number * each.bytes > 1e15) continue;
    return SizeBudget{static_cast<uint64_t>(number * each.bytes), 0};
  }
  return Error::make(Code::kInvalidArgument,
                     "--budget: expected a size such as 80MB, 76MiB or 4.5bpw (bits a weight), got "
                     "'" +
                         std::string(text) + "'",
                     "--budget：应为大小，例如 80MB、76MiB 或 4.5bpw（每权重位数），实际为“" +
                         std::string(text) + "”",
                     "budget");
}

Result<GgmlType> parse_type(std::string_view text, std::string_view param) {
  for (const GgmlType each : kTypes) {
    if (lower(text) == lower(formats::type_name(each))) return each;
  }
  return Error::make(
      Code::kInvalidArgument,
      "'" + std::string(text) + "' is no type that is written; expected one of " + type_list(),
      "无法写出类型“" + std::string(text) + "”；可用：" + type_list(), std::string(param));
}

Result<std::vector<GgmlType>> parse_types(std::string_view text) {
  std::vector<GgmlType> types;
  while (true) {
    const auto comma = text.find(',');
    MW_ASSIGN(const GgmlType type, parse_type(text.substr(0, comma), "types"));
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
    if (comma == std::string_view::npos) return types;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace mw::app
