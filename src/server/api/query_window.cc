#include "server/api/query_window.h"

#include "server/api/query_integer.h"

namespace mw::server {
namespace {

constexpr int64_t kLatestMs = INT64_MAX / kNsPerMs;

Result<std::optional<TimeNs>> query_time(const HttpRequest& request, const char* name) {
  MW_ASSIGN(const std::optional<int64_t> ms, query_integer(request, name, 0, kLatestMs));
  return ms ? std::optional<TimeNs>(*ms * kNsPerMs) : std::nullopt;
}

}  // namespace

Result<QueryTimes> query_times(const HttpRequest& request) {
  QueryTimes times;
  MW_ASSIGN(times.from_ns, query_time(request, "from_ms"));
  MW_ASSIGN(times.to_ns, query_time(request, "to_ms"));
  return times;
}

Result<TimeWindow> query_window(const HttpRequest& request, TimeNs now_ns, int64_t default_ns) {
  MW_ASSIGN(const QueryTimes times, query_times(request));
  TimeWindow window;
  window.end_ns = times.to_ns.value_or(now_ns);
  window.start_ns = times.from_ns.value_or(window.end_ns - default_ns);
  if (window.start_ns >= window.end_ns) {
    return Error::make(Code::kInvalidArgument, "'from_ms': expected a time before 'to_ms'",
                       "“from_ms”应早于“to_ms”", "from_ms");
  }
  return window;
}

}  // namespace mw::server
