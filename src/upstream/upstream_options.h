#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "hub/remote_url.h"

namespace mw::upstream {

/// One cluster that speaks OpenAI's API. Its models are "NAME/ID" here.
struct UpstreamOptions {
  std::string name;                   // letters, digits, '-', '_', '.'
  std::vector<hub::Url> replicas;     // base addresses (".../v1"), the preferred first
  std::string api_key;                // sent to the replicas only; empty: none
  std::string ca_file;                // PEM beside the system's certificates
  std::vector<std::string> models;    // ids that are shown; empty: all that it lists
  std::vector<std::string> fallback;  // what answers when no replica does, in order

  std::chrono::milliseconds connect_timeout{3'000};  // name, connection, TLS: each
  std::chrono::milliseconds first_token_timeout{60'000};
  std::chrono::milliseconds token_timeout{30'000};  // between two tokens
  std::chrono::milliseconds health_interval{5'000};
  int max_requests = 64;  // under way at once; each has a thread
};

/// "https://host:8000/v1" without a slash at its end. Errors: kInvalidArgument, as
/// hub::parse_url; a query.
Result<hub::Url> parse_base_url(std::string_view text);

/// Whether `name` may name an upstream.
bool is_upstream_name(std::string_view name);

}  // namespace mw::upstream
