#include "plant/internal/connector_minutes.h"

#include <algorithm>

#include "core/check.h"
#include "core/json.h"

namespace mw::plant {
namespace {

constexpr int64_t kStepsMin[] = {1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440};
constexpr std::size_t kFields = 7;

int badness(ConnectorState state) {
  switch (state) {
    case ConnectorState::kConnected:
      return 0;
    case ConnectorState::kConnecting:
      return 1;
    case ConnectorState::kSilent:
      return 2;
    case ConnectorState::kFailed:
      return 3;
  }
  return 0;
}

Error damaged_minutes(const char* what) {
  return Error::make(Code::kCorrupt, std::string("minutes of a connector: ") + what,
                     std::string("连接的分钟记录已损坏：") + what);
}

std::optional<ConnectorState> state_named(const Json& json) {
  if (!json.is_string()) return std::nullopt;
  for (const ConnectorState each : {ConnectorState::kConnected, ConnectorState::kConnecting,
                                    ConnectorState::kSilent, ConnectorState::kFailed}) {
    if (json.get_ref<const std::string&>() == connector_state_name(each)) return each;
  }
  return std::nullopt;
}

/// [minute, state, samples, refused, gaps, backlog or null, skew or null]
Result<ConnectorMinute> minute_of(const Json& row, TimeNs hour_ns) {
  if (!row.is_array() || row.size() != kFields)
    return damaged_minutes("a row has other than 7 fields");
  const auto state = state_named(row[1]);
  const bool whole = state && row[0].is_number_unsigned() && row[0].get<uint64_t>() < 60 &&
                     row[2].is_number_unsigned() && row[3].is_number_unsigned() &&
                     row[4].is_number_unsigned() &&
                     (row[5].is_null() || row[5].is_number_unsigned()) &&
                     (row[6].is_null() || row[6].is_number_integer());
  if (!whole) return damaged_minutes("a field is none");
  ConnectorMinute out;
  out.start_ns = hour_ns + row[0].get<int64_t>() * kNsPerMinute;
  out.state = *state;
  out.samples = row[2].get<uint64_t>();
  out.refused = row[3].get<uint64_t>();
  out.gaps = row[4].get<uint64_t>();
  if (!row[5].is_null()) out.backlog = row[5].get<uint64_t>();
  if (!row[6].is_null()) out.skew_ns = row[6].get<int64_t>();
  return out;
}

}  // namespace

TimeNs floor_to(TimeNs ts_ns, int64_t step_ns) {
  const int64_t rest = ts_ns % step_ns;
  return ts_ns - (rest < 0 ? rest + step_ns : rest);
}

ConnectorMinute put_together(const ConnectorMinute& before, const ConnectorMinute& after) {
  ConnectorMinute out = before;
  if (badness(after.state) > badness(out.state)) out.state = after.state;
  out.samples += after.samples;
  out.refused += after.refused;
  out.gaps += after.gaps;
  if (after.backlog) out.backlog = std::max(out.backlog.value_or(0), *after.backlog);
  if (after.skew_ns) out.skew_ns = after.skew_ns;
  return out;
}

PlantRecord record_of(const std::string& connector, const std::vector<ConnectorMinute>& minutes) {
  MW_CHECK(!minutes.empty());
  PlantRecord record;
  record.kind = kConnectorRecords;
  record.place = "connector/" + connector;
  record.start_ns = floor_to(minutes.front().start_ns, kNsPerHour);
  record.end_ns = minutes.back().start_ns + kNsPerMinute;
  Json rows = Json::array();
  for (const ConnectorMinute& each : minutes) {
    rows.push_back({(each.start_ns - record.start_ns) / kNsPerMinute,
                    std::string(connector_state_name(each.state)), each.samples, each.refused,
                    each.gaps, each.backlog ? Json(*each.backlog) : Json(),
                    each.skew_ns ? Json(*each.skew_ns) : Json()});
  }
  record.body = to_text({{"minutes", std::move(rows)}});
  return record;
}

Result<std::vector<ConnectorMinute>> minutes_of(const PlantRecord& record) {
  MW_ASSIGN(const Json json, parse_json(record.body, 4));
  const auto rows = json.is_object() ? json.find("minutes") : json.end();
  if (rows == json.end() || !rows->is_array() || rows->size() > 60)
    return damaged_minutes("no minutes");
  std::vector<ConnectorMinute> out;
  for (const Json& row : *rows) {
    MW_ASSIGN(const ConnectorMinute minute, minute_of(row, record.start_ns));
    if (!out.empty() && minute.start_ns <= out.back().start_ns)
      return damaged_minutes("not in order");
    out.push_back(minute);
  }
  return out;
}

ConnectorHistory in_points(const std::vector<ConnectorMinute>& minutes, TimeWindow window,
                           int max_points) {
  MW_CHECK(max_points > 0);
  ConnectorHistory out;
  // One more than the length says: the window may begin and end within a stretch.
  const int64_t length_ns = window.end_ns - window.start_ns;
  for (const int64_t step_min : kStepsMin) {
    out.step_ns = step_min * kNsPerMinute;
    if (length_ns / out.step_ns + 2 <= max_points) break;
  }
  for (const ConnectorMinute& each : minutes) {
    if (each.start_ns + kNsPerMinute <= window.start_ns || each.start_ns >= window.end_ns) continue;
    ConnectorMinute point = each;
    point.start_ns = floor_to(each.start_ns, out.step_ns);
    if (!out.points.empty() && out.points.back().start_ns == point.start_ns) {
      out.points.back() = put_together(out.points.back(), point);
    } else {
      out.points.push_back(point);
    }
  }
  return out;
}

}  // namespace mw::plant
