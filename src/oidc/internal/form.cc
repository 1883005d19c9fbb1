#include "oidc/internal/form.h"

#include "hub/remote_url.h"

namespace mw::oidc {

std::string form_encoded(std::string_view text) { return hub::percent_encode(text); }

std::string form_text(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    out += (out.empty() ? "" : "&") + form_encoded(name) + "=" + form_encoded(value);
  }
  return out;
}

}  // namespace mw::oidc
