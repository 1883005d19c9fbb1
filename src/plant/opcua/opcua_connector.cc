#include "plant/opcua/opcua_connector.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/file.h"
#include "core/retry_delay.h"
#include "plant/internal/state_key.h"
#include "plant/opcua/opcua_status.h"

namespace mw::plant {
namespace {

constexpr int kPumpMs = 50;
constexpr int64_t kSteadyNs = 5 * kNsPerSecond;  // a session this long starts the pauses anew
// Clocks differ a little, and a sample that comes twice is stored once.
constexpr int64_t kOverlapNs = 5 * kNsPerSecond;
constexpr int64_t kAheadNs = kNsPerMinute;
constexpr int kMostParts = 10'000;  // of the past of one variable
// A hole that ended is gone from the file within this time: fetching it again would change nothing.
constexpr int64_t kKeepHolesNs = kNsPerSecond;
constexpr uint64_t kMostHoleBytes = 16 << 20;
constexpr int64_t kWarnNs = 30 * kNsPerDay;
constexpr int64_t kLookAgainNs = 12 * kNsPerHour;

ConnectorHealth::Description description_of(const OpcuaOptions& options,
                                            const std::vector<TagIndex>& tags) {
  return {options.name, "opcua", options.endpoint, {tags.begin(), tags.end()}};
}

/// What a state tag's value is called in `states`.
std::string key_of(const OpcuaValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  const auto* number = std::get_if<double>(&value.value);
  return number == nullptr ? "?" : state_key(*number);
}

}  // namespace

Result<std::unique_ptr<Connector>> OpcuaConnector::start(OpcuaOptions options,
                                                         const Catalogue& catalogue, Ingest& ingest,
                                                         LiveTable& live, const Clock& clock,
                                                         LogSink log, Dial dial) {
  MW_ASSIGN(const std::vector<TagIndex> tags, check_opcua_options(options, catalogue));
  if (!dial) {
    const Result<void> built = OpcuaClient::built_in();
    if (!built) return built.error().within("connector '" + options.name + "'");
    dial = &OpcuaClient::connect;
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
      holes_file_(std::filesystem::path(options_.folder) / "missed" / (options_.name + ".txt")),
      health_(description_of(options_, tags), catalogue, clock),
      link_(live_.add_link(tags)) {
  const OpcuaHoles kept = kept_holes();
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const OpcuaNode& node = options_.nodes[i];
    Follow follow;
    follow.item = {parse_opcua_node_id(node.node).value(), node.index, node.sampling_ms};
    follow.known_ns = live_.value(catalogue.tags()[tags[i]], clock_.now_ns()).ts_ns;
    follow.quiet_ns = static_cast<int64_t>(catalogue.tags()[tags[i]].watchdog_s * 1e9 / 3);
    if (const auto hole = kept.find(node.tag); hole != kept.end()) follow.hole_ns = hole->second;
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
    if (served || stop.stop_requested()) return;
    lost(served.error().message);
    if (steady_ns() - began_ns > kSteadyNs + options_.timeout_ms * kNsPerMs) failures = 0;
    if (!sleep_ms(retry_delay_ms(failures++, options_.name), stop)) return;
  }
}

Result<void> OpcuaConnector::serve(const std::stop_token& stop) {
  std::vector<OpcuaItem> items;
  for (const Follow& each : follows_) items.push_back(each.item);
  MW_ASSIGN(client_, dial_(options_, std::move(items), stop));
  find_holes();
  look_again_ns_ = 0;
  MW_TRY(follow());
  live_.set_link(link_, true, clock_.now_ns());
  health_.connected();
  log_(LogLevel::kInfo, "plant", options_.name + ": connected to " + options_.endpoint);
  last_problem_.clear();
  // Their present values, whenever they last changed.
  MW_TRY(read_quiet(true));
  MW_TRY(skip_unkept_holes());
  while (!stop.stop_requested()) {
    flush();
    look_at_certificates();
    const bool fills = !holes_.empty() && !ingest_.store_refuses();
    MW_TRY(client_->pump(fills ? 0 : kPumpMs));
    MW_TRY(read_quiet(false));
    MW_TRY(fill_hole());
  }
  return {};
}

Result<void> OpcuaConnector::follow() {
  MW_ASSIGN(const std::vector<std::string> problems,
            client_->subscribe([this](std::size_t position, OpcuaValue value) {
              heard(position, std::move(value), Came::kChange);
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
  for (std::size_t i = 0; i < quiet.size(); ++i) heard(quiet[i], std::move(values[i]), Came::kRead);
  return {};
}

void OpcuaConnector::heard(std::size_t position, OpcuaValue value, Came came) {
  Follow& follow = follows_[position];
  follow.heard_ns = steady_ns();
  if (opcua_values_lost(value.status)) {
    complain(position,
             "the server gave up values between: raise sampling_ms or lower publishing_ms",
             "服务器丢弃了中间值：请增大 sampling_ms 或减小 publishing_ms");
  } else if (!value.problem.empty()) {
    complain(position, value.problem, value.problem);
  }
  pending_.push_back(reading_of(position, std::move(value), came));
}

std::optional<TimeNs> OpcuaConnector::time_of(Follow& follow, const OpcuaValue& value, Came came) {
  const std::optional<TimeNs> source_ns = value.source_ns;
  std::optional<TimeNs> out = source_ns ? source_ns : value.server_ns;
  if (came == Came::kPast) return out;
  // Read, and no newer than what was known: that it still holds is true of now. A change under the
  // same time is of the status alone, from now on.
  const bool known = source_ns && (came == Came::kRead ? *source_ns <= follow.source_ns
                                                       : *source_ns == follow.source_ns);
  if (known) out = value.server_ns > source_ns ? value.server_ns : std::nullopt;
  if (source_ns) follow.source_ns = std::max(follow.source_ns, *source_ns);
  follow.known_ns = std::max(follow.known_ns, out.value_or(clock_.now_ns()));
  return out;
}

Reading OpcuaConnector::reading_of(std::size_t position, OpcuaValue value, Came came) {
  const OpcuaNode& node = options_.nodes[position];
  Reading reading;
  reading.tag = node.tag;
  reading.unit = node.measured_in;
  reading.quality = opcua_quality(value.status);
  reading.reason = opcua_reason(value.status);
  reading.ts_ns = time_of(follows_[position], value, came);
  if (!node.states.empty() && !std::holds_alternative<std::monostate>(value.value)) {
    const std::string key = key_of(value);
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

void OpcuaConnector::complain(std::size_t position, const std::string& en, const std::string& zh) {
  const std::string& node = options_.nodes[position].node;
  health_.complained({node + ": " + en, node + "：" + zh});
}

OpcuaHoles OpcuaConnector::kept_holes() {
  const Result<std::string> text = read_file(holes_file_, kMostHoleBytes);
  if (!text && text.error().code == Code::kNotFound) return {};
  Result<OpcuaHoles> holes = text ? parse_opcua_holes(*text) : text.error();
  if (holes) return std::move(*holes);
  const Text& why = holes.error().message;
  health_.complained(
      {"what was still to be fetched before this start is not known: " + holes_file_.string() +
           ": " + why.en,
       "启动前尚待补齐的数据未知：" + holes_file_.string() + "：" + why.in(Language::kZh)});
  log_(LogLevel::kWarning, "plant",
       options_.name + ": " + holes_file_.string() + " is not used: " + why.en);
  return {};
}

void OpcuaConnector::keep_holes() {
  holes_kept_ns_ = steady_ns();
  std::error_code problem;
  if (holes_.empty()) {
    std::filesystem::remove(holes_file_, problem);
    return;
  }
  OpcuaHoles holes;
  for (const std::size_t each : holes_) holes[options_.nodes[each].tag] = follows_[each].hole_ns;
  Result<void> kept = make_private_folder(holes_file_.parent_path());
  if (kept) kept = write_file_atomically(holes_file_, write_opcua_holes(holes));
  if (kept) return;
  const Text& why = kept.error().message;
  health_.complained({"what is still to be fetched is forgotten by a restart: " + why.en,
                      "尚待补齐的数据在重启后将丢失：" + why.in(Language::kZh)});
}

void OpcuaConnector::find_holes() {
  holes_.clear();
  part_.reset();
  more_.clear();
  parts_ = 0;
  const TimeNs now_ns = clock_.now_ns();
  holes_end_ns_ = now_ns + kAheadNs;
  const TimeNs earliest_ns = now_ns - options_.history_hours * kNsPerHour;
  for (std::size_t i = 0; i < follows_.size(); ++i) {
    Follow& follow = follows_[i];
    // One that was not filled last time goes on from where it began.
    if (follow.hole_ns == 0 && follow.known_ns != 0) follow.hole_ns = follow.known_ns - kOverlapNs;
    if (follow.hole_ns == 0 || options_.history_hours == 0) continue;
    follow.hole_ns = std::max(follow.hole_ns, earliest_ns);
    holes_.push_back(i);
  }
  // Before anything newer is stored.
  keep_holes();
  health_.set_backlog(holes_.size());
}

Result<void> OpcuaConnector::skip_unkept_holes() {
  if (holes_.empty()) return {};
  MW_ASSIGN(const std::vector<bool> kept, client_->keeps_past(holes_));
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < holes_.size(); ++i) {
    if (kept[i]) {
      left.push_back(holes_[i]);
    } else {
      follows_[holes_[i]].hole_ns = 0;
    }
  }
  holes_ = std::move(left);
  keep_holes();
  health_.set_backlog(holes_.size());
  return {};
}

Result<void> OpcuaConnector::fill_hole() {
  // While the disk refuses, the past waits where it is.
  if (holes_.empty() || ingest_.store_refuses()) return {};
  if (!part_) MW_TRY(fetch_part());
  if (!part_ || !store_part()) return {};
  more_ = std::move(part_->more);
  part_.reset();
  if (!more_.empty() && ++parts_ < kMostParts) return {};
  if (!more_.empty()) {
    complain(holes_.back(), "its history has no end: what was missed is stored in part",
             "历史数据没有终点：缺失部分仅补齐一部分");
  }
  end_hole();
  return {};
}

Result<void> OpcuaConnector::fetch_part() {
  const std::size_t position = holes_.back();
  MW_ASSIGN(OpcuaPast past,
            client_->past(position, follows_[position].hole_ns, holes_end_ns_, more_));
  if (!past.problem.empty()) {
    complain(position, "what was missed stays missing: " + past.problem,
             "缺失的数据无法补齐：" + past.problem);
    end_hole();
    return {};
  }
  part_ = Part{{}, std::move(past.more)};
  for (OpcuaValue& value : past.values) {
    // Without a time of its own it cannot be placed.
    if (!value.source_ns && !value.server_ns) continue;
    part_->readings.push_back(reading_of(position, std::move(value), Came::kPast));
  }
  return {};
}

bool OpcuaConnector::store_part() {
  const Result<IngestOutcome> taken = ingest_.take(part_->readings, Arrival::kHistory);
  if (!taken) {
    health_.complained(taken.error().message);
    return false;
  }
  // In memory only: a stop would lose it. It is stored again once the disk accepts.
  if (taken->outcome == AppendOutcome::kBuffered) return false;
  health_.took(*taken);
  return true;
}

void OpcuaConnector::end_hole() {
  follows_[holes_.back()].hole_ns = 0;
  holes_.pop_back();
  part_.reset();
  more_.clear();
  parts_ = 0;
  if (holes_.empty() || steady_ns() - holes_kept_ns_ > kKeepHolesNs) keep_holes();
  health_.set_backlog(holes_.size());
}

void OpcuaConnector::look_at_certificates() {
  if (steady_ns() < look_again_ns_) return;
  look_again_ns_ = steady_ns() + kLookAgainNs;
  const std::optional<TimeNs> expires_ns = client_->certificate_expires_ns();
  health_.set_certificate_expiry(expires_ns);
  if (!expires_ns || *expires_ns - clock_.now_ns() > kWarnNs) return;
  const std::string days = std::to_string((*expires_ns - clock_.now_ns()) / kNsPerDay);
  health_.complained({"a certificate expires in " + days +
                          " days: renew the server's and trust the new one, or delete opcua/own in "
                          "the data folder for a new one of ours",
                      "证书将在 " + days +
                          " 天后过期：请更新服务器证书并信任新证书，或删除数据目录中的 "
                          "opcua/own 以生成新的本机证书"});
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
