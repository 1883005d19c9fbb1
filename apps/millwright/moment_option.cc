#include "apps/millwright/moment_option.h"

#include "plant/csv_export.h"

namespace mw::app {

Result<std::optional<TimeNs>> moment_of(const std::string& text, const char* flag) {
  if (text.empty()) return std::optional<TimeNs>();
  if (const auto found = plant::read_csv_time(text)) return std::optional<TimeNs>(*found);
  return Error::make(
      Code::kInvalidArgument,
      std::string("--") + flag + ": expected 2026-01-31T08:00:00Z, got '" + text + "'",
      std::string("--") + flag + "：应为 2026-01-31T08:00:00Z 形式", flag);
}

}  // namespace mw::app
