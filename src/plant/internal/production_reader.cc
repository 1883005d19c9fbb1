#include "plant/internal/production_reader.h"

#include <algorithm>
#include <unordered_set>

#include "plant/internal/description_fields.h"

namespace mw::plant {
namespace {

constexpr double kShortestCycleS = 1e-4;
constexpr double kLongestCycleS = 1e7;
constexpr std::size_t kMostProducts = 10'000;

struct UseName {
  const char* name;
  StateUse use;
};
constexpr UseName kUses[] = {{"production", StateUse::kProduction},
                             {"setup", StateUse::kSetup},
                             {"unplanned_stop", StateUse::kUnplannedStop},
                             {"planned_stop", StateUse::kPlannedStop}};

/// Members that name a tag of the machine, and the kind that it must have.
struct TagMember {
  const char* key;
  std::string Production::*tag;
  TagKind kind;
};
constexpr TagMember kTagMembers[] = {{"total", &Production::total, TagKind::kCounter},
                                     {"good", &Production::good, TagKind::kCounter},
                                     {"reject", &Production::reject, TagKind::kCounter},
                                     {"batch", &Production::batch, TagKind::kText},
                                     {"product", &Production::product, TagKind::kText}};

Result<double> read_cycle(const Json& json, const std::string& where) {
  return read_number(json, "ideal_cycle_s", where, 0, kShortestCycleS, kLongestCycleS);
}

Result<std::vector<ProductCycle>> read_products(const Json& json, const std::string& where) {
  std::vector<ProductCycle> products;
  std::unordered_set<std::string> codes;
  const auto take = [&](const Json& item, const std::string& at) -> Result<void> {
    ProductCycle product;
    MW_ASSIGN(product.code, read_text(item, "code", at));
    if (product.code.empty()) return wrong(at + ".code", "must not be empty");
    MW_ASSIGN(product.name, read_name(item, at, product.code));
    if (find_member(item, "ideal_cycle_s") == nullptr) {
      return wrong(at + ".ideal_cycle_s", "is missing");
    }
    MW_ASSIGN(product.ideal_cycle_s, read_cycle(item, at));
    if (!codes.insert(product.code).second) {
      return wrong(at + ".code", "'" + product.code + "' is there twice");
    }
    if (products.size() >= kMostProducts) {
      return wrong(where + ".products", "more than " + std::to_string(kMostProducts));
    }
    products.push_back(std::move(product));
    return {};
  };
  MW_TRY(for_each(json, "products", where, take));
  return products;
}

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

Result<void> check_state_uses(const std::string& where, const std::vector<AssetState>& states) {
  const auto undeclared = std::find_if(states.begin(), states.end(), [](const AssetState& each) {
    return each.use == StateUse::kUndeclared;
  });
  const bool any = std::any_of(states.begin(), states.end(), [](const AssetState& each) {
    return each.use != StateUse::kUndeclared;
  });
  if (!any || undeclared == states.end()) return {};
  return wrong(where + ".states[" + std::to_string(undeclared - states.begin()) + "].time",
               "is missing: other states of this kind say what time they are, and \"time\" is for "
               "all of them or none");
}

Result<void> read_production(const Json& json, const std::string& where, Production& production) {
  const Json* found = find_member(json, "production");
  if (found == nullptr) return {};
  const std::string at = where + ".production";
  if (!found->is_object()) return wrong(at, "expected an object");
  for (const auto& [key, value] : found->items()) {
    const auto same = [&, &name = key](const TagMember& member) { return name == member.key; };
    if (key != "ideal_cycle_s" && key != "products" &&
        std::none_of(std::begin(kTagMembers), std::end(kTagMembers), same)) {
      return wrong(at + "." + key,
                   "expected total, good, reject, ideal_cycle_s, batch, product or products");
    }
  }
  for (const TagMember& member : kTagMembers) {
    if (find_member(*found, member.key) == nullptr) continue;
    MW_ASSIGN(production.*member.tag, read_text(*found, member.key, at));
  }
  if (find_member(*found, "ideal_cycle_s") != nullptr) {
    MW_ASSIGN(production.ideal_cycle_s, read_cycle(*found, at));
  }
  if (find_member(*found, "products") != nullptr) {
    MW_ASSIGN(production.products, read_products(*found, at));
  }
  return {};
}

Result<void> complete_production(const Json& json, const std::string& where,
                                 const std::string& kind_where, const std::vector<Tag>& tags,
                                 Asset& asset) {
  const auto place = [&](const char* key) {
    const Json* own = find_member(json, "production");
    const bool there = own != nullptr && find_member(*own, key) != nullptr;
    return (there ? where : kind_where) + ".production." + key;
  };
  for (const TagMember& member : kTagMembers) {
    std::string& tag = asset.production.*member.tag;
    if (tag.empty()) continue;
    const auto found =
        std::find_if(tags.begin(), tags.end(), [&](const Tag& each) { return each.id == tag; });
    if (found == tags.end() || found->kind != member.kind) {
      return wrong(place(member.key), "'" + tag + "' is no " +
                                          (member.kind == TagKind::kCounter ? "counter" : "text") +
                                          " of " + asset.id);
    }
    tag = asset.id + "/" + tag;
  }
  if (!asset.production.products.empty() && asset.production.product.empty()) {
    return wrong(place("products"), "needs \"product\": the text tag that says which one runs");
  }
  return {};
}

}  // namespace mw::plant
