#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "plant/asset.h"

namespace mw::plant {

struct Enterprise {
  std::string id;  // empty when the description names none
  Text name;
};

/// The levels of ISA-95 above the machines. All are optional but lines, which rights are granted
/// on. Errors  kInvalidArgument naming the member: an id twice, a parent that is not there.
Result<Enterprise> read_enterprise(const Json& json);
Result<std::vector<Area>> read_areas(const Json& json);
Result<std::vector<Line>> read_lines(const Json& json, const std::vector<Area>& areas);
Result<std::vector<Cell>> read_cells(const Json& json, const std::vector<Line>& lines);

}  // namespace mw::plant
