#include "plant/internal/production_reader.h"

#include <gtest/gtest.h>

#include "plant/catalogue.h"

namespace mw::plant {
namespace {

constexpr const char* kPlant = R"json({
  "site": "t", "lines": [{"id": "a"}],
  "kinds": [{"id": "press",
    "states": [{"id": "run", "time": "production"}, {"id": "down", "time": "unplanned_stop"}],
    "production": {"total": "parts", "reject": "scrap", "ideal_cycle_s": 20, "batch": "batch",
                   "product": "product",
                   "products": [{"code": "A-100", "name": {"en": "bracket", "zh": "支架"},
                                 "ideal_cycle_s": 10}]},
    "tags": [{"id": "state", "kind": "state"}, {"id": "parts", "kind": "counter"},
             {"id": "scrap", "kind": "counter"}, {"id": "batch", "kind": "text"},
             {"id": "product", "kind": "text"}]}],
  "assets": [{"id": "p1", "kind": "press", "line": "a"},
             {"id": "p2", "kind": "press", "line": "a",
              "production": {"reject": "rejects", "products": [{"code": "B", "ideal_cycle_s": 4}]},
              "tags": [{"id": "rejects", "kind": "counter"}]}]
})json";

TEST(ProductionReader, GivesAssetsWhatTheirKindSaysAndTheirOwn) {
  const auto plant = Catalogue::parse(kPlant).value();
  const Production& kind = plant->asset("p1")->production;
  EXPECT_EQ(kind.total, "p1/parts");
  EXPECT_EQ(kind.batch, "p1/batch");
  EXPECT_EQ(kind.product, "p1/product");
  ASSERT_EQ(kind.products.size(), 1u);
  EXPECT_EQ(kind.products[0].code, "A-100");
  EXPECT_EQ(kind.products[0].name.zh, "支架");
  EXPECT_EQ(kind.products[0].ideal_cycle_s, 10);
  const Production& own = plant->asset("p2")->production;
  EXPECT_EQ(own.total, "p2/parts");
  EXPECT_EQ(own.reject, "p2/rejects");
  ASSERT_EQ(own.products.size(), 1u) << "its own list instead of the kind's";
  EXPECT_EQ(own.products[0].name.en, "B");
}

TEST(ProductionReader, NamesThePlaceThatIsWrong) {
  struct Row {
    const char* from;
    const char* to;
    const char* place;
  };
  const Row rows[] = {
      {"\"total\": \"parts\"", "\"total\": \"state\"", "kinds[0].production.total"},
      {"\"total\": \"parts\"", "\"total\": 7", "kinds[0].production.total"},
      {"\"batch\": \"batch\"", "\"batch\": \"parts\"", "kinds[0].production.batch"},
      {"\"reject\": \"rejects\"", "\"reject\": \"nothing\"", "assets[1].production.reject"},
      {"\"product\": \"product\",", "", "kinds[0].production.products"},
      {"\"code\": \"A-100\", ", "", "kinds[0].production.products[0].code"},
      {"{\"code\": \"B\", \"ideal_cycle_s\": 4}", "{\"code\": \"B\"}",
       "assets[1].production.products[0].ideal_cycle_s"},
      {"\"ideal_cycle_s\": 4}", "\"ideal_cycle_s\": 0}",
       "assets[1].production.products[0].ideal_cycle_s"},
      {"{\"code\": \"B\", \"ideal_cycle_s\": 4}",
       "{\"code\": \"B\", \"ideal_cycle_s\": 4}, {\"code\": \"B\", \"ideal_cycle_s\": 5}",
       "assets[1].production.products[1].code"},
      {"\"ideal_cycle_s\": 20", "\"cycle\": 20", "kinds[0].production.cycle"},
      {"{\"id\": \"down\", \"time\": \"unplanned_stop\"}", "{\"id\": \"down\"}",
       "kinds[0].states[1].time"},
      {"\"time\": \"unplanned_stop\"", "\"time\": \"pause\"", "kinds[0].states[1].time"},
      {"\"production\": {\"reject\": \"rejects\",", "\"production\": [], \"ignored\": {",
       "assets[1].production"},
  };
  for (const Row& row : rows) {
    std::string text = kPlant;
    const auto at = text.find(row.from);
    ASSERT_NE(at, std::string::npos) << row.from;
    text.replace(at, std::string(row.from).size(), row.to);
    const auto plant = Catalogue::parse(text);
    ASSERT_FALSE(plant) << row.to;
    EXPECT_EQ(plant.error().param, row.place) << plant.error().message.en;
    EXPECT_NE(plant.error().message.en.find(row.place), std::string::npos);
  }
}

}  // namespace
}  // namespace mw::plant
