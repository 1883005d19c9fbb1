#pragma once

#include <optional>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/result.h"
#include "server/http/http_types.h"

namespace mw::server {

/// The times `from_ms` and `to_ms` of a query, milliseconds since 1970 UTC; absent where it has
/// none.
struct QueryTimes {
  std::optional<TimeNs> from_ns, to_ns;
};
/// Errors  kInvalidArgument naming the one that is no such time.
Result<QueryTimes> query_times(const HttpRequest& request);

/// The window that they are, until now where there is no end, `default_ns` long where there is no
/// start.
/// Errors  as query_times; kInvalidArgument on "from_ms" where it does not lie before the end.
Result<TimeWindow> query_window(const HttpRequest& request, TimeNs now_ns, int64_t default_ns);

}  // namespace mw::server
