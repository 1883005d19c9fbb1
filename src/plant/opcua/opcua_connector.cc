#include "plant/opcua/opcua_connector.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "plant/internal/retry_delay.h"
#include "plant/opcua/opcua_status.h"

namespace mw::plant {
namespace {

constexpr int kPumpMs = 50;
constexpr int64_t kSteadyNs = 5 * kNsPerSecond;  // a session this long starts the pauses anew
constexpr double kLargestWhole = 9e15;  // beyond, doubles are no longer whole numbers one by one

ConnectorHealth::Description description_of(const OpcuaOptions& options,
                                            const std::vector<TagIndex>& tags) {
  return {options.name, "opcua", options.endpoint, {tags.begin(), tags.end()}};
}

/// What a state tag's value is called in `states`.
std::string state_key(const OpcuaValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  const auto* number = std::get_if<double>(&value.value);
  if (number == nullptr || std::abs(*number) >= kLargestWhole || std::floor(*number) != *number) {
    return "?";
  }
  return std::to_string(static_cast<int64_t>(*number));
}

}  // namespace

Result<std::unique_ptr<Connector>> OpcuaConnector::start(OpcuaOptions options,
                                                         const Catalogue& catalogue, Ingest& ingest,
                                                         LiveTable& live, const Clock& clock,
                                                         LogSink log, Dial dial) {
  MW_ASSIGN(const std::vector<TagIndex> tags, check_opcua_options(options, catalogue));
  if (const Result<void> built = OpcuaClient::built_in(); !built) {
    return built.error().within("connector '" + options.name + "'");
  }
  std::unique_ptr<OpcuaConnector> connector(new OpcuaConnector(
      std::move(options), tags, catalogue, ingest, live, clock, std::move(log), std::move(dial)));
  connector->thread_ =
      std::jthread([raw = connector.get()](const std::stop_token& stop) { raw->run(stop); });
  return std::unique_ptr<Connector>(std::move(connector));
}

OpcuaConnector::OpcuaConnector(OpcuaOptions options, const std::vector<TagIndex>& tags,
                               const Catalogue& catalogue, Ingest& ingest, LiveTable& live,
                               const Clock& clock, LogSink log, Dial dial)
    : options_(std::move(options)),
      ingest_(ingest),
      live_(live),
      clock_(clock),
      log_(std::move(log)),
      dial_(std::move(dial)),
      health_(description_of(options_, tags), catalogue, clock),
      link_(live_.add_link(tags)) {
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const OpcuaNode& node = options_.nodes[i];
    Follow follow;
    follow.item = {parse_opcua_node_id(node.node).value(), node.index, node.sampling_ms};
    follow.quiet_ns = static_cast<int64_t>(catalogue.tags()[tags[i]].watchdog_s * 1e9 / 3);
    follows_.push_back(std::move(follow));
  }
}

OpcuaConnector::~OpcuaConnector() = default;  // the thread is asked to stop, and joined

void OpcuaConnector::run(const std::stop_token& stop) {
  int failures = 0;
  while (!stop.stop_requested()) {
    const int64_t began_ns = steady_ns();
    const Result<void> served = serve(stop);
    flush();
    client_.reset();
    if (served) return;  // asked to stop
    lost(served.error().message);
    if (steady_ns() - began_ns > kSteadyNs + options_.timeout_ms * kNsPerMs) failures = 0;
    if (!sleep_ms(retry_delay_ms(failures++, options_.name), stop)) return;
  }
}

Result<void> OpcuaConnector::serve(const std::stop_token& stop) {
  std::vector<OpcuaItem> items;
  for (const Follow& each : follows_) items.push_back(each.item);
  MW_ASSIGN(client_, dial_(options_, std::move(items)));
  MW_TRY(follow());
  live_.set_link(link_, true, clock_.now_ns());
  health_.connected();
  log_(LogLevel::kInfo, "plant", options_.name + ": connected to " + options_.endpoint);
  last_problem_.clear();
  // Their present values, whenever they last changed.
  MW_TRY(read_quiet(true));
  while (!stop.stop_requested()) {
    flush();
    MW_TRY(client_->pump(kPumpMs));
    MW_TRY(read_quiet(false));
  }
  return {};
}

Result<void> OpcuaConnector::follow() {
  MW_ASSIGN(const std::vector<std::string> problems,
            client_->subscribe([this](std::size_t position, OpcuaValue value) {
              heard(position, std::move(value), false);
            }));
  std::size_t refused = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (problems[i].empty()) continue;
    ++refused;
    last = i;
  }
  if (refused == 0) return {};
  // They are not given up: what is quiet is read.
  const OpcuaNode& node = options_.nodes[last];
  const std::string others = refused == 1 ? "" : " and " + std::to_string(refused - 1) + " more";
  health_.complained({node.node + others + ": " + problems[last],
                      node.node + (refused == 1 ? "" : " 等 " + std::to_string(refused) + " 个") +
                          "：" + problems[last]});
  return {};
}

Result<void> OpcuaConnector::read_quiet(bool all) {
  const int64_t now_ns = steady_ns();
  std::vector<std::size_t> quiet;
  for (std::size_t i = 0; i < follows_.size(); ++i) {
    if (all || now_ns - follows_[i].heard_ns >= follows_[i].quiet_ns) quiet.push_back(i);
  }
  if (quiet.empty()) return {};
  MW_ASSIGN(std::vector<OpcuaValue> values, client_->read(quiet));
  for (std::size_t i = 0; i < quiet.size(); ++i) heard(quiet[i], std::move(values[i]), true);
  return {};
}

void OpcuaConnector::heard(std::size_t position, OpcuaValue value, bool read) {
  Follow& follow = follows_[position];
  follow.heard_ns = steady_ns();
  if (opcua_values_lost(value.status)) {
    health_.complained(
        {options_.nodes[position].node +
             ": the server gave up values between; lower sampling_ms or publishing_ms",
         options_.nodes[position].node +
             "：服务器丢弃了中间值，请调整 sampling_ms 或 publishing_ms"});
  } else if (!value.problem.empty()) {
    health_.complained({options_.nodes[position].node + ": " + value.problem,
                        options_.nodes[position].node + "：" + value.problem});
  }
  pending_.push_back(reading_of(position, std::move(value), read));
}

Reading OpcuaConnector::reading_of(std::size_t position, OpcuaValue value, bool read) {
  const OpcuaNode& node = options_.nodes[position];
  Follow& follow = follows_[position];
  Reading reading;
  reading.tag = node.tag;
  reading.unit = node.measured_in;
  reading.quality = opcua_quality(value.status);
  reading.reason = opcua_reason(value.status);
  // Read, and no newer than what was known: that it still holds is true of now.
  const bool newer = value.source_ns && *value.source_ns > follow.source_ns;
  reading.ts_ns = newer || !read ? value.source_ns : value.server_ns;
  if (!reading.ts_ns) reading.ts_ns = value.server_ns;
  if (value.source_ns) follow.source_ns = std::max(follow.source_ns, *value.source_ns);
  if (!node.states.empty() && !std::holds_alternative<std::monostate>(value.value)) {
    const std::string key = state_key(value);
    const auto known = node.states.find(key);
    reading.value = known == node.states.end() ? key : known->second;
    if (known == node.states.end()) reading.quality = Quality::kBad;
  } else if (auto* number = std::get_if<double>(&value.value)) {
    reading.value = *number * node.scale + node.offset;
  } else if (auto* text = std::get_if<std::string>(&value.value)) {
    reading.value = std::move(*text);
  }
  return reading;
}

void OpcuaConnector::flush() {
  if (pending_.empty()) return;
  const Result<IngestOutcome> taken = ingest_.take(pending_);
  pending_.clear();
  if (taken) {
    health_.took(*taken);
  } else {
    health_.complained(taken.error().message);
  }
}

void OpcuaConnector::lost(const Text& problem) {
  live_.set_link(link_, false, clock_.now_ns());
  health_.failed(problem);
  if (problem.en == last_problem_) return;  // the same each second is one line in the log
  last_problem_ = problem.en;
  log_(LogLevel::kWarning, "plant", options_.name + ": " + problem.en + "; trying again");
}

bool OpcuaConnector::sleep_ms(int64_t ms, const std::stop_token& stop) {
  std::unique_lock lock(wake_mutex_);
  wake_.wait_for(lock, stop, std::chrono::milliseconds(ms), [] { return false; });
  return !stop.stop_requested();
}

}  // namespace mw::plant
