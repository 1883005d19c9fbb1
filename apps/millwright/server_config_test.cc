#include "apps/millwright/server_config.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::app {
namespace {

class ServerConfigTest : public ::testing::Test {
 protected:
  Result<ServerConfig> read(const std::string& text) {
    EXPECT_TRUE(write_file_atomically(folder_.path() / "config.toml", text));
    return read_server_config(folder_.path() / "config.toml");
  }
  testing_support::TemporaryFolder folder_;
};

TEST_F(ServerConfigTest, ReadsWhatIsThereAndKeepsDefaultsForTheRest) {
  const auto config = read(
      "default_model = \"m\"\n[server]\nlisten = \"127.0.0.1:9000\"\nthreads = "
      "2\nkeep_responses_days = 7\n"
      "[plant]\nbroker = \"tcp://10.0.0.5:1883\"\ntime_zone = \"Asia/Shanghai\"\n");
  ASSERT_TRUE(config) << config.error().message.en;
  EXPECT_EQ(config->default_model, "m");
  EXPECT_EQ(config->server.port, 9000);
  EXPECT_EQ(config->threads, 2);
  EXPECT_EQ(config->keep_responses_days, 7);
  EXPECT_EQ(config->broker, "tcp://10.0.0.5:1883");
  EXPECT_EQ(read("")->server.address, "127.0.0.1");
}

TEST_F(ServerConfigTest, AKeyFileIsAnAbsolutePath) {
  EXPECT_EQ(read("")->people.key_file, "");
  EXPECT_EQ(read("[security]\nkey_file = \"/etc/mw/key\"\n")->people.key_file, "/etc/mw/key");
  for (const char* wrong : {"key_file = \"key\"", "key_file = 1", "keyfile = \"/key\""}) {
    EXPECT_EQ(read("[security]\n" + std::string(wrong) + "\n").error().code, Code::kInvalidArgument)
        << wrong;
  }
}

TEST_F(ServerConfigTest, KeysAndValuesAreKeptAsTheModelBearsThemUnlessAFormIsAskedFor) {
  EXPECT_EQ(read("")->kv, models::KvPrecision::kByModel);
  EXPECT_EQ(read("[server]\nkv = \"f16\"\n")->kv, models::KvPrecision::kHalf);
  EXPECT_EQ(read("[server]\nkv = \"int8\"\n")->kv, models::KvPrecision::kBytes);
  const auto other = read("[server]\nkv = \"int4\"\n");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().param, "server.kv");
}

TEST_F(ServerConfigTest, ActivationsHaveTheBitsThatTheModelBearsUnlessAFormIsAskedFor) {
  EXPECT_EQ(read("")->activations, models::InputPrecision::kByModel);
  EXPECT_EQ(read("[server]\nactivations = \"int16\"\n")->activations,
            models::InputPrecision::kWords);
  EXPECT_EQ(read("[server]\nactivations = \"int8\"\n")->activations,
            models::InputPrecision::kBytes);
  const auto other = read("[server]\nactivations = \"int4\"\n");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().param, "server.activations");
}

TEST_F(ServerConfigTest, LimitsOfAModelAreReadAndOnesOutOfRangeNamed) {
  const auto set = read("[server]\nkv_memory_mb = 512\nmax_stall_ms = 40\nmax_waiting = 8\n");
  ASSERT_TRUE(set) << set.error().message.en;
  EXPECT_EQ(set->kv_memory_mb, 512);
  EXPECT_EQ(set->max_stall_ms, 40);
  EXPECT_EQ(set->max_waiting, 8);
  EXPECT_EQ(set->max_running, 64);
  for (const char* wrong : {"kv_memory_mb = 1", "shared_prompts_percent = 91", "max_stall_ms = 0",
                            "max_first_token_s = 0", "max_running = 65", "max_waiting = 0"}) {
    const auto refused = read(std::string("[server]\n") + wrong + "\n");
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ("server." + std::string(wrong).substr(0, std::string(wrong).find(' ')),
              refused.error().param);
  }
}

TEST_F(ServerConfigTest, AKeyThatIsNotKnownIsNamedWithItsLine) {
  const auto config = read("[server]\nlisten = \"8080\"\napi_key_file = \"x\"\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().param, "server.api_key_file");
  EXPECT_NE(config.error().message.en.find("line 3"), std::string::npos);
}

TEST_F(ServerConfigTest, BrokenFilesAndWrongTypesAreErrors) {
  for (const char* text : {"[server", "a = ", "default_model = 3", "server = 1",
                           "[server]\nthreads = \"two\"", "[server]\nlisten = \"nowhere\"",
                           "[server]\nallowed_hosts = [1]", "[plant]\nbroker = true"}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

TEST_F(ServerConfigTest, AKeysFileThatOthersCanReadIsRefused) {
  const auto keys = folder_.path() / "keys";
  ASSERT_TRUE(write_file_atomically(keys, "# who\nline-1:0123456789abcdef0123\n"));
  const std::string text = "[server]\napi_keys_file = \"" + keys.string() + "\"\n";
  std::filesystem::permissions(keys, std::filesystem::perms(0644));
  EXPECT_EQ(read(text).error().code, Code::kPermissionDenied);
  std::filesystem::permissions(keys, std::filesystem::perms(0600));
  const auto config = read(text);
  ASSERT_TRUE(config);
  ASSERT_EQ(config->server.api_keys.size(), 1u);
  EXPECT_EQ(config->server.api_keys[0].name, "line-1");
}

TEST(ParseListen, TakesAddressAndPort) {
  server::ServerOptions options;
  ASSERT_TRUE(parse_listen("[::1]:443", options));
  EXPECT_EQ(options.address, "::1");
  EXPECT_EQ(options.port, 443);
  ASSERT_TRUE(parse_listen("9001", options));
  EXPECT_EQ(options.port, 9001);
  EXPECT_FALSE(parse_listen("127.0.0.1:99999", options));
  EXPECT_FALSE(parse_listen("", options));
}

}  // namespace
}  // namespace mw::app
