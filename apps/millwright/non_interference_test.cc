// What a person may not see must not change one byte of what that person gets: over random plants,
// a line is added that the person may not see (with machines, tags and samples, also under names
// that the person knows), and every answer of the plant's routes and of /api/ask is compared.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "assistant/assistant.h"
#include "plant/ingest.h"
#include "plant/plant_tools.h"
#include "security/rights.h"
#include "server/api.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_people.h"

namespace mw::app {
namespace {

constexpr TimeNs kNow = 1'760'000'000 * kNsPerSecond;
constexpr int kPlants = 20;

struct Feed {
  std::string tag;
  TimeNs ts_ns = 0;
  std::variant<std::monostate, double, std::string> value;
};

/// Machines of random lines, and what they measured. Names repeat between lines on purpose.
struct Description {
  Json areas = Json::array();
  Json lines = Json::array();
  Json cells = Json::array();
  Json shifts = Json::array();
  Json exceptions = Json::array();
  Json assets = Json::array();
  std::vector<Feed> samples;

  /// A line in an area of its own or in one that is there, with a cell, a shift and a day off.
  void add_line(const std::string& id, std::mt19937& random) {
    const std::string area =
        areas.empty() || random() % 2 == 0 ? "hall-" + id : areas[0]["id"].get<std::string>();
    if (area == "hall-" + id) {
      areas.push_back({{"id", area}, {"name", {{"en", "Hall " + id}, {"zh", "车间" + id}}}});
    }
    lines.push_back(
        {{"id", id}, {"name", {{"en", "Line " + id}, {"zh", "产线" + id}}}, {"area", area}});
    cells.push_back({{"id", "cell-" + id}, {"line", id}});
    shifts.push_back({{"id", "early-" + id},
                      {"name", {{"en", "early shift"}, {"zh", "早班"}}},
                      {"start", "0" + std::to_string(random() % 9) + ":00"},
                      {"end", "14:00"},
                      {"lines", Json::array({id})}});
    exceptions.push_back(
        {{"date", "2025-10-08"}, {"shifts", Json::array()}, {"lines", Json::array({id})}});
    const int machines = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < machines; ++i) {
      const std::string machine = id + "-" + std::to_string(i);
      const std::string number = std::to_string(random() % 3);
      assets.push_back({{"id", machine},
                        {"kind", "press"},
                        {"line", id},
                        {"cell", "cell-" + id},
                        {"name", {{"en", "Press " + number}, {"zh", number + "号压机"}}}});
      const int count = static_cast<int>(random() % 40);
      double parts = 0;
      for (int k = count; k > 0; --k) {
        const TimeNs ts = kNow - k * 7 * kNsPerSecond;
        samples.push_back({machine + "/temperature", ts, 20.0 + random() % 90});
        samples.push_back({machine + "/parts", ts, parts += random() % 3});
        samples.push_back({machine + "/state", ts, random() % 4 == 0 ? "fault" : "running"});
      }
    }
  }
  Json json() const {
    const Json tags = Json::parse(R"json([
      {"id": "state", "kind": "state"},
      {"id": "temperature", "unit": "degC", "physical": [-50, 200], "normal": [null, 80], "key": true,
       "name": {"en": "temperature", "zh": "温度"}},
      {"id": "parts", "kind": "counter", "decimals": 0, "name": {"en": "parts", "zh": "产量"}}])json");
    return {{"site", "test"},
            {"areas", areas},
            {"lines", lines},
            {"cells", cells},
            {"shifts", shifts},
            {"shift_exceptions", exceptions},
            {"kinds",
             {{{"id", "press"},
               {"name", {{"en", "press"}, {"zh", "压机"}}},
               {"states",
                {{{"id", "running"}, {"time", "production"}},
                 {{"id", "fault"}, {"time", "unplanned_stop"}}}},
               {"production", {{"total", "parts"}, {"ideal_cycle_s", 7}}},
               {"tags", tags}}}},
            {"assets", assets}};
  }
};

/// The API over a plant, asked without a socket.
class Site {
 public:
  explicit Site(const Description& description) {
    plant::PlantOptions options;
    options.data_folder = folder_.path().string();
    options.catalogue = plant::Catalogue::parse(to_text(description.json())).value();
    options.clock = clock_.get();
    plant_ = plant::Plant::open(std::move(options)).value();
    std::vector<plant::Reading> readings;
    for (const Feed& feed : description.samples) {
      plant::Reading reading;
      reading.tag = feed.tag;
      reading.ts_ns = feed.ts_ns;
      reading.value = feed.value;
      readings.push_back(std::move(reading));
    }
    MW_CHECK(readings.empty() || plant_->ingest().take(readings).has_value());
    plant::register_tools(tools_, *plant_);
    server::ApiParts parts;
    parts.plant = plant_;
    parts.clock = clock_;
    parts.asker = std::make_shared<assistant::Assistant>(tools_, *plant_, nullptr, *clock_,
                                                         assistant::AskOptions{}, no_log());
    parts.people = people();
    parts.responses.keep_days = 0;
    api_ = std::make_unique<server::Api>(std::move(parts));
    router_ = std::make_unique<server::Router>(api_->router());
  }

  /// Somebody to list: administration must not tell of lines either.
  std::shared_ptr<security::People> people() {
    security::PeopleOptions options;
    options.folder = folder_.path() / "people";
    options.audit = std::make_shared<security::FakeAudit>();
    options.clock = clock_;
    options.password_memory_kib = 64;
    options.password_passes = 1;
    options.upkeep = false;
    std::shared_ptr<security::People> people = security::People::open(options).value();
    const security::Grant grant{security::Role::kAdmin, {"a"}, {}};
    MW_CHECK(
        people->add_person(security::kAdmin, {"root", security::kPassword, grant}).has_value());
    const auto add = [&](const char* name, std::vector<std::string> lines) {
      const security::Grant own{security::Role::kOperator, std::move(lines), {}};
      MW_CHECK(people->add_person(security::kAdmin, {name, security::kPassword, own}).has_value());
    };
    add("li", {"a", "b"});
    add("wang", {"a"});
    const security::Grant looks{security::Role::kViewer, {"b"}, {}};
    MW_CHECK(people->add_group(security::kAdmin, "watch", looks).has_value());
    MW_CHECK(people->set_member(security::kAdmin, "watch", "wang", true).has_value());
    people_ = people;
    return people;
  }

  /// Who sees lines a and b: by a grant of their own, or by one of a group beside it.
  Identity somebody(bool of_groups) const {
    const char* name = of_groups ? "wang" : "li";
    return people_->session(people_->login({name, security::kPassword, "", "10.0.0.7"})->token)
        .value();
  }

  std::string get(server::Method method, const std::string& path, const Identity& who,
                  std::vector<std::pair<std::string, std::string>> query = {},
                  std::string body = {}) const {
    const auto match = router_->match(method, path);
    MW_CHECK(match.route != nullptr);
    server::HttpRequest request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    request.body = std::move(body);
    request.path_values = match.values;
    request.who = who;
    request.remote_address = "10.0.0.7";
    const auto exchange = std::make_shared<server::Exchange>(std::move(request), 1 << 24);
    match.route->handler(exchange);
    const auto out = exchange->take();
    std::string text = out.head ? std::to_string(out.head->status) + out.head->body : "";
    for (const auto& header : out.head->headers) text += header.name + header.value;
    return text + out.bytes;
  }

 private:
  testing_support::TemporaryFolder folder_;
  std::shared_ptr<FixedClock> clock_ = std::make_shared<FixedClock>(kNow);
  std::shared_ptr<plant::Plant> plant_;
  std::shared_ptr<security::People> people_;
  ToolRegistry tools_;
  std::unique_ptr<server::Api> api_;
  std::unique_ptr<server::Router> router_;
};

constexpr const char* kQuestions[] = {
    "How hot is Press 0?",
    "How hot is Press 1 compared with Press 2?",
    "What is the average temperature of Press 1 over the last 5 minutes?",
    "Which machines are there?",
    "Which tags does Press 2 have?",
    "Is anything unusual?",
    "How many parts did Press 0 make in the last 10 minutes?",
    "What happened to hidden-0?",
    "How is line hidden?",
    "Which machines are in hall hidden?",
    "What are the machines in hall a doing?",
    "What is the OEE of Press 0?",
    "What was the OEE in the early shift?",
    "昨天早班1号压机的OEE是多少？",
    "1号压机现在温度多少？",
    "哪些设备异常？",
    "过去5分钟2号压机的平均温度是多少？",
};

TEST(NonInterference, ALineThatOneMayNotSeeChangesNoByteOfAnyAnswer) {
  int answered = 0;
  for (uint32_t seed = 0; seed < kPlants; ++seed) {
    std::mt19937 random(seed);
    Description known;
    known.add_line("a", random);
    if (seed % 2 == 0) known.add_line("b", random);
    Description more = known;
    Description hidden;
    hidden.add_line("hidden", random);
    if (seed % 4 == 1) {  // in an area that the person knows for another line of it
      hidden.areas = Json::array();
      hidden.lines[0]["area"] = "hall-a";
    }
    // Before or after what is known: indices shift.
    const bool first = seed % 3 == 0;
    const auto put = [&](Json& list, const Json& added) {
      for (const Json& each : added) list.insert(first ? list.begin() : list.end(), each);
    };
    put(more.areas, hidden.areas);
    put(more.lines, hidden.lines);
    put(more.cells, hidden.cells);
    put(more.shifts, hidden.shifts);
    put(more.exceptions, hidden.exceptions);
    put(more.assets, hidden.assets);
    more.samples.insert(first ? more.samples.begin() : more.samples.end(), hidden.samples.begin(),
                        hidden.samples.end());
    // Of groups: the role of one line is not that of the other.
    const bool of_groups = seed % 2 == 1;
    const Site without(known);
    const Site with(more);
    const Identity who = without.somebody(of_groups);
    ASSERT_EQ(who.rights(), with.somebody(of_groups).rights());
    const auto same = [&](server::Method method, const std::string& path,
                          std::vector<std::pair<std::string, std::string>> query = {},
                          const std::string& body = {}) {
      const std::string one = without.get(method, path, who, query, body);
      const std::string other = with.get(method, path, who, query, body);
      EXPECT_EQ(one, other) << "seed " << seed << " " << path << " " << body;
      return one;
    };
    const std::string plant = same(server::Method::kGet, "/api/plant");
    EXPECT_EQ(plant.find("hidden"), std::string::npos);
    const auto all = Identity::local_viewer();
    EXPECT_NE(with.get(server::Method::kGet, "/api/plant", all).find("hidden"), std::string::npos);
    // An administrator of two lines learns of no third one, neither by reading nor by granting it.
    const Identity root = security::identity_of(Identity::Kind::kPerson, "root",
                                                {security::Role::kAdmin, {"a", "b"}, {}});
    for (const char* path : {"/api/people", "/api/groups", "/api/keys", "/api/audit/records",
                             "/api/audit/check", "/api/plant", "/api/alarms"}) {
      const std::string told = without.get(server::Method::kGet, path, root);
      EXPECT_EQ(told, with.get(server::Method::kGet, path, root)) << path;
      EXPECT_EQ(told.find("hidden"), std::string::npos) << path;
    }
    const std::string grant =
        to_text({{"role", "admin"}, {"lines", {"hidden"}}, {"own_password", security::kPassword}});
    const auto granted = [&](const Site& site) {
      return site.get(server::Method::kPut, "/api/people/root/grant", root, {}, grant);
    };
    const std::string done = granted(without);
    EXPECT_EQ(done, granted(with));
    EXPECT_TRUE(done.starts_with("200")) << done;
    for (const char* tag : {"a-0/temperature", "a-0/state", "a-0/parts", "hidden-0/temperature",
                            "hidden-0/state", "nothing/at-all"}) {
      same(server::Method::kGet, "/api/plant/series",
           {{"tag", tag}, {"from_ms", std::to_string(kNow / kNsPerMs - 300'000)}});
    }
    for (const char* asset : {"a-0", "hidden-0", "nothing"}) {
      same(server::Method::kGet, "/api/oee", {{"asset", asset}});
      same(server::Method::kGet, "/api/plant/batches", {{"asset", asset}});
      same(server::Method::kGet, "/api/oee", {{"asset", asset}, {"shift", "early-a"}});
      same(server::Method::kGet, "/api/oee", {{"asset", asset}, {"shift", "early-hidden"}});
    }
    for (const char* question : kQuestions) {
      const std::string answer = same(server::Method::kPost, "/api/ask", {},
                                      to_text({{"question", question}, {"lang", nullptr}}));
      if (answer.find("\"refused\":false") != std::string::npos) ++answered;
    }
  }
  EXPECT_GT(answered, kPlants) << "the questions have to reach data for this to mean anything";
}

}  // namespace
}  // namespace mw::app
