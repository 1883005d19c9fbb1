#pragma once

#include <string>

#include "alarms/alarm_rule.h"

namespace mw::alarms {

constexpr int kMostDeep = 8;  // conditions in conditions

/// kInvalidArgument on `where`, in both languages.
Error wrong_field(const std::string& where, const std::string& en, const std::string& zh);

/// A condition at `where` ("when"), checked against the plant; see parse_rule.
Result<Condition> parse_condition(const Json& json, const std::string& where,
                                  const plant::Catalogue& catalogue);
Json to_json(const Condition& condition);

}  // namespace mw::alarms
