#include "plant/opcua/opcua_holes.h"

#include <charconv>

namespace mw::plant {
namespace {

constexpr std::string_view kHead = "millwright opcua holes 1\n";

Error damaged(std::size_t line) {
  const std::string number = std::to_string(line);
  return Error::make(Code::kCorrupt, "line " + number + ": expected a time and a tag",
                     "第 " + number + " 行：应为时间和测点");
}

}  // namespace

std::string write_opcua_holes(const OpcuaHoles& holes) {
  std::string out(kHead);
  for (const auto& [tag, since_ns] : holes) out += std::to_string(since_ns) + " " + tag + "\n";
  return out;
}

Result<OpcuaHoles> parse_opcua_holes(std::string_view text) {
  if (!text.starts_with(kHead)) return damaged(1);
  text.remove_prefix(kHead.size());
  OpcuaHoles out;
  for (std::size_t line = 2; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return damaged(line);  // cut off
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(end + 1);
    TimeNs since_ns = 0;
    const auto [stopped, problem] = std::from_chars(row.data(), row.data() + row.size(), since_ns);
    const std::string_view rest = row.substr(static_cast<std::size_t>(stopped - row.data()));
    if (problem != std::errc() || since_ns <= 0 || rest.size() < 2 || rest[0] != ' ') {
      return damaged(line);
    }
    if (!out.emplace(rest.substr(1), since_ns).second) return damaged(line);
  }
  return out;
}

}  // namespace mw::plant
