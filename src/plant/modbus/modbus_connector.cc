#include "plant/modbus/modbus_connector.h"

#include <algorithm>
#include <chrono>

#include "core/retry_delay.h"
#include "plant/internal/state_key.h"
#include "plant/modbus/modbus_value.h"

namespace mw::plant {
namespace {

std::string place_of(const ModbusRead& read) {
  return "unit " + std::to_string(read.unit) + ", " + modbus_table_name(read.table) + " " +
         std::to_string(read.address) +
         (read.count > 1 ? "-" + std::to_string(read.address + read.count - 1) : "");
}

std::string zh_place_of(const ModbusRead& read) {
  return "单元 " + std::to_string(read.unit) + "，" + modbus_table_name(read.table) + " " +
         std::to_string(read.address) +
         (read.count > 1 ? "-" + std::to_string(read.address + read.count - 1) : "");
}

/// The state that a raw value stands for; the number itself, and bad, where none is given for it.
void read_state(const ModbusRegister& reg, double raw, Reading& reading) {
  const std::optional<int64_t> number = whole_number(raw);
  const auto known = number ? reg.states.find(*number) : reg.states.end();
  if (known != reg.states.end()) {
    reading.value = known->second;
    return;
  }
  reading.value = state_key(raw);
  reading.quality = Quality::kBad;
}

ConnectorHealth::Description description_of(const ModbusOptions& options,
                                            const std::string& address,
                                            const std::vector<TagIndex>& tags) {
  return {options.name,
          options.host.empty() ? "modbus_rtu" : "modbus_tcp",
          address,
          {tags.begin(), tags.end()}};
}

std::string address_of(const ModbusOptions& options) {
  return options.host.empty() ? options.device : options.host + ":" + std::to_string(options.port);
}

}  // namespace

Result<std::unique_ptr<Connector>> ModbusConnector::start(ModbusOptions options,
                                                          const Catalogue& catalogue,
                                                          Ingest& ingest, LiveTable& live,
                                                          const Clock& clock, LogSink log) {
  MW_ASSIGN(const std::vector<TagIndex> tags, check_modbus_options(options, catalogue));
  std::unique_ptr<ModbusConnector> connector(new ModbusConnector(
      std::move(options), tags, catalogue, ingest, live, clock, std::move(log)));
  MW_ASSIGN(ModbusLink link, ModbusLink::create(connector->options_));
  connector->link_.emplace(std::move(link));
  connector->thread_ =
      std::jthread([raw = connector.get()](const std::stop_token& stop) { raw->run(stop); });
  return std::unique_ptr<Connector>(std::move(connector));
}

ModbusConnector::ModbusConnector(ModbusOptions options, const std::vector<TagIndex>& tags,
                                 const Catalogue& catalogue, Ingest& ingest, LiveTable& live,
                                 const Clock& clock, LogSink log)
    : options_(std::move(options)),
      ingest_(ingest),
      live_(live),
      clock_(clock),
      log_(std::move(log)),
      health_(description_of(options_, address_of(options_), tags), catalogue, clock) {
  std::map<int, std::vector<TagIndex>> tags_of_unit;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    tags_of_unit[options_.registers[i].unit].push_back(tags[i]);
  }
  for (const auto& [unit, unit_tags] : tags_of_unit) {
    units_[unit].link = live_.add_link(unit_tags);
  }
}

ModbusConnector::~ModbusConnector() = default;  // the thread is asked to stop, and joined

void ModbusConnector::plan() {
  polls_.clear();
  for (ModbusRead& read : plan_reads(options_)) polls_.push_back({std::move(read), steady_ns()});
}

void ModbusConnector::run(const std::stop_token& stop) {
  plan();
  while (!stop.stop_requested()) {
    const auto wake_of = [&](const Poll& poll) {
      return std::max(poll.due_ns, units_[poll.read.unit].rests_until_ns);
    };
    // Of those that wait for the same unit to rest, the one that is due longest: else one request
    // that a device never answers would be asked again and again, and the others never.
    const auto next =
        std::min_element(polls_.begin(), polls_.end(), [&](const Poll& a, const Poll& b) {
          return std::pair(wake_of(a), a.due_ns) < std::pair(wake_of(b), b.due_ns);
        });
    if (!sleep_until(wake_of(*next), stop)) return;
    poll(static_cast<std::size_t>(next - polls_.begin()));
  }
}

bool ModbusConnector::sleep_until(int64_t wake_ns, const std::stop_token& stop) {
  std::unique_lock lock(wake_mutex_);
  while (!stop.stop_requested()) {
    const int64_t left_ns = wake_ns - steady_ns();
    if (left_ns <= 0) return true;
    wake_.wait_for(lock, stop, std::chrono::nanoseconds(left_ns), [] { return false; });
  }
  return false;
}

void ModbusConnector::poll(std::size_t position) {
  Poll& poll = polls_[position];
  // A device that is slower than its interval is asked again at once, not for what was missed.
  poll.due_ns = std::max(poll.due_ns + poll.read.poll_ms * kNsPerMs, steady_ns());
  if (!link_->open()) {
    const Result<void> connected = link_->connect();
    if (!connected) {
      for (const auto& [unit, each] : units_) unanswered(unit, connected.error().message);
      plan();  // whatever comes back may be another device: nothing learnt of this one holds
      return;
    }
  }
  const ModbusOutcome outcome = link_->read(poll.read);
  switch (outcome.kind) {
    case ModbusOutcome::Kind::kRead:
      answered(units_[poll.read.unit]);
      take_words(poll.read, outcome.words);
      return;
    case ModbusOutcome::Kind::kRefused:
      answered(units_[poll.read.unit]);
      refused(position, outcome);
      return;
    case ModbusOutcome::Kind::kSilent:
    case ModbusOutcome::Kind::kLost:
      unanswered(poll.read.unit, {place_of(poll.read) + ": " + outcome.problem.en,
                                  zh_place_of(poll.read) + "：" + outcome.problem.zh});
      return;
  }
}

void ModbusConnector::answered(Unit& unit) {
  if (!any_unit_up()) {
    log_(LogLevel::kInfo, "plant", options_.name + ": connected to " + link_->address());
    last_problem_.clear();
  }
  unit.up = true;
  unit.failures = 0;
  unit.rests_until_ns = 0;
  live_.set_link(unit.link, true, clock_.now_ns());
  health_.connected();
}

void ModbusConnector::unanswered(int number, const Text& problem) {
  Unit& unit = units_[number];
  unit.up = false;
  unit.rests_until_ns = steady_ns() + retry_delay_ms(unit.failures++, options_.name) * kNsPerMs;
  live_.set_link(unit.link, false, clock_.now_ns());
  if (any_unit_up()) {
    health_.complained(problem);
  } else {
    health_.failed(problem);
  }
  if (problem.en == last_problem_) return;  // the same each second is one line in the log
  last_problem_ = problem.en;
  log_(LogLevel::kWarning, "plant", options_.name + ": " + problem.en + "; trying again");
}

void ModbusConnector::refused(std::size_t position, const ModbusOutcome& outcome) {
  const ModbusRead read = polls_[position].read;
  if (outcome.refused_place) {
    const std::vector<ModbusRead> parts = split_read(options_, read);
    if (!parts.empty()) {
      polls_[position] = {parts[0], steady_ns()};
      polls_.push_back({parts[1], steady_ns()});
      return;
    }
  }
  health_.complained(
      {place_of(read) + ": " + outcome.problem.en, zh_place_of(read) + "：" + outcome.problem.zh});
  std::vector<Reading> readings;
  for (const std::size_t member : read.members) {
    Reading reading;
    reading.tag = options_.registers[member].tag;
    reading.quality = Quality::kBad;
    readings.push_back(std::move(reading));
  }
  take(readings);
}

void ModbusConnector::take_words(const ModbusRead& read, const std::vector<uint16_t>& words) {
  std::vector<Reading> readings;
  for (const std::size_t member : read.members) {
    const ModbusRegister& reg = options_.registers[member];
    const std::span<const uint16_t> own =
        std::span(words).subspan(static_cast<std::size_t>(reg.address - read.address),
                                 static_cast<std::size_t>(modbus_width(reg)));
    Reading reading;
    reading.tag = reg.tag;
    reading.unit = reg.measured_in;
    if (reg.type == ModbusType::kText) {
      reading.value = modbus_text(reg, own);
    } else if (reg.states.empty()) {
      reading.value = modbus_scaled(reg, modbus_raw(reg, own));
    } else {
      read_state(reg, modbus_raw(reg, own), reading);
    }
    readings.push_back(std::move(reading));
  }
  take(readings);
}

void ModbusConnector::take(const std::vector<Reading>& readings) {
  const Result<IngestOutcome> taken = ingest_.take(readings);
  if (taken) {
    health_.took(*taken);
  } else {
    health_.complained(taken.error().message);
  }
}

bool ModbusConnector::any_unit_up() const {
  return std::any_of(units_.begin(), units_.end(), [](const auto& each) { return each.second.up; });
}

}  // namespace mw::plant
