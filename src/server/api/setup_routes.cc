#include "server/api/admin_route.h"
#include "server/api/people_json.h"
#include "server/plant_setup.h"

namespace mw::server {
namespace {

constexpr uint64_t kBodyBytes = 4 << 20;
constexpr int kMostDepth = 16;

Result<PlantSetup*> setup_of(const ApiState& state) {
  if (state.parts.setup) return state.parts.setup.get();
  return absent("this server's plant cannot be set up", "本服务器的工厂无法设置");
}

Result<Json> read(const ApiState& state, const HttpRequest& /*request*/) {
  MW_ASSIGN(PlantSetup * setup, setup_of(state));
  return setup->read();
}

Result<Json> replace(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(PlantSetup * setup, setup_of(state));
  const std::string* version = request.header("If-Match");
  if (version == nullptr || version->size() < 3 || !version->starts_with('"') ||
      !version->ends_with('"')) {
    return Error::make(Code::kInvalidArgument,
                       "expected If-Match: \"VERSION\", with the version that GET told",
                       "缺少 If-Match: \"版本\"，其值为 GET 返回的 version", "If-Match");
  }
  MW_ASSIGN(const Json body, parse_json(request.body, kMostDepth));
  return setup->replace(actor_of(request), version->substr(1, version->size() - 2), body);
}

Result<Json> look(const ApiState& state, const HttpRequest& request) {
  MW_ASSIGN(PlantSetup * setup, setup_of(state));
  MW_ASSIGN(const Json body, parse_json(request.body, kMostDepth));
  return setup->look(actor_of(request), body);
}

}  // namespace

void add_setup_routes(Router& router, const std::shared_ptr<ApiState>& state) {
  add_admin_route(router, state, Method::kGet, "/api/plant/setup",
                  {.operation = "getPlantSetup",
                   .summary = "The plant's description and connections, without passwords",
                   .request_schema = {},
                   .response_schema = "PlantSetupView"},
                  read);
  RouteDoc doc{.operation = "replacePlantSetup",
               .summary =
                   "Replaces all of it, where If-Match names the version that there is; "
                   "the plant starts anew",
               .request_schema = "PlantSetup",
               .response_schema = "PlantSetupView"};
  doc.success_status = 202;
  add_admin_route(router, state, Method::kPut, "/api/plant/setup", doc, replace, kBodyBytes);
  add_admin_route(router, state, Method::kPost, "/api/plant/setup/look",
                  {.operation = "lookAtDevice",
                   .summary = "What an OPC UA server, a Modbus device or a broker has now",
                   .request_schema = "SetupLook",
                   .response_schema = "SetupSight"},
                  look);
}

}  // namespace mw::server
