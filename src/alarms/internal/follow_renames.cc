#include "alarms/internal/follow_renames.h"

#include "alarms/internal/rule_fields.h"

namespace mw::alarms {
namespace {

using NowOf = const std::string& (plant::Renames::*)(const std::string& id) const;

bool replace(Json& object, const char* member, const plant::Renames& renames, NowOf now_of) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) return false;
  const std::string before = found->get<std::string>();
  const std::string& now = (renames.*now_of)(before);
  if (now == before) return false;
  *found = now;
  return true;
}

}  // namespace

bool Renames::follow(Json& rule) const {
  if (renames_.empty() || !rule.is_object()) return false;
  bool changed = replace(rule, "asset", renames_, &plant::Renames::asset_now);
  for (const char* member : {"when", "unless"}) {
    const auto condition = rule.find(member);
    if (condition != rule.end() && follow_condition(*condition, 1)) changed = true;
  }
  return changed;
}

bool Renames::follow_condition(Json& condition, int depth) const {
  if (!condition.is_object() || depth > kMostDeep) return false;
  bool changed = replace(condition, "tag", renames_, &plant::Renames::tag_now);
  for (auto& [name, part] : condition.items()) {
    if (part.is_object() && follow_condition(part, depth + 1)) changed = true;
    if (!part.is_array()) continue;
    for (Json& each : part) changed = follow_condition(each, depth + 1) || changed;
  }
  return changed;
}

}  // namespace mw::alarms
