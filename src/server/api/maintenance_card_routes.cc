// The cards of models that were trained from files: data, splits, scores, limits (ADR 0142).
#include "maintenance/model_cards.h"
#include "server/api/machine_health_json.h"
#include "server/api/plant_json.h"

namespace mw::server {
namespace {

using maintenance::ListedCard;

/// A member as it stands in the card; `other` where it is not of that kind.
Json member_or(const Json& json, const char* name, Json other) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  const bool fits = found != json.end() &&
                    (found->type() == other.type() || (found->is_number() && other.is_number()));
  return fits ? *found : std::move(other);
}

Json findings_json(const Json& report) {
  Json out = Json::array();
  const Json lines = member_or(report, "findings", Json::array());
  for (const Json& each : lines) {
    out.push_back({{"finding", member_or(each, "finding", "")},
                   {"handling", member_or(each, "handling", "")},
                   {"column", member_or(each, "column", "")},
                   {"count", member_or(each, "count", 0)},
                   {"text", member_or(each, "text", {{"en", ""}, {"zh", ""}})}});
  }
  return out;
}

Json scores_json(const Json& card) {
  Json out = Json::array();
  for (const Json& each : card["scores"]) {
    const bool ranged = each.contains("low") && each.contains("high");
    out.push_back({{"metric", each["metric"]},
                   {"split", each["split"]},
                   {"value", each["value"]},
                   {"low", ranged ? member_or(each, "low", 0.0) : Json()},
                   {"high", ranged ? member_or(each, "high", 0.0) : Json()},
                   {"n", member_or(each, "n", 0)},
                   {"seeds", member_or(each, "seeds", Json::array()).size()}});
  }
  return out;
}

Json card_of(const ListedCard& one) {
  if (one.card.is_null()) return {{"name", one.name}, {"problem", to_json(one.problem)}};
  const Json& card = one.card;
  const Json& report = card["report"];
  Json refused = Json::array();
  const Json kept = member_or(card, "splits_refused", Json::array());
  for (const Json& each : kept) {
    refused.push_back({{"split", member_or(each, "split", "")},
                       {"why", member_or(each, "why", {{"en", ""}, {"zh", ""}})}});
  }
  return {{"name", one.name},
          {"problem", nullptr},
          {"kind", card["kind"]},
          {"trained_at", card["trained_at"]},
          {"file", card["data"]["file"]},
          {"sha256", card["data"]["sha256"]},
          {"lines", member_or(card, "lines", Json::array())},
          {"rows", member_or(report, "rows", 0)},
          {"assets", member_or(report, "assets", 0)},
          {"columns", member_or(report, "columns", 0)},
          {"failures", member_or(report, "failures", 0)},
          {"findings", findings_json(report)},
          {"scores", scores_json(card)},
          {"splits_refused", std::move(refused)},
          {"limits", card["limits"]}};
}

Result<Json> cards(const ApiState& state, const HttpRequest& request) {
  Json out = Json::array();
  const auto listed = maintenance::list_cards(state.parts.health->models_folder(), request.who);
  for (const ListedCard& each : listed) out.push_back(card_of(each));
  return Json{{"cards", std::move(out)}};
}

}  // namespace

void add_maintenance_card_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_machine_route(router, state, Method::kGet, "/api/maintenance/cards",
                    {.operation = "listMaintenanceCards",
                     .summary = "Models of remaining life and of failures that were trained from "
                                "files: data, scores by every split, limits",
                     .request_schema = {},
                     .response_schema = "MaintenanceCardList"},
                    cards);
}

}  // namespace mw::server
