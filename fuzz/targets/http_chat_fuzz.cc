// Any bytes as the body of a chat, completion or responses request, or as a kept response: what is
// accepted keeps to the limits that the rest of the server relies on, and every refusal says why in
// both languages.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "server/http/api_error.h"
#include "server/openai/chat_request.h"
#include "server/openai/completion_request.h"
#include "server/openai/relay_response.h"
#include "server/openai/response_items.h"
#include "server/openai/response_request.h"
#include "server/openai/response_shapes.h"
#include "server/openai/stored_response.h"

namespace {

void check_fields(const mw::server::openai::GenerationFields& fields) {
  MW_CHECK(!fields.model.empty());
  MW_CHECK(fields.n >= 1 && fields.n <= 128);
  MW_CHECK(fields.stop.size() <= 4);
  MW_CHECK(fields.top_logprobs >= -1 && fields.top_logprobs <= 20);
  const auto& sampling = fields.sampling;
  MW_CHECK(sampling.temperature >= 0 && sampling.temperature <= 2);
  MW_CHECK(sampling.top_p >= 0 && sampling.top_p <= 1);
  MW_CHECK(sampling.top_k >= 0);
  for (const auto& [id, bias] : sampling.logit_bias) MW_CHECK(id >= 0 && bias >= -100);
}

void check_refusal(const mw::Error& error) {
  MW_CHECK(!error.message.en.empty() && !error.message.zh.empty());
  MW_CHECK(!mw::server::error_response(error).body.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto chat = mw::server::openai::parse_chat_request(body);
  if (chat) {
    check_fields(*chat);
    MW_CHECK(!chat->messages.empty());
    for (const auto& turn : chat->messages) MW_CHECK(!turn.role.empty());
  } else {
    check_refusal(chat.error());
  }
  const auto completion = mw::server::openai::parse_completion_request(body);
  if (completion) {
    check_fields(*completion);
    MW_CHECK(!completion->prompts.empty());
    MW_CHECK(completion->best_of >= completion->n || completion->best_of >= 1);
  } else {
    check_refusal(completion.error());
  }
  const auto response = mw::server::openai::parse_response_request(body);
  if (response) {
    check_fields(*response);
    MW_CHECK(response->n == 1 && response->metadata.is_object());
    const auto turns = mw::server::openai::turns_of(response->input);
    for (const auto& turn : turns) MW_CHECK(!turn.role.empty());
    (void)mw::server::openai::check_call_ids(turns);
    const auto told = mw::server::openai::response_object(*response, {"resp_0", 0, "m", "f"});
    MW_CHECK(mw::parse_json(mw::to_text(told)).has_value());
    const auto asked = mw::server::openai::chat_request_of(*mw::parse_json(body), *response, turns);
    MW_CHECK(asked["messages"].size() == turns.size());
  } else {
    check_refusal(response.error());
  }
  const auto stored = mw::server::openai::parse_stored_response(body);
  if (stored) {
    MW_CHECK(mw::server::openai::is_response_id(stored->id()));
    (void)stored->previous_id();
    (void)mw::server::openai::turns_of(stored->input);
    (void)mw::server::openai::turns_of(stored->response["output"]);
    MW_CHECK(mw::server::openai::parse_stored_response(to_bytes(*stored)).has_value());
  } else {
    check_refusal(stored.error());
  }
  return 0;
}
