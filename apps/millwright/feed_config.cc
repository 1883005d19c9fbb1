#include "apps/millwright/feed_config.h"

#include <algorithm>

#include "apps/millwright/connector_config.h"
#include "apps/millwright/table_reader.h"

namespace mw::app {
namespace {

Result<plant::KafkaFeed> read_kafka_feed(TableReader& reader, const TablePlace& place) {
  plant::KafkaFeed out;
  MW_ASSIGN(out.server, read_kafka_server(reader, place));
  MW_TRY(reader.text("topic", out.topic));
  if (out.topic.empty()) return reader.wrong_table("topic", "must name a topic");
  return out;
}

Result<plant::SparkplugFeed> read_sparkplug_feed(TableReader& reader) {
  plant::SparkplugFeed out;
  MW_TRY(reader.text("broker", out.broker));
  MW_TRY(reader.text("user", out.user));
  MW_ASSIGN(out.password, reader.secret("password_file"));
  MW_TRY(reader.text("ca_file", out.ca_file));
  MW_TRY(reader.text("group", out.group));
  MW_TRY(reader.text("edge", out.edge));
  MW_TRY(reader.text("primary_host", out.primary_host));
  if (!out.broker.starts_with("tcp://") && !out.broker.starts_with("ssl://")) {
    return reader.wrong_table("broker", "must be such as \"ssl://10.0.0.5:8883\" or \"tcp://...\"");
  }
  if (out.user.empty() != out.password.empty()) {
    return reader.wrong_table("user", "and password_file must be there together");
  }
  if (out.group.empty()) return reader.wrong_table("group", "must be there");
  if (out.edge.empty()) return reader.wrong_table("edge", "must be there: our name");
  return out;
}

Error denied(const std::string& name, const std::string& en, const std::string& zh) {
  return Error::make(Code::kPermissionDenied, "the key '" + name + "' " + en,
                     "密钥“" + name + "”" + zh, "as");
}

}  // namespace

Result<plant::FeedOptions> read_feed(const toml::table& table, const std::string& file) {
  const TablePlace place{file, "feed.", {}};
  TableReader reader(table, place);
  plant::FeedOptions out;
  std::string kind;
  std::string from = "now";
  MW_TRY(reader.text("name", out.name));
  MW_TRY(reader.text("kind", kind));
  MW_TRY(reader.texts("tags", out.tags));
  MW_TRY(reader.text("as", out.as));
  MW_TRY(reader.text("from", from));
  if (from != "now" && from != "start") {
    return reader.wrong_table("from", "must be \"now\" or \"start\"");
  }
  out.from_start = from == "start";
  if (kind == "kafka") {
    MW_ASSIGN(out.to, read_kafka_feed(reader, place));
  } else if (kind == "sparkplug") {
    MW_ASSIGN(out.to, read_sparkplug_feed(reader));
  } else {
    return reader.wrong_table("kind", "must be kafka or sparkplug; it is '" + kind + "'");
  }
  MW_TRY(reader.finish());
  if (out.name.empty()) return reader.wrong_table("name", "must be there");
  if (out.tags.empty()) return reader.wrong_table("tags", "must name tags, such as \"press-*/*\"");
  if (out.as.empty()) {
    return reader.wrong_table(
        "as", "must name the service key whose rights hold (millwright token create)");
  }
  return out;
}

Result<Identity> identity_of_key(const std::vector<security::KeyInfo>& keys,
                                 const std::string& name, TimeNs now_ns) {
  bool known = false;
  for (const security::KeyInfo& each : keys) {
    if (each.key.name != name) continue;
    known = true;
    const bool over = each.key.expires_ns != 0 && each.key.expires_ns <= now_ns;
    if (each.revoked || over) continue;
    const auto for_plant = [](const std::string& scope) {
      return scope == "plant" || scope == "*";
    };
    if (std::none_of(each.key.scopes.begin(), each.key.scopes.end(), for_plant)) {
      return denied(name, "is not for the plant: make one with that scope",
                    "不适用于工厂数据：请创建含 plant 范围的密钥");
    }
    return security::identity_of(Identity::Kind::kApiKey, name, each.key.grant);
  }
  if (known) return denied(name, "is revoked or over: make a new one", "已撤销或过期：请重新创建");
  return Error::make(Code::kNotFound, "there is no service key '" + name + "'",
                     "没有服务密钥“" + name + "”", "as");
}

plant::FeedHost feed_host(std::shared_ptr<security::People> people,
                          std::shared_ptr<security::Audit> audit) {
  plant::FeedHost host;
  host.identity_of = [people](const std::string& as) -> Result<Identity> {
    MW_ASSIGN(const auto keys, people->keys());
    return identity_of_key(keys, as, SystemClock().now_ns());
  };
  host.record = [audit](const plant::FeedDecision& decision) {
    const auto outcome =
        decision.allowed ? security::AuditOutcome::kDone : security::AuditOutcome::kRefused;
    return audit->record({"key:" + decision.as, "", "plant.feed", "feed:" + decision.feed, outcome,
                          decision.detail});
  };
  return host;
}

}  // namespace mw::app
