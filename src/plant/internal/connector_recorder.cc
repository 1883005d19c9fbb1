#include "plant/internal/connector_recorder.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace mw::plant {
namespace {

constexpr std::size_t kMostHours = 24;  // that wait for a store that refuses, of each connector
constexpr std::size_t kMostHourRecords = kConnectorHistoryNs / kNsPerHour + 2;
constexpr int64_t kLongestOffNs = 4 * kNsPerDay;  // more than a long weekend

/// How much a count grew; one that began anew counts from there.
uint64_t growth(uint64_t now, uint64_t& before) {
  const uint64_t grown = now >= before ? now - before : now;
  before = now;
  return grown;
}

/// Two lists of minutes as one, ascending; the same minute of both is put together.
std::vector<ConnectorMinute> merged(const std::vector<ConnectorMinute>& before,
                                    const std::vector<ConnectorMinute>& after) {
  std::map<TimeNs, ConnectorMinute> all;
  for (const ConnectorMinute& each : before) all.emplace(each.start_ns, each);
  for (const ConnectorMinute& each : after) {
    const auto [place, added] = all.emplace(each.start_ns, each);
    if (!added) place->second = put_together(place->second, each);
  }
  std::vector<ConnectorMinute> out;
  for (const auto& [start_ns, minute] : all) out.push_back(minute);
  return out;
}

}  // namespace

ConnectorRecorder::ConnectorRecorder(SampleStore& store, const Clock& clock, LogSink log, Read read)
    : store_(store),
      clock_(clock),
      log_(std::move(log)),
      read_(std::move(read)),
      started_steady_ns_(steady_ns()) {}

ConnectorRecorder::~ConnectorRecorder() {
  thread_.request_stop();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, book] : books_) close(book);
  }
  write();
}

void ConnectorRecorder::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void ConnectorRecorder::run(const std::stop_token& stop) {
  std::mutex waiting;
  while (!stop.stop_requested()) {
    look();
    std::unique_lock lock(waiting);
    wake_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
}

void ConnectorRecorder::look() {
  const std::vector<ConnectorStatus> all = read_();
  const TimeNs minute_ns = floor_to(clock_.now_ns(), kNsPerMinute);
  bool over = false;  // a minute: what the store refused is tried again with the next
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, book] : books_) {
      if (!book.open || book.open->start_ns == minute_ns) continue;
      close(book);
      over = true;
    }
    for (const ConnectorStatus& status : all) count(books_[status.name], status, minute_ns);
  }
  if (!over) return;
  write();
  if (steady_ns() >= drop_due_ns_) drop_old();
}

void ConnectorRecorder::count(Book& book, const ConnectorStatus& status, TimeNs minute_ns) {
  ConnectorMinute now;
  now.start_ns = minute_ns;
  now.state = status.state;
  now.samples = growth(status.samples, book.samples);
  now.refused = growth(status.refused, book.refused);
  now.gaps = growth(status.gaps, book.gaps);
  now.backlog = status.backlog;
  now.skew_ns = status.skew_ns;
  book.open = book.open ? put_together(*book.open, now) : now;
}

void ConnectorRecorder::close(Book& book) {
  if (!book.open) return;
  Hour& hour = book.hours[floor_to(book.open->start_ns, kNsPerHour)];
  // A clock that was set back comes to a minute that is over once more.
  hour.minutes = merged(hour.minutes, {*book.open});
  book.open.reset();
  book.unsaved = true;
}

Result<void> ConnectorRecorder::take_up(const std::string& connector, TimeNs hour_ns, Hour& hour) {
  if (hour.taken_up) return {};
  const std::string place = "connector/" + connector;
  MW_ASSIGN(const std::vector<PlantRecord> found,
            store_.records(kConnectorRecords, place, {hour_ns, hour_ns + kNsPerHour}, 1));
  if (!found.empty() && found[0].start_ns == hour_ns) {
    const auto minutes = minutes_of(found[0]);
    if (minutes) {
      hour.minutes = merged(*minutes, hour.minutes);
    } else {
      log_(LogLevel::kError, "plant", "how " + connector + " did: " + minutes.error().message.en);
    }
  }
  hour.taken_up = true;
  return {};
}

Result<void> ConnectorRecorder::write_all() {
  // Copied, so that who reads need not wait for the disk.
  std::map<std::string, std::map<TimeNs, Hour>> unsaved;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, book] : books_) {
      if (book.unsaved) unsaved[name] = book.hours;
    }
  }
  std::vector<PlantRecord> records;
  for (auto& [name, hours] : unsaved) {
    for (auto& [hour_ns, hour] : hours) {
      MW_TRY(take_up(name, hour_ns, hour));
      records.push_back(record_of(name, hour.minutes));
    }
  }
  const std::lock_guard writing(writing_);
  MW_TRY(store_.put_records(records));
  const std::lock_guard lock(mutex_);
  for (auto& [name, hours] : unsaved) {
    books_[name].hours = std::move(hours);
    books_[name].unsaved = false;
  }
  return {};
}

void ConnectorRecorder::find_newest() {
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, book] : books_) names.push_back(name);
  }
  TimeNs newest_ns = 0;
  for (const std::string& name : names) {
    const auto last = store_.records(kConnectorRecords, "connector/" + name,
                                     {0, std::numeric_limits<TimeNs>::max()}, 1);
    if (!last) return;
    if (!last->empty()) newest_ns = std::max(newest_ns, (*last)[0].end_ns);
  }
  newest_before_ns_ = newest_ns;
}

void ConnectorRecorder::write() {
  if (!newest_before_ns_) find_newest();
  const Result<void> written = write_all();
  if (!written && !refused_) {
    log_(LogLevel::kWarning, "plant",
         "how connectors did cannot be stored, it waits: " + written.error().message.en);
  }
  refused_ = !written;
  forget_written(clock_.now_ns());
}

void ConnectorRecorder::forget_written(TimeNs now_ns) {
  const TimeNs hour_ns = floor_to(now_ns, kNsPerHour);
  const std::lock_guard lock(mutex_);
  for (auto& [name, book] : books_) {
    if (!book.unsaved) {
      std::erase_if(book.hours, [&](const auto& each) { return each.first != hour_ns; });
    }
    while (book.hours.size() > kMostHours) {
      log_(LogLevel::kError, "plant",
           "how " + name + " did is lost for an hour: nothing is stored");
      book.hours.erase(book.hours.begin());
    }
  }
}

void ConnectorRecorder::drop_old() {
  drop_due_ns_ = steady_ns() + kNsPerHour;
  // A clock that is set far ahead must not take everything away: what was newest when we began,
  // and how long we run, say how late it can be.
  TimeNs now_ns = clock_.now_ns();
  if (!newest_before_ns_) return;
  if (*newest_before_ns_ != 0) {
    now_ns =
        std::min(now_ns, *newest_before_ns_ + kLongestOffNs + steady_ns() - started_steady_ns_);
  }
  const auto dropped = store_.drop_records(kConnectorRecords, now_ns - kConnectorHistoryNs);
  if (!dropped) log_(LogLevel::kWarning, "plant", dropped.error().message.en);
}

Result<std::vector<ConnectorMinute>> ConnectorRecorder::history(const std::string& connector,
                                                                TimeWindow window) const {
  const std::lock_guard writing(writing_);
  MW_ASSIGN(const std::vector<PlantRecord> records,
            store_.records(kConnectorRecords, "connector/" + connector, window, kMostHourRecords));
  std::map<TimeNs, ConnectorMinute> all;
  for (const PlantRecord& record : records) {
    const auto minutes = minutes_of(record);
    if (!minutes) {
      log_(LogLevel::kError, "plant", "how " + connector + " did: " + minutes.error().message.en);
      continue;
    }
    for (const ConnectorMinute& each : *minutes) all[each.start_ns] = each;
  }
  const std::lock_guard lock(mutex_);
  const auto book = books_.find(connector);
  if (book != books_.end()) {
    const auto take = [&](const ConnectorMinute& each, bool alone) {
      const auto [place, added] = all.emplace(each.start_ns, each);
      if (!added) place->second = alone ? each : put_together(place->second, each);
    };
    for (const auto& [hour_ns, hour] : book->second.hours) {
      for (const ConnectorMinute& each : hour.minutes) take(each, hour.taken_up);
    }
    if (book->second.open) take(*book->second.open, false);
  }
  std::vector<ConnectorMinute> out;
  for (const auto& [start_ns, minute] : all) out.push_back(minute);
  return out;
}

}  // namespace mw::plant
