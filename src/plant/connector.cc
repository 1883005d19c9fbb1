#include "plant/connector.h"

namespace mw::plant {

std::string_view connector_state_name(ConnectorState state) {
  switch (state) {
    case ConnectorState::kConnecting:
      return "connecting";
    case ConnectorState::kConnected:
      return "connected";
    case ConnectorState::kSilent:
      return "silent";
    case ConnectorState::kFailed:
      return "failed";
  }
  return "failed";
}

}  // namespace mw::plant
