#pragma once

#include <string>

#include "core/json.h"
#include "core/result.h"

namespace mw::app {

/// The text of a member; empty where there is none, or no text.
inline std::string text_member(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Each part of a setup that says how somebody is reached: `take(part, pointer, name)`, where the
/// broker's name is "broker". What is no such part is passed over: whoever reads it says so.
template <class Document, class Take>
Result<void> each_holder(Document& setup, const Take& take) {
  if (!setup.is_object()) return {};
  const auto connectors = setup.find("connectors");
  if (connectors != setup.end() && connectors->is_array()) {
    for (std::size_t i = 0; i < connectors->size(); ++i) {
      auto& each = (*connectors)[i];
      if (!each.is_object()) continue;
      MW_TRY(take(each, "/connectors/" + std::to_string(i), text_member(each, "name")));
    }
  }
  const auto broker = setup.find("broker");
  if (broker != setup.end() && broker->is_object()) MW_TRY(take(*broker, "/broker", "broker"));
  return {};
}

}  // namespace mw::app
