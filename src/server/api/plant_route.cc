#include "server/api/plant_route.h"

#include "server/api/people_json.h"
#include "server/http/api_error.h"

namespace mw::server {

void add_plant_route(Router& router, const std::shared_ptr<ApiState>& state, Route route,
                     PlantAnswer answer) {
  route.handler = [state, answer = std::move(answer)](const std::shared_ptr<Exchange>& exchange) {
    if (!state->parts.plant) {
      exchange->respond(error_response(absent("no plant is connected", "未连接工厂")));
      return;
    }
    const Result<Json> out = answer(*state, exchange->request());
    exchange->respond(out ? json_response(*out) : error_response(out.error()));
  };
  router.add(std::move(route));
}

Result<AskedPlace> asked_place(const HttpRequest& request) {
  const AskedPlace place{request.query_value("asset"), request.query_value("line")};
  if (place.asset.empty() != place.line.empty()) return place;
  return Error::make(Code::kInvalidArgument, "expected either 'asset' or 'line'",
                     "应给出“asset”或“line”之一", "asset");
}

std::string audited_place(const std::string& asset, const std::string& line) {
  return asset.empty() ? "line:" + line : "asset:" + asset;
}

}  // namespace mw::server
