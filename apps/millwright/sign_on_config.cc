#include "apps/millwright/sign_on_config.h"

#include "apps/millwright/engine_flags.h"
#include "apps/millwright/table_reader.h"
#include "core/private_file.h"

namespace mw::app {
namespace {

Result<server::GroupGrant> read_grant(const toml::table& table, const std::string& file) {
  TableReader reader(table, file, "oidc.grant.");
  server::GroupGrant out;
  std::string role;
  MW_TRY(reader.text("group", out.group));
  MW_TRY(reader.text("role", role));
  MW_TRY(reader.texts("lines", out.grant.lines));
  MW_TRY(reader.texts("labels", out.grant.labels));
  MW_TRY(reader.finish());
  if (out.group.empty()) return reader.wrong_table("group", "must be a group's name, or \"*\"");
  const auto known = security::role_of(role);
  if (!known) {
    return reader.wrong_table("role",
                              "must be \"viewer\", \"operator\", \"engineer\" or \"admin\"");
  }
  out.grant.role = *known;
  if (const auto fits = security::check_grant(out.grant); !fits) {
    return fits.error().within(file + ": oidc.grant '" + out.group + "'");
  }
  return out;
}

}  // namespace

Result<SignOnConfig> read_sign_on(const toml::table& table, const std::string& file) {
  TableReader reader(table, file, "oidc.");
  SignOnConfig out;
  std::string secret_file;
  MW_TRY(reader.text("name", out.name));
  MW_TRY(reader.text("url", out.url));
  MW_TRY(reader.text("issuer", out.provider.issuer));
  MW_TRY(reader.text("client_id", out.provider.client_id));
  MW_TRY(reader.text("client_secret_file", secret_file));
  MW_TRY(reader.texts("scopes", out.provider.scopes));
  MW_TRY(reader.text("name_claim", out.provider.name_claim));
  MW_TRY(reader.text("groups_claim", out.provider.groups_claim));
  MW_TRY(reader.texts("hosts", out.provider.hosts));
  MW_TRY(reader.text("ca_file", out.provider.ca_file));
  MW_ASSIGN(const auto grants, reader.tables("grant"));
  MW_TRY(reader.finish());
  if (out.name.empty()) return reader.wrong_table("name", "must say what the button is to say");
  if (out.provider.name_claim.empty()) return reader.wrong_table("name_claim", "must be a claim");
  while (out.url.ends_with('/')) out.url.pop_back();
  const auto url = hub::parse_url(out.url);
  if (!url || url->target != "/") {
    return reader.wrong_table("url",
                              "must be this server's address for browsers, without a path, such as "
                              "\"https://millwright.plant.example\"");
  }
  out.provider.redirect_uri = out.url + server::kOidcCallback;
  if (!secret_file.empty()) {
    MW_ASSIGN(out.provider.client_secret, read_secret_line(secret_file, "oidc.client_secret_file"));
  }
  for (const toml::table* each : grants) {
    MW_ASSIGN(auto grant, read_grant(*each, file));
    out.grants.push_back(std::move(grant));
  }
  if (const auto made = oidc::Provider::create(out.provider); !made) {
    Error error = made.error();
    error.param = "oidc." + error.param;
    return error.within(file + ": oidc");
  }
  return out;
}

Result<std::shared_ptr<const server::SingleSignOn>> make_sign_on(const SignOnConfig& config,
                                                                 LogSink log) {
  oidc::ProviderOptions options = config.provider;
  options.user_agent = "millwright/" + version();
  options.log = std::move(log);
  auto made = std::make_shared<server::SingleSignOn>();
  made->name = config.name;
  made->url = config.url;
  made->grants = config.grants;
  MW_ASSIGN(made->provider, oidc::Provider::create(std::move(options)));
  return std::shared_ptr<const server::SingleSignOn>(std::move(made));
}

}  // namespace mw::app
