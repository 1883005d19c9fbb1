#include "upstream/upstream_options.h"

#include <algorithm>

namespace mw::upstream {

Result<hub::Url> parse_base_url(std::string_view text) {
  MW_ASSIGN(hub::Url url, hub::parse_url(text));
  if (url.target.find('?') != std::string::npos) {
    return Error::make(Code::kInvalidArgument,
                       "address '" + std::string(text) +
                           "': expected a base address such as https://host:8000/v1, without '?'",
                       "地址“" + std::string(text) + "”应为 https://host:8000/v1 形式，不含“?”",
                       "url");
  }
  while (url.target.ends_with('/')) url.target.pop_back();
  return url;
}

bool is_upstream_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace mw::upstream
