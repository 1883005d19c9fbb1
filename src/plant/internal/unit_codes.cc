#include "plant/internal/unit_codes.h"

#include <algorithm>

#include "plant/internal/description_fields.h"

namespace mw::plant {
namespace {

struct UnitCode {
  std::string_view code;
  std::string_view unit;
};

// Codes and symbols after UNECE Recommendation 20 (revision 17), symbols as we write them.
constexpr UnitCode kCodes[] = {
    {"59", "ppm"},    {"A97", "hPa"}, {"AMP", "A"},    {"B47", "kN"},    {"BAR", "bar"},
    {"C16", "mm/s"},  {"C26", "ms"},  {"C62", ""},     {"C94", "1/min"}, {"CEL", "degC"},
    {"CMT", "cm"},    {"DD", "deg"},  {"FAH", "degF"}, {"G51", "l/s"},   {"G53", "m3/min"},
    {"GRM", "g"},     {"HTZ", "Hz"},  {"HUR", "h"},    {"JOU", "J"},     {"KEL", "K"},
    {"KGM", "kg"},    {"KHZ", "kHz"}, {"KPA", "kPa"},  {"KWH", "kWh"},   {"KWT", "kW"},
    {"L2", "l/min"},  {"LTR", "l"},   {"MAW", "MW"},   {"MBR", "mbar"},  {"MIN", "min"},
    {"MMT", "mm"},    {"MPA", "MPa"}, {"MQH", "m3/h"}, {"MSK", "m/s2"},  {"MTQ", "m3"},
    {"MTR", "m"},     {"MTS", "m/s"}, {"NEW", "N"},    {"P1", "%"},      {"PAL", "Pa"},
    {"RPM", "1/min"}, {"SEC", "s"},   {"VLT", "V"},    {"WTT", "W"}};

}  // namespace

Result<std::string> unit_of_code(std::string_view code, const std::string& where) {
  const auto* const found = std::find_if(std::begin(kCodes), std::end(kCodes),
                                         [&](const UnitCode& each) { return each.code == code; });
  if (found != std::end(kCodes)) return std::string(found->unit);
  std::string known;
  for (const UnitCode& each : kCodes) known += (known.empty() ? "" : ", ") + std::string(each.code);
  return wrong(where, "'" + std::string(code) +
                          "' is not known; give \"unit\" as it is to be shown, or one of " + known);
}

}  // namespace mw::plant
