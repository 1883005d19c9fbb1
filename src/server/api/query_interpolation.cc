#include "server/api/query_interpolation.h"

#include "server/api/query_parameter.h"

namespace mw::server {

Result<std::optional<plant::Interpolation>> query_interpolation(const HttpRequest& request) {
  const std::string_view text = request.query_value("interpolation");
  if (text.empty()) return std::optional<plant::Interpolation>();
  const std::optional<plant::Interpolation> known = plant::interpolation_of(text);
  if (known) return known;
  const std::string got(text.substr(0, 40));
  return Error::make(Code::kInvalidArgument,
                     "'interpolation': expected stepped or linear, got '" + got + "'",
                     "“interpolation”应为 stepped 或 linear，收到“" + got + "”", "interpolation");
}

Json interpolation_parameter() {
  return query_parameter("interpolation", "string",
                         "How values go between samples: stepped or linear (of numbers, over at "
                         "most 31 days of kept samples); default as the tag's description says",
                         false);
}

}  // namespace mw::server
