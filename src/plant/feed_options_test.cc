// What is wrong with a feed is named before it starts.
#include "plant/feed_options.h"

#include <gtest/gtest.h>

#include "plant/internal/test_plant.h"

namespace mw::plant {
namespace {

FeedOptions feed() {
  FeedOptions out;
  out.name = "erp";
  out.as = "erp";
  out.tags = {"m*/temperature"};
  KafkaFeed to;
  to.server.address = "kafka:9092";
  to.topic = "plant";
  out.to = to;
  return out;
}

std::string wrong_with(const std::function<void(FeedOptions&, KafkaFeed&)>& spoil,
                       std::vector<std::string> taken = {}) {
  FeedOptions each = feed();
  spoil(each, std::get<KafkaFeed>(each.to));
  const Result<void> checked = check_feeds({feed(), each}, *test_catalogue(), std::move(taken));
  return checked ? "" : checked.error().param;
}

TEST(FeedOptions, AreCheckedWithAWordForWhatIsWrong) {
  const auto rename = [](FeedOptions& feed) { feed.name = "mes"; };
  EXPECT_EQ(wrong_with([&](auto& f, auto&) { rename(f); }), "");
  EXPECT_EQ(wrong_with([](auto&, auto&) {}), "feed[1].name") << "two of one name";
  EXPECT_EQ(wrong_with([&](auto& f, auto&) { rename(f); }, {"mes"}), "feed[1].name");
  EXPECT_EQ(wrong_with([](auto& f, auto&) { f.name = "push"; }), "feed[1].name");
  EXPECT_EQ(wrong_with([](auto& f, auto&) { f.name = "../erp"; }), "feed[1].name")
      << "its file is named so";
  EXPECT_EQ(wrong_with([&](auto& f, auto&) { rename(f), f.as = ""; }), "feed[1].as");
  EXPECT_EQ(wrong_with([&](auto& f, auto&) { rename(f), f.tags = {}; }), "feed[1].tags");
  EXPECT_EQ(wrong_with([&](auto& f, auto&) {
              rename(f), f.tags = {"m1/*", "x/*"};
            }),
            "feed[1].tags[1]");
  EXPECT_EQ(wrong_with([&](auto& f, auto& to) { rename(f), to.topic = "a/b"; }), "feed[1].topic");
  EXPECT_EQ(wrong_with([&](auto& f, auto& to) { rename(f), to.server.address = "kafka"; }),
            "feed[1].address");
}

}  // namespace
}  // namespace mw::plant
