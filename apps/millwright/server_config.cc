#include "apps/millwright/server_config.h"

#include <charconv>

#include "apps/millwright/connector_config.h"
#include "apps/millwright/engine_flags.h"
#include "apps/millwright/feed_config.h"
#include "apps/millwright/table_reader.h"
#include "apps/millwright/upstream_config.h"
#include "core/file.h"
#include "core/private_file.h"
#include "hub/source.h"

namespace mw::app {
namespace {

/// Keys lie in files of their own, one "name:secret" a line, readable by their owner only.
Result<void> read_keys(const std::string& path, std::vector<server::ApiKey>& keys) {
  if (path.empty()) return {};
  MW_ASSIGN(const std::string text, read_private_file(path, "server.api_keys_file"));
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.empty() || line[0] == '#') continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) {
      return Error::make(Code::kInvalidArgument, path + ": expected NAME:SECRET on each line", {},
                         "server.api_keys_file");
    }
    keys.push_back({line.substr(0, colon), line.substr(colon + 1)});
  }
  return {};
}

Error unknown_word(const std::string& file, const std::string& key, const std::string& words,
                   const std::string& words_zh, const std::string& got) {
  return Error::make(Code::kInvalidArgument,
                     file + ": " + key + ": expected " + words + ", got \"" + got + "\"",
                     file + "：" + key + " 应为 " + words_zh + "，实际为 \"" + got + "\"", key);
}

Result<void> read_server(const toml::table& table, const std::string& file, ServerConfig& config) {
  TableReader reader(table, file, "server.");
  std::string listen;
  std::string keys_file;
  std::string kv = "auto";
  std::string activations = "auto";
  MW_TRY(reader.text("listen", listen));
  MW_TRY(reader.text("tls_certificate_file", config.server.tls_certificate_file));
  MW_TRY(reader.text("tls_key_file", config.server.tls_key_file));
  MW_TRY(reader.text("api_keys_file", keys_file));
  MW_TRY(reader.texts("allowed_hosts", config.server.allowed_hosts));
  MW_TRY(reader.texts("allowed_origins", config.server.allowed_origins));
  MW_TRY(reader.boolean("loopback_viewer", config.server.loopback_viewer));
  MW_TRY(reader.integer("session_idle_minutes", 1, 24 * 60, config.people.idle_minutes));
  MW_TRY(reader.integer("session_hours", 1, 24 * 30, config.people.hours));
  MW_TRY(reader.integer("threads", 0, 256, config.threads));
  MW_TRY(reader.text("kv", kv));
  MW_TRY(reader.text("activations", activations));
  MW_TRY(reader.integer("kv_memory_mb", 64, 1 << 20, config.kv_memory_mb));
  MW_TRY(reader.integer("shared_prompts_percent", 0, 90, config.shared_prompts_percent));
  MW_TRY(reader.integer("max_stall_ms", 10, 10'000, config.max_stall_ms));
  MW_TRY(reader.integer("max_first_token_s", 1, 3600, config.max_first_token_s));
  MW_TRY(reader.integer("max_running", 1, 64, config.max_running));
  MW_TRY(reader.integer("max_waiting", 1, 4096, config.max_waiting));
  MW_TRY(reader.integer("keep_responses_days", 0, 3650, config.keep_responses_days));
  MW_TRY(reader.integer("keep_requests_hours", 0, 24 * 30, config.keep_requests_hours));
  MW_TRY(reader.finish());
  const auto precision = kv_precision(kv);
  if (!precision) {
    return unknown_word(file, "server.kv", "\"auto\", \"f16\" or \"int8\"",
                        "\"auto\"、\"f16\" 或 \"int8\"", kv);
  }
  config.kv = *precision;
  const auto inputs = input_precision(activations);
  if (!inputs) {
    return unknown_word(file, "server.activations", "\"auto\", \"int16\" or \"int8\"",
                        "\"auto\"、\"int16\" 或 \"int8\"", activations);
  }
  config.activations = *inputs;
  if (!listen.empty()) MW_TRY(parse_listen(listen, config.server));
  return read_keys(keys_file, config.server.api_keys);
}

Result<void> read_plant(const toml::table& table, const std::string& file, ServerConfig& config) {
  TableReader reader(table, file, "plant.");
  MW_TRY(reader.text("catalogue_file", config.catalogue_file));
  MW_TRY(reader.address("broker", config.broker));
  MW_TRY(reader.text("broker_user", config.broker_user));
  MW_TRY(reader.text("broker_password_file", config.broker_password_file));
  MW_TRY(reader.text("broker_ca_file", config.broker_ca_file));
  MW_ASSIGN(const auto topics, reader.tables("topic"));
  MW_TRY(reader.text("time_zone", config.time_zone));
  MW_TRY(reader.texts("push_keys", config.push_keys));
  MW_TRY(reader.text("store", config.store));
  MW_TRY(reader.text("store_password_file", config.store_password_file));
  MW_TRY(reader.finish());
  for (std::size_t i = 0; i < topics.size(); ++i) {
    MW_ASSIGN(auto topic, read_topic(*topics[i], TablePlace{file, "plant.topic.", {}}));
    config.topics.push_back(std::move(topic));
  }
  return {};
}

Result<void> read_security(const toml::table& table, const std::string& file,
                           ServerConfig& config) {
  TableReader reader(table, file, "security.");
  MW_TRY(reader.text("key_file", config.people.key_file));
  MW_TRY(reader.integer("keep_logins_days", 0, 3650, config.people.keep_logins_days));
  MW_TRY(reader.finish());
  if (config.people.key_file.empty() || config.people.key_file.front() == '/') return {};
  // Commands find it by what people.db notes, wherever they run.
  return reader.wrong_table("key_file", "must be an absolute path");
}

/// One [[retention]] (docs/ops/retention.md).
Result<plant::RetentionRule> read_retention(const toml::table& table, const std::string& file) {
  TableReader reader(table, file, "retention.");
  plant::RetentionRule rule;
  int minute_days = -1, hour_days = -1;
  MW_TRY(reader.texts("tags", rule.tags));
  MW_TRY(reader.integer("raw_days", 1, 36'500, rule.raw_days));
  MW_TRY(reader.integer("minute_days", 0, 36'500, minute_days));
  MW_TRY(reader.integer("hour_days", 1, 36'500, hour_days));
  MW_TRY(reader.finish());
  if (minute_days >= 0) rule.minute_days = minute_days;
  if (hour_days >= 0) rule.hour_days = hour_days;
  return rule;
}

}  // namespace

Result<ServerConfig> read_server_config(const std::filesystem::path& path) {
  MW_ASSIGN(const std::string text, read_file(path, 1 << 20));
  const std::string file = path.filename().string();
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    return Error::make(Code::kInvalidArgument,
                       file + " line " + std::to_string(parsed.error().source().begin.line) + ": " +
                           std::string(parsed.error().description()),
                       {}, "config");
  }
  ServerConfig config;
  config.default_model = hub::kDefaultModel;
  TableReader reader(parsed.table(), file, "");
  MW_TRY(reader.text("default_model", config.default_model));
  MW_TRY(reader.texts("embedding_models", config.embedding_models));
  MW_TRY(reader.texts("import_folders", config.import_folders));
  MW_TRY(reader.texts("adapters", config.adapters));
  MW_ASSIGN(const toml::table* server_table, reader.table("server"));
  MW_ASSIGN(const toml::table* plant_table, reader.table("plant"));
  MW_ASSIGN(const auto upstream_tables, reader.tables("upstream"));
  MW_ASSIGN(const auto connector_tables, reader.tables("connector"));
  MW_ASSIGN(const auto feed_tables, reader.tables("feed"));
  MW_ASSIGN(const auto retention_tables, reader.tables("retention"));
  MW_ASSIGN(const toml::table* notify_table, reader.table("notify"));
  MW_ASSIGN(const toml::table* security_table, reader.table("security"));
  MW_ASSIGN(const toml::table* oidc_table, reader.table("oidc"));
  MW_TRY(reader.finish());
  for (const toml::table* each : connector_tables) {
    MW_ASSIGN(auto connector, read_connector(*each, file));
    config.connectors.push_back(std::move(connector));
  }
  for (const toml::table* each : feed_tables) {
    MW_ASSIGN(auto feed, read_feed(*each, file));
    config.feeds.push_back(std::move(feed));
  }
  for (const toml::table* each : retention_tables) {
    MW_ASSIGN(auto rule, read_retention(*each, file));
    config.retention.push_back(std::move(rule));
  }
  MW_TRY(plant::check_retention(config.retention));
  for (const toml::table* each : upstream_tables) {
    MW_ASSIGN(auto upstream, read_upstream(*each, file));
    config.upstreams.push_back(std::move(upstream));
  }
  if (notify_table != nullptr) {
    MW_ASSIGN(config.notify, read_notify(*notify_table, file));
  }
  if (oidc_table != nullptr) {
    MW_ASSIGN(config.sign_on, read_sign_on(*oidc_table, file));
  }
  if (security_table != nullptr) MW_TRY(read_security(*security_table, file, config));
  if (server_table != nullptr) MW_TRY(read_server(*server_table, file, config));
  if (plant_table != nullptr) MW_TRY(read_plant(*plant_table, file, config));
  return config;
}

Result<void> parse_listen(const std::string& text, server::ServerOptions& options) {
  const auto colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  std::string address = colon == std::string::npos ? "" : text.substr(0, colon);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  uint16_t number = 0;
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (problem != std::errc() || end != port.data() + port.size()) {
    return Error::make(Code::kInvalidArgument,
                       "listen: expected ADDRESS:PORT such as 127.0.0.1:8080, got '" + text + "'",
                       "listen：应为 地址:端口，例如 127.0.0.1:8080", "listen");
  }
  if (!address.empty()) options.address = address;
  options.port = number;
  return {};
}

}  // namespace mw::app
