#include <gtest/gtest.h>

#include <algorithm>

#include "server/testing/fakes.h"

namespace mw::server::testing {
namespace {

constexpr char kCatalogue[] = R"json({
  "site": "test", "simulated": true,
  "lines": [{"id": "line-1", "name": {"en": "Line 1", "zh": "一号线"}}],
  "kinds": [{"id": "cnc", "name": {"en": "CNC machine", "zh": "数控机床"},
    "states": [{"id": "running", "name": {"en": "running", "zh": "运行"}}],
    "tags": [
      {"id": "state", "name": {"en": "state", "zh": "状态"}, "kind": "state"},
      {"id": "spindle_temperature", "name": {"en": "spindle temperature", "zh": "主轴温度"},
       "unit": "degC", "normal": [10, 75], "physical": [-40, 200],
       "earlier": [{"id": "spindle", "unit": "degF"}]}]}],
  "assets": [{"id": "cnc-2", "name": {"en": "CNC-2", "zh": "2号数控机床"}, "kind": "cnc",
    "line": "line-1"}]
})json";

Error no_tag(std::string_view tag) {
  return Error::make(Code::kNotFound, "no tag " + std::string(tag));
}

}  // namespace

FakePlant::FakePlant() {
  auto parsed = plant::Catalogue::parse(kCatalogue);
  EXPECT_TRUE(parsed) << parsed.error().message.en;
  catalogue_ = *parsed;
}

std::shared_ptr<const plant::Catalogue> FakePlant::catalogue(const Identity& who) const {
  return plant::Catalogue::visible_to(catalogue_, who);
}

plant::Snapshot FakePlant::snapshot(const Identity& who) const {
  plant::Snapshot out;
  out.now_ns = now_ns();
  out.simulated = true;
  out.site = "test";
  out.broker = broker();
  if (!who.may_see_line("line-1")) return out;
  plant::ConnectorStatus link;
  link.name = "press-plc";
  link.kind = "modbus_tcp";
  link.address = "10.0.0.7:502";
  link.state = plant::ConnectorState::kFailed;
  link.since_ns = now_ns() - kNsPerMinute;
  link.problem = {"connection refused", "连接被拒绝"};
  link.problem_ns = now_ns();
  link.samples = 12;
  out.connectors = {link};
  const std::lock_guard<std::mutex> guard(mutex_);
  plant::TagValue state{
      "cnc-2/state", {}, "running", now_ns(), Quality::kGood, plant::QualityReason::kNone};
  plant::TagValue temperature{
      "cnc-2/spindle_temperature", temperature_, "", now_ns(), Quality::kGood,
      plant::QualityReason::kNone};
  out.values = {state, temperature};
  out.assets = {{"cnc-2",
                 "running",
                 now_ns() - kNsPerHour,
                 {{"cnc-2/spindle_temperature", {"above the normal 75.0", "高于正常值75.0"}}}}};
  return out;
}

class FakePlant::FakeSubscription final : public plant::Subscription {
 public:
  FakeSubscription(std::shared_ptr<std::vector<std::shared_ptr<Listener>>> all,
                   std::shared_ptr<Listener> mine)
      : all_(std::move(all)), mine_(std::move(mine)) {}
  ~FakeSubscription() override { std::erase(*all_, mine_); }

 private:
  const std::shared_ptr<std::vector<std::shared_ptr<Listener>>> all_;
  const std::shared_ptr<Listener> mine_;
};

std::unique_ptr<plant::Subscription> FakePlant::subscribe(
    const Identity& who, std::function<void(const plant::Change&)> callback) {
  auto listener = std::make_shared<Listener>(Listener{who, std::move(callback)});
  listeners_->push_back(listener);
  return std::make_unique<FakeSubscription>(listeners_, std::move(listener));
}

void FakePlant::tell() {
  for (const std::shared_ptr<Listener>& listener : *listeners_) {
    const plant::Snapshot now = snapshot(listener->who);
    listener->callback({now.values, now.assets, {}});
  }
}

Result<plant::TagValue> FakePlant::latest(const Identity&, std::string_view tag) const {
  return no_tag(tag);
}

Result<std::vector<plant::EarlierHistory>> FakePlant::earlier(const Identity& who,
                                                              std::string_view asset) const {
  if (catalogue(who)->asset(asset) == nullptr) {
    return Error::make(Code::kNotFound, "there is no asset", "没有设备", "asset");
  }
  const TimeNs end_ns = now_ns() - kNsPerDay;
  return std::vector<plant::EarlierHistory>{
      {"cnc-2/spindle_temperature", {"cnc-2/spindle", "degF"}, end_ns - kNsPerHour, end_ns}};
}

Result<plant::Series> FakePlant::series(const Identity&, std::string_view, TimeWindow window,
                                        int max_points,
                                        std::optional<plant::Interpolation> asked) const {
  plant::Series out;
  out.basis.interpolation = asked.value_or(plant::Interpolation::kStepped);
  out.good_share = 0.98;
  out.points = {{window.start_ns, 60.0, 59.0, 61.0}, {window.start_ns + kNsPerSecond, {}, {}, {}}};
  out.points.resize(std::min<std::size_t>(out.points.size(), static_cast<std::size_t>(max_points)));
  return out;
}

Result<plant::Aggregate> FakePlant::aggregate(const Identity& who, std::string_view tag,
                                              TimeWindow window,
                                              std::optional<plant::Interpolation> asked) const {
  if (catalogue(who)->stored_tag(tag) == nullptr) return no_tag(tag);
  plant::Aggregate out;
  out.count = 3;
  out.mean = 60;
  out.stddev = 1;
  out.min = plant::ValueAt{59, window.start_ns};
  out.max = plant::ValueAt{61, window.start_ns};
  out.first = out.min;
  out.last = out.max;
  out.good_share = out.usable_share = 0.98;
  out.basis = {window, 0, asked.value_or(plant::Interpolation::kStepped), false};
  return out;
}

Result<plant::PointValue> FakePlant::value_at(const Identity& who, std::string_view tag,
                                              TimeNs ts_ns,
                                              std::optional<plant::Interpolation> asked) const {
  if (catalogue(who)->stored_tag(tag) == nullptr) return no_tag(tag);
  plant::PointValue out;
  out.ts_ns = ts_ns;
  out.how = asked == plant::Interpolation::kLinear ? plant::PointValue::How::kLine
                                                   : plant::PointValue::How::kHeld;
  out.value = 60;
  out.quality = Quality::kGood;
  out.reason = plant::QualityReason::kNone;
  out.before_ns = ts_ns - kNsPerSecond;
  return out;
}

Result<plant::StateHistory> FakePlant::state_history(const Identity&, std::string_view,
                                                     TimeWindow window) const {
  plant::StateHistory out;
  out.spans = {{"running", window.start_ns, window.end_ns}};
  out.good_share = 1;
  return out;
}

Result<plant::CounterIncrease> FakePlant::counter_increase(const Identity&, std::string_view tag,
                                                           TimeWindow) const {
  return no_tag(tag);
}

/// 6 of 7 busy hours of production, 1400 parts at 14 s, 21 of them rejected.
Result<plant::OeeReport> FakePlant::oee(const Identity& who, std::string_view asset,
                                        TimeWindow window) const {
  const auto view = catalogue(who);
  if (view->asset(asset) == nullptr) {
    return Error::make(Code::kNotFound, "there is no asset", "没有设备", "asset");
  }
  plant::OeeReport report;
  plant::OeeInputs& in = report.inputs;
  in.window = window;
  in.scheduled_ns = in.known_ns = 8 * kNsPerHour;
  in.production_ns = 6 * kNsPerHour;
  in.unplanned_ns = in.planned_stop_ns = kNsPerHour;
  in.has_states = in.has_shifts = in.total_described = in.quality_described = true;
  in.total = 1400;
  in.reject = 21;
  in.ideal_cycle_s = 14;
  in.state_share = 0.998;
  in.counter_share = 0.997;
  in.states = {{"running", plant::StateUse::kProduction, 6 * kNsPerHour, 3},
               {"fault", plant::StateUse::kUnplannedStop, kNsPerHour, 2}};
  report.oee = plant::compute_oee(in);
  return report;
}

Result<TimeWindow> FakePlant::shift_run(const Identity&, std::string_view, std::string_view shift,
                                        std::string_view) const {
  if (shift != "early") return Error::make(Code::kNotFound, "no such shift", "没有班次", "shift");
  return TimeWindow{now_ns() - 8 * kNsPerHour, now_ns()};
}

Result<plant::SampleExport> FakePlant::export_values(
    const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
    const plant::CsvGrid&, const std::function<bool(std::string_view text)>& write) const {
  return export_samples(who, tags, window, write);
}

Result<plant::SampleExport> FakePlant::export_samples(
    const Identity& who, const std::vector<std::string>& tags, TimeWindow window,
    const std::function<bool(std::string_view text)>& write) const {
  const auto view = catalogue(who);
  for (const std::string& tag : tags) {
    if (view->stored_tag(tag) == nullptr) return no_tag(tag);
  }
  plant::SampleExport out;
  out.thinned_until_ns = window.start_ns + kNsPerSecond;
  if (!write("time,tag,value,quality,unit\n")) return out;
  for (const std::string& tag : tags) {
    for (uint64_t i = 0; i < exported_rows; ++i) {
      ++out.samples;
      if (!write("2023-11-14T22:13:20.000Z," + tag + ",61.5,good,degC\n")) return out;
    }
  }
  return out;
}

std::optional<TimeNs> FakePlant::earliest_ns(const Identity&) const { return std::nullopt; }

plant::BrokerStatus FakePlant::broker() const {
  return {true, true, now_ns() - kNsPerHour, "127.0.0.1:1883", {}};
}

plant::IngestStats FakePlant::stats() const {
  plant::IngestStats out;
  out.samples_per_s = 30;
  out.store.stored_samples = 1234;
  return out;
}

Result<plant::PushOutcome> FakePlant::push(const Identity& who, plant::PushedSamples samples) {
  if (who.kind != Identity::Kind::kApiKey) {
    return Error::make(Code::kPermissionDenied, "not you", "无权");
  }
  plant::PushOutcome out;
  out.stored = samples.readings.size();
  out.refusals = std::move(samples.refusals);
  return out;
}

// One that ended an hour ago with 512 parts.
Result<plant::BatchList> FakePlant::batches(const Identity& who, std::string_view asset,
                                            std::string_view line, TimeWindow) const {
  const auto view = catalogue(who);
  const std::string id(asset.empty() ? "cnc-2" : asset);
  if (view->asset(id) == nullptr || (asset.empty() && view->line(line) == nullptr)) {
    return Error::make(Code::kNotFound, "there is no asset", "没有设备",
                       asset.empty() ? "line" : "asset");
  }
  plant::Batch batch;
  batch.number = "B-1042";
  batch.product = "A-100";
  batch.asset = id;
  batch.line = view->asset(id)->line;
  batch.start_ns = now_ns() - 3 * kNsPerHour;
  batch.end_ns = now_ns() - kNsPerHour;
  batch.add(plant::BatchDoubt::kSignalLost);
  batch.report = plant::OeeReport();
  batch.report->oee.parts = 512;
  plant::BatchList list;
  list.batches.push_back(std::move(batch));
  return list;
}

Result<plant::ConnectorHistory> FakePlant::connector_history(const Identity& who,
                                                             std::string_view connector, TimeWindow,
                                                             int max_points) const {
  for (const plant::ConnectorStatus& each : connectors(who)) {
    if (each.name != connector) continue;
    plant::ConnectorHistory out;
    out.step_ns = (max_points < 100 ? 15 : 5) * kNsPerMinute;
    out.points.push_back({now_ns() - kNsPerHour, plant::ConnectorState::kFailed, 0, 1, 0, 7, {}});
    out.points.push_back({now_ns() - 55 * kNsPerMinute, plant::ConnectorState::kConnected, 600, 0,
                          1, 0, -1500 * kNsPerMs});
    return out;
  }
  return Error::make(Code::kNotFound, "there is no connector", "没有连接", "connector");
}

Result<plant::Batch> FakePlant::push_batch(const Identity& who, const plant::PushedBatch& pushed,
                                           const plant::BatchRecord& record) {
  if (who.kind != Identity::Kind::kApiKey) {
    return Error::make(Code::kPermissionDenied, "not you", "无权");
  }
  plant::Batch batch;
  batch.number = pushed.number;
  batch.asset = pushed.asset;
  batch.line = pushed.line;
  batch.start_ns = pushed.start_ns.value_or(now_ns());
  batch.end_ns = now_ns();
  batch.running = !pushed.end_ns;
  if (record) MW_TRY(record(batch));
  return batch;
}

Result<plant::PlantEventList> FakePlant::events(const Identity& who, std::string_view asset,
                                                std::string_view line, TimeWindow window) const {
  MW_ASSIGN(const plant::BatchList seen, batches(who, asset, line, window));  // by the same rights
  plant::PlantEventList list;
  for (const plant::Batch& each : seen.batches) {
    plant::PlantEvent event;
    event.id = "n-1";
    event.asset = each.asset;
    event.line = each.line;
    event.kind = "shift note";
    event.text = "Coolant topped up\n冷却液已补充";
    event.start_ns = event.end_ns = each.start_ns;
    event.told_by = "li";
    event.told_ns = each.end_ns;
    list.events.push_back(std::move(event));
    list.count = list.events.size();
    list.kinds = {{"shift note", list.count}};
  }
  return list;
}

Result<plant::PlantEvent> FakePlant::tell_event(const Identity& who, const plant::ToldEvent& told,
                                                const plant::EventRecord& record) {
  if (!who.has_role(Role::kOperator) && who.kind != Identity::Kind::kApiKey) {
    return Error::make(Code::kPermissionDenied, "not you", "无权");
  }
  plant::PlantEvent event;
  event.id = told.id.empty() ? "n-2" : told.id;
  event.asset = told.asset;
  event.line = told.line;
  event.text = told.text;
  event.start_ns = told.start_ns.value_or(now_ns());
  event.end_ns = told.end_ns.value_or(event.start_ns);
  event.open = told.open;
  event.told_by = who.name;
  event.told_ns = now_ns();
  if (record) MW_TRY(record(event));
  return event;
}

plant::Ingest& FakePlant::ingest() { std::abort(); }

void FakePlant::set_temperature(double value) {
  const std::lock_guard<std::mutex> guard(mutex_);
  temperature_ = value;
}

}  // namespace mw::server::testing
