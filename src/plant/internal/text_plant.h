#pragma once

#include <memory>

#include "plant/catalogue.h"

namespace mw::plant {

/// A plant of one press "p1" for tests of texts, batches and products: state, parts and rejects
/// (counters), batch, product and message (texts); watchdog 60 s. Product A-100 takes 10 s at best,
/// B-200 takes 20 s. Machine "p2" of another line is of the same kind.
inline std::shared_ptr<const Catalogue> text_catalogue() {
  return Catalogue::parse(R"json({
    "site": "test", "lines": [{"id": "a"}, {"id": "b"}],
    "kinds": [{"id": "press", "states": [{"id": "running", "time": "production"},
                                         {"id": "fault", "time": "unplanned_stop"},
                                         {"id": "off", "time": "planned_stop"}],
      "tags": [{"id": "state", "kind": "state", "watchdog_s": 60},
               {"id": "parts", "kind": "counter", "decimals": 0, "watchdog_s": 60},
               {"id": "rejects", "kind": "counter", "decimals": 0, "watchdog_s": 60},
               {"id": "batch", "kind": "text", "watchdog_s": 60, "key": true,
                "name": {"en": "batch number", "zh": "批次号"}},
               {"id": "product", "kind": "text", "watchdog_s": 60,
                "name": {"en": "product code", "zh": "产品代码"}},
               {"id": "message", "kind": "text", "watchdog_s": 60,
                "name": {"en": "operator message", "zh": "操作员留言"}}]}],
    "assets": [{"id": "p1", "kind": "press", "line": "a", "name": {"en": "Press 1", "zh": "一号压机"}},
               {"id": "p2", "kind": "press", "line": "b", "name": {"en": "Press 2", "zh": "二号压机"}}]
  })json")
      .value();
}

}  // namespace mw::plant
