#include "plant/feed_options.h"

#include <set>

#include "plant/feed/feed.h"
#include "plant/internal/description_fields.h"
#include "plant/sparkplug/sparkplug_topic.h"

namespace mw::plant {
namespace {

constexpr std::size_t kMostFeeds = 50;
constexpr std::size_t kMostPatterns = 1000;

Error wrong(const std::string& where, const std::string& en, const std::string& zh) {
  return Error::make(Code::kInvalidArgument, where + ": " + en, where + "：" + zh, where);
}

Result<void> check_receiver(const KafkaFeed& to) {
  MW_TRY(kafka::check_server(to.server));
  if (kafka::is_topic(to.topic)) return {};
  return wrong("topic", "expected 1 to 249 of letters, digits, '.', '_', '-'",
               "应为 1 到 249 个字母、数字、“.”、“_”或“-”");
}

Result<void> check_receiver(const SparkplugFeed& to) {
  if (!to.broker.starts_with("tcp://") && !to.broker.starts_with("ssl://")) {
    return wrong("broker", "expected tcp://HOST:1883 or ssl://HOST:8883",
                 "应为 tcp://HOST:1883 或 ssl://HOST:8883");
  }
  for (const auto& [key, id] : {std::pair{"group", &to.group}, std::pair{"edge", &to.edge},
                                std::pair{"primary_host", &to.primary_host}}) {
    const bool optional = id == &to.primary_host && id->empty();
    if (optional || is_sparkplug_id(*id)) continue;
    return wrong(key, "expected 1 to 256 bytes without '+', '/', '#' and control characters",
                 "应为 1 到 256 字节，不含“+”、“/”、“#”和控制字符");
  }
  return {};
}

Result<void> check_one(const FeedOptions& feed, const Catalogue& catalogue,
                       std::set<std::string>& names) {
  if (!is_id(feed.name)) {
    return wrong("name", "expected 1 to 64 of a-z, 0-9, '_' and '-'",
                 "应为 1 到 64 个小写字母、数字、“_”或“-”");
  }
  if (!names.insert(feed.name).second) {
    return wrong("name", "'" + feed.name + "' is taken", "“" + feed.name + "”已被使用");
  }
  if (feed.as.empty()) {
    return wrong("as", "name the service key whose rights hold", "请指明以哪个服务密钥的权限发送");
  }
  if (feed.tags.empty() || feed.tags.size() > kMostPatterns) {
    return wrong("tags", "expected 1 to 1000 tags or patterns", "应为 1 到 1000 个测点或模式");
  }
  for (std::size_t i = 0; i < feed.tags.size(); ++i) {
    FeedOptions one;
    one.tags = {feed.tags[i]};
    if (!tags_of_feed(one, catalogue).empty()) continue;
    return wrong("tags[" + std::to_string(i) + "]", "no tag matches '" + feed.tags[i] + "'",
                 "没有测点与“" + feed.tags[i] + "”匹配");
  }
  return std::visit([](const auto& to) { return check_receiver(to); }, feed.to);
}

}  // namespace

Result<void> check_feeds(const std::vector<FeedOptions>& feeds, const Catalogue& catalogue,
                         std::vector<std::string> taken) {
  std::set<std::string> names(taken.begin(), taken.end());
  names.insert({"broker", "push"});
  if (feeds.size() > kMostFeeds) return wrong("feed", "more than 50 of them", "超过 50 个");
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    const Result<void> checked = check_one(feeds[i], catalogue, names);
    if (checked) continue;
    const std::string where = "feed[" + std::to_string(i) + "]";
    Error error = checked.error().within(where);
    error.param = where + "." + checked.error().param;
    return error;
  }
  return {};
}

}  // namespace mw::plant
