#include "alarms/internal/evaluate.h"

#include <algorithm>

namespace mw::alarms {
namespace {

Truth truth_of(bool holds) { return holds ? Truth::kTrue : Truth::kFalse; }

Truth compare(const Condition& condition, const plant::TagValue* value, bool held) {
  const bool bad = value == nullptr || value->quality == Quality::kBad;
  if (condition.kind == Condition::Kind::kBad) return truth_of(bad);
  if (bad) return Truth::kUnknown;
  if (condition.kind == Condition::Kind::kIs) return truth_of(value->text == condition.state);
  if (!value->value) return Truth::kUnknown;
  const double back = held ? condition.hysteresis : 0;
  return truth_of(condition.kind == Condition::Kind::kAbove
                      ? *value->value > condition.limit - back
                      : *value->value < condition.limit + back);
}

}  // namespace

Truth evaluate(const Condition& condition, const ValueOf& value_of, bool held) {
  switch (condition.kind) {
    case Condition::Kind::kNot: {
      // Under a not the hysteresis works the other way round.
      const Truth part = evaluate(condition.parts.front(), value_of, !held);
      if (part == Truth::kUnknown) return part;
      return truth_of(part == Truth::kFalse);
    }
    case Condition::Kind::kAll:
    case Condition::Kind::kAny: {
      const Truth decides = condition.kind == Condition::Kind::kAll ? Truth::kFalse : Truth::kTrue;
      bool unknown = false;
      for (const Condition& part : condition.parts) {
        const Truth truth = evaluate(part, value_of, held);
        if (truth == decides) return decides;
        unknown = unknown || truth == Truth::kUnknown;
      }
      if (unknown) return Truth::kUnknown;
      return decides == Truth::kFalse ? Truth::kTrue : Truth::kFalse;
    }
    default:
      return compare(condition, value_of(condition.tag), held);
  }
}

}  // namespace mw::alarms
