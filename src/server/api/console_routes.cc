#include "server/api/api_state.h"
#include "server/console/static_files.h"

namespace mw::server {

void add_console_routes(Router& router) {
  const auto files = std::make_shared<StaticFiles>(console_files());
  // "{path...}" does not match the empty rest, so the root is a route of its own.
  for (const char* pattern : {"/", "/{path...}"}) {
    Route page;
    page.method = Method::kGet;
    page.pattern = pattern;
    page.doc = {.operation = pattern[1] == '\0' ? "console" : "consoleFile",
                .summary = "The console",
                .request_schema = {},
                .response_schema = {},
                .response_type = "text/html"};
    page.last_resort = true;
    page.needs_key = false;  // the page asks for the key; its files hold no secret
    page.handler = [files](const std::shared_ptr<Exchange>& exchange) {
      exchange->respond(files->answer(exchange->request()));
    };
    router.add(std::move(page));
  }
}

}  // namespace mw::server
