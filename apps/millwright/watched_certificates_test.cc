#include "apps/millwright/watched_certificates.h"

#include <gtest/gtest.h>

namespace mw::app {
namespace {

std::vector<std::string> shown(const std::vector<certificates::Watched>& all) {
  std::vector<std::string> out;
  for (const certificates::Watched& each : all) {
    out.push_back(each.use.kind + "/" + each.use.name + " " + each.peer.address() + " " +
                  std::to_string(static_cast<int>(each.peer.greeting)) + " " + each.peer.ca_file);
  }
  return out;
}

TEST(WatchedCertificates, AreThoseOfAllWhomWeMeetByTls) {
  ServerConfig config;
  config.store = "postgresql://mw@db.plant/plant?sslmode=verify-full";
  config.sign_on.name = "Plant ID";
  config.sign_on.provider.issuer = "https://id.plant/realms/plant";
  config.sign_on.provider.ca_file = "id.pem";
  const auto channel = [&](const std::string& name, auto options) {
    config.notify.channels[name].options = std::move(options);
  };
  channel("mail", notify::EmailOptions{"smtp://mail.plant:587", true, "mail.pem", {}, {}, {}, {}});
  channel("mails", notify::EmailOptions{"smtps://mail.plant:465", true, {}, {}, {}, {}, {}});
  channel("hook", notify::WebhookOptions{"https://hook.plant/alarms", {}, {}});
  notify::MqttChannelOptions mqtt;
  mqtt.broker = "ssl://mqtt.plant:8883";
  channel("mqtt", mqtt);
  config.upstreams.resize(1);
  config.upstreams[0].name = "cluster";
  config.upstreams[0].replicas = {*hub::parse_url("https://gpu-1:8000/v1"),
                                  *hub::parse_url("http://gpu-2:8000/v1")};
  PlantWays ways;
  ways.broker = "ssl://broker.plant:8883";
  ways.broker_ca_file = "broker.pem";
  plant::KafkaOptions kafka;
  kafka.name = "events";
  kafka.server = {.address = "kafka-1:9093,kafka-2:9093", .tls = true, .ca_file = "kafka.pem"};
  plant::SparkplugOptions sparkplug;
  sparkplug.name = "cells";
  sparkplug.broker = "ssl://10.0.0.5:8883";
  ways.connectors = {kafka, sparkplug, plant::ModbusOptions{}};
  ways.feeds.push_back(
      {.name = "out", .tags = {}, .as = {}, .to = plant::KafkaFeed{kafka.server, "t"}});
  EXPECT_EQ(
      shown(watched_certificates(config, ways)),
      (std::vector<std::string>{
          "broker/broker broker.plant:8883 0 broker.pem",
          "connector/events kafka-1:9093 0 kafka.pem", "connector/events kafka-2:9093 0 kafka.pem",
          "connector/cells 10.0.0.5:8883 0 ", "feed/out kafka-1:9093 0 kafka.pem",
          "feed/out kafka-2:9093 0 kafka.pem", "store/PostgreSQL db.plant:5432 2 ",
          "sign_on/Plant ID id.plant:443 0 id.pem", "channel/hook hook.plant:443 0 ",
          "channel/mail mail.plant:587 1 mail.pem", "channel/mails mail.plant:465 0 ",
          "channel/mqtt mqtt.plant:8883 0 ", "upstream/cluster gpu-1:8000 0 "}));
}

TEST(WatchedCertificates, AreNoneWhereNothingIsEncrypted) {
  ServerConfig config;
  config.store = "postgresql://mw@db.plant/plant";
  config.sign_on.provider.issuer = "http://127.0.0.1:9000";
  config.notify.channels["mail"].options =
      notify::EmailOptions{"smtp://mail.plant:25", false, {}, {}, {}, {}, {}};
  PlantWays ways;
  ways.broker = "tcp://broker.plant:1883";
  plant::KafkaOptions kafka;
  kafka.server.address = "kafka-1:9092";
  ways.connectors = {kafka};
  EXPECT_EQ(shown(watched_certificates(config, ways)), std::vector<std::string>{});
}

}  // namespace
}  // namespace mw::app
