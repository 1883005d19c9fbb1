#pragma once

#include "core/clock.h"
#include "notify/channel.h"

namespace mw::notify {

struct WebhookOptions {
  std::string url;      // https://, or http:// for a program on the plant's own network
  std::string ca_file;  // PEM instead of the system's certificates
  std::string secret;   // empty: unsigned
};

/// POST of {"sent_ms", "messages": [{"key", "subject", "text", ...facts}]}. With a secret,
/// `x-millwright-signature: sha256=` HMAC-SHA-256 of the body in hex: who gets it can check who
/// sent it, and by sent_ms that it is not an old one again.
/// Errors: kInvalidArgument with the member that is wrong.
Result<std::unique_ptr<Channel>> make_webhook_channel(WebhookOptions options, const Clock& clock);

}  // namespace mw::notify
