#include "apps/millwright/upstream_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "apps/millwright/server_config.h"
#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class UpstreamConfigTest : public ::testing::Test {
 protected:
  ~UpstreamConfigTest() override {
    ::unsetenv("MW_TEST_KEY");
    ::unsetenv("MILLWRIGHT_UPSTREAM_KEY_CLUSTER_1");
  }
  Result<ServerConfig> read(const std::string& text) {
    EXPECT_TRUE(write_file_atomically(folder_.path() / "config.toml", text));
    return read_server_config(folder_.path() / "config.toml");
  }
  testing_support::TemporaryFolder folder_;
};

TEST_F(UpstreamConfigTest, ReadsReplicasInOrderAndTheKeyFromTheEnvironment) {
  ::setenv("MW_TEST_KEY", "sk-secret-of-the-cluster", 1);
  const auto config = read(
      "[[upstream]]\nname = \"cluster\"\nurls = [\"https://a:8000/v1\", \"https://b/v1/\"]\n"
      "api_key_env = \"MW_TEST_KEY\"\nmodels = [\"org/llama\"]\nfallback = [\"local\"]\n"
      "first_token_timeout_s = 7\nmax_requests = 8\n[[upstream]]\nname = \"other\"\n"
      "urls = [\"http://c/v1\"]\n");
  ASSERT_TRUE(config) << config.error().message.en;
  ASSERT_EQ(config->upstreams.size(), 2u);
  const upstream::UpstreamOptions& first = config->upstreams[0];
  ASSERT_EQ(first.replicas.size(), 2u);
  EXPECT_EQ(first.replicas[1].text(), "https://b/v1");
  EXPECT_EQ(first.api_key, "sk-secret-of-the-cluster");
  EXPECT_EQ(first.first_token_timeout, std::chrono::seconds(7));
  EXPECT_EQ(first.max_requests, 8);
  EXPECT_EQ(first.fallback, std::vector<std::string>{"local"});
  EXPECT_TRUE(config->upstreams[1].api_key.empty());
}

TEST_F(UpstreamConfigTest, AKeyFileMustBeTheOwnersAlone) {
  const auto key = folder_.path() / "key";
  ASSERT_TRUE(write_file_atomically(key, "sk-secret\n"));
  const std::string text =
      "[[upstream]]\nname = \"c\"\nurls = [\"https://a/v1\"]\napi_key_file = \"" + key.string() +
      "\"\n";
  std::filesystem::permissions(key, std::filesystem::perms(0640));
  EXPECT_EQ(read(text).error().code, Code::kPermissionDenied);
  std::filesystem::permissions(key, std::filesystem::perms(0600));
  EXPECT_EQ(read(text)->upstreams[0].api_key, "sk-secret");
  ASSERT_TRUE(write_file_atomically(key, "sk secret\nand more\n"));
  std::filesystem::permissions(key, std::filesystem::perms(0600));
  const auto broken = read(text);
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message.en, Not(HasSubstr("secret\n")));
}

TEST_F(UpstreamConfigTest, WhatIsNotRightIsNamed) {
  const std::string sound = "name = \"c\"\nurls = [\"https://a/v1\"]\n";
  for (const auto& [text, param] : std::initializer_list<std::pair<std::string, std::string>>{
           {"[[upstream]]\nurls = [\"https://a/v1\"]\n", "upstream.name"},
           {"[[upstream]]\nname = \"a/b\"\nurls = [\"https://a/v1\"]\n", "upstream.name"},
           {"[[upstream]]\nname = \"c\"\n", "upstream.urls"},
           {"[[upstream]]\nname = \"c\"\nurls = [\"a:8000\"]\n", "url"},
           {"[[upstream]]\n" + sound + "api_key = \"sk\"\n", "upstream.api_key"},
           {"[[upstream]]\n" + sound + "api_key_env = \"MW_TEST_NO_SUCH\"\n",
            "upstream.api_key_env"},
           {"[[upstream]]\n" + sound + "max_requests = 0\n", "upstream.max_requests"},
           {"[upstream]\n" + sound, "upstream"}}) {
    const auto config = read(text);
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().param, param) << text;
  }
}

TEST_F(UpstreamConfigTest, FlagsAddReplicasInOrderAndReplaceTheConfigurations) {
  ::setenv("MILLWRIGHT_UPSTREAM_KEY_CLUSTER_1", "sk-env", 1);
  auto config = read(
      "[[upstream]]\nname = \"cluster-1\"\nurls = [\"https://old/v1\"]\n"
      "fallback = [\"local\"]\n");
  ASSERT_TRUE(config);
  auto& upstreams = config->upstreams;
  ASSERT_TRUE(add_upstreams(
      {"cluster-1=http://a:1/v1", "other=http://c:3/v1", "cluster-1=http://b:2/v1"}, upstreams));
  ASSERT_TRUE(check_upstreams(upstreams));
  ASSERT_EQ(upstreams.size(), 2u);
  ASSERT_EQ(upstreams[0].replicas.size(), 2u);
  EXPECT_EQ(upstreams[0].replicas[0].text(), "http://a:1/v1");
  EXPECT_EQ(upstreams[0].fallback.size(), 1u);
  EXPECT_EQ(upstreams[0].api_key, "sk-env");
  for (const char* flag : {"http://a:1/v1", "=http://a/v1", "a b=http://a/v1", "a=", "a=a:1"}) {
    EXPECT_FALSE(add_upstreams({flag}, upstreams)) << flag;
  }
}

TEST_F(UpstreamConfigTest, TwoOfOneNameAndAFallbackToItselfAreRefused) {
  std::vector<upstream::UpstreamOptions> upstreams(2);
  upstreams[0].name = upstreams[1].name = "c";
  EXPECT_EQ(check_upstreams(upstreams).error().param, "upstream.name");
  upstreams[1].name = "d";
  EXPECT_TRUE(check_upstreams(upstreams));
  upstreams[0].fallback = {"d/m"};
  EXPECT_TRUE(check_upstreams(upstreams));
  upstreams[0].fallback = {"c/m"};
  EXPECT_EQ(check_upstreams(upstreams).error().param, "upstream.fallback");
}

}  // namespace
}  // namespace mw::app
