#include "plant/internal/production_reader.h"

#include <algorithm>

#include "plant/internal/description_fields.h"

namespace mw::plant {
namespace {

constexpr double kShortestCycleS = 1e-4;
constexpr double kLongestCycleS = 1e7;

struct UseName {
  const char* name;
  StateUse use;
};
constexpr UseName kUses[] = {{"production", StateUse::kProduction},
                             {"setup", StateUse::kSetup},
                             {"unplanned_stop", StateUse::kUnplannedStop},
                             {"planned_stop", StateUse::kPlannedStop}};

}  // namespace

Result<StateUse> read_state_use(const Json& json, const std::string& where) {
  MW_ASSIGN(const std::string name, read_text(json, "time", where));
  if (name.empty()) return StateUse::kUndeclared;
  for (const UseName& each : kUses) {
    if (name == each.name) return each.use;
  }
  return wrong(where + ".time",
               "expected production, setup, unplanned_stop or planned_stop, got '" + name + "'");
}

Result<void> read_production(const Json& json, const std::string& where, Production& production) {
  const Json* found = find_member(json, "production");
  if (found == nullptr) return {};
  const std::string at = where + ".production";
  if (!found->is_object()) return wrong(at, "expected an object");
  const std::pair<const char*, std::string*> tags[] = {
      {"total", &production.total}, {"good", &production.good}, {"reject", &production.reject}};
  for (const auto& [key, value] : found->items()) {
    const auto same = [&, &name = key](const auto& tag) { return name == tag.first; };
    if (key != "ideal_cycle_s" && std::none_of(std::begin(tags), std::end(tags), same)) {
      return wrong(at + "." + key, "expected total, good, reject or ideal_cycle_s");
    }
  }
  for (const auto& [key, tag] : tags) {
    if (find_member(*found, key) == nullptr) continue;
    MW_ASSIGN(*tag, read_text(*found, key, at));
  }
  if (find_member(*found, "ideal_cycle_s") != nullptr) {
    MW_ASSIGN(production.ideal_cycle_s,
              read_number(*found, "ideal_cycle_s", at, 0, kShortestCycleS, kLongestCycleS));
  }
  return {};
}

Result<void> complete_production(const std::string& where, const std::vector<Tag>& tags,
                                 Asset& asset) {
  for (std::string* tag :
       {&asset.production.total, &asset.production.good, &asset.production.reject}) {
    if (tag->empty()) continue;
    const auto found =
        std::find_if(tags.begin(), tags.end(), [&](const Tag& each) { return each.id == *tag; });
    if (found == tags.end() || found->kind != TagKind::kCounter) {
      return wrong(where + ".production", "'" + *tag + "' is no counter of " + asset.id);
    }
    *tag = asset.id + "/" + *tag;
  }
  const auto declared =
      std::count_if(asset.states.begin(), asset.states.end(),
                    [](const AssetState& each) { return each.use != StateUse::kUndeclared; });
  if (declared != 0 && static_cast<std::size_t>(declared) != asset.states.size()) {
    return wrong(where + ".kind", "of the states of a " + asset.kind +
                                      " some say what time they are and some do not: \"time\" is "
                                      "for all of them or none");
  }
  return {};
}

}  // namespace mw::plant
