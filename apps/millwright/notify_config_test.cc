#include "apps/millwright/notify_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "apps/millwright/server_config.h"
#include "core/file.h"
#include "tests/support/temporary_folder.h"

namespace mw::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NotifyConfigTest : public ::testing::Test {
 protected:
  Result<NotifyConfig> read(const std::string& text) {
    EXPECT_TRUE(write_file_atomically(folder_.path() / "config.toml", text));
    MW_ASSIGN(ServerConfig config, read_server_config(folder_.path() / "config.toml"));
    return std::move(config.notify);
  }
  std::string secret(const std::string& text) {
    const std::string path = (folder_.path() / "secret").string();
    EXPECT_TRUE(write_file_atomically(path, text));
    return path;
  }
  std::string problem(const std::string& text) {
    const auto config = read(text);
    EXPECT_FALSE(config) << text;
    return config ? "" : config.error().message.en;
  }
  testing_support::TemporaryFolder folder_;
};

constexpr char kMail[] =
    "[[notify.channel]]\nname = \"shift\"\nemail_server = \"smtp://mail:587\"\n"
    "from = \"millwright@plant.example\"\nto = [\"li@plant.example\"]\n";

TEST_F(NotifyConfigTest, ReadsChannelsAndTheLadder) {
  const auto config =
      read("[notify]\nconsole_url = \"https://millwright.plant\"\n" + std::string(kMail) +
           "user = \"mw\"\npassword_file = \"" + secret("hush\n") + "\"\nlanguage = \"zh\"\n" +
           "[[notify.channel]]\nname = \"duty\"\nwebhook = \"https://hooks.example/x\"\n"
           "[[notify.channel]]\nname = \"tower\"\nmqtt_broker = \"ssl://broker:8883\"\n"
           "topic = \"plant/alarms\"\nmqtt_version = 4\n"
           "[[notify.step]]\nname = \"first\"\nafter_min = 2.5\npriority = \"medium\"\n"
           "lines = [\"line-1\"]\nchannels = [\"shift\"]\n"
           "[[notify.step]]\nchannels = [\"shift\", \"duty\"]\n");
  ASSERT_TRUE(config) << config.error().message.en;
  ASSERT_EQ(config->channels.size(), 3u);
  const NotifyChannel& shift = config->channels.at("shift");
  EXPECT_EQ(std::get<notify::EmailOptions>(shift.options).password, "hush");
  EXPECT_TRUE(std::get<notify::EmailOptions>(shift.options).require_tls);
  EXPECT_EQ(shift.language, Language::kZh);
  const NotifyChannel& duty = config->channels.at("duty");
  EXPECT_EQ(std::get<notify::WebhookOptions>(duty.options).url, "https://hooks.example/x");
  EXPECT_EQ(duty.language, Language::kEn);
  const auto& tower = std::get<notify::MqttChannelOptions>(config->channels.at("tower").options);
  EXPECT_EQ(tower.broker + " " + tower.topic, "ssl://broker:8883 plant/alarms");
  EXPECT_EQ(tower.version, 4);
  ASSERT_EQ(config->steps.size(), 2u);
  EXPECT_EQ(config->steps[0].after_ns, 150 * kNsPerSecond);
  EXPECT_EQ(config->steps[0].least, alarms::Priority::kMedium);
  EXPECT_THAT(config->steps[0].lines, ElementsAre("line-1"));
  EXPECT_EQ(config->steps[1].after_ns, 5 * kNsPerMinute);
  EXPECT_EQ(config->steps[1].least, alarms::Priority::kHigh);
  EXPECT_THAT(config->steps[1].lines, ElementsAre("*"));
}

TEST_F(NotifyConfigTest, NamesWhatIsWrong) {
  const std::string mail = kMail;
  EXPECT_THAT(problem("[[notify.channel]]\nname = \"x\"\n"), HasSubstr("email_server"));
  EXPECT_THAT(problem(mail + mail), HasSubstr("notify.channel.name"));
  EXPECT_THAT(problem(mail + "webhook = \"https://x/\"\n"), HasSubstr("only one of them"));
  EXPECT_THAT(problem(mail + "language = \"de\"\n"), HasSubstr("notify.channel.language"));
  EXPECT_THAT(problem(mail + "topic = \"alarms\"\n"), HasSubstr("notify.channel.topic"));
  EXPECT_THAT(problem("[[notify.channel]]\nname = \"x\"\nmqtt_broker = \"tcp://b:1883\"\n"),
              HasSubstr("channel 'x'"));
  EXPECT_THAT(problem(mail + "colour = \"red\"\n"), HasSubstr("colour"));
  EXPECT_THAT(problem(mail + "[[notify.step]]\nchannels = [\"boss\"]\n"), HasSubstr("'boss'"));
  EXPECT_THAT(problem(mail + "[[notify.step]]\n"), HasSubstr("notify.step.channels"));
  EXPECT_THAT(problem(mail + "[[notify.step]]\nchannels = [\"shift\"]\npriority = \"urgent\"\n"),
              HasSubstr("notify.step.priority"));
  EXPECT_THAT(problem("[[notify.channel]]\nname = \"x\"\nwebhook = \"hooks.example\"\n"),
              HasSubstr("channel 'x'"));
  EXPECT_THAT(problem(mail + "user = \"mw\"\ntls = false\n"), HasSubstr("in the clear"));
}

TEST_F(NotifyConfigTest, RefusesSecretsThatOthersMayRead) {
  const std::string path = secret("hush\n");
  std::filesystem::permissions(path, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  const std::string text =
      problem(std::string(kMail) + "user = \"mw\"\npassword_file = \"" + path + "\"\n");
  EXPECT_THAT(text, HasSubstr("chmod 600"));
}

}  // namespace
}  // namespace mw::app
