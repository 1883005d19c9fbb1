#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "alarms/escalation.h"
#include "apps/millwright/toml.h"
#include "notify/email_channel.h"
#include "notify/mqtt_channel.h"
#include "notify/webhook_channel.h"

namespace mw::app {

struct NotifyChannel {
  std::variant<notify::EmailOptions, notify::WebhookOptions, notify::MqttChannelOptions> options;
  Language language = Language::kEn;  // of its messages
};

/// What config.toml says of telling people (docs/ops/config.md).
struct NotifyConfig {
  std::map<std::string, NotifyChannel> channels;  // by name
  std::vector<alarms::EscalationStep> steps;
  std::string console_url;
};

/// [notify] with [[notify.channel]] and [[notify.step]]. Reads the files of secrets.
/// Errors: kInvalidArgument with file, line and key.
Result<NotifyConfig> read_notify(const toml::table& table, const std::string& file);

/// The channels, made; what cannot be one was refused by read_notify.
Result<std::map<std::string, std::unique_ptr<notify::Channel>>> make_channels(
    const NotifyConfig& config, const Clock& clock);

}  // namespace mw::app
