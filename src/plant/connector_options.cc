#include "plant/connector_options.h"

#include <algorithm>

#include "core/check.h"

namespace mw::plant {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string opcua_security_word(OpcuaSecurity security) {
  const auto* const found = std::find_if(kOpcuaSecurityWords.begin(), kOpcuaSecurityWords.end(),
                                         [&](const auto& each) { return each.second == security; });
  MW_CHECK(found != kOpcuaSecurityWords.end());
  return found->first;
}

std::optional<int> parse_utc_offset(std::string_view text) {
  const bool shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
                      is_digit(text[1]) && is_digit(text[2]) && is_digit(text[4]) &&
                      is_digit(text[5]);
  if (!shaped) return std::nullopt;
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
  if (hours > 14 || minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace mw::plant
