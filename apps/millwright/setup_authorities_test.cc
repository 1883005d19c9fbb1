// What is trusted is a part of the setup: checked where it is saved, a file for who takes one.
#include "apps/millwright/setup_authorities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/millwright/setup_look.h"
#include "apps/millwright/setup_reader.h"
#include "apps/millwright/setup_secrets.h"
#include "core/file.h"
#include "tests/support/fake_secrets.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_authority.h"

namespace mw::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::authority_pem;

constexpr TimeNs kNow = 1'790'000'000 * kNsPerSecond;  // 2026-09-21

Json setup_with(const std::string& broker_ca, const std::string& bus_ca) {
  return {{"description",
           {{"site", "works"},
            {"lines", Json::array({{{"id", "line-1"}}})},
            {"kinds", Json::array({{{"id", "oven"}}})},
            {"assets", Json::array({{{"id", "oven-1"},
                                     {"kind", "oven"},
                                     {"line", "line-1"},
                                     {"tags", Json::array({{{"id", "t"}}, {{"id", "u"}}})}}})}}},
          {"connectors",
           Json::array(
               {{{"name", "bus"},
                 {"kind", "kafka"},
                 {"address", "kafka:9093"},
                 {"tls", true},
                 {"ca", bus_ca},
                 {"topic",
                  Json::array({{{"topic", "ovens"}, {"value", "/t"}, {"tag", "oven-1/t"}}})}}})},
          {"broker",
           {{"address", "ssl://10.0.0.8:8883"},
            {"ca", broker_ca},
            {"topic", Json::array({{{"topic", "hall"}, {"tag", "oven-1/u"}}})}}}};
}

SecretReader no_secrets() {
  return [](const std::string&) -> Result<std::string> { return std::string(); };
}

class SetupAuthoritiesTest : public ::testing::Test {
 protected:
  fs::path folder() const { return folder_.path() / "authorities"; }
  std::size_t files() const {
    std::error_code problem;
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder(), problem), fs::directory_iterator()));
  }
  testing_support::TemporaryFolder folder_;
  const std::string works_ = authority_pem("Works CA");
  const std::string hall_ = authority_pem("Hall CA");
};

TEST_F(SetupAuthoritiesTest, WhoTakesAFileGetsOneOfWhatTheSetupHolds) {
  const Json setup = setup_with(works_, hall_);
  const auto read = read_setup(setup, no_secrets(), folder());
  ASSERT_TRUE(read) << read.error().message.en;
  ASSERT_TRUE(write_authorities(setup, folder()));
  EXPECT_EQ(read_file(read->broker_ca_file, 1 << 20).value_or("?"), works_);
  const auto& bus = std::get<plant::KafkaOptions>(read->connectors.at(0));
  EXPECT_EQ(read_file(bus.server.ca_file, 1 << 20).value_or("?"), hall_);
  EXPECT_EQ(files(), 2u);
  sweep_authorities(setup, folder());
  EXPECT_EQ(files(), 2u);
  ASSERT_TRUE(write_file_atomically(folder() / "notes.txt", "an administrator's\n"));
  sweep_authorities(setup_with("", hall_), folder());
  EXPECT_FALSE(fs::exists(read->broker_ca_file));
  EXPECT_TRUE(fs::exists(bus.server.ca_file));
  EXPECT_TRUE(fs::exists(folder() / "notes.txt"));
  // None: the system's, as without the member.
  EXPECT_EQ(read_setup(setup_with("", ""), no_secrets(), folder())->broker_ca_file, "");
}

TEST_F(SetupAuthoritiesTest, WhatIsNoneIsRefusedAtItsMember) {
  EXPECT_EQ(read_setup(setup_with("hello", ""), no_secrets(), folder()).error().param,
            "/broker/ca");
  EXPECT_EQ(read_setup(setup_with("", "hello"), no_secrets(), folder()).error().param,
            "/connectors/0/ca");
  Json open = setup_with(works_, hall_);
  open["broker"]["address"] = "tcp://10.0.0.8:1883";
  EXPECT_EQ(read_setup(open, no_secrets(), folder()).error().param, "/broker/ca");
  open = setup_with(works_, hall_);
  open["connectors"][0]["tls"] = false;
  EXPECT_EQ(read_setup(open, no_secrets(), folder()).error().param, "/connectors/0/ca");
  open = setup_with(works_, "");
  open["connectors"][0]["ca_file"] = "/etc/passwd";
  EXPECT_EQ(read_setup(open, no_secrets(), folder()).error().param, "/connectors/0/ca_file");
}

TEST_F(SetupAuthoritiesTest, OneThatIsOverIsRefusedWhenItIsNewAndGoesOnWhereItWas) {
  const std::string old = authority_pem("Old CA", "20200101000000Z", "20260101000000Z");
  const Json setup = setup_with(old, "");
  const auto refused = check_new_authorities(setup, Json(), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "/broker/ca");
  EXPECT_THAT(refused.error().message.en, HasSubstr("CN=Old CA expired"));
  EXPECT_TRUE(check_new_authorities(setup, setup, kNow));
  EXPECT_TRUE(read_setup(setup, no_secrets(), folder())) << "a start is not kept up by it";
  const Json told = authorities_json(setup, kNow);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told["broker"][0]["subject"], "CN=Old CA");
  EXPECT_EQ(told["broker"][0]["state"], "expired");
  EXPECT_EQ(told["broker"][0]["expires_ms"], 1'767'225'600'000);
}

TEST_F(SetupAuthoritiesTest, APasswordDoesNotGoToWhoAnotherAuthorityVouchesFor) {
  KeptPasswords passwords(std::make_shared<security::FakeSecrets>(), folder_.path());
  Json setup = setup_with(works_, "");
  setup["broker"]["user"] = "millwright";
  setup["broker"]["password"] = "first secret";
  const auto kept = keep_passwords(setup, Json(), passwords);
  ASSERT_TRUE(kept) << kept.error().message.en;
  EXPECT_TRUE(keep_passwords(kept->json, kept->json, passwords));
  Json moved = kept->json;
  moved["broker"]["ca"] = hall_;
  EXPECT_EQ(keep_passwords(moved, kept->json, passwords).error().param, "/broker/password");
}

TEST_F(SetupAuthoritiesTest, ALookTakesItToo) {
  const Json what{{"kind", "mqtt"}, {"address", "ssl://10.0.0.8:8883"}, {"ca", works_}};
  const auto look = read_look(what, "", folder());
  ASSERT_TRUE(look) << look.error().message.en;
  EXPECT_FALSE(has_authority(what, folder()));
  ASSERT_TRUE(write_authorities(what, folder()));
  EXPECT_TRUE(has_authority(what, folder()));
  EXPECT_EQ(read_file(std::get<mqtt::Options>(look->at).ca_file, 1 << 20).value_or("?"), works_);
  drop_authority(what, setup_with(works_, ""), folder());
  EXPECT_TRUE(has_authority(what, folder())) << "somebody saved it meanwhile";
  drop_authority(what, setup_with("", hall_), folder());
  EXPECT_FALSE(has_authority(what, folder()));
  const auto kafka = read_look(
      {{"kind", "kafka"}, {"address", "k:9093"}, {"tls", true}, {"ca", works_}}, "", folder());
  ASSERT_TRUE(kafka) << kafka.error().message.en;
  EXPECT_EQ(std::get<kafka::Server>(kafka->at).ca_file, authority_file(folder(), works_));
  EXPECT_EQ(
      read_look({{"kind", "sparkplug"}, {"broker", "ssl://h:8883"}, {"ca", "hello"}}, "", folder())
          .error()
          .param,
      "/ca");
}

}  // namespace
}  // namespace mw::app
