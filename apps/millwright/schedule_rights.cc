#include "apps/millwright/schedule_rights.h"

#include <algorithm>

#include "core/clock.h"
#include "security/rights.h"

namespace mw::app {
namespace {

bool gives(const Grant& grant, const std::string& line) {
  return grant.role >= Role::kEngineer && grant.covers_line(line);
}

bool person_may(security::People& people, const std::string& name, const std::string& line) {
  const auto all = people.people();
  const auto groups = people.groups();
  if (!all || !groups) return false;  // what cannot be read opens nothing
  const auto found =
      std::find_if(all->begin(), all->end(), [&](const auto& each) { return each.name == name; });
  if (found == all->end() || found->disabled) return false;
  if (gives(found->grant, line)) return true;
  return std::any_of(groups->begin(), groups->end(), [&](const security::GroupInfo& group) {
    const auto& members = group.members;
    return gives(group.grant, line) &&
           std::find(members.begin(), members.end(), name) != members.end();
  });
}

bool key_may(security::People& people, const std::string& id, const std::string& line) {
  const auto keys = people.keys();
  if (!keys) return false;
  const TimeNs now_ns = SystemClock().now_ns();
  return std::any_of(keys->begin(), keys->end(), [&](const security::KeyInfo& each) {
    const bool expired = each.key.expires_ns != 0 && each.key.expires_ns <= now_ns;
    return each.id == id && !each.revoked && !expired && gives(each.key.grant, line);
  });
}

}  // namespace

std::function<bool(const Identity& who, const std::string& line)> engineers_of_today(
    std::shared_ptr<security::People> people, std::vector<std::string> key_names) {
  return [people = std::move(people), key_names = std::move(key_names)](const Identity& who,
                                                                        const std::string& line) {
    if (who.kind == Identity::Kind::kApiKey) {
      return std::find(key_names.begin(), key_names.end(), who.name) != key_names.end() ||
             (people != nullptr && key_may(*people, who.name, line));
    }
    if (who.kind != Identity::Kind::kPerson) return false;
    if (who.name.starts_with("local:")) return true;  // no person's name has a colon
    // Whoever sits at the server's own machine may all as long as nobody is known (AccessGuard).
    if (who.name == security::kLocalName) {
      return key_names.empty() && (people == nullptr || !people->anyone());
    }
    return people != nullptr && person_may(*people, who.name, line);
  };
}

}  // namespace mw::app
