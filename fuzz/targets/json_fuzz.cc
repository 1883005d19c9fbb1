// Any bytes as JSON: what is accepted prints to text that parses to the same value.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "core/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const auto value = mw::parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const std::string text = mw::to_text(*value);
  const auto again = mw::parse_json(text);
  MW_CHECK(again.has_value());
  MW_CHECK(mw::to_text(*again) == text);
  (void)mw::json_string(*value, "a");
  (void)mw::json_number(*value, "a", 0);
  (void)mw::json_integer(*value, "a", 0);
  (void)mw::json_bool(*value, "a", false);
  return 0;
}
