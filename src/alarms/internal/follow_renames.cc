#include "alarms/internal/follow_renames.h"

#include "alarms/internal/rule_fields.h"

namespace mw::alarms {
namespace {

bool replace(Json& object, const char* member,
             const std::unordered_map<std::string, std::string>& now_of) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) return false;
  const auto now = now_of.find(found->get<std::string>());
  if (now == now_of.end()) return false;
  *found = now->second;
  return true;
}

}  // namespace

Renames::Renames(const plant::Catalogue& catalogue) {
  for (const plant::Tag& tag : catalogue.tags()) {
    if (tag.former_id.empty()) continue;
    tags_.emplace(tag.former_id, tag.id);
    const std::string asset = tag.former_id.substr(0, tag.former_id.find('/'));
    // A machine that is still there kept its name: one of its tags went to another.
    if (catalogue.asset(asset) == nullptr) assets_.emplace(asset, tag.asset);
  }
}

bool Renames::follow(Json& rule) const {
  if (tags_.empty() || !rule.is_object()) return false;
  bool changed = replace(rule, "asset", assets_);
  for (const char* member : {"when", "unless"}) {
    const auto condition = rule.find(member);
    if (condition != rule.end() && follow_condition(*condition, 1)) changed = true;
  }
  return changed;
}

bool Renames::follow_condition(Json& condition, int depth) const {
  if (!condition.is_object() || depth > kMostDeep) return false;
  bool changed = replace(condition, "tag", tags_);
  for (auto& [name, part] : condition.items()) {
    if (part.is_object() && follow_condition(part, depth + 1)) changed = true;
    if (!part.is_array()) continue;
    for (Json& each : part) changed = follow_condition(each, depth + 1) || changed;
  }
  return changed;
}

}  // namespace mw::alarms
