// In place of the files ua_*: the source of open62541 was not there when this was configured.
#include "plant/opcua/opcua_client.h"
#include "plant/opcua_browse.h"

namespace mw::plant {

Result<void> OpcuaClient::built_in() {
  return Error::make(Code::kUnsupported,
                     "this build has no OPC UA: open62541's source was not there when it was "
                     "configured. Run tools/setup.sh, then configure and build again",
                     "本次构建不含 OPC UA：配置时缺少 open62541 源码。请运行 tools/setup.sh，"
                     "然后重新配置并构建");
}

Result<std::unique_ptr<OpcuaClient>> OpcuaClient::connect(const OpcuaOptions& /*options*/,
                                                          std::vector<OpcuaItem> /*items*/,
                                                          const std::stop_token& /*stop*/) {
  return built_in().error();
}

Result<OpcuaBrowse> browse_opcua(const OpcuaBrowseOptions& /*options*/) {
  return OpcuaClient::built_in().error();
}

}  // namespace mw::plant
