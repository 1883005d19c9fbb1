#include "apps/millwright/upstream_config.h"

#include <algorithm>
#include <cstdlib>

#include "apps/millwright/table_reader.h"
#include "core/private_file.h"

namespace mw::app {
namespace {

using upstream::UpstreamOptions;

constexpr std::size_t kMostReplicas = 64;  // each has a thread that probes it

/// A key as a header can carry it. Errors do not show it.
Result<std::string> checked_key(std::string key, const std::string& from) {
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  const bool plain =
      std::all_of(key.begin(), key.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (!key.empty() && plain) return key;
  return Error::make(Code::kInvalidArgument,
                     "the key of " + from + " is empty or holds spaces or control characters",
                     from + " 中的密钥为空，或含有空格或控制字符", from);
}

Result<std::string> key_of_environment(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr) {
    return Error::make(
        Code::kInvalidArgument,
        "upstream.api_key_env: the environment has no " + variable +
            "; set it before millwright serve, or use api_key_file",
        "upstream.api_key_env：环境变量 " + variable + " 未设置，请先设置或改用 api_key_file",
        "upstream.api_key_env");
  }
  return checked_key(value, variable);
}

Result<std::string> key_of(const std::string& variable, const std::string& path) {
  if (!variable.empty()) return key_of_environment(variable);
  if (path.empty()) return std::string();
  MW_ASSIGN(std::string text, read_private_file(path, "upstream.api_key_file"));
  return checked_key(std::move(text), path);
}

std::string key_variable(const std::string& name) {
  std::string out = "MILLWRIGHT_UPSTREAM_KEY_";
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') {
      out += static_cast<char>(c - 32);
    } else {
      out += c == '-' || c == '.' ? '_' : c;
    }
  }
  return out;
}

std::chrono::milliseconds seconds(int count) { return std::chrono::seconds(count); }

}  // namespace

Result<UpstreamOptions> read_upstream(const toml::table& table, const std::string& file) {
  TableReader reader(table, file, "upstream.");
  UpstreamOptions out;
  std::vector<std::string> urls;
  std::string key_env;
  std::string key_file;
  int connect_s = 3;
  int first_token_s = 60;
  int token_s = 30;
  int health_s = 5;
  MW_TRY(reader.text("name", out.name));
  MW_TRY(reader.texts("urls", urls));
  MW_TRY(reader.text("api_key_env", key_env));
  MW_TRY(reader.text("api_key_file", key_file));
  MW_TRY(reader.text("ca_file", out.ca_file));
  MW_TRY(reader.texts("models", out.models));
  MW_TRY(reader.texts("fallback", out.fallback));
  MW_TRY(reader.integer("connect_timeout_s", 1, 60, connect_s));
  MW_TRY(reader.integer("first_token_timeout_s", 1, 600, first_token_s));
  MW_TRY(reader.integer("token_timeout_s", 1, 600, token_s));
  MW_TRY(reader.integer("health_interval_s", 1, 3600, health_s));
  MW_TRY(reader.integer("max_requests", 1, 320, out.max_requests));
  MW_TRY(reader.finish());
  if (!upstream::is_upstream_name(out.name)) {
    return reader.wrong_table("name", "must be 1 to 64 letters, digits, '-', '_' or '.'");
  }
  if (urls.empty()) return reader.wrong_table("urls", "must name at least one address");
  for (const std::string& url : urls) {
    MW_ASSIGN(auto base, upstream::parse_base_url(url));
    out.replicas.push_back(std::move(base));
  }
  if (!key_env.empty() && !key_file.empty()) {
    return reader.wrong_table("api_key_file", "must not stand beside api_key_env");
  }
  MW_ASSIGN(out.api_key, key_of(key_env, key_file));
  out.connect_timeout = seconds(connect_s);
  out.first_token_timeout = seconds(first_token_s);
  out.token_timeout = seconds(token_s);
  out.health_interval = seconds(health_s);
  return out;
}

Result<void> add_upstreams(const std::vector<std::string>& flags,
                           std::vector<UpstreamOptions>& upstreams) {
  std::vector<std::string> seen;
  for (const std::string& flag : flags) {
    const std::size_t equals = flag.find('=');
    const std::string name = flag.substr(0, equals);
    if (equals == std::string::npos || !upstream::is_upstream_name(name)) {
      return Error::make(Code::kInvalidArgument,
                         "--upstream: expected NAME=https://host:port/v1, got '" + flag + "'",
                         "--upstream：应为 NAME=https://host:port/v1，实际为“" + flag + "”",
                         "--upstream");
    }
    MW_ASSIGN(auto base, upstream::parse_base_url(flag.substr(equals + 1)));
    auto found = std::find_if(upstreams.begin(), upstreams.end(),
                              [&](const UpstreamOptions& each) { return each.name == name; });
    if (found == upstreams.end()) {
      found = upstreams.emplace(upstreams.end());
      found->name = name;
    }
    if (std::find(seen.begin(), seen.end(), name) == seen.end()) {
      seen.push_back(name);
      found->replicas.clear();
      const std::string variable = key_variable(name);
      if (const char* key = std::getenv(variable.c_str()); key != nullptr && *key != '\0') {
        MW_ASSIGN(found->api_key, checked_key(key, variable));
      }
    }
    found->replicas.push_back(std::move(base));
  }
  return {};
}

Result<void> check_upstreams(const std::vector<UpstreamOptions>& upstreams) {
  std::size_t replicas = 0;
  for (auto each = upstreams.begin(); each != upstreams.end(); ++each) {
    replicas += each->replicas.size();
    const auto same = [&](const UpstreamOptions& other) { return other.name == each->name; };
    if (std::find_if(upstreams.begin(), each, same) != each) {
      return Error::make(Code::kInvalidArgument, "two upstreams are named '" + each->name + "'",
                         "有两个名为“" + each->name + "”的上游", "upstream.name");
    }
    for (const std::string& model : each->fallback) {
      if (model.starts_with(each->name + "/")) {
        return Error::make(
            Code::kInvalidArgument,
            "upstream '" + each->name + "' falls back to itself (" + model +
                "): name a model of this machine or of another upstream",
            "上游“" + each->name + "”的后备模型 " + model + " 属于自身：请填写本机或其他上游的模型",
            "upstream.fallback");
      }
    }
  }
  if (replicas > kMostReplicas) {
    return Error::make(Code::kInvalidArgument,
                       "upstreams have " + std::to_string(replicas) + " addresses; at most " +
                           std::to_string(kMostReplicas) + " may be",
                       "上游地址共 " + std::to_string(replicas) + " 个，最多 " +
                           std::to_string(kMostReplicas) + " 个",
                       "upstream.urls");
  }
  return {};
}

void warn_of_clear_keys(const std::vector<UpstreamOptions>& upstreams, const LogSink& log) {
  for (const UpstreamOptions& each : upstreams) {
    for (const hub::Url& url : each.replicas) {
      const bool loopback =
          url.host == "localhost" || url.host.starts_with("127.") || url.host == "::1";
      if (each.api_key.empty() || url.tls || loopback) continue;
      log(LogLevel::kWarning, "upstream",
          each.name + ": its key goes to " + url.text() + " unencrypted; use https");
    }
  }
}

}  // namespace mw::app
