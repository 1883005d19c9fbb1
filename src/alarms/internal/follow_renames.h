// Rules of tags that the description calls otherwise now (`formerly`, ADR 0117).
#pragma once

#include <string>
#include <unordered_map>

#include "core/json.h"
#include "plant/catalogue.h"

namespace mw::alarms {

/// Former identifiers of a plant's tags and machines, and what each is called now.
class Renames {
 public:
  explicit Renames(const plant::Catalogue& catalogue);

  /// Puts today's identifiers into a stored rule; whether there were others. Shape and sense of the
  /// rule are parse_rule's to judge: what is no condition stays as it is.
  bool follow(Json& rule) const;

 private:
  bool follow_condition(Json& condition, int depth) const;

  std::unordered_map<std::string, std::string> tags_;
  std::unordered_map<std::string, std::string> assets_;
};

}  // namespace mw::alarms
