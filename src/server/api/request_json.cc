#include "server/api/request_json.h"

#include "core/clock.h"
#include "security/rights.h"
#include "server/api/plant_json.h"

namespace mw::server {
namespace {

double ms(int64_t ns) { return static_cast<double>(ns) / static_cast<double>(kNsPerMs); }

}  // namespace

Json to_json(const FinishedRequest& request) {
  const bool predicted = request.predicted_first_token_ns > 0;
  const bool failed = request.finish == runtime::FinishReason::kError;
  const bool batch = request.priority == runtime::Priority::kBatch;
  return {
      {"id", request.id},
      {"model", request.model},
      {"client", request.client},
      {"priority", batch ? "batch" : "interactive"},
      {"received_ms", request.received_ms},
      {"finished_ms", request.received_ms + request.total_ns / kNsPerMs},
      {"total_ms", ms(request.total_ns)},
      {"answers", request.answers},
      {"prompt_tokens", request.prompt_tokens},
      {"cached_prompt_tokens", request.cached_prompt_tokens},
      {"generated_tokens", request.generated_tokens},
      {"queue_ms", ms(request.queue_ns)},
      {"prefill_ms", ms(request.prefill_ns)},
      {"decode_ms", ms(request.decode_ns)},
      {"predicted_first_token_ms", predicted ? Json(ms(request.predicted_first_token_ns)) : Json()},
      {"first_token_ms", request.first_token_ns ? Json(ms(*request.first_token_ns)) : Json()},
      {"decode_tok_s", request.decode_tok_s ? Json(*request.decode_tok_s) : Json()},
      {"finish", finish_label(request.finish)},
      {"problem", failed ? to_json(request.problem) : Json()},
  };
}

std::string owner_seen_by(const Identity& who) {
  const bool administers = who.kind == Identity::Kind::kPerson && who.has_role(Role::kAdmin);
  return administers ? std::string() : security::audit_name(who);
}

Json requests_json(const std::vector<FinishedRequest>& requests) {
  Json list = Json::array();
  for (const FinishedRequest& request : requests) list.push_back(to_json(request));
  return {{"requests", std::move(list)}};
}

}  // namespace mw::server
