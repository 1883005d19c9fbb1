#include "apps/millwright/server_config.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <charconv>
#include <set>

#include "core/file.h"
#include "hub/source.h"

namespace mw::app {
namespace {

/// Reads keys of one table and remembers which were asked for.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string file, std::string prefix)
      : table_(table), file_(std::move(file)), prefix_(std::move(prefix)) {}

  Result<void> text(const char* key, std::string& out) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    const auto value = node->value_exact<std::string>();
    if (!value) return wrong(key, *node, "a string");
    out = *value;
    return {};
  }

  Result<void> integer(const char* key, int64_t low, int64_t high, int& out) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    const auto value = node->value_exact<int64_t>();
    if (!value || *value < low || *value > high) {
      return wrong(key, *node,
                   "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    out = static_cast<int>(*value);
    return {};
  }

  Result<void> texts(const char* key, std::vector<std::string>& out) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong(key, *node, "a list of strings");
    out.clear();
    for (const toml::node& each : *array) {
      const auto value = each.value_exact<std::string>();
      if (!value) return wrong(key, each, "a list of strings");
      out.push_back(*value);
    }
    return {};
  }

  Result<const toml::table*> table(const char* key) {
    const toml::node* node = take(key);
    if (node == nullptr) return static_cast<const toml::table*>(nullptr);
    if (node->as_table() == nullptr) return wrong(key, *node, "a table");
    return node->as_table();
  }

  /// What nobody asked for.
  Result<void> finish() const {
    for (const auto& [key, node] : table_) {
      if (known_.contains(std::string(key.str()))) continue;
      std::string names;
      for (const std::string& each : known_) names += (names.empty() ? "" : ", ") + each;
      return error(std::string(key.str()), node, "is not known here; known are " + names);
    }
    return {};
  }

 private:
  const toml::node* take(const char* key) {
    known_.insert(key);
    return table_.get(key);
  }
  Error error(const std::string& key, const toml::node& node, const std::string& what) const {
    const std::string name = prefix_ + key;
    return Error::make(
        Code::kInvalidArgument,
        file_ + " line " + std::to_string(node.source().begin.line) + ": '" + name + "' " + what,
        file_ + " 第 " + std::to_string(node.source().begin.line) + " 行：“" + name + "”有误",
        name);
  }
  Error wrong(const char* key, const toml::node& node, const std::string& expected) const {
    return error(key, node, "must be " + expected);
  }

  const toml::table& table_;
  const std::string file_;
  const std::string prefix_;
  std::set<std::string> known_;
};

/// Keys lie in files of their own, one "name:secret" a line, readable by their owner only.
Result<void> read_keys(const std::string& path, std::vector<server::ApiKey>& keys) {
  if (path.empty()) return {};
  std::error_code problem;
  const auto mode = std::filesystem::status(path, problem).permissions();
  using std::filesystem::perms;
  if (!problem && (mode & (perms::group_all | perms::others_all)) != perms::none) {
    return Error::make(Code::kPermissionDenied,
                       path + " can be read by others; run: chmod 600 " + path,
                       path + " 可被他人读取，请执行：chmod 600 " + path, "server.api_keys_file");
  }
  MW_ASSIGN(const std::string text, read_file(path, 1 << 20));
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

Result<void> read_server(const toml::table& table, const std::string& file, ServerConfig& config) {
  TableReader reader(table, file, "server.");
  std::string listen;
  std::string keys_file;
  std::string kv = "f16";
  MW_TRY(reader.text("listen", listen));
  MW_TRY(reader.text("tls_certificate_file", config.server.tls_certificate_file));
  MW_TRY(reader.text("tls_key_file", config.server.tls_key_file));
  MW_TRY(reader.text("api_keys_file", keys_file));
  MW_TRY(reader.texts("allowed_hosts", config.server.allowed_hosts));
  MW_TRY(reader.texts("allowed_origins", config.server.allowed_origins));
  MW_TRY(reader.integer("threads", 0, 256, config.threads));
  MW_TRY(reader.text("kv", kv));
  MW_TRY(reader.integer("kv_memory_mb", 64, 1 << 20, config.kv_memory_mb));
  MW_TRY(reader.integer("shared_prompts_percent", 0, 90, config.shared_prompts_percent));
  MW_TRY(reader.integer("max_stall_ms", 10, 10'000, config.max_stall_ms));
  MW_TRY(reader.integer("max_first_token_s", 1, 3600, config.max_first_token_s));
  MW_TRY(reader.integer("max_running", 1, 64, config.max_running));
  MW_TRY(reader.integer("max_waiting", 1, 4096, config.max_waiting));
  MW_TRY(reader.integer("keep_responses_days", 0, 3650, config.keep_responses_days));
  MW_TRY(reader.finish());
  if (kv != "f16" && kv != "int8") {
    return Error::make(Code::kInvalidArgument,
                       file + ": server.kv: expected \"f16\" or \"int8\", got \"" + kv + "\"",
                       file + "：server.kv 应为 \"f16\" 或 \"int8\"，实际为 \"" + kv + "\"",
                       "server.kv");
  }
  config.eight_bit_kv = kv == "int8";
  if (!listen.empty()) MW_TRY(parse_listen(listen, config.server));
  return read_keys(keys_file, config.server.api_keys);
}

Result<void> read_plant(const toml::table& table, const std::string& file, ServerConfig& config) {
  TableReader reader(table, file, "plant.");
  MW_TRY(reader.text("catalogue_file", config.catalogue_file));
  MW_TRY(reader.text("broker", config.broker));
  MW_TRY(reader.text("broker_user", config.broker_user));
  MW_TRY(reader.text("broker_password_file", config.broker_password_file));
  MW_TRY(reader.text("broker_ca_file", config.broker_ca_file));
  MW_TRY(reader.text("time_zone", config.time_zone));
  return reader.finish();
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
  MW_ASSIGN(const toml::table* server_table, reader.table("server"));
  MW_ASSIGN(const toml::table* plant_table, reader.table("plant"));
  MW_TRY(reader.finish());
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
