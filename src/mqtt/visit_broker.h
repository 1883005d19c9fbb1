#pragma once

#include <chrono>
#include <functional>

#include "mqtt/mqtt_client.h"

namespace mw::mqtt {

/// Connects, calls `during` once subscribed, and leaves again when it returns: for whoever wants to
/// look at a broker. on_link, client_id and keep_session of `options` are set here.
/// Errors  as publish_once, of the connection; 5 s at most until there is one.
Result<void> visit_broker(Options options, const std::function<void(Client&)>& during);

}  // namespace mw::mqtt
