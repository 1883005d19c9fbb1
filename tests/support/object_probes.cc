#include "tests/support/object_probes.h"

#include "tests/support/plant_description.h"

namespace mw::testing_support {
namespace {

// Kinds. Of a line: tag, asset, line, alarm, case, connector, table, training. Whose maker alone
// may read them: request, response. Of the whole server, for administrators: person, group, key.

constexpr const char* kAdmin = "administrators manage the whole server (ADR 0075)";
constexpr const char* kOwn = "is about whoever asks, or names nothing";
constexpr const char* kList = "lists what one may see: non_interference_test.cc compares it";
constexpr const char* kTrained = "engineers see what was trained from files; it is of no line";
constexpr const char* kModel = "models are of no line: whoever may ask any may ask each";

constexpr const char* kAction = R"({"alarm":"{ID}","action":"shelve","minutes":30,"note":"x"})";
constexpr const char* kWhen = R"("name":{"en":"Warm"},"priority":"low","when":{"tag":)";

std::string rule(const std::string& id, const std::string& asset, const std::string& tag) {
  return R"({"id":")" + id + R"(","asset":")" + asset + R"(",)" + kWhen + "\"" + tag +
         R"(","above":50}})";
}

std::string own_password(const std::string& more = {}) {
  return R"({"own_password":"correct horse battery")" + more + "}";
}

std::string chat(const std::string& more) {
  return R"({"model":"tiny","input":"hello")" + more + "}";
}

RouteObjects none(const char* why) { return {{}, why}; }

std::map<std::string, RouteObjects> of_plant() {
  const std::string recording =
      "/api/maintenance/vibration/{ID}/recordings/" + std::to_string(kNow / kNsPerMs);
  const std::string grown = rule("line-a-0.probe", "line-a-0", "{ID}");
  const std::string placed = rule("{ID}.probe", "{ID}", "{ID}/temperature");
  const std::string named = rule("{ID}", "line-a-0", "line-a-0/temperature");
  return {
      {"GET /api/plant", none(kList)},
      {"GET /api/plant/series", {{{"tag", "/api/plant/series?tag={ID}"}}}},
      {"GET /api/plant/value", {{{"tag", "/api/plant/value?tag={ID}&at_ms=1700000000000"}}}},
      {"GET /api/plant/statistics", {{{"tag", "/api/plant/statistics?tag={ID}"}}}},
      {"GET /api/plant/earlier", {{{"asset", "/api/plant/earlier?asset={ID}"}}}},
      {"GET /api/plant/csv", {{{"tag", "/api/plant/csv?tags={ID}"}}}},
      {"GET /api/oee",
       {{{"asset", "/api/oee?asset={ID}"}, {"line", "/api/oee?asset=line-a-0&shift=early-{ID}"}}}},
      {"GET /api/plant/batches",
       {{{"asset", "/api/plant/batches?asset={ID}"}, {"line", "/api/plant/batches?line={ID}"}}}},
      {"GET /api/plant/events",
       {{{"asset", "/api/plant/events?asset={ID}"}, {"line", "/api/plant/events?line={ID}"}}}},
      {"POST /api/plant/events",
       {{{"asset", "/api/plant/events", R"({"asset":"{ID}","text":"x"})"},
         {"line", "/api/plant/events", R"({"line":"{ID}","text":"x"})"}}}},
      {"GET /api/connectors/{name}/history", {{{"connector", "/api/connectors/{ID}/history"}}}},
      {"POST /api/plant/samples",
       {{{"tag", "/api/plant/samples", R"([{"tag":"{ID}","value":61.5}])"}}}},
      {"POST /api/plant/batches",
       {{{"asset", "/api/plant/batches", R"({"asset":"{ID}","batch":"B-1"})"},
         {"line", "/api/plant/batches", R"({"line":"{ID}","batch":"B-2"})"}}}},
      {"POST /api/plant/csv",
       {{{"tag", "/api/plant/csv",
          R"({"text":"time,{ID}\n2025-10-09T08:00:00Z,61.5\n","store":true})"},
         {"tag", "/api/plant/csv",
          R"({"text":"time,x\n2025-10-09T08:00:00Z,61.5\n","map":{"x":"{ID}"}})"}}}},
      {"POST /api/ask", none("takes free text: non_interference_test.cc asks it")},
      {"GET /api/events", none(kList)},
      {"GET /api/alarms", none(kList)},
      {"GET /api/alarms/messages", none(kList)},
      {"GET /api/alarms/rules", none(kList)},
      {"POST /api/alarms/actions", {{{"alarm", "/api/alarms/actions", kAction}}}},
      {"GET /api/alarms/journal",
       {{{"alarm", "/api/alarms/journal?alarm={ID}"},
         {"asset", "/api/alarms/journal?asset={ID}"}}}},
      {"PUT /api/alarms/rules",
       {{{"tag", "/api/alarms/rules", grown},
         {"asset", "/api/alarms/rules", placed},
         {"alarm", "/api/alarms/rules", named}}}},
      {"POST /api/alarms/rules/preview",
       {{{"tag", "/api/alarms/rules/preview", grown},
         {"asset", "/api/alarms/rules/preview", placed},
         {"alarm", "/api/alarms/rules/preview", named, "", true}}}},
      {"DELETE /api/alarms/rules/{alarm}", {{{"rule", "/api/alarms/rules/{ID}"}}}},
      {"GET /api/maintenance/health", none(kList)},
      {"GET /api/maintenance/cards", none(kList)},
      {"GET /api/maintenance/cases", none(kList)},
      {"GET /api/maintenance/cases/{case}", {{{"case", "/api/maintenance/cases/{ID}"}}}},
      {"GET /api/maintenance/cases/{case}/recording",
       {{{"case", "/api/maintenance/cases/{ID}/recording"}}}},
      {"GET /api/maintenance/cases/{case}/recording/csv",
       {{{"case", "/api/maintenance/cases/{ID}/recording/csv"}}}},
      {"POST /api/maintenance/cases/{case}/outcome",
       {{{"case", "/api/maintenance/cases/{ID}/outcome", R"({"outcome":"other","note":"x"})"}}}},
      {"GET /api/maintenance/cases/{case}/work_order",
       {{{"case", "/api/maintenance/cases/{ID}/work_order"}}}},
      {"POST /api/maintenance/cases/{case}/work_order",
       {{{"case", "/api/maintenance/cases/{ID}/work_order",
          R"({"start_ms":9,"check":"0123456789abcdef"})"}}}},
      {"GET /api/maintenance/life", none(kList)},
      {"GET /api/maintenance/life_models", none(kTrained)},
      {"GET /api/maintenance/life/{asset}", {{{"asset", "/api/maintenance/life/{ID}"}}}},
      {"PUT /api/maintenance/life/{asset}",
       {{{"asset", "/api/maintenance/life/{ID}",
          R"({"model":"warmth","columns":{},"unit_s":1,"since_ms":9})"}}}},
      {"DELETE /api/maintenance/life/{asset}", {{{"asset", "/api/maintenance/life/{ID}"}}}},
      {"POST /api/maintenance/reports/read",
       none("takes free text: non_interference_test.cc reads it")},
      {"POST /api/maintenance/tables",
       {{{"line", "/api/maintenance/tables?file=a.csv&lines={ID}", "a,b\n1,2\n3,4\n"}}}},
      {"POST /api/maintenance/lives",
       {{{"asset", "/api/maintenance/lives", R"({"machines":["{ID}"],"ends":"x"})"}}}},
      {"GET /api/maintenance/tables", none(kList)},
      {"GET /api/maintenance/tables/{table}", {{{"table", "/api/maintenance/tables/{ID}"}}}},
      {"POST /api/maintenance/tables/{table}/report",
       {{{"table", "/api/maintenance/tables/{ID}/report", R"({"mapping":{}})"}}}},
      {"DELETE /api/maintenance/tables/{table}", {{{"table", "/api/maintenance/tables/{ID}"}}}},
      {"POST /api/maintenance/trainings",
       {{{"table", "/api/maintenance/trainings", R"({"table":{ID},"mapping":{}})"}}}},
      {"GET /api/maintenance/trainings", none(kList)},
      {"GET /api/maintenance/trainings/{training}",
       {{{"training", "/api/maintenance/trainings/{ID}"}}}},
      {"DELETE /api/maintenance/trainings/{training}",
       {{{"training", "/api/maintenance/trainings/{ID}"}}}},
      {"POST /api/maintenance/vibration",
       {{{"asset", "/api/maintenance/vibration?asset={ID}&point=p&file=a.csv", "1\n2\n"}}}},
      {"GET /api/maintenance/vibration/{asset}", {{{"asset", "/api/maintenance/vibration/{ID}"}}}},
      {"GET /api/maintenance/vibration/{asset}/recordings/{recording}", {{{"asset", recording}}}},
      {"GET /api/maintenance/vibration/{asset}/waterfall",
       {{{"asset", "/api/maintenance/vibration/{ID}/waterfall?point=p"}}}},
      {"DELETE /api/maintenance/vibration/{asset}/recordings/{recording}",
       {{{"asset", recording}}}},
      {"POST /api/maintenance/models",
       {{{"asset", "/api/maintenance/models", R"({"asset":"{ID}","from_ms":9,"to_ms":0})"}}}},
      {"GET /api/maintenance/models/{asset}", {{{"asset", "/api/maintenance/models/{ID}"}}}},
      {"POST /api/maintenance/models/{asset}/replay",
       {{{"asset", "/api/maintenance/models/{ID}/replay", R"({"version":1})"}}}},
      {"GET /api/maintenance/models/{asset}/replay",
       {{{"asset", "/api/maintenance/models/{ID}/replay"}}}},
      {"DELETE /api/maintenance/models/{asset}/replay",
       {{{"asset", "/api/maintenance/models/{ID}/replay"}}}},
      {"GET /api/maintenance/models/{asset}/schedule",
       {{{"asset", "/api/maintenance/models/{ID}/schedule"}}}},
      {"PUT /api/maintenance/models/{asset}/schedule",
       {{{"asset", "/api/maintenance/models/{ID}/schedule", R"({"every_days":9})"}}}},
      {"DELETE /api/maintenance/models/{asset}/schedule",
       {{{"asset", "/api/maintenance/models/{ID}/schedule"}}}},
      {"POST /api/maintenance/models/{asset}/decisions",
       {{{"asset", "/api/maintenance/models/{ID}/decisions",
          R"({"version":1,"decision":"reject"})"}}}}};
}

std::map<std::string, RouteObjects> of_makers() {
  const std::string more = R"(,"previous_response_id":"{ID}")";
  return {
      {"GET /api/requests", none(kList)},
      {"GET /api/requests/{id}", {{{"request", "/api/requests/{ID}"}}}},
      {"POST /v1/responses", {{{"response", "/v1/responses", chat(more)}}}},
      {"POST /v1/responses/input_tokens",
       {{{"response", "/v1/responses/input_tokens", chat(more)}}}},
      {"GET /v1/responses/{id}", {{{"response", "/v1/responses/{ID}"}}}},
      {"DELETE /v1/responses/{id}", {{{"kept response", "/v1/responses/{ID}"}}}},
      {"POST /v1/responses/{id}/cancel", {{{"response", "/v1/responses/{ID}/cancel", "{}"}}}},
      {"GET /v1/responses/{id}/input_items", {{{"response", "/v1/responses/{ID}/input_items"}}}}};
}

std::map<std::string, RouteObjects> of_administrators() {
  const std::string grant = own_password(R"(,"role":"viewer","lines":["line-a"])");
  const std::string password = own_password(R"(,"password":"battery staple horse")");
  const std::string member = "/api/groups/members-of-all/members/{ID}";
  return {
      {"GET /api/people", none(kAdmin)},
      {"POST /api/people", none(kAdmin)},
      {"PUT /api/people/{name}/grant", {{{"person", "/api/people/{ID}/grant", grant, kAdmin}}}},
      {"PUT /api/people/{name}/password",
       {{{"person", "/api/people/{ID}/password", password, kAdmin}}}},
      {"POST /api/people/{name}/actions",
       {{{"person", "/api/people/{ID}/actions", R"({"action":"end_sessions"})", kAdmin}}}},
      {"POST /api/people/{name}/erase",
       {{{"person", "/api/people/{ID}/erase", own_password(), kAdmin}}}},
      {"DELETE /api/people/{name}", {{{"person", "/api/people/{ID}", "", kAdmin}}}},
      {"GET /api/groups", none(kAdmin)},
      {"POST /api/groups", none(kAdmin)},
      {"PUT /api/groups/{group}/grant", {{{"group", "/api/groups/{ID}/grant", grant, kAdmin}}}},
      {"PUT /api/groups/{group}/members/{name}", {{{"person", member, own_password(), kAdmin}}}},
      {"DELETE /api/groups/{group}/members/{name}", {{{"person", member, "", kAdmin}}}},
      {"DELETE /api/groups/{group}", {{{"group", "/api/groups/{ID}", "", kAdmin}}}},
      {"GET /api/keys", none(kAdmin)},
      {"POST /api/keys", none(kAdmin)},
      {"DELETE /api/keys/{id}", {{{"key", "/api/keys/{ID}", "", kAdmin}}}},
      {"GET /api/audit/records", none(kAdmin)},
      {"GET /api/audit/check", none(kAdmin)},
      {"POST /api/audit/check", none(kAdmin)},
      {"GET /api/plant/setup", none(kAdmin)},
      {"PUT /api/plant/setup", none(kAdmin)},
      {"POST /api/plant/setup/look", none(kAdmin)}};
}

std::map<std::string, RouteObjects> of_nobody() {
  std::map<std::string, RouteObjects> out;
  for (const char* route :
       {"GET /healthz", "GET /health", "GET /readyz", "GET /", "GET /{path...}", "GET /metrics",
        "GET /api/session", "POST /api/session", "DELETE /api/session", "GET /api/oidc/login",
        "GET /api/oidc/callback", "GET /api/oidc/confirm", "PUT /api/session/password",
        "POST /api/session/totp", "PUT /api/session/totp", "GET /api/openapi.json",
        "GET /api/system"}) {
    out[route] = none(kOwn);
  }
  for (const char* route :
       {"GET /v1/models", "GET /v1/models/{id...}", "POST /v1/chat/completions",
        "POST /v1/completions", "POST /v1/embeddings", "POST /v1/rerank", "GET /api/models",
        "POST /api/models", "POST /api/models/{model}/adapters",
        "DELETE /api/models/{model}/adapters/{adapter}"}) {
    out[route] = none(kModel);
  }
  return out;
}

}  // namespace

const std::map<std::string, RouteObjects>& object_probes() {
  static const std::map<std::string, RouteObjects> kAll = [] {
    std::map<std::string, RouteObjects> all = of_plant();
    all.merge(of_makers());
    all.merge(of_administrators());
    all.merge(of_nobody());
    return all;
  }();
  return kAll;
}

}  // namespace mw::testing_support
