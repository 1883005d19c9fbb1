#pragma once

#include <string>

#include "core/json.h"

namespace mw::server::testing {

/// What of `value` does not fit schema `name` of the embedded schemas, empty when all does. Checks
/// the keywords that those schemas use: type, enum, const, required, properties, items, anyOf,
/// $ref, minItems, maxItems; and, stricter than JSON Schema, that an object with `properties` has
/// no others, so that an undocumented field is noticed.
std::string schema_problem(const std::string& name, const Json& value);

}  // namespace mw::server::testing
