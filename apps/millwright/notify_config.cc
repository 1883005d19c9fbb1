#include "apps/millwright/notify_config.h"

#include "apps/millwright/table_reader.h"
#include "core/private_file.h"

namespace mw::app {
namespace {

Result<void> read_language(TableReader& reader, const std::string& name, NotifyConfig& out) {
  std::string language = "en";
  MW_TRY(reader.text("language", language));
  if (language != "en" && language != "zh") {
    return reader.wrong_table("language", "must be \"en\" or \"zh\"");
  }
  out.languages[name] = language == "zh" ? Language::kZh : Language::kEn;
  return {};
}

Result<void> read_channel(const toml::table& table, const std::string& file, NotifyConfig& out) {
  TableReader reader(table, file, "notify.channel.");
  std::string name;
  std::string url;
  std::string server;
  std::string password_file;
  std::string secret_file;
  notify::EmailOptions email;
  notify::WebhookOptions webhook;
  MW_TRY(reader.text("name", name));
  MW_TRY(reader.text("email_server", server));
  MW_TRY(reader.boolean("tls", email.require_tls));
  MW_TRY(reader.text("user", email.user));
  MW_TRY(reader.text("password_file", password_file));
  MW_TRY(reader.text("from", email.from));
  MW_TRY(reader.texts("to", email.to));
  MW_TRY(reader.text("webhook", url));
  MW_TRY(reader.text("secret_file", secret_file));
  std::string ca_file;
  MW_TRY(reader.text("ca_file", ca_file));
  MW_TRY(read_language(reader, name, out));
  MW_TRY(reader.finish());
  if (name.empty() || out.emails.contains(name) || out.webhooks.contains(name)) {
    return reader.wrong_table("name", "must be there, and another for each channel");
  }
  if (server.empty() == url.empty()) {
    return reader.wrong_table("email_server", "must be there, or webhook, and not both");
  }
  const SystemClock clock;
  const auto named = [&](Error error) {
    error.param = "notify.channel." + error.param;
    return error.within(file + ": channel '" + name + "'");
  };
  if (!server.empty()) {
    if (!password_file.empty()) {
      MW_ASSIGN(email.password, read_secret_line(password_file, "notify.channel.password_file"));
    }
    email.server = server;
    email.ca_file = ca_file;
    if (const auto made = notify::make_email_channel(email, clock); !made) {
      return named(made.error());
    }
    out.emails[name] = std::move(email);
    return {};
  }
  if (!secret_file.empty()) {
    MW_ASSIGN(webhook.secret, read_secret_line(secret_file, "notify.channel.secret_file"));
  }
  webhook.url = url;
  webhook.ca_file = ca_file;
  if (const auto made = notify::make_webhook_channel(webhook, clock); !made) {
    return named(made.error());
  }
  out.webhooks[name] = std::move(webhook);
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
    if (out.emails.contains(each) || out.webhooks.contains(each)) continue;
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
  for (const auto& [name, options] : config.emails) {
    MW_ASSIGN(out[name], notify::make_email_channel(options, clock));
  }
  for (const auto& [name, options] : config.webhooks) {
    MW_ASSIGN(out[name], notify::make_webhook_channel(options, clock));
  }
  return out;
}

}  // namespace mw::app
