#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "security/rights.h"
#include "server/http/exchange.h"
#include "server/http/http_types.h"

namespace mw::server {

/// Where a handler runs.
enum class RunsOn {
  kIo,        // on the io thread: answers at once, without disk, lock or more than 50 us of work
  kWorker,    // on the small pool: parses a body, renders a template, reads the store
  kBlocking,  // on the larger pool: stays until the answer is complete (ask)
};

using Handler = std::function<void(const std::shared_ptr<Exchange>&)>;

/// What /api/openapi.json says about a route.
struct RouteDoc {
  std::string operation;  // "createChatCompletion"; also the metrics label
  std::string summary;
  std::string request_schema;  // name in the schemas document, empty: no body
  std::string request_type = "application/json";
  std::string response_schema;  // of status 200 (or `success_status`), empty: text
  std::string response_type = "application/json";
  std::string event_schema;  // of each event's data, when it may answer with a stream
  std::vector<Json> parameters;
  int success_status = 200;
};

struct Route {
  Method method = Method::kGet;
  std::string pattern;  // "/v1/models/{id}"; a last "{name...}" takes the rest of the path
  RouteDoc doc;
  RunsOn runs_on = RunsOn::kIo;
  uint64_t body_limit_bytes = 0;  // over it: 413. 0: a body is refused
  int time_limit_ms = 30'000;     // from the end of the header to the end of the answer
  bool needs_key = true;          // where people or keys are set
  bool takes_key = false;         // without needs_key: who asks is told where it is known
  security::Role least_role = security::Role::kViewer;
  bool needs_person = false;  // somebody who logged in, not a key
  bool last_resort = false;   // considered when nothing else fits, and for GET only
  bool endless = false;       // a stream without an end: closed at once when the server stops
  Handler handler;
};

/// The routes of the server by method and path. Filled once, then read by many.
class Router {
 public:
  /// A second route with the same method and pattern is a caller bug.
  void add(Route route);

  struct Match {
    const Route* route = nullptr;  // nullptr: see allowed
    std::vector<std::pair<std::string, std::string>> values;
    std::string allowed;  // methods of this path ("GET, HEAD"), empty when the path is unknown
  };
  /// HEAD matches GET. A path without "/v1" finds the /v1 route of the same name, since some
  /// clients are given the bare address as base URL; but not for a browser that wants a page
  /// ("/models" is one of the console's, too).
  Match match(Method method, std::string_view path, bool wants_page = false) const;

  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  Match match_exactly(Method method, std::string_view path, bool last_resort) const;
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace mw::server
