// [[feed]] of config.toml, and whose rights hold.
#include "apps/millwright/feed_config.h"

#include <gtest/gtest.h>

namespace mw::app {
namespace {

Result<plant::FeedOptions> read(const std::string& text) {
  const toml::parse_result parsed = toml::parse(text);
  EXPECT_TRUE(parsed) << text;
  return read_feed(parsed.table(), "config.toml");
}

constexpr const char* kGood = R"(
name = "erp"
kind = "kafka"
tags = ["press-*/oil*"]
as = "erp"
address = "kafka:9092"
topic = "plant"
)";

TEST(FeedConfig, ReadsAFeed) {
  const auto feed = read(std::string(kGood) + "from = \"start\"\ntls = true\n");
  ASSERT_TRUE(feed) << feed.error().message.en;
  EXPECT_EQ(feed->name, "erp");
  EXPECT_EQ(feed->tags, std::vector<std::string>{"press-*/oil*"});
  EXPECT_TRUE(feed->from_start);
  const auto& to = std::get<plant::KafkaFeed>(feed->to);
  EXPECT_EQ(to.topic, "plant");
  EXPECT_TRUE(to.server.tls);
}

TEST(FeedConfig, NamesWhatIsWrong) {
  const auto param_of = [](const std::string& more) {
    const auto feed = read(more);
    return feed ? std::string("nothing") : feed.error().param;
  };
  const std::string good = kGood;
  const auto without = [&](const std::string& key) {
    const std::size_t begin = good.find("\n" + key + " ");
    return good.substr(0, begin + 1) + good.substr(good.find('\n', begin + 1) + 1);
  };
  EXPECT_EQ(param_of(good), "nothing");
  EXPECT_EQ(param_of(good + "writes = true\n"), "feed.writes");
  EXPECT_EQ(param_of(good + "from = \"yesterday\"\n"), "feed.from");
  EXPECT_EQ(param_of(good + "sasl = \"kerberos\"\n"), "feed.sasl");
  EXPECT_EQ(param_of(good + "user = \"mw\"\n"), "feed.sasl");
  EXPECT_EQ(param_of(good + "ca_file = \"/ca\"\n"), "feed.ca_file");
  for (const char* key : {"name", "kind", "tags", "as", "address", "topic"}) {
    EXPECT_EQ(param_of(without(key)), std::string("feed.") + key);
  }
}

TEST(FeedConfig, ReadsAnEdgeNode) {
  const std::string good =
      "name = \"scada\"\nkind = \"sparkplug\"\ntags = [\"*\"]\nas = \"scada\"\n"
      "broker = \"tcp://mqtt:1883\"\ngroup = \"Plant1\"\nedge = \"Line1\"\n";
  const auto feed = read(good + "primary_host = \"scada\"\n");
  ASSERT_TRUE(feed) << feed.error().message.en;
  EXPECT_EQ(std::get<plant::SparkplugFeed>(feed->to).primary_host, "scada");
  EXPECT_EQ(read(good + "topic = \"x\"\n").error().param, "feed.topic") << "of another kind";
  EXPECT_EQ(read(good + "user = \"mw\"\n").error().param, "feed.user");
}

TEST(FeedConfig, FindsTheKeyWhoseRightsHold) {
  security::KeyInfo key;
  key.key = {"erp", {security::Role::kViewer, {"a"}, {}}, {"plant"}, 1000};
  const auto who = identity_of_key({key}, "erp", 500);
  ASSERT_TRUE(who);
  EXPECT_TRUE(who->may_see_line("a"));
  EXPECT_FALSE(who->may_see_line("b"));
  EXPECT_EQ(identity_of_key({key}, "mes", 500).error().code, Code::kNotFound);
  EXPECT_EQ(identity_of_key({key}, "erp", 1000).error().code, Code::kPermissionDenied) << "over";
  security::KeyInfo revoked = key;
  revoked.revoked = true;
  EXPECT_EQ(identity_of_key({revoked}, "erp", 500).error().code, Code::kPermissionDenied);
  EXPECT_TRUE(identity_of_key({revoked, key}, "erp", 500)) << "a new one of the same name";
  key.key.scopes = {"models"};
  EXPECT_EQ(identity_of_key({key}, "erp", 500).error().code, Code::kPermissionDenied);
}

}  // namespace
}  // namespace mw::app
