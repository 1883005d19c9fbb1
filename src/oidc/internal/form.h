#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::oidc {

/// application/x-www-form-urlencoded, with %20 for a space: also right in a query.
std::string form_encoded(std::string_view text);
std::string form_text(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace mw::oidc
