#include "apps/millwright/notify_config.h"

#include "apps/millwright/table_reader.h"
#include "core/private_file.h"

namespace mw::app {
namespace {

Result<Language> read_language(TableReader& reader) {
  std::string language = "en";
  MW_TRY(reader.text("language", language));
  if (language == "zh") return Language::kZh;
  if (language == "en") return Language::kEn;
  return reader.wrong_table("language", "must be \"en\" or \"zh\"");
}

Result<std::string> read_secret(TableReader& reader, const char* key) {
  std::string path;
  MW_TRY(reader.text(key, path));
  if (path.empty()) return std::string();
  return read_secret_line(path, "notify.channel." + std::string(key));
}

Result<notify::EmailOptions> read_email(TableReader& reader) {
  notify::EmailOptions out;
  MW_TRY(reader.boolean("tls", out.require_tls));
  MW_TRY(reader.text("user", out.user));
  MW_ASSIGN(out.password, read_secret(reader, "password_file"));
  MW_TRY(reader.text("from", out.from));
  MW_TRY(reader.texts("to", out.to));
  MW_TRY(reader.text("ca_file", out.ca_file));
  return out;
}

Result<notify::WebhookOptions> read_webhook(TableReader& reader) {
  notify::WebhookOptions out;
  MW_ASSIGN(out.secret, read_secret(reader, "secret_file"));
  MW_TRY(reader.text("ca_file", out.ca_file));
  return out;
}

Result<notify::MqttChannelOptions> read_mqtt(TableReader& reader) {
  notify::MqttChannelOptions out;
  MW_TRY(reader.text("topic", out.topic));
  MW_TRY(reader.text("user", out.user));
  MW_ASSIGN(out.password, read_secret(reader, "password_file"));
  MW_TRY(reader.integer("mqtt_version", 4, 5, out.version));
  MW_TRY(reader.text("ca_file", out.ca_file));
  return out;
}

Result<std::unique_ptr<notify::Channel>> make_channel(const NotifyChannel& channel,
                                                      const Clock& clock) {
  if (const auto* email = std::get_if<notify::EmailOptions>(&channel.options)) {
    return notify::make_email_channel(*email, clock);
  }
  if (const auto* webhook = std::get_if<notify::WebhookOptions>(&channel.options)) {
    return notify::make_webhook_channel(*webhook, clock);
  }
  return notify::make_mqtt_channel(std::get<notify::MqttChannelOptions>(channel.options), clock);
}

/// Keys of another kind of channel are refused: whoever wrote them expects that they do something.
Result<void> read_channel(const toml::table& table, const std::string& file, NotifyConfig& out) {
  TableReader reader(table, file, "notify.channel.");
  std::string name;
  std::string server;
  std::string url;
  std::string broker;
  MW_TRY(reader.text("name", name));
  MW_TRY(reader.text("email_server", server));
  MW_TRY(reader.text("webhook", url));
  MW_TRY(reader.text("mqtt_broker", broker));
  if (name.empty() || out.channels.contains(name)) {
    return reader.wrong_table("name", "must be there, and another for each channel");
  }
  if (int{!server.empty()} + int{!url.empty()} + int{!broker.empty()} != 1) {
    return reader.wrong_table("email_server",
                              "must be there, or webhook, or mqtt_broker, and only one of them");
  }
  NotifyChannel channel;
  MW_ASSIGN(channel.language, read_language(reader));
  if (!server.empty()) {
    MW_ASSIGN(notify::EmailOptions email, read_email(reader));
    email.server = server;
    channel.options = std::move(email);
  } else if (!url.empty()) {
    MW_ASSIGN(notify::WebhookOptions webhook, read_webhook(reader));
    webhook.url = url;
    channel.options = std::move(webhook);
  } else {
    MW_ASSIGN(notify::MqttChannelOptions mqtt, read_mqtt(reader));
    mqtt.broker = broker;
    channel.options = std::move(mqtt);
  }
  MW_TRY(reader.finish());
  if (const auto made = make_channel(channel, SystemClock()); !made) {
    Error error = made.error();
    error.param = "notify.channel." + error.param;
    return error.within(file + ": channel '" + name + "'");
  }
  out.channels[name] = std::move(channel);
  return {};
}

Result<void> read_step(const toml::table& table, const std::string& file, NotifyConfig& out) {
  TableReader reader(table, file, "notify.step.");
  alarms::EscalationStep step;
  double after_min = 5;
  std::string least = "high";
  step.lines = {"*"};
  MW_TRY(reader.text("name", step.name));
  MW_TRY(reader.number("after_min", 0, 7 * 24 * 60, after_min));
  MW_TRY(reader.text("priority", least));
  MW_TRY(reader.texts("lines", step.lines));
  MW_TRY(reader.texts("channels", step.channels));
  MW_TRY(reader.finish());
  step.after_ns = static_cast<int64_t>(after_min * static_cast<double>(kNsPerMinute));
  bool known = false;
  using alarms::Priority;
  for (const Priority each :
       {Priority::kLow, Priority::kMedium, Priority::kHigh, Priority::kCritical}) {
    if (least != alarms::priority_name(each)) continue;
    step.least = each;
    known = true;
  }
  if (!known) {
    return reader.wrong_table("priority", "must be \"low\", \"medium\", \"high\" or \"critical\"");
  }
  if (step.channels.empty()) return reader.wrong_table("channels", "must name at least one");
  for (const std::string& each : step.channels) {
    if (out.channels.contains(each)) continue;
    return reader.wrong_table("channels", "must name channels; there is no '" + each + "'");
  }
  if (step.lines.empty()) return reader.wrong_table("lines", "must name lines, or \"*\"");
  out.steps.push_back(std::move(step));
  return {};
}

}  // namespace

Result<NotifyConfig> read_notify(const toml::table& table, const std::string& file) {
  TableReader reader(table, file, "notify.");
  NotifyConfig out;
  MW_TRY(reader.text("console_url", out.console_url));
  MW_ASSIGN(const auto channels, reader.tables("channel"));
  MW_ASSIGN(const auto steps, reader.tables("step"));
  MW_TRY(reader.finish());
  for (const toml::table* each : channels) MW_TRY(read_channel(*each, file, out));
  for (const toml::table* each : steps) MW_TRY(read_step(*each, file, out));
  return out;
}

Result<std::map<std::string, std::unique_ptr<notify::Channel>>> make_channels(
    const NotifyConfig& config, const Clock& clock) {
  std::map<std::string, std::unique_ptr<notify::Channel>> out;
  for (const auto& [name, channel] : config.channels) {
    MW_ASSIGN(out[name], make_channel(channel, clock));
  }
  return out;
}

}  // namespace mw::app
