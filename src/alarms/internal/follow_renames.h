// Rules of tags that the description calls otherwise now (`formerly`, ADR 0117).
#pragma once

#include "core/json.h"
#include "plant/renames.h"

namespace mw::alarms {

/// Puts today's identifiers of a plant into alarm rules.
class Renames {
 public:
  explicit Renames(const plant::Catalogue& catalogue) : renames_(catalogue) {}

  /// Puts today's identifiers into a stored rule; whether there were others. Shape and sense of the
  /// rule are parse_rule's to judge: what is no condition stays as it is.
  bool follow(Json& rule) const;

 private:
  bool follow_condition(Json& condition, int depth) const;

  plant::Renames renames_;
};

}  // namespace mw::alarms
