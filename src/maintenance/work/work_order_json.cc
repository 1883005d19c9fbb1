#include <array>

#include "core/sha256.h"
#include "maintenance/work/work_order.h"

namespace mw::maintenance {
namespace {

constexpr std::size_t kCheckDigits = 16;

Json words(const Text& text) { return {{"en", text.en}, {"zh", text.in(Language::kZh)}}; }
Json words_or_null(const Text& text) { return text.en.empty() ? Json() : words(text); }
Json given(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json line_json(const CostLine& line) {
  const bool timed = line.window.start_ns < line.window.end_ns;
  return {{"kind", cost_name(line.kind)},
          {"id", line.id},
          {"what", words(line.what)},
          {"from_ms", timed ? Json(line.window.start_ns / kNsPerMs) : Json()},
          {"to_ms", timed ? Json(line.window.end_ns / kNsPerMs) : Json()},
          {"quantity", line.quantity},
          {"rate", given(line.rate)},
          {"amount", given(line.amount)}};
}

Json priced_json(const WorkWindow& window) {
  Json lines = Json::array();
  for (const CostLine& line : window.lines) lines.push_back(line_json(line));
  const bool ends = window.window.start_ns < window.window.end_ns;
  return {{"kind", window_name(window.kind)},
          {"name", words_or_null(window.name)},
          {"from_ms", window.window.start_ns / kNsPerMs},
          {"to_ms", ends ? Json(window.window.end_ns / kNsPerMs) : Json()},
          {"lines", std::move(lines)},
          {"known", window.known},
          {"complete", window.complete},
          {"compared", window.compared},
          {"shut", words_or_null(window.shut)}};
}

Json life_json(const LifeDate& life) {
  return {{"before_ms", life.before_ns ? Json(*life.before_ns / kNsPerMs) : Json()},
          {"certainty", life.before_ns ? Json(life.certainty) : Json()},
          {"held_share", given(life.held_share)},
          {"model", life.model},
          {"row_ms", life.row_ns != 0 ? Json(life.row_ns / kNsPerMs) : Json()},
          {"why", words_or_null(life.why)}};
}

/// What is done, whenever it is.
Json work_json(const WorkOrderDraft& draft) {
  Json steps = Json::array();
  for (const Text& step : draft.steps) steps.push_back(words(step));
  Json parts = Json::array();
  for (const plant::SparePart& part : draft.parts) {
    parts.push_back({{"number", part.number},
                     {"name", words(part.name)},
                     {"quantity", part.quantity},
                     {"in_stock", given(part.in_stock)},
                     {"price", given(part.price)},
                     {"delivery_days", given(part.delivery_days)}});
  }
  Json work = Json::array();
  for (const CostLine& each : draft.work) {
    work.push_back({{"skill", each.id}, {"name", words(each.what)}, {"hours", each.quantity}});
  }
  Json missing = Json::array();
  for (const Text& each : draft.not_given) missing.push_back(words(each));
  return {{"mode", draft.mode},         {"title", words(draft.title)},
          {"steps", std::move(steps)},  {"parts", std::move(parts)},
          {"work", std::move(work)},    {"standstill_h", given(draft.standstill_h)},
          {"currency", draft.currency}, {"not_given", std::move(missing)}};
}

/// Until when windows were looked for, and why until then.
void put_latest(const WorkOrderDraft& draft, Json& out) {
  out["before_given"] = draft.before_given;
  out["by_life"] = draft.by_life;
  out["life"] = life_json(draft.life);
  out["late"] = words_or_null(draft.late);
}

}  // namespace

std::string_view cost_name(CostKind kind) {
  static constexpr std::array<std::string_view, 3> kNames = {"standstill", "labour", "part"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view window_name(WindowKind kind) {
  static constexpr std::array<std::string_view, 5> kNames = {"at_once", "shift", "outside_shifts",
                                                             "planned_stop", "chosen"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string work_check(const WorkOrderDraft& draft, const WorkWindow& window) {
  Json priced = priced_json(window);
  // Of the same time and price it is the same window, whatever led to it.
  priced.erase("kind");
  priced.erase("name");
  priced.erase("compared");
  priced.erase("shut");  // a delivery is told from now on
  Json work = work_json(draft);
  work.erase("not_given");
  return sha256_hex(to_text(work) + to_text(priced)).substr(0, kCheckDigits);
}

Json accepted_json(const WorkOrderDraft& draft, const WorkWindow& window) {
  Json out = work_json(draft);
  out["window"] = priced_json(window);
  out["check"] = work_check(draft, window);
  put_latest(draft, out);
  return out;
}

Json to_json(const WorkOrderDraft& draft) {
  Json out = work_json(draft);
  Json modes = Json::array();
  for (const KnownMode& mode : draft.modes) {
    modes.push_back({{"id", mode.id}, {"name", words(mode.name)}, {"fit", mode.fit}});
  }
  out["modes"] = std::move(modes);
  out["ahead"] = {{"from_ms", draft.ahead.start_ns / kNsPerMs},
                  {"to_ms", draft.ahead.end_ns / kNsPerMs}};
  put_latest(draft, out);
  Json windows = Json::array();
  for (const WorkWindow& window : draft.windows) {
    Json& each = windows.emplace_back(priced_json(window));
    each["check"] = work_check(draft, window);
  }
  out["windows"] = std::move(windows);
  out["proposed"] = draft.proposed ? Json(*draft.proposed) : Json();
  return out;
}

}  // namespace mw::maintenance
