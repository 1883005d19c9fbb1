// Any TOML as [[connector]] tables: options or an error that names what is wrong.
#include "apps/millwright/connector_config.h"
#include "core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Files that a configuration names are not for a fuzzer to open.
  if (text.find("_file") != std::string_view::npos || text.find("\\") != std::string_view::npos)
    return 0;
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) return 0;
  const auto* tables = parsed.table()["connector"].as_array();
  if (tables == nullptr) return 0;
  for (const auto& each : *tables) {
    const auto* table = each.as_table();
    if (table == nullptr) continue;
    const auto read = mw::app::read_connector(*table, "config.toml");
    MW_CHECK(read || !read.error().message.en.empty());
  }
  return 0;
}
