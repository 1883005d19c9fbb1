#pragma once

#include <vector>

#include "server/openai/answer_shapes.h"
#include "server/request_history.h"

namespace mw::server::openai {

/// What is kept of a request whose answers have all ended. `record` says who asked for what;
/// `usage` counts a prompt of several answers once. `results` are not empty.
FinishedRequest finished_request(FinishedRequest record,
                                 const std::vector<const runtime::GenerateResult*>& results,
                                 const Usage& usage);

}  // namespace mw::server::openai
