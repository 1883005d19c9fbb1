#include "apps/millwright/sign_on_config.h"

#include <gtest/gtest.h>

#include "apps/millwright/server_config.h"
#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::app {
namespace {

constexpr const char* kWhole = R"(
[oidc]
name = "Plant account"
url = "https://mw.plant.example:8443/"
issuer = "https://id.plant.example/realms/works"
client_id = "millwright"
name_claim = "upn"
groups_claim = "roles"
scopes = ["openid", "profile", "groups"]
hosts = ["keys.plant.example"]
[[oidc.grant]]
group = "line-1"
role = "operator"
lines = ["line-1"]
labels = ["manuals"]
[[oidc.grant]]
group = "*"
role = "viewer"
)";

class SignOnConfigTest : public ::testing::Test {
 protected:
  Result<ServerConfig> read(const std::string& text) {
    EXPECT_TRUE(write_file_atomically(folder_.path() / "config.toml", text));
    return read_server_config(folder_.path() / "config.toml");
  }
  std::string without(const std::string& line) const {
    std::string text = kWhole;
    const std::size_t at = text.find(line);
    EXPECT_NE(at, std::string::npos) << line;
    return text.erase(at, text.find('\n', at) - at);
  }
  testing_support::TemporaryFolder folder_;
};

TEST_F(SignOnConfigTest, ReadsAProviderAndWhatItsGroupsGive) {
  const auto config = read(kWhole);
  ASSERT_TRUE(config) << config.error().message.en;
  const SignOnConfig& oidc = config->sign_on;
  EXPECT_EQ(oidc.url, "https://mw.plant.example:8443");
  EXPECT_EQ(oidc.provider.redirect_uri, "https://mw.plant.example:8443/api/oidc/callback");
  EXPECT_EQ(oidc.provider.name_claim, "upn");
  EXPECT_EQ(oidc.provider.hosts, std::vector<std::string>{"keys.plant.example"});
  ASSERT_EQ(oidc.grants.size(), 2u);
  EXPECT_EQ(oidc.grants[0].grant.role, security::Role::kOperator);
  EXPECT_EQ(oidc.grants[0].grant.lines, std::vector<std::string>{"line-1"});
  EXPECT_TRUE(oidc.grants[1].grant.lines.empty()) << "what is not given is nothing";
  const auto made = make_sign_on(oidc, no_log());
  ASSERT_TRUE(made) << made.error().message.en;
  EXPECT_EQ((*made)->provider->issuer(), "https://id.plant.example/realms/works");
  EXPECT_TRUE(read("")->sign_on.empty());
}

TEST_F(SignOnConfigTest, RefusesWhatWouldNotWorkOrNotBeSafe) {
  for (const char* line : {"name =", "url =", "issuer =", "client_id =", "group = \"line-1\"",
                           "role = \"operator\""}) {
    EXPECT_EQ(read(without(line)).error().code, Code::kInvalidArgument) << line;
  }
  const auto with = [&](const std::string& line, const std::string& instead) {
    std::string text = kWhole;
    const std::size_t at = text.find(line);
    return read(text.replace(at, line.size(), instead)).error().param;
  };
  EXPECT_EQ(with("https://id.plant", "http://id.plant"), "oidc.issuer") << "not in clear";
  EXPECT_EQ(with("works\"", "works?x=1\""), "oidc.issuer");
  EXPECT_EQ(with(":8443/", ":8443/path"), "oidc.url");
  EXPECT_EQ(with("\"openid\", ", ""), "oidc.scopes");
  EXPECT_EQ(with("\"operator\"", "\"owner\""), "oidc.grant.role");
  EXPECT_EQ(with("client_id", "clientid"), "oidc.clientid");
}

TEST_F(SignOnConfigTest, TheClientsSecretComesFromAPrivateFile) {
  const auto file = folder_.path() / "secret";
  ASSERT_TRUE(write_file_atomically(file, "s3cret\n"));
  std::string text = kWhole;
  text.replace(text.find("name_claim"), 0, "client_secret_file = \"" + file.string() + "\"\n");
  EXPECT_EQ(read(text)->sign_on.provider.client_secret, "s3cret");
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_EQ(read(text).error().code, Code::kPermissionDenied);
}

}  // namespace
}  // namespace mw::app
