#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/millwright/notify_config.h"
#include "apps/millwright/people_store.h"
#include "apps/millwright/sign_on_config.h"
#include "core/result.h"
#include "models/model.h"
#include "plant/connector_options.h"
#include "plant/feed_options.h"
#include "plant/retention.h"
#include "server/server_options.h"
#include "upstream/upstream_options.h"

namespace mw::app {

/// What config.toml can say. Everything has a default; docs/ops/config.md lists the keys.
struct ServerConfig {
  server::ServerOptions server;
  std::string default_model;
  std::vector<std::string> import_folders;    // that models may be imported from in the console
  std::vector<std::string> embedding_models;  // files and folders, served beside the store's models
  std::vector<std::string> adapters;          // "[MODEL:]NAME=PATH", see adapter_flag.h
  int threads = 0;                            // 0: as many as this machine gains from

  models::KvPrecision kv = models::KvPrecision::kByModel;  // keys and values
  models::InputPrecision activations = models::InputPrecision::kByModel;
  int kv_memory_mb = 2048;          // for all conversations of a model, shared prompts included
  int shared_prompts_percent = 25;  // of it, for prompts that nobody reads at the moment
  int max_stall_ms = 100;           // that reading a prompt may keep waiting those who get text
  int max_first_token_s = 120;      // a request that would wait longer is refused at once
  int max_running = 64;             // answers that are written at the same time, a model
  int max_waiting = 256;            // requests in its queue

  std::string catalogue_file;  // the plant's machines and tags, JSON (docs/formats/catalogue.md)
  std::string broker;          // "tcp://HOST:1883"
  std::string broker_user;
  std::string broker_password_file;  // secrets stay out of the configuration
  std::string broker_ca_file;

  std::vector<plant::TopicValue> topics;            // of the broker, beside ours
  std::vector<plant::ConnectorOptions> connectors;  // beside the broker
  std::vector<plant::FeedOptions> feeds;            // what goes out
  std::vector<std::string> push_keys;               // API keys that may POST /api/plant/samples
  std::string store;  // "postgresql://USER@HOST/DATABASE"; empty: plant.db in the data folder
  std::string store_password_file;
  std::vector<plant::RetentionRule> retention;

  int keep_requests_hours = 24;  // what /api/requests tells; 0: of the last second
  int keep_responses_days = 30;  // of /v1/responses; 0: not at all

  std::vector<upstream::UpstreamOptions> upstreams;

  PeopleSettings people;
  SignOnConfig sign_on;

  NotifyConfig notify;  // whom to tell of alarms that nobody acknowledges

  std::string time_zone;  // "Asia/Shanghai"; empty: the machine's. Shifts are the catalogue's.
};

/// Reads a configuration. Errors name file, line and key; an unknown key is an error.
Result<ServerConfig> read_server_config(const std::filesystem::path& path);

/// "127.0.0.1:8080", "[::1]:8080", "8080" or "0.0.0.0:0" into address and port.
Result<void> parse_listen(const std::string& text, server::ServerOptions& options);

}  // namespace mw::app
