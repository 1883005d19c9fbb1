#include "server/api/event_audience.h"

#include <gtest/gtest.h>

#include "server/testing/fakes.h"

namespace mw::server {
namespace {

Identity person(const std::string& name, std::vector<std::string> lines,
                Role role = Role::kViewer) {
  return {Identity::Kind::kPerson, name, {{role, std::move(lines), {"a", "b"}}}};
}

TEST(EventAudience, IsSharedByWhoMaySeeAndDoTheSame) {
  const std::string key = EventAudience::key_of(person("li", {"line-1", "line-2"}));
  EXPECT_EQ(EventAudience::key_of(person("wang", {"line-2", "line-1"})), key);
  EXPECT_NE(EventAudience::key_of(person("wang", {"line-1"})), key);
  EXPECT_NE(EventAudience::key_of(person("wang", {"line-1", "line-2"}, Role::kOperator)), key);
  Identity service = person("gateway", {"line-1", "line-2"});
  service.kind = Identity::Kind::kApiKey;
  EXPECT_NE(EventAudience::key_of(service), key);
}

TEST(EventAudience, TellsAChangeOnceAndTheWholeAlways) {
  const auto plant = std::make_shared<testing::FakePlant>();
  ApiParts parts;
  parts.plant = plant;
  const auto fresh = std::make_shared<std::atomic<bool>>(false);
  EventAudience audience(parts, Identity::local_viewer(), fresh);
  const auto holds = [](const std::string& event, const char* text) {
    return event.find(text) != std::string::npos;
  };
  audience.look();
  EXPECT_TRUE(holds(audience.change(), "cnc-2/spindle_temperature"));
  audience.look();
  EXPECT_FALSE(holds(audience.change(), "cnc-2/spindle_temperature"));
  EXPECT_TRUE(holds(audience.whole(), "cnc-2/spindle_temperature"));
  plant->set_temperature(71);
  plant->tell();
  EXPECT_TRUE(fresh->load());
  EXPECT_TRUE(holds(audience.news(), "\"value\":71"));
  EXPECT_TRUE(holds(audience.whole(), "\"value\":71")) << "as of the news";
  EXPECT_EQ(audience.news(), "");
  audience.look();
  EXPECT_FALSE(holds(audience.change(), "\"value\":71"));
}

}  // namespace
}  // namespace mw::server
