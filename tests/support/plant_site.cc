#include "tests/support/plant_site.h"

#include <chrono>
#include <thread>

#include "assistant/assistant.h"
#include "assistant/report_reader.h"
#include "core/file.h"
#include "core/private_file.h"
#include "maintenance/health_tools.h"
#include "maintenance/life_tool.h"
#include "maintenance/model_card.h"
#include "plant/ingest.h"
#include "plant/plant_tools.h"

namespace mw::testing_support {
namespace {

maintenance::HealthCase case_of(const plant::Asset& asset) {
  maintenance::HealthCase one;
  one.asset = asset.id;
  one.line = asset.line;
  one.opened_ns = kNow - kNsPerHour;
  one.state = "running";
  one.score = 2.5;
  one.threshold = 1.25;
  one.evidence = {{asset.id + "/temperature", "degC", 81, 55, 65, 1}};
  return one;
}

/// Of machines that get warmer until they fail. Learned once: each site follows machines by it.
const maintenance::LifeModel& warmth_model() {
  static const maintenance::LifeModel kModel = [] {
    std::string text = "machine,second,warmth\n";
    for (int machine = 0; machine < 12; ++machine) {
      for (int second = 1; second <= 30 + machine; ++second) {
        text += "m" + std::to_string(machine) + "," + std::to_string(second) + "," +
                std::to_string(40 + (30 * second + 7 * (second % 3)) / (30 + machine)) + "\n";
      }
    }
    maintenance::TableMapping mapping;
    mapping.asset = "machine";
    mapping.time = "second";
    maintenance::LifeOptions options;
    options.cap = 30;
    options.trees = 12;
    options.stride_rows = 1;
    options.folds = 2;
    ThreadPool pool(1);
    const auto table = maintenance::read_run_table(text, mapping);
    MW_CHECK(table.has_value());
    auto model = maintenance::LifeModel::train(*table, options, pool);
    MW_CHECK(model.has_value());
    return *std::move(model);
  }();
  return kModel;
}

}  // namespace

PlantSite::PlantSite(const PlantDescription& description) {
  open_plant(description);
  open_people();
  open_health();
  open_lives();
  open_tables();
  const auto all = plant_->catalogue(anything());
  alarms_ = alarms::Alarms::open(
                {(folder_.path() / "alarms.db").string(), all, clock_.get(), no_log(), nullptr})
                .value();
  look();
  clock_->set(kNow + 10 * kNsPerSecond);  // over every delay
  look();
  plant::register_tools(tools_, *plant_);
  maintenance::register_health_tools(tools_, *health_, *plant_);
  tools_.add(maintenance::make_life_tool(*lives_, *plant_));
  server::ApiParts parts;
  parts.models = std::make_shared<server::testing::FakeModelHost>();
  parts.plant = plant_;
  parts.alarms = alarms_;
  parts.health = health_;
  parts.lives = lives_;
  parts.vibration = vibration_;
  parts.tables = tables_;
  parts.trainings = trainings_;
  parts.clock = clock_;
  parts.asker = std::make_shared<assistant::Assistant>(tools_, *plant_, nullptr, *clock_,
                                                       assistant::AskOptions{}, no_log());
  parts.reports = std::make_shared<assistant::ReportReader>(*plant_, nullptr, *clock_,
                                                            assistant::ReportOptions{});
  parts.people = people_;
  api_ = std::make_unique<server::Api>(std::move(parts));
  router_ = std::make_unique<server::Router>(api_->router());
}

PlantSite::~PlantSite() = default;

void PlantSite::open_plant(const PlantDescription& description) {
  plant::PlantOptions options;
  options.data_folder = (folder_.path() / "plant").string();
  std::filesystem::create_directories(options.data_folder);
  options.catalogue = plant::Catalogue::parse(to_text(description.json())).value();
  options.clock = clock_.get();
  options.connectors = description.connectors;
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
}

void PlantSite::open_people() {
  security::PeopleOptions options;
  options.folder = folder_.path() / "people";
  options.audit = std::make_shared<security::FakeAudit>();
  options.clock = clock_;
  options.password_memory_kib = 64;
  options.password_passes = 1;
  options.upkeep = false;
  people_ = security::People::open(options).value();
  add_person("root", {security::Role::kAdmin, {"*"}, {"*"}});
}

void PlantSite::open_health() {
  maintenance::HealthOptions options;
  options.folder = folder_.path() / "maintenance";
  options.plant = plant_;
  options.clock = clock_.get();
  MW_CHECK(make_private_folder(options.folder).has_value());
  {
    const std::string file = (options.folder / "maintenance.db").string();
    auto store = maintenance::CaseStore::open(file).value();
    auto recordings = maintenance::RecordingStore::open(file).value();
    auto versions = maintenance::VersionStore::open(file).value();
    const auto all = plant_->catalogue(anything());
    for (const plant::Asset& each : all->assets()) {
      if (!each.id.ends_with("-0")) continue;
      const auto number = store.add(case_of(each));
      MW_CHECK(number.has_value());
      MW_CHECK(recordings.put(*number, {{1, 2}, {}, "time,tag,value,quality,unit\n"}).has_value());
      const maintenance::VersionEvent learned{each.id, 1, {}, "root", 1};
      MW_CHECK(versions.add(learned).has_value());
    }
  }
  maintenance::VibrationOptions vibration;
  vibration.folder = options.folder / "vibration";
  vibration.plant = plant_;
  vibration.clock = options.clock;
  health_ = maintenance::HealthMonitor::open(std::move(options)).value();
  vibration_ = maintenance::VibrationArchive::open(std::move(vibration)).value();
  const auto all = plant_->catalogue(anything());
  for (const plant::Asset& each : all->assets()) {
    if (each.id.ends_with("-0")) add_recording(each.id);
  }
}

void PlantSite::add_recording(const std::string& asset) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += std::to_string(i * 37 % 64) + "\n";
  maintenance::VibrationArchive::Order order;
  order.info.asset = asset;
  order.info.point = "p";
  order.info.rate_hz = 100;
  order.file = "a.csv";
  order.bytes = text;
  const auto added = vibration_->add(anything(), order);
  MW_CHECK(added && added->info.number == kNow / kNsPerMs);
}

void PlantSite::open_lives() {
  maintenance::LifeWatchOptions options;
  options.folder = folder_.path() / "maintenance";
  options.plant = plant_;
  options.clock = clock_.get();
  maintenance::ModelCard card;
  card.mapping.time = "second";
  card.report = Json::object();
  const auto folder = options.folder / "models" / "warmth";
  MW_CHECK(maintenance::save_model(folder, card, warmth_model(), false).has_value());
  lives_ = maintenance::LifeWatch::open(std::move(options)).value();
  const auto all = plant_->catalogue(anything());
  for (const plant::Asset& each : all->assets()) {
    if (!each.id.ends_with("-0")) continue;
    const TimeNs since_ns = clock_->now_ns() - 60 * kNsPerSecond;
    const auto columns = std::vector{std::pair(std::string("warmth"), each.id + "/temperature")};
    MW_CHECK(
        lives_->follow(anything(), {each.id, "warmth", columns, {}, 1, since_ns, ""}).has_value());
  }
}

void PlantSite::open_tables() {
  maintenance::TableArchiveOptions archive;
  archive.folder = folder_.path() / "maintenance" / "tables";
  archive.plant = plant_;
  archive.clock = &tables_clock_;
  tables_ = maintenance::TableArchive::open(std::move(archive)).value();
  const auto all = plant_->catalogue(anything());
  const auto folder = folder_.path() / "maintenance" / "trainings";
  MW_CHECK(make_private_folder(folder).has_value());
  for (const plant::Asset& each : all->assets()) {
    if (!each.id.ends_with("-0")) continue;
    // Each at a time of its own: numbers tell it, and of no other table.
    tables_clock_.set(kNow + static_cast<int64_t>(std::hash<std::string>()(each.id) % 1'000'000) *
                                 maintenance::kNsPerMicrosecond);
    const auto table =
        tables_->add(anything(), each.id + ".csv", "part,life\n1,2\n3,4\n", {each.line});
    MW_CHECK(table.has_value());
    maintenance::TrainingJob job;
    job.number = table->number;
    job.table = table->number;
    job.file = table->file;
    job.model = "model-of-" + each.id;
    job.lines = table->lines;
    job.by = "root";
    job.state = maintenance::TrainingState::kDone;
    job.started_ns = job.ended_ns = clock_->now_ns();
    MW_CHECK(write_file_atomically(folder / (std::to_string(job.number) + ".json"),
                                   to_text(maintenance::to_json(job)))
                 .has_value());
  }
  maintenance::TrainingsOptions trainings;
  trainings.folder = folder_.path() / "maintenance";
  trainings.tables = tables_;
  trainings.clock = clock_.get();
  trainings_ = maintenance::Trainings::open(std::move(trainings)).value();
}

Identity PlantSite::anything() {
  return {Identity::Kind::kPerson, "root", {{security::Role::kAdmin, {"*"}, {"*"}}}};
}

std::string PlantSite::ask(server::Method method, const std::string& path, const Identity& who,
                           Query query, std::string body) const {
  const auto match = router_->match(method, path);
  MW_CHECK(match.route != nullptr);
  server::HttpRequest request;
  request.method = method;
  request.path = path;
  request.query = std::move(query);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  request.path_values = match.values;
  request.who = who;
  request.request_id = "req_0000000000000001";
  if (const auto found = tokens_.find(who.name); found != tokens_.end()) {
    request.headers.push_back({"Cookie", "mw_session=" + found->second});
  }
  request.remote_address = "10.0.0.7";
  const auto exchange = std::make_shared<server::Exchange>(std::move(request), 1 << 24);
  match.route->handler(exchange);
  std::string text;
  for (int waited_ms = 0; waited_ms < 5'000; ++waited_ms) {
    const auto out = exchange->take();
    if (out.head) {
      text += std::to_string(out.head->status) + out.head->body;
      for (const auto& header : out.head->headers) text += header.name + header.value;
    }
    text += out.bytes;
    // A stream without an end is asked for how it begins.
    if (out.finished || (match.route->endless && !text.empty())) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  exchange->abandon();
  return text;
}

Json PlantSite::get(const std::string& path, const Identity& who, Query query) const {
  const std::string text = ask(server::Method::kGet, path, who, std::move(query));
  const std::size_t begin = text.find('{');
  const std::size_t end = text.rfind('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  return parse_json(text.substr(begin, end - begin + 1)).value_or(Json());
}

void PlantSite::add_person(const std::string& name, const security::Grant& grant) const {
  MW_CHECK(people_->add_person(security::kAdmin, {name, security::kPassword, grant}).has_value());
}

void PlantSite::add_group(const std::string& group, const security::Grant& grant,
                          const std::string& member) const {
  MW_CHECK(people_->add_group(security::kAdmin, group, grant).has_value());
  MW_CHECK(people_->set_member(security::kAdmin, group, member, true).has_value());
}

Identity PlantSite::log_in(const std::string& name) {
  const auto login = people_->login({name, security::kPassword, "", "10.0.0.7"});
  tokens_[name] = login->token;
  return people_->session(login->token).value();
}

void PlantSite::look() const {
  alarms_->take(plant_->snapshot(anything()).values);
  alarms_->tick();
}

}  // namespace mw::testing_support
