#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "apps/millwright/toml.h"
#include "core/log.h"
#include "server/single_sign_on.h"

namespace mw::app {

/// What config.toml says of signing in with an identity provider (docs/guide/sso.md).
struct SignOnConfig {
  std::string name;
  std::string url;
  oidc::ProviderOptions provider;
  std::vector<server::GroupGrant> grants;

  bool empty() const { return provider.issuer.empty(); }
};

/// [oidc] with [[oidc.grant]]. Reads the file of the client's secret.
/// Errors: kInvalidArgument with file, line and key; those of the secret's file.
Result<SignOnConfig> read_sign_on(const toml::table& table, const std::string& file);

/// Nothing is asked of the provider yet: it may be down while we start.
Result<std::shared_ptr<const server::SingleSignOn>> make_sign_on(const SignOnConfig& config,
                                                                 LogSink log);

}  // namespace mw::app
